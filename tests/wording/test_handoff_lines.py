"""A hand-off in a line: the newest figure that was published, how many, what waits, in words."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from pipelines.wording.handoff_lines import HandoffLine, handoff_lines, sentence
from pipelines.wording.language import words_in

NL = words_in("nl")
HANDOFF = {
    "handoff_id": "K13", "phase": "triage", "label_nl": "Triage", "label_en": "Triage",
    "from_organisation": "om", "to_organisation": "nctv", "from_label_nl": "Openbaar Ministerie",
    "to_label_nl": "NCTV", "clock_side": "sender",
}  # fmt: skip
INDICATOR = {"indicator": "triage_lead_time", "kind": "lead_time", "handoff_id": "K13",
             "direction": "lower"}  # fmt: skip
SIGNAL = {
    "indicator": "triage_lead_time", "discussion_rank": 1.0, "variation": "concern",
    "moved": "up", "chart": "xmr", "reason": "outside", "statistic": "median", "unit": "days",
    "period": "2026-Q3", "since": "2026-Q3", "n_run": 1, "value": 9.0, "centre": 6.0,
    "lower": 3.0, "upper": 8.0, "dimension": "national", "member": "national",
    "is_headline": True, "evidence": 0.01, "series_id": "s", "period_grain": "quarter",
}  # fmt: skip


def row(period: str, value: float | None = 7.0, **changes: Any) -> dict[str, Any]:
    """A figure of the triage in the long contract."""
    grain = {"Q": "quarter", "H": "half_year", "": "year"}[period[5:6]]
    usual = {
        "indicator": "triage_lead_time", "statistic": "median", "view": "cohort", "clock": "gross",
        "side": "sender", "unit": "days", "dimension": "national", "member": "national",
        "period_grain": grain, "period": period, "value": value, "lower": None, "upper": None,
        "denominator": 96.0, "status": "ok",
    }  # fmt: skip
    return {**usual, **changes}


def line(
    rows: Sequence[dict[str, Any]],
    *,
    found: Sequence[dict[str, Any]] = (),
    badge: str = "good",
    **handoff: Any,
) -> HandoffLine:
    """The line of the triage, from its figures."""
    [own] = handoff_lines(
        handoffs=pd.DataFrame([{**HANDOFF, **handoff}]),
        indicators=pd.DataFrame([INDICATOR]),
        results=pd.DataFrame([*rows, row("1999", indicator="another")]),
        found=pd.DataFrame(list(found), columns=list(SIGNAL)),
        qualities=pd.DataFrame([{"indicator": "triage_lead_time", "badge": badge}]),
    )
    return own


def waiting(value: float) -> dict[str, Any]:
    return row("2026-Q3", value, statistic="open", view="open", unit="count")


@pytest.mark.parametrize(
    ("period", "cases", "a_quarter"),
    [("2026-Q3", 96.0, 96.0), ("2026-H1", 30.0, 15.0), ("2025", 40.0, 10.0)],
)
def test_a_volume_is_of_a_quarter_whatever_the_period(period, cases, a_quarter):
    assert line([row(period, denominator=cases)]).volume == a_quarter


def test_what_is_withheld_has_no_volume_and_says_so():
    hidden = line([row("2026-Q3", None, status="suppressed", denominator=None)])

    assert hidden.is_withheld
    assert hidden.volume is None
    assert "Geen mediaan in K3 2026: afgeschermd." in sentence(hidden, NL)


def test_without_any_figure_nothing_is_withheld_and_nothing_is_known():
    nothing = line([])

    assert (nothing.newest, nothing.volume, nothing.is_withheld) == (None, None, False)
    assert "Geen cijfer." in sentence(nothing, NL)


@pytest.mark.parametrize(("n_open", "is_backlog"), [(96.0, False), (97.0, True)])
def test_a_backlog_is_more_open_than_begins_in_a_quarter(n_open, is_backlog):
    own = line([row("2026-Q3"), waiting(n_open)])

    assert own.is_backlog is is_backlog
    assert ("Eind K3 2026 stonden er 97 open" in sentence(own, NL)) is is_backlog


def test_only_what_is_up_for_discussion_is_a_signal():
    listed = line([row("2026-Q3")], found=[SIGNAL])
    drawn_only = line([row("2026-Q3")], found=[{**SIGNAL, "discussion_rank": None}])
    as_usual = line([row("2026-Q3")], found=[{**SIGNAL, "variation": "common_cause"}])

    assert [own.variation for own in (listed, drawn_only, as_usual)] == ["concern", "", ""]
    assert "Verslechtering: K3 2026 ligt met 9 dagen boven" in sentence(listed, NL)


def test_the_sentence_names_who_hands_on_to_whom_figure_cases_and_fitness():
    said = sentence(line([row("2026-Q3", lower=6.0, upper=8.0)], badge="caution"), NL)

    assert said == (
        "K13 Triage, van Openbaar Ministerie naar NCTV. "
        "Mediaan in K3 2026: 7 (6–8) dagen, over 96 gevallen. Gegevens: met voorbehoud."
    )
    within = line([row("2026-Q3")], to_label_nl="Openbaar Ministerie")
    assert sentence(within, NL).startswith("K13 Triage, binnen Openbaar Ministerie.")


def test_of_data_that_are_not_fit_no_number_is_said():
    said = sentence(line([row("2026-Q3")], badge="not_fit"), NL)

    assert "7" not in said
    assert "niet bruikbaar" in said
