"""The sentence under a chart: its newest figure, how sure that is, and what to hold it against."""

from dataclasses import replace

import pytest

from pipelines.charts.series import Series
from pipelines.charts.words import description, sentence
from pipelines.wording.figures import Figure
from pipelines.wording.language import words_in

NL, EN = words_in("nl"), words_in("en")


def days(period: str, value: float, lower: float, upper: float, n: int = 40) -> Figure:
    """A median in days."""
    return Figure(period, "ok", "calendar_days", value, lower, upper, denominator=n)


def series(*figures: Figure, norm: float | None = None, verdict: str = "") -> Series:
    """A chart of some figures, with a norm at the last."""
    norms = {} if norm is None else {figures[-1].period: norm}
    return Series("one", "Mediaan", figures, norms, verdict=verdict)


def test_it_gives_the_newest_figure_with_interval_and_cases_in_both_languages():
    chart = series(days("2026-Q3", 7, 7, 11, 96))

    assert sentence(chart, NL) == (
        "Nieuwste cijfer, K3 2026: 7 dagen (95%-interval 7–11; n\u00a0=\u00a096)."
    )
    assert (
        sentence(chart, EN)
        == "Newest figure, Q3 2026: 7 days (95% interval 7–11; n\u00a0=\u00a096)."
    )


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        (days("2025-Q3", 12, 12, 14), "Een jaar eerder, K3 2025: 12 dagen (95%-interval 12–14; "
         "n\u00a0=\u00a040). Korter: de intervallen raken elkaar niet."),
        (days("2025-Q3", 12, 9, 14), "Geen duidelijk verschil: de intervallen overlappen."),
    ],
)  # fmt: skip
def test_it_differs_from_a_year_earlier_only_where_the_intervals_do_not_touch(earlier, said):
    assert sentence(series(earlier, days("2026-Q3", 7, 7, 11)), NL).endswith(said)


def test_where_limits_say_what_is_usual_a_year_earlier_is_not_set_beside_them():
    figures = days("2025-Q3", 12, 12, 14), days("2026-Q3", 7, 7, 11)

    assert "jaar eerder" not in sentence(series(*figures, verdict="Verbetering."), NL)
    assert "Verbetering." in description(series(*figures, verdict="Verbetering."), NL)


@pytest.mark.parametrize(
    ("norm", "said"),
    [
        (11, "Norm 11 dagen: het hele interval ligt erbinnen."),
        (6, "Norm 6 dagen: het hele interval ligt erbuiten."),
        (10, "Norm 10 dagen: die ligt in het interval, dus of het cijfer erbinnen ligt is niet "
         "zeker."),
    ],
)  # fmt: skip
def test_a_norm_is_held_against_the_whole_interval(norm, said):
    assert sentence(series(days("2026-Q3", 7, 7, 11), norm=norm), NL).endswith(said)


def test_an_interval_that_was_not_reached_is_not_within_a_norm():
    open_ended = replace(days("2026-Q3", 7, 7, 11), upper=None)

    assert "erbinnen." not in sentence(series(open_ended, norm=30), NL)


def test_what_comes_after_the_newest_figure_is_said_with_its_reason():
    chart = series(
        days("2026-Q1", 7, 7, 11),
        Figure("2026-Q2", "too_recent", "calendar_days"),
        Figure("2026-Q3", "too_recent", "calendar_days"),
    )

    assert sentence(chart, NL).endswith(
        "Zonder cijfer: K2 2026 tot en met K3 2026, 2 perioden (te recent)."
    )


def test_a_chart_without_any_figure_says_why():
    chart = series(Figure("2026-Q3", "suppressed", "share"))

    assert sentence(chart, NL) == "Zonder cijfer: K3 2026 (afgeschermd)."


def test_lengths_that_were_rounded_before_they_were_published_say_so():
    chart = replace(series(days("2026-Q3", 7, 7, 11)), rounded="afgerond op hele uren")

    assert sentence(chart, NL).endswith("Afgerond op hele uren.")


def test_the_text_alternative_says_the_sentence_under_the_chart():
    chart = series(days("2025-Q3", 12, 9, 14), days("2026-Q3", 7, 7, 11), norm=10)

    assert sentence(chart, NL) in description(chart, NL)
