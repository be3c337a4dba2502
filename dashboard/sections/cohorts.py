"""Two chosen groups compared: curves over each other, what is known of each, number at risk.

Here: what stands on the page and what is said of it.
Not here: the figures (`pipelines.workbench.cohort`) and the drawing (`pipelines.charts.curves`).
"""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dashboard import queries
from dashboard.components.markup import escape
from dashboard.components.note import show_note
from dashboard.components.page import Page
from dashboard.components.table import Column, show_downloads, table
from dashboard.publication import OF_PUBLICATION, Publication
from dashboard.sections.cohort_choice import name_of
from pipelines.charts.curves import Curve, curves_chart, horizon_of
from pipelines.charts.grammar import Spec
from pipelines.wording import formats
from pipelines.wording.figures import Figure, figure_of, interval_of, words_of
from pipelines.wording.language import Words
from pipelines.wording.rows import text_of
from pipelines.workbench.choice import Choice
from pipelines.workbench.cohort import Cohort, Measured, estimate

STATISTICS = ("median", "p90", "share_within_norm", "rmst")
# Lengths at which the number at risk is told.
_TICKS = 6


def estimate_groups(page: Page, choices: Mapping[str, Choice], clock: str) -> dict[str, Cohort]:
    """Return the figures of each group, out of the rows of the published file."""
    return {name: _estimated(page.publication, choice, clock) for name, choice in choices.items()}


@st.cache_resource(
    max_entries=100,
    show_spinner=False,
    hash_funcs={**OF_PUBLICATION, Choice: repr},
)
def _estimated(publication: Publication, choice: Choice, clock: str) -> Cohort:
    """Estimate a group once for all readers; nobody changes it."""
    handoff = queries.handoff(publication, choice.handoff)
    measured = Measured(
        unit=text_of(handoff, "unit"),
        has_competing=bool(text_of(handoff, "competing_milestone")),
        typical=queries.typical_length(publication, choice.handoff),
    )
    return estimate(queries.chosen_rows(publication, choice), choice, measured, clock)


def show_cohorts(page: Page, cohorts: Mapping[str, Cohort]) -> None:
    """Put the comparison of groups on the page.

    Args:
        page: The page.
        cohorts: The figures of each group, by what it is called.
    """
    words = page.words
    units = {cohort.unit for cohort in cohorts.values()}
    filled = {name: cohort for name, cohort in cohorts.items() if cohort.curve.times.size}
    for name in cohorts.keys() - filled.keys():
        show_note(words.text("compare.empty", name=name))
    if len(units) > 1:
        show_note(words.text("compare.units"))
    elif filled:
        _show_curves(page, filled, next(iter(units)))
    _show_figures(page, cohorts)


def figure(cohort: Cohort, statistic: str) -> Figure | None:
    """Return one figure of a group; None where its hand-off has none, such as without a norm."""
    row = cohort.by_statistic.get(statistic)
    if row is None:
        return None
    known = {"statistic": statistic, "period": cohort.choice.period, "unit": cohort.unit}
    return figure_of({**row, **known})


def sentence(page: Page, cohorts: Mapping[str, Cohort]) -> str:
    """Say what the comparison shows, with its uncertainty."""
    words = page.words
    said = []
    for name, cohort in cohorts.items():
        median = figure(cohort, "median")
        if median is None:
            continue
        between = interval_of(median, words)
        interval = f" ({between})" if between else ""
        said.append(
            words.text(
                "compare.sentence", name=name, group=name_of(page, cohort.choice),
                n=formats.number(cohort.n, words), median=words_of(median, words),
                interval=interval,
            )
        )  # fmt: skip
    return " ".join(said)


