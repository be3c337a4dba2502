"""Signals on the pages: the list for discussion, the icons, and the limits in a chart."""

import re
from typing import Any

import pandas as pd
import pytest

from dashboard.components import signal_icon
from dashboard.components.chart import data_rows
from pipelines.charts.drawing import series_chart
from pipelines.charts.limit_layers import Limits
from pipelines.charts.series import Series
from pipelines.charts.words import description
from pipelines.wording import signals
from pipelines.wording.figures import OK, Figure
from pipelines.wording.language import LANGUAGES, words_in
from tests.dashboard.sample_charts import NOTE
from tests.grammar import valid

NL = words_in("nl")
RULES = ("outside", "trend", "two_of_three", "shift")


def row(**changes: Any) -> dict[str, Any]:
    """One row of `signal`; it leads its own item unless told otherwise."""
    indicator = changes.get("indicator", "fast")
    return {
        "signal_id": "fast.median.cohort.both.quarter.national.national.outside.2026-Q3",
        "series_id": "fast.median.cohort.both.quarter.national.national",
        "indicator": "fast",
        "statistic": "median",
        "unit": "calendar_days",
        "period_grain": "quarter",
        "dimension": "national",
        "member": "national",
        "chart": "xmr",
        "period": "2026-Q3",
        "since": "2025-Q2",
        "n_run": 6,
        "variation": "concern",
        "rule": "outside",
        "moved": "up",
        "assurance": "none",
        "value": 35.0,
        "centre": 12.4,
        "lower": -1.0,
        "upper": 22.0,
        "warnings": "",
        "reason": "outside",
        "evidence": 5.0,
        "strength": "strong",
        "is_headline": True,
        "discussion_rank": 1,
        "newest_period": changes.get("period", "2026-Q3"),
        "newest_value": 35.0,
        "is_confirmed": True,
        "item": indicator,
        "item_strength": changes.get("strength", "strong"),
        "item_p_value": 1e-5,
        "expected_false": 0.2,
        **changes,
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chart", ["xmr", "xmr_of_changes", "exact", "t", "g"])
@pytest.mark.parametrize("way", ["up", "down"])
def test_every_rule_has_its_sentence_in_both_languages(language, chart, way):
    for rule in RULES:
        text = signals.reason(
            row(chart=chart, reason=rule, rule=rule, moved=way), words_in(language)
        )
        assert "2026" in text
        assert "{" not in text


@pytest.mark.parametrize(
    "reason",
    ["too_few_points", "too_sparse", "too_many_gaps", "too_coarse", "quantile_not_reached"],
)
def test_a_series_without_limits_says_why(reason):
    for language in LANGUAGES:
        assert signals.reason(row(chart="none", reason=reason, moved=None), words_in(language))


def test_a_sentence_in_dutch_form():
    assert signals.reason(row(), NL) == (
        "K3 2026 ligt met 35 dagen boven de bovengrens van 22 dagen; het gemiddelde is 12,4 dagen."
    )
    shift = row(rule="shift", reason="shift", n_run=9)
    assert signals.reason(shift, NL).startswith("9 punten op rij boven het gemiddelde")


def test_no_sentence_names_a_time_below_nothing_or_a_share_above_all():
    below = row(reason="none", rule="none", moved=None, lower=-3.0)
    above = row(reason="none", rule="none", moved=None, statistic="share", lower=-0.1, upper=1.2)

    assert "van 0 dagen tot" in signals.reason(below, NL)
    assert "van 0% tot 100%" in signals.reason(above, NL)


def test_an_item_has_one_entry_and_its_members_their_fixed_order():
    members = pd.DataFrame({"dimension": "parket", "member": ["amsterdam", "limburg"]})
    found = pd.DataFrame(
        [
            row(indicator="b", discussion_rank=2, evidence=3.0, strength="clear"),
            row(dimension="parket", member="limburg", evidence=9.0),
            row(dimension="parket", member="amsterdam", evidence=2.0, strength="weak",
                item_strength="strong"),
            row(indicator="also", item="fast", evidence=12.0),
            row(indicator="quiet", discussion_rank=None),
        ]
    )  # fmt: skip

    first, second = signals.entries(found, members)

    assert (first.indicator, first.strength, list(first.told)) == (
        "fast",
        "strong",
        ["fast", "also"],
    )
    assert [signal["member"] for signal in first.told["fast"]] == ["amsterdam", "limburg"]
    assert (second.indicator, second.strength) == ("b", "clear")


def test_no_icon_is_a_colour_alone():
    for kind in ("improvement", "concern", "neutral", "common_cause"):
        html = signal_icon.variation(kind, "up", NL)
        assert NL.text(f"signal.variation.{kind}") in re.sub("<[^>]*>", "", html)
    shapes = {signal_icon.variation(kind, "", NL) for kind in ("improvement", "concern", "neutral")}
    assert len(shapes) == 3
    for kind in ("consistently_passing", "hit_and_miss", "consistently_failing"):
        said = signals.assurance(row(assurance=kind), NL)
        assert said.startswith("Mediaan ") and said in signal_icon.assurance(kind, said)
    assert signal_icon.assurance("none", signals.assurance(row(assurance="none"), NL)) == ""


@pytest.mark.parametrize("words", [NL, words_in("en")])
def test_no_norm_is_called_met_while_it_names_no_share_that_should_be_within_it(words):
    said = [text for key, text in words.texts.items() if key.startswith("signal.assurance.")]

    assert said and not [text for text in said if re.search("gehaald|met$|met ", text)]


def test_a_chart_draws_limits_signals_and_rebase_and_says_them():
    limits = {
        "2026-Q2": Limits(10.0, 5.0, 15.0, 6.7, 13.3, "none", "common_cause"),
        "2026-Q3": Limits(20.0, 5.0, 25.0, 7.0, 22.0, "outside", "concern", True, "Herijking"),
    }
    figures = [Figure("2026-Q2", OK, "calendar_days", 9.0), Figure("2026-Q3", OK, "days", 35.0)]
    series = Series("one", "Mediaan", figures, limits=limits, verdict="Verslechtering: ver weg.")

    text = str(valid(series_chart(series, NL)))

    assert "Verslechtering: ver weg." in description(series, NL)
    assert all(field in text for field in ("limit_upper", "near_lower", "centre", "rebase_label"))
    assert {"circle", "diamond", "square"} <= set(re.findall(r"'shape': '([a-z-]+)'", text))
    columns, rows = data_rows(series, NL)
    headings = [column.heading for column in columns]
    assert NL.text("column.limit_upper") in headings
    signal = rows[1][headings.index(NL.text("column.signal"))]
    assert signal == "verslechtering: buiten de grenzen"


def test_the_page_lists_hand_offs_by_evidence_and_names_chance(sample_root, render):
    page = render(sample_root / "platform", "discussion")

    assert "Ter bespreking" in page.text
    assert re.search(r"Van \d+ onderwerpen .* naar verwachting hoogstens .* toeval", page.text)
    names = re.findall(r'data-signal="([^"]+)"', page.html)
    assert names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("cause", ["alike_points", "lopsided_points", "clumped_events", ""])
def test_the_caption_names_how_often_a_series_of_such_a_shape_signals(cause):
    signal = row(warnings=f"still_followed|{cause}", false_alarm_rate=0.6 if cause else 0.045)
    said = signals.false_alarm(signal, NL)

    assert ("ongeveer 60" in said, "hooguit 4,5" in said) == (bool(cause), not cause)


def test_the_page_is_not_there_where_no_signals_are_published(sample_root, render):
    page = render(sample_root / "advisory")

    assert "Ter bespreking" not in page.text


def test_the_chain_has_icons_and_leads_to_the_list(sample_root, render):
    page = render(sample_root / "platform")

    assert "gewone schommeling" in page.text
    assert 'href="/ter-bespreking"' in page.html


def test_a_rebase_stands_with_its_explanation(sample_root, render):
    page = render(sample_root / "platform", "handoff", koppelvlak="K13")

    assert NOTE in page.text
    assert "Herijking 1 jan 2025" in page.text
