"""The states of a release: one table says what can be done, and by whom."""

import pytest

from pipelines.releases.states import (
    APPROVERS,
    SIGNED_BY,
    SUBMITTERS,
    TRANSITIONS,
    ReleaseError,
    State,
    Step,
    after,
)

# A dash: refused. In the order of the steps below.
STEPS = (Step.draft, Step.comment, Step.submit, Step.approve, Step.publish, Step.supersede,
         Step.withdraw)  # fmt: skip
TABLE = """
nothing     draft  -          -          -         -          -           -
draft       -      draft      submitted  -         -          -           withdrawn
submitted   -      submitted  -          approved  -          -           withdrawn
approved    -      -          -          -         published  -           withdrawn
published   -      -          -          -         -          superseded  withdrawn
superseded  -      -          -          -         -          -           withdrawn
withdrawn   -      -          -          -         -          -           -
"""
CELLS = [
    (None if row[0] == "nothing" else State(row[0]), step, None if to == "-" else State(to))
    for row in map(str.split, TABLE.strip().splitlines())
    for step, to in zip(STEPS, row[1:], strict=True)
]


@pytest.mark.parametrize(("state", "step", "to"), CELLS)
def test_a_step_leads_where_the_table_says_and_nowhere_else(state, step, to):
    if to is None:
        with pytest.raises(ReleaseError, match=r"2026-K3\.1"):
            after("2026-K3.1", state, step)
    else:
        assert after("2026-K3.1", state, step) is to


def test_the_table_here_is_whole():
    assert len(CELLS) == (len(State) + 1) * len(Step)
    assert len(TRANSITIONS) == sum(to is not None for _, _, to in CELLS)


def test_who_makes_figures_ready_does_not_decide_that_they_go_out():
    assert {step for step, roles in SIGNED_BY.items() if roles == SUBMITTERS} == {
        Step.draft,
        Step.comment,
        Step.submit,
    }
    assert {step for step, roles in SIGNED_BY.items() if roles == APPROVERS} == {
        Step.approve,
        Step.publish,
        Step.withdraw,
    }