def _show_curves(page: Page, cohorts: Mapping[str, Cohort], unit: str) -> None:
    words = page.words
    curves = [
        Curve(
            name,
            done.times.tolist(), done.share.tolist(), done.lower.tolist(), done.upper.tolist(),
        )
        for name, done in ((name, cohort.curve) for name, cohort in cohorts.items())
    ]  # fmt: skip
    norms = sorted(
        {
            float(norm)
            for cohort in cohorts.values()
            if _is_norm_in(page, cohort.choice.handoff, unit)
            for norm in queries.chosen_rows(page.publication, cohort.choice)["norm_value"].dropna()
        }
    )
    told = sentence(page, cohorts)
    st.vega_lite_chart(
        spec=_specification(curves, unit, norms, words), theme=None, width="stretch",
        key="chart_compare", alt=told,
    )  # fmt: skip
    st.html(f'<p class="km-said">{escape(told)}</p>')
    st.html(_at_risk(page, cohorts, horizon_of(curves), unit))
    with st.expander(words.text("compare.how"), key="how_compare"):
        st.html(f"<p>{escape(words.text('compare.how.text'))}</p>")


@st.cache_data(
    max_entries=100,
    show_spinner=False,
    hash_funcs={Curve: repr, Words: lambda words: words.language},
)
def _specification(curves: list[Curve], unit: str, norms: list[float], words: Words) -> Spec:
    """Draw curves once for all readers: a curve has hundreds of steps, with words at each."""
    return curves_chart(curves, unit, norms, words)


def _is_norm_in(page: Page, handoff: str, unit: str) -> bool:
    return all(norm["unit"] == unit for norm in queries.norms_of(page.publication, handoff))


def _at_risk(page: Page, cohorts: Mapping[str, Cohort], end: float, unit: str) -> str:
    """Number still followed at a few round lengths, under the curves."""
    words = page.words
    times = _round_times(end)
    columns = [
        Column(words.text("compare.group_column")),
        *(Column(formats.with_unit(time, unit, words), is_number=True) for time in times),
    ]
    rows = []
    for name, cohort in cohorts.items():
        done = cohort.curve
        place = np.searchsorted(done.times, times)
        counts = [
            formats.number(int(done.n_at_risk[at]), words) if at < done.times.size else ""
            for at in place
        ]
        rows.append([escape(name), *counts])
    return table(words.text("compare.at_risk"), columns, rows)


def _round_times(end: float) -> list[float]:
    step = 10.0 ** np.floor(np.log10(max(end / _TICKS, 1.0)))
    step *= next(factor for factor in (1, 2, 5, 10) if end / (step * factor) <= _TICKS)
    return [float(time) for time in np.arange(0.0, end, step)]


def _show_figures(page: Page, cohorts: Mapping[str, Cohort]) -> None:
    """Put the figures of both groups beside each other, and the same as a file."""
    words = page.words
    names = list(cohorts)
    rows: list[list[str]] = [
        [words.text("compare.cases"), *(name_of(page, cohorts[name].choice) for name in names)],
        [words.text("compare.n"), *(formats.number(cohorts[name].n, words) for name in names)],
    ]
    for status in cohorts[names[0]].n_by_status:
        counts = [cohorts[name].n_by_status[status] for name in names]
        if any(counts):
            label = words.text(f"statistic.{status}")
            rows.append([label, *(formats.number(n, words) for n in counts)])
    for statistic in STATISTICS:
        cells = [_cell(figure(cohorts[name], statistic), page) for name in names]
        if any(cells):
            rows.append([words.text(f"statistic.{statistic}"), *cells])
    aside = [cohorts[name].n_aside for name in names]
    if any(aside):
        label = words.text("compare.aside")
        rows.append([label, *(formats.number(n, words) for n in aside)])
    titles = [words.text("compare.figure"), *names]
    st.html(
        table(
            words.text("compare.caption"),
            [Column(titles[0]), *(Column(title, is_number=True) for title in titles[1:])],
            [[escape(cell) for cell in row] for row in rows],
        )
    )
    show_downloads(titles, rows, "vergelijking", words)


def _cell(shown: Figure | None, page: Page) -> str:
    if shown is None:
        return ""
    between = interval_of(shown, page.words)
    return f"{words_of(shown, page.words)}{f' ({between})' if between else ''}"
