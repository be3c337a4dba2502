"""Monthly deliveries as of a peildatum: how many, in which order they arrive, what changes."""

from datetime import date, timedelta

import pandas as pd
import pytest

from tests.simulation.conftest import WrittenChain
from tests.simulation.reading import read_delivery


def arrivals(chain: WrittenChain) -> pd.Series:
    register = pd.read_csv(chain.inbox / "aankomst.csv", index_col="bestand")
    return pd.to_datetime(register["ontvangen_op"], utc=True)


def test_each_table_has_one_initial_delivery_and_one_a_month(demo):
    for plan in demo.plan.values():
        days = [each.reference_date for each in plan if each.version == 1]
        assert days[0] == date(2024, 12, 31)
        assert len(days) == 23
        assert all((day + timedelta(days=1)).day == 1 for day in days)
    assert sum(each.version == 1 for plan in demo.plan.values() for each in plan) == 1058


def test_every_file_is_in_the_arrival_register_after_its_peildatum(chain):
    arrived = arrivals(chain)
    assert set(arrived.index) == {path.name for path in chain.inbox.iterdir()} - {"aankomst.csv"}
    for name, moment in arrived.items():
        day = date.fromisoformat(str(name).rsplit("_", 2)[1])
        assert day < moment.date() < day + timedelta(days=70)


def test_most_arrive_between_the_third_and_the_fourteenth(demo):
    first = [each for plan in demo.plan.values() for each in plan if each.version == 1]
    on_time = [3 <= (each.received_at.date() - each.reference_date).days <= 14 for each in first]
    assert sum(on_time) / len(first) > 0.95


def test_everything_about_the_last_peildatum_is_known_within_twenty_days(demo):
    last = demo.chronicle.config.end
    for plan in demo.plan.values():
        for each in plan:
            if each.reference_date == last:
                assert each.received_at.date() <= last + timedelta(days=20)


def test_a_higher_version_arrives_later(chain):
    arrived = arrivals(chain)
    seconds = [name for name in arrived.index if "_v2." in name]
    assert seconds
    assert all(arrived[name] > arrived[name.replace("_v2.", "_v1.")] for name in seconds)


def test_a_duplicate_has_the_bytes_of_the_version_before(chain):
    kinds = chain.query("from '{ledger}/observable/deliveries.parquet' where kind = 'duplicate'")
    assert len(kinds) > 0
    for name in kinds["file_name"]:
        second = chain.inbox / name
        assert second.read_bytes() == (chain.inbox / name.replace("_v2.", "_v1.")).read_bytes()


def test_a_partial_delivery_holds_fewer_records_than_its_correction(chain):
    rows = chain.query("from '{ledger}/observable/deliveries.parquet'").set_index("file_name")
    partial = rows[rows["kind"] == "partial"]
    assert len(partial) > 0
    for name, row in partial.iterrows():
        assert row["rows"] < rows.loc[str(name).replace("_v1.", "_v2."), "rows"]


@pytest.mark.parametrize("table", ["om_casus", "nctv_toetsing", "politie_melding"])
def test_a_change_file_holds_only_what_changed(table, chain, contracts):
    initial, *later = [path for _, version, path in chain.files(table) if version == 1]
    whole = read_delivery(initial, contracts[table])
    assert set(whole["mutatie"]) == {"wijziging"}
    for path in later:
        assert len(read_delivery(path, contracts[table])) < len(whole) / 2


def test_a_withdrawal_is_of_a_record_delivered_before(chain, contracts):
    n = 0
    for table, contract in contracts.items():
        if contract.mode != "change_file":
            continue
        seen: set[tuple[str, ...]] = set()
        latest = {day: path for day, _, path in chain.files(table)}
        for day in sorted(latest):
            frame = read_delivery(latest[day], contract)
            keys = list(map(tuple, frame[list(contract.key)].to_numpy().tolist()))
            for key, mutation in zip(keys, frame["mutatie"], strict=True):
                if mutation == "intrekking":
                    n += 1
                    assert key in seen, f"{latest[day].name}"
            seen.update(keys)
    assert n > 0
