"""What goes wrong, goes wrong at its declared rate, and every fault is in the ledger."""

from collections.abc import Iterable
from math import sqrt

import numpy as np
import pandas as pd
import pytest

from pipelines.simulation.faults import DAY_LEVEL, RECEIVED, SENT, SPANS
from pipelines.simulation.simulate import Played

KINDS_OF_RECORDS = {
    "sent_never_received": [(table, column) for table, column, _ in RECEIVED],
    "received_never_sent": [(table, column) for table, column, _ in SENT],
    "stop_before_start": [(table, stop) for table, _, stop in SPANS],
    "day_level_timestamp": list(DAY_LEVEL),
}


def eligible(played: Played, places: Iterable[tuple[str, str]]) -> int:
    end = played.chronicle.end
    return sum(
        int((played.chronicle.tables[table].columns[column].known < end).sum())
        for table, column in places
    )


def n_faults(played: Played, kind: str) -> int:
    return sum(len(fault.rows) for fault in played.faults if fault.kind == kind)


@pytest.mark.parametrize("kind", KINDS_OF_RECORDS)
def test_moments_are_spoiled_at_the_declared_rate(kind, demo):
    rate = getattr(demo.chronicle.config.faults, kind)
    n = eligible(demo, KINDS_OF_RECORDS[kind])
    # Some are no longer eligible because another fault came first: a few per cent fewer.
    expected = rate * n
    assert (
        0.9 * expected - 4 * sqrt(expected) < n_faults(demo, kind) < expected + 4 * sqrt(expected)
    )


@pytest.mark.parametrize("kind", ["second_pseudonym", "withdrawn"])
def test_cases_are_spoiled_at_the_declared_rate(kind, demo):
    cases = {
        case
        for fault in demo.faults
        if fault.kind == kind
        for case in demo.recorded[fault.table].table.case[fault.rows].tolist()
    }
    expected = getattr(demo.chronicle.config.faults, kind) * len(demo.chronicle.tables["om_casus"])
    # Cases put under another pseudonym that the organisation does not deliver do not show.
    assert 0.6 * expected - 4 * sqrt(expected) < len(cases) < expected + 4 * sqrt(expected)


def test_decisions_are_reopened_at_the_declared_rate(demo):
    expected = demo.chronicle.config.faults.reopened * eligible(demo, [("om_casus", "besluit_op")])
    assert abs(n_faults(demo, "reopened") - expected) < 4 * sqrt(expected)


def test_deliveries_go_wrong_at_the_declared_rates(demo):
    rates = demo.chronicle.config.faults
    deliveries = [each for plan in demo.plan.values() for each in plan]
    monthly = [
        each
        for each in deliveries
        if each.version == 1 and each.reference_date > demo.chronicle.config.initial_delivery
    ]
    tables = {each.recorded.contract.id for each in deliveries}
    assert len(monthly) == len(tables) * 22
    in_story = [
        each
        for each in monthly
        if each.recorded.contract.supplier == "aivd"
        and each.reference_date.year == 2025
        and 7 <= each.reference_date.month <= 9
    ]
    late = sum(each.is_late for each in monthly) - len(in_story)
    kinds = pd.Series([each.kind for each in deliveries]).value_counts()

    assert all(each.is_late for each in in_story)
    for found, rate in (
        (late, rates.late_delivery),
        (kinds["partial"], rates.partial_delivery),
        (kinds["corrected"], rates.corrected_delivery),
        (kinds["duplicate"], rates.duplicated_delivery),
    ):
        expected = rate * len(monthly)
        assert abs(found - expected) < 4 * sqrt(expected)
    assert kinds["correction"] == kinds["partial"] + kinds["corrected"]


def test_the_ledger_names_every_fault(chain, demo):
    kinds = set(chain.query("select distinct kind from '{ledger}/true/fault.parquet'")["kind"])
    assert {fault.kind for fault in demo.faults} | {
        "late_delivery",
        "partial_delivery",
        "corrected_delivery",
        "duplicate_delivery",
    } >= kinds
    assert {"withdrawn", "sent_never_received", "partial_delivery", "late_delivery"} <= kinds


def test_a_stop_before_its_start_reads_so_in_the_files(demo):
    for fault in demo.faults:
        if fault.kind == "stop_before_start":
            start = next(
                start
                for table, start, stop in SPANS
                if (table, stop) == (fault.table, fault.column)
            )
            columns = demo.recorded[fault.table].table.columns
            assert (
                columns[fault.column].values[fault.rows] < columns[start].values[fault.rows]
            ).all()


def test_a_withdrawn_case_is_no_longer_in_any_current_state(chain):
    withdrawn = chain.query(
        "select case_key from '{ledger}/true/case.parquet' where withdrawn_at is not null"
    )
    assert len(withdrawn) > 0
    for table in ("om_casus", "om_intake", "politie_melding", "nctv_aanwijzing"):
        left = chain.query(
            f"select count(*) n from '{{ledger}}/observable/{table}.parquet' where zaak_sleutel in"
            " (select case_key from '{ledger}/true/case.parquet' where withdrawn_at is not null)"
        )
        assert left["n"][0] == 0, table


def test_a_second_pseudonym_is_used_by_one_organisation_only(chain):
    used = "(select second_case_key from '{ledger}/true/case.parquet')"
    police, om = (
        chain.query(
            f"select count(*) n from '{{ledger}}/observable/{table}.parquet'"
            f" where zaak_sleutel in {used}"
        )["n"][0]
        for table in ("politie_melding", "om_casus")
    )
    assert police > 0
    assert om == 0


def test_without_faults_nothing_is_disturbed(demo):
    # Faults are put into copies: what truly happened stays as it was.
    for fault in demo.faults:
        if fault.column in demo.chronicle.tables[fault.table].columns and fault.kind != "withdrawn":
            true = demo.chronicle.tables[fault.table].columns[fault.column].values[fault.rows]
            assert np.array_equal(true, fault.before, equal_nan=True)
