"""The states of a release, and the steps from one to another: one table.

Here: the states, the steps, which step leads where, and whose list a step is signed from.
Not here: what a step does (`desk`), and keeping it (`ledger`).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a release is on its way."""

    draft = "draft"
    submitted = "submitted"
    approved = "approved"
    published = "published"
    superseded = "superseded"
    withdrawn = "withdrawn"


class Step(StrEnum):
    """What somebody does with a release; `supersede` is done by publishing the next one."""

    draft = "draft"
    comment = "comment"
    submit = "submit"
    approve = "approve"
    publish = "publish"
    supersede = "supersede"
    withdraw = "withdraw"


class ReleaseError(RuntimeError):
    """A step is refused, or a release cannot be read; the message names the cause and remedy."""


# What is not in this table cannot be done. A release that readers may have seen is never drafted,
# commented or approved again: a new one takes its place.
TRANSITIONS: Mapping[tuple[State | None, Step], State] = MappingProxyType(
    {
        (None, Step.draft): State.draft,
        (State.draft, Step.comment): State.draft,
        (State.draft, Step.submit): State.submitted,
        (State.draft, Step.withdraw): State.withdrawn,
        (State.submitted, Step.comment): State.submitted,
        (State.submitted, Step.approve): State.approved,
        (State.submitted, Step.withdraw): State.withdrawn,
        (State.approved, Step.publish): State.published,
        (State.approved, Step.withdraw): State.withdrawn,
        (State.published, Step.supersede): State.superseded,
        (State.published, Step.withdraw): State.withdrawn,
        (State.superseded, Step.withdraw): State.withdrawn,
    }
)

SUBMITTERS, APPROVERS = "submitters", "approvers"
# Who decides that figures go out is never who made them ready.
SIGNED_BY: Mapping[Step, str] = MappingProxyType(
    {
        Step.draft: SUBMITTERS,
        Step.comment: SUBMITTERS,
        Step.submit: SUBMITTERS,
        Step.approve: APPROVERS,
        Step.publish: APPROVERS,
        Step.withdraw: APPROVERS,
    }
)

STATES_NL: Mapping[State, str] = {
    State.draft: "concept",
    State.submitted: "voorgelegd",
    State.approved: "goedgekeurd",
    State.published: "uitgebracht",
    State.superseded: "opgevolgd",
    State.withdrawn: "ingetrokken",
}
_STEPS_NL = {
    Step.comment: "van een reactie voorzien",
    Step.submit: "voorgelegd",
    Step.approve: "goedgekeurd",
    Step.publish: "uitgebracht",
    Step.supersede: "opgevolgd",
    Step.withdraw: "ingetrokken",
}


def after(release: str, state: State | None, step: Step) -> State:
    """The state a step leads to.

    Args:
        release: Id of the release, for the message.
        state: Its state; None for one that is not there yet.
        step: What somebody wants to do.

    Raises:
        ReleaseError: From this state the step leads nowhere.
    """
    found = TRANSITIONS.get((state, step))
    if found is None:
        is_now = STATES_NL[state] if state else "er nog niet"
        wanted = _STEPS_NL.get(step, "opgesteld")
        raise ReleaseError(f"release {release} is {is_now} en kan niet worden {wanted}")
    return found
