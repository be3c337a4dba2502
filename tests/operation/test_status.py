"""`status` in ten lines: fresh, late, held, damaged, failed, disk, backup and the next step."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pipelines.deliveries.contract import load_contracts
from pipelines.journal import kept_in
from pipelines.operation.standing import Disk, Late, late_tables, read_standing
from pipelines.operation.status import lines_of, next_step
from pipelines.progress import event, step
from pipelines.road.lock import one_writer
from pipelines.settings import Settings
from tests.pipeline.test_change_road import command

APRIL = datetime(2026, 4, 20, tzinfo=UTC)


def told(settings: Settings) -> dict[str, str]:
    lines = command("status", home=settings.home).output.splitlines()
    return dict(line.split(": ", 1) for line in lines)


def test_a_home_in_order_takes_ten_lines_and_asks_for_nothing_but_a_backup(small):
    lines = command("status", home=small.home).output.splitlines()
    assert len(lines) == 10
    said = told(small)
    assert list(said) == [
        "Map", "Leveringen", "Te laat", "Aangehouden", "Laatste bouw", "Gepubliceerd",
        "Mislukt", "Schijf", "Reservekopie", "Volgende stap",
    ]  # fmt: skip
    assert (
        "1 geland, nieuwste peildatum 2026-03-31; inbox: 0 bestanden, 0 nog" in said["Leveringen"]
    )
    assert said["Mislukt"] == "niets"
    assert "GB vrij" in said["Schijf"]


def test_a_machine_reads_the_same_without_a_sentence_and_an_exit_code(small):
    answer = command("status", "--json", home=small.home)
    record = json.loads(answer.output)
    assert (answer.exit_code, record["last_build"]["whole"]) == (0, True)
    shutil.rmtree(small.published_dir / "platform")
    (small.published_dir / "platform").mkdir()
    (small.published_dir / "platform" / "CURRENT").write_text("weg.duckdb")
    answer = command("status", "--json", home=small.home)
    record = json.loads(answer.output)
    assert (answer.exit_code, record["state"], record["broken"]) == (1, "failed", ["platform"])


def test_nothing_at_all_is_told_as_well(tmp_path):
    said = told(Settings(home=tmp_path))
    assert said["Volgende stap"] == "zet leveringen in de inbox"
    assert said["Gepubliceerd"] == "researcher nog niets, platform nog niets, advisory nog niets"


def test_what_was_cut_short_or_failed_is_told_until_it_went_well(small):
    """A killed process writes no last line; a failed step leaves its code and its audience."""
    with pytest.raises(ZeroDivisionError), kept_in(small.home), step("figures"):
        raise ZeroDivisionError
    assert told(small)["Mislukt"] == "schatters"
    with kept_in(small.home):
        event("door_out", "held_back", audience="platform")
        event("delivery", "refused", table="")
    assert told(small)["Mislukt"] == "deur uit platform; 1 bestanden geweigerd"
    log = next((small.home / "log").iterdir())
    log.write_text(log.read_text().rpartition('{"time"')[0])
    assert told(small)["Mislukt"].endswith("afgebroken; 1 bestanden geweigerd")
    # Neither a check nor a backup makes it good.
    with kept_in(small.home), step("backup"):
        pass
    assert "afgebroken" in told(small)["Mislukt"]
    with kept_in(small.home), step("intake"):
        pass
    assert told(small)["Mislukt"] == "niets"


def test_what_failed_between_two_steps_is_told_as_well(tmp_path):
    with pytest.raises(ZeroDivisionError), kept_in(tmp_path):
        with step("intake"):
            pass
        raise ZeroDivisionError
    assert told(Settings(home=tmp_path))["Mislukt"] == "een opdracht"


def test_who_is_at_work_is_waited_for(small):
    with one_writer(small):
        standing = read_standing(small)
    assert standing.is_at_work
    assert not standing.is_cut_short
    assert next_step(standing) == "wachten: er is een opdracht aan het werk"


OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 30)
IN_NOVEMBER, IN_DECEMBER = date(2026, 11, 15), date(2026, 12, 15)


@pytest.mark.parametrize(
    ("today", "late"),
    [
        # October is due on the 15th of November; on that day it is on time.
        (date(2026, 11, 15), []),
        (date(2026, 11, 16), [Late("om_casus", OCTOBER, IN_NOVEMBER)]),
        (
            date(2026, 12, 31),
            [Late(name, NOVEMBER, IN_DECEMBER) for name in ("om_casus", "politie_casus")],
        ),
    ],
)
def test_late_is_a_table_whose_newest_due_delivery_is_not_there(today, late, landed):
    known = load_contracts(Settings().contracts_dir)
    contracts = {
        name: replace(next(iter(known.values())), id=name, due_day=15)
        for name in ("om_casus", "politie_casus")
    }
    counted = [landed("om_casus", date(2026, 9, 30)), landed("politie_casus", date(2026, 10, 31))]
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    found, due = late_tables(contracts, counted, noon)
    assert list(found) == late
    assert due is not None
    assert due >= today
    assert late_tables(contracts, [], noon)[0] == (), "nobody is late for a chain without a start"


@pytest.fixture
def landed() -> Callable[[str, date], object]:
    from types import SimpleNamespace

    return lambda name, day: SimpleNamespace(contract_id=name, reference_date=day)


def test_the_most_urgent_step_comes_first(small):
    standing = read_standing(small, APRIL)
    assert standing.late == ()
    assert next_step(standing) == "'kwaliteitsmonitor backup' maakt een reservekopie"
    kept = replace(standing, backed_up_at=APRIL - timedelta(days=3))
    assert next_step(kept).startswith("geen")
    assert "(3 dagen oud)" in next(
        line for line in lines_of(kept, small) if line.startswith("Reservekopie")
    )
    short = replace(kept, disk=Disk(free_bytes=10, used_bytes=20, grows_bytes_a_year=5))
    assert next_step(short).startswith("maak ruimte")
    assert not short.is_well
    assert next_step(replace(short, damaged=("x",))).startswith("herstel wat beschadigd is")


def test_a_build_with_nothing_new_makes_good_what_was_mistyped_before_it(small):
    """Such an order fails before its first step, and leaves nothing to mend."""
    command("build", "--known-at", "gisteren", home=small.home)
    assert told(small)["Mislukt"] == "een opdracht"
    # What such a build notes (`tests/pipeline/test_walk.py`).
    with kept_in(small.home):
        event("build", "done")
    assert told(small)["Mislukt"] == "niets"


def test_a_backup_that_failed_is_made_good_by_one_that_went_well(small, tmp_path):
    (tmp_path / "file").touch()
    command("backup", str(tmp_path / "file"), home=small.home)
    said = told(small)
    assert (said["Mislukt"], "backup' opnieuw" in said["Volgende stap"]) == ("back-up", True)
    command("backup", str(tmp_path / "disk"), home=small.home)
    assert told(small)["Mislukt"] == "niets"


def test_a_partner_that_was_refused_gets_its_report(small):
    standing = replace(read_standing(small, APRIL), n_refused=1)
    assert next_step(standing).startswith("geef de leverancier zijn verslag")


def test_a_home_that_was_put_back_knows_its_backup(small, tmp_path):
    """The log is in no backup; the folder of it is remembered."""
    command("backup", str(tmp_path / "disk"), home=small.home)
    shutil.rmtree(small.home / "log")
    assert told(small)["Reservekopie"].endswith("(0 dagen oud)")


def test_a_backup_is_known_by_its_event(small):
    with kept_in(small.home), step("backup"):
        pass
    assert told(small)["Reservekopie"].endswith("(0 dagen oud)")
