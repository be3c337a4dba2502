"""Prevalence: the unit is the evaluation; a codebook change neither invents nor hides a trend."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.evaluation.codebook import Codebook
from pipelines.evaluation.prevalence import cooccurrence, theme_figures
from pipelines.statistics.signals import Rule, xmr_chart
from tests.evaluation.conftest import codes, evaluations, mapping_rows, theme_rows
from tests.examples import examples


def counts(figures: pd.DataFrame, indicator: str, **where: str) -> list[tuple[str, float, float]]:
    """Period, numerator and denominator of the national figures of a grain."""
    wanted = {"dimension": "national", "period_grain": "quarter", **where}
    rows = figures[figures["indicator"] == f"theme_{indicator}"]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    rows = rows.sort_values("period")
    return list(zip(rows["period"], rows["numerator"], rows["denominator"], strict=True))


def test_an_evaluation_counts_once_however_often_the_theme_is_mentioned(codebook):
    held = evaluations(("e1", "2025-01-10", 1), ("e2", "2025-02-10", 1))
    found = codes(("e1", "rol", "K03"), ("e1", "rol", "K33"), ("e1", "rol", "K33"))
    figures = theme_figures(codebook.series, held, found)

    assert counts(figures, "rol") == [("2025-Q1", 1, 2)]
    assert counts(figures, "rol", dimension="handoff_id", member="K33") == [("2025-Q1", 1, 2)]
    assert counts(figures, "laat") == [("2025-Q1", 0, 2)]


def test_a_share_stands_with_its_wilson_interval(codebook):
    held = evaluations(*((f"e{n}", "2025-01-10", 1) for n in range(100)))
    found = codes(*((f"e{n}", "rol", "K03") for n in range(65)))
    [row] = (
        theme_figures(codebook.series, held, found)
        .query("indicator == 'theme_rol' and period_grain == 'quarter' and dimension == 'national'")
        .to_dict("records")
    )

    assert (row["value"], row["status"]) == (0.65, "ok")
    # 65 of 100, methods section 2.
    assert (round(row["lower"], 6), round(row["upper"], 6)) == (0.552544, 0.736358)


def test_a_theme_is_judged_only_where_the_codebook_had_it(codebook):
    held = evaluations(("e1", "2025-06-20", 1), ("e2", "2025-06-25", 2), ("e3", "2025-08-01", 2))
    found = codes(("e1", "laat", "K05"), ("e2", "product", "K05"))
    figures = theme_figures(codebook.series, held, found)

    # Held in June, coded in July: the new themes were in the codebook by then.
    assert counts(figures, "product") == [("2025-Q2", 1, 1), ("2025-Q3", 0, 1)]
    assert counts(figures, "signaal") == [("2025-Q2", 0, 1), ("2025-Q3", 0, 1)]
    assert counts(figures, "laat") == [("2025-Q2", 2, 2), ("2025-Q3", 0, 1)]


def test_a_code_of_another_version_counts_in_no_theme(codebook):
    held = evaluations(("e1", "2025-08-01", 2))
    figures = theme_figures(codebook.series, held, codes(("e1", "laat", "K05")))
    assert counts(figures, "laat") == [("2025-Q3", 0, 1)]


def test_no_evaluation_no_figure(codebook):
    assert theme_figures(codebook.series, evaluations(), codes()).empty


# --- a codebook change neither invents nor hides a trend -----------------------------------------

WHOLE = Codebook.from_frames(
    theme_rows([("laat", 1, "laat", "2022-01-01", None)]), mapping_rows([])
)
SPLIT = Codebook.from_frames(
    theme_rows(
        [
            ("laat", 1, "laat", "2022-01-01", "2025-06-30"),
            ("product", 2, "laat", "2025-07-01", None),
            ("signaal", 2, "laat", "2025-07-01", None),
        ]
    ),
    mapping_rows([("laat", "product", 2, "split"), ("laat", "signaal", 2, "split")]),
)
QUARTERS = pd.period_range("2022Q1", "2026Q3", freq="Q")
SPLIT_FROM = pd.Period("2025Q3")


def coded(
    prevalence: Callable[[pd.Period], float], *, is_split: bool, seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """60 evaluations a quarter, the same ones found whatever the codebook calls the theme."""
    rng = np.random.default_rng(seed)
    held, found = [], []
    for quarter in QUARTERS:
        for number in range(60):
            key, is_new = f"{quarter}-{number}", is_split and quarter >= SPLIT_FROM
            held.append((key, quarter.start_time, 2 if is_new else 1))
            is_found, is_signal, is_both = rng.random(3) < [prevalence(quarter), 0.4, 0.1]
            if is_found:
                names = ["signaal"] if is_signal else ["product"]
                names += ["product"] if is_both else []
                found.extend((key, name, "K05") for name in (names if is_new else ["laat"]))
    return evaluations(*held), codes(*found)


def signals(book: Codebook, held: pd.DataFrame, found: pd.DataFrame, name: str) -> list[int]:
    """Side of every signal of the quarterly series: 1 emerging, -1 fading."""
    series = counts(theme_figures(book.series, held, found), name)
    chart = xmr_chart([n / of for _, n, of in series])
    return [
        int(side) for rule, side in zip(chart.rules, chart.sides, strict=True) if rule != Rule.NONE
    ]


@examples(20, long=500)
@given(seed=st.integers(0, 10_000), level=st.floats(0.05, 0.6), rise=st.floats(-0.4, 0.4))
def test_the_comparable_series_is_the_same_with_and_without_the_split(seed, level, rise):
    def prevalence(quarter: pd.Period) -> float:
        return level + (rise if quarter >= pd.Period("2025Q1") else 0.0)

    whole = theme_figures(WHOLE.series, *coded(prevalence, is_split=False, seed=seed))
    split = theme_figures(SPLIT.series, *coded(prevalence, is_split=True, seed=seed))

    assert counts(whole, "laat") == counts(split, "laat")


def test_a_split_invents_no_trend():
    held, found = coded(lambda _: 0.3, is_split=True)

    assert signals(SPLIT, held, found, "laat") == []
    for part in ("product", "signaal"):
        assert signals(SPLIT, held, found, part) == []
    # Read by name alone the old theme would have faded to nothing.
    by_name = found[found["theme"] == "laat"]
    assert -1 in signals(WHOLE, held.assign(codebook_version=1), by_name, "laat")


def test_a_split_hides_no_trend():
    def rises(quarter: pd.Period) -> float:
        return 0.15 if quarter < pd.Period("2025Q1") else 0.45

    assert 1 in signals(SPLIT, *coded(rises, is_split=True), "laat")


# --- two themes in one evaluation ----------------------------------------------------------------


def test_themes_found_together(codebook):
    groups = [series for series in codebook.series if series.code == series.group]
    held = evaluations(*((f"e{n}", f"202{4 + n % 2}-03-01", 1) for n in range(20)))
    found = codes(
        *((f"e{n}", "rol", "K03") for n in range(10)),
        *((f"e{n}", "laat", "K05") for n in range(8)),
        ("e19", "dubbel", "K05"),
    )
    pairs = (
        cooccurrence(groups, held, found).query("period == 'all'").set_index(["first", "second"])
    )

    both = pairs.loc[("laat", "rol")]
    assert (both["numerator"], both["denominator"], both["value"]) == (8, 20, 0.4)
    # 10 of 20 and 8 of 20 would meet in 4 of 20 by chance; the interval of 8 of 20 lies above.
    assert both["expected"] == pytest.approx(0.2)
    assert both["association"] == "more"
    assert pairs.loc[("rol", "samen"), "numerator"] == 0


def test_pairs_are_counted_where_both_could_be_found(codebook):
    held = evaluations(("e1", "2025-03-01", 1), ("e2", "2025-09-01", 2))
    found = codes(("e1", "rol", "K03"), ("e2", "product", "K05"), ("e2", "rol", "K03"))
    parts = [series for series in codebook.series if series.code in {"rol", "product"}]
    [pair] = cooccurrence(parts, held, found).query("period == 'all'").to_dict("records")
    assert (pair["numerator"], pair["denominator"]) == (1, 1)
