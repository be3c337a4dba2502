"""Change explained, first half: which inputs two publications differ in, and in which order.

A delivery is written as table, month and version: A1v2 is the second version of January's table A.
"""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.publication.changes.factors import (
    BuildInputs,
    Delivery,
    Factor,
    builds_needed,
    steps_between,
)

DAYS = {1: date(2026, 1, 31), 2: date(2026, 2, 28), 3: date(2026, 3, 31)}


def delivery(code: str) -> Delivery:
    table, month, version = code[0], int(code[1]), int(code[3])
    return Delivery("om", table, DAYS[month], version, sha256=code)


def inputs(
    deliveries: str, month: int = 2, *, definition: str = "of 2026", merges: str = ""
) -> BuildInputs:
    return BuildInputs(
        definition,
        frozenset(delivery(code) for code in deliveries.split()),
        frozenset((merged, "z1_stays") for merged in merges.split()),
        DAYS[month].isoformat(),
        datetime(2026, month + 1, 15, tzinfo=UTC),
    )


def changed(old: BuildInputs, new: BuildInputs) -> dict[str, set[str]]:
    """Names of what was exchanged, by factor that changed."""
    names = {delivery(code).name: code for code in CODES}
    return {
        str(step.factor): {names[item] for item in step.items}
        for step in steps_between(old, new)
        if step.is_changed
    }


CODES = [f"{table}{month}v{version}" for table in "AB" for month in (1, 2, 3) for version in (1, 2)]


def test_nothing_changed():
    assert changed(inputs("A1v1 A2v1"), inputs("A1v1 A2v1")) == {}


def test_a_peildatum_that_was_not_known_is_late():
    assert changed(inputs("A1v1"), inputs("A1v1 A2v1")) == {"late": {"A2v1"}}


def test_a_higher_version_of_a_known_peildatum_is_a_correction():
    assert changed(inputs("A1v1 A2v1"), inputs("A1v1 A2v1 A2v2")) == {"correction": {"A2v2"}}


def test_of_a_late_peildatum_the_first_version_is_late_and_the_second_corrects_it():
    assert changed(inputs("A1v1"), inputs("A1v1 A2v1 A2v2")) == {
        "late": {"A2v1"},
        "correction": {"A2v2"},
    }


def test_a_new_peildatum_corrects_what_was_published_and_adds_a_period():
    """Read as of the old reference date it tells what is known better now; then time moves."""
    steps = steps_between(inputs("A2v1"), inputs("A2v1 A3v1", month=3))
    correction = steps[2]
    assert correction.items == ("om_A_2026-03-31_v1",)
    assert correction.inputs.reference_date == "2026-02-28"
    assert [step.factor for step in steps if step.is_changed] == [Factor.correction, Factor.period]


def test_a_definition_a_merge_and_a_month_each_have_a_step():
    old = inputs("A2v1")
    new = inputs("A2v1", month=3, definition="of 2027", merges="z1_a z1_b")
    steps = steps_between(old, new)
    assert [step.factor for step in steps if step.is_changed] == ["definition", "merge", "period"]
    assert steps[3].n_items == 2
    assert steps[3].items == ()  # a pseudonym is never named


def test_where_one_input_changed_nothing_is_built():
    assert builds_needed(steps_between(inputs("A1v1"), inputs("A1v1 A2v1"))) == ()


def test_a_normal_month_takes_one_build():
    steps = steps_between(inputs("A2v1"), inputs("A2v1 A3v1", month=3))
    assert [step.factor for step in builds_needed(steps)] == ["correction"]


def test_an_earlier_month_takes_newer_deliveries_away_with_the_period():
    assert changed(inputs("A2v1 A3v1", month=3), inputs("A2v1", month=2)) == {"period": set()}


def test_as_known_earlier_a_delivery_becomes_unknown_again():
    assert changed(inputs("A1v1 A2v1"), inputs("A1v1")) == {"late": {"A2v1"}}


@st.composite
def any_inputs(draw: st.DrawFn) -> BuildInputs:
    month = draw(st.integers(1, 3))
    codes = draw(st.sets(st.sampled_from([code for code in CODES if int(code[1]) <= month])))
    return inputs(
        " ".join(sorted(codes)),
        month,
        definition=draw(st.sampled_from(["of 2026", "of 2027"])),
        merges=" ".join(sorted(draw(st.sets(st.sampled_from(["z1_a", "z1_b"]))))),
    )


@given(any_inputs(), any_inputs())
def test_every_step_exchanges_one_input_and_the_last_arrives(old, new):
    steps = steps_between(old, new)
    assert [step.factor for step in steps] == list(Factor)
    assert steps[-1].inputs == new
    before = old
    for step in steps:
        assert step.is_changed == (step.inputs != before)
        allowed = {
            Factor.definition: {"definition"},
            Factor.late: {"deliveries"},
            Factor.correction: {"deliveries"},
            Factor.merge: {"merges"},
            Factor.period: {"deliveries", "reference_date"},
        }[step.factor]
        differs = {
            name
            for name in ("definition", "deliveries", "merges", "reference_date")
            if getattr(step.inputs, name) != getattr(before, name)
        }
        assert differs <= allowed
        before = step.inputs


@given(any_inputs(), any_inputs())
def test_a_forward_step_in_time_exchanges_deliveries_before_the_period(old, new):
    """So the new period is nothing but the move of the reference date."""
    if new.day >= old.day:
        merged, last = steps_between(old, new)[3:]
        assert merged.inputs.deliveries == last.inputs.deliveries


@pytest.mark.parametrize("month", [1, 2, 3])
def test_the_same_inputs_give_five_unchanged_steps(month):
    same = inputs("A1v1 B1v1", month)
    assert builds_needed(steps_between(same, same)) == ()
