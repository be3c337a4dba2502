"""What codes are called, the same on every page and on paper."""

import pandas as pd
import pytest

from pipelines.wording.language import words_in
from pipelines.wording.names import ends_of_clock, family_name, phase_name

MEMBERS = pd.DataFrame(
    [("phase", "behandeling", "Behandeling", "Handling")],
    columns=["dimension", "member", "label_nl", "label_en"],
)
HANDOFF = {
    "start_milestone": "intake_sent",
    "stop_milestone": "judgment_form_sent",
    "sent_milestone": "intake_sent",
    "received_milestone": "intake_received",
}


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("lead_time", ("intake_sent", "judgment_form_sent")),
        ("reconciliation", ("intake_sent", "intake_received")),
        ("cumulative_incidence", None),
        ("share", None),
    ],
)
def test_a_clock_runs_between_the_milestones_of_its_handoff(kind, ends):
    assert ends_of_clock({"kind": kind}, HANDOFF) == ends


def test_a_handoff_that_is_not_published_says_no_moments():
    assert ends_of_clock({"kind": "lead_time"}, {}) is None


@pytest.mark.parametrize(
    ("language", "family", "phase"),
    [("nl", "evaluatie", "afbouw en terugkeer"), ("en", "evaluation", "phase-out and return")],
)
def test_a_family_has_a_name_of_its_own_or_that_of_a_phase(language, family, phase):
    """Themes are of a family; a lead time nobody wrote a definition for is of a phase."""
    words = words_in(language)

    assert family_name("evaluation", MEMBERS, words) == family
    assert family_name("afbouw", MEMBERS, words) == phase


def test_another_chain_names_its_phases_itself():
    words = words_in("en")

    assert family_name("behandeling", MEMBERS, words) == "Handling"
    assert phase_name("behandeling", MEMBERS, words) == "Handling"
