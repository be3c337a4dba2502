"""The rows a series chart is drawn from: one per period, with all its layers need.

Here: what is shown of a figure, where it is cut off, and where a word is written.
Not here: how it looks (`figure_layers`, `limit_layers`, `mark_layers`).
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipelines.charts.limit_layers import limit_columns
from pipelines.charts.mark_layers import mark_columns
from pipelines.charts.series import Series, count_text, followed_place, followed_word
from pipelines.wording import formats
from pipelines.wording.figures import (
    OK,
    Figure,
    cell_of,
    change_of,
    interval_of,
    latest,
    status_word,
    words_of,
)
from pipelines.wording.language import Words

# An interval this many times the highest value is cut, with a mark, or the line becomes flat.
_CUT_AT = 2.0
# Shares up to here get a scale of their own, which their axis shows.
_SMALL_SHARE = 0.4
# Words of gaps nearer to each other than this many periods would run together on a telephone.
_APART = 4


def chart_rows(series: Series, top: float, words: Words) -> list[dict[str, Any]]:
    """Return one row per period with everything the layers draw."""
    marks: list[dict[str, Any]] = []
    run = 0
    newest = latest(series.figures)
    periods = [each.period for each in series.figures]
    followed_period, _ = followed_place(series)
    previous_ok = False
    group = 0
    for figure in series.figures:
        limits = series.limits.get(figure.period)
        group += limits is not None and limits.is_rebase
        is_ok = figure.status == OK
        run += is_ok and not previous_ok
        previous_ok = is_ok
        upper = (
            figure.upper if figure.upper is not None else top if figure.lower is not None else None
        )
        norm = series.norms.get(figure.period)
        has_interval = figure.has_interval and upper is not None
        marks.append(
            {
                "period": figure.period,
                "period_label": formats.period(figure.period, words),
                "value": figure.value if is_ok else None,
                "lower": min(figure.lower or 0.0, top) if has_interval else None,
                "upper": min(upper, top) if has_interval and upper is not None else None,
                "is_cut": has_interval and (figure.upper is None or figure.upper > top),
                "run": run,
                "is_ok": is_ok,
                # Without a value and without an interval there is nothing but the reason.
                "is_gap": not is_ok and not has_interval,
                "is_newest": figure is newest,
                "norm": norm,
                "norm_label": _norm_label(series, figure, words),
                "gap": "" if is_ok else status_word(figure.status, words),
                "figure": words_of(figure, words),
                "short_figure": cell_of(figure, words),
                "interval": interval_of(figure, words),
                "n": count_text(figure.denominator, words),
                "risk": count_text(figure.n_at_risk, words),
                "can_change": figure.can_change,
                "provisional_lower": _within(figure.provisional_lower, top),
                "provisional_upper": _within(figure.provisional_upper, top),
                "change": change_of(figure, words),
                "followed_word": followed_word(series, words)
                if figure.period == followed_period
                else "",
                **limit_columns(limits, group, top),
                **mark_columns(series.marks, periods, figure.period),
            }
        )
        if figure.period in series.breaks:
            marks[-1] |= {"is_rebase": True, "rebase_label": series.breaks[figure.period]}
    for back, mark in enumerate(reversed(marks)):
        mark["from_newest"] = back
    for mark, word in zip(marks, _gap_words([str(mark["gap"]) for mark in marks]), strict=True):
        mark["gap_word"] = word
    sizes = Counter(mark["run"] for mark in marks if mark["is_ok"])
    for mark in marks:
        mark["is_alone"] = not mark["is_ok"] or sizes[mark["run"]] == 1
    return marks


def top_of(shown: Sequence[Figure], series: Series) -> float:
    """Return the top of the scale: room for values and norm, and for intervals up to a point."""
    if series.unit in formats.SHARES:
        highest = max(
            [figure.upper or figure.value or 0.0 for figure in shown] + _upper_limits(series),
            default=1.0,
        )
        return 1.0 if highest > _SMALL_SHARE else max(0.1, 1.15 * highest)
    values = [figure.value or 0.0 for figure in shown] + list(series.norms.values())
    values += _upper_limits(series)
    values += [figure.provisional_upper for figure in shown if figure.provisional_upper is not None]
    # A quantile that was not reached lies somewhere above its lower end.
    values += [
        figure.lower
        for figure in series.figures
        if figure.status != OK and figure.lower is not None
    ]
    highest = max(values, default=1.0) or 1.0
    intervals = [figure.upper for figure in shown if figure.upper is not None]
    return 1.12 * max(highest, min(max(intervals, default=0.0), _CUT_AT * highest))


def _within(value: float | None, top: float) -> float | None:
    return None if value is None else min(max(value, 0.0), top)


def _gap_words(reasons: Sequence[str]) -> list[str]:
    """Where each reason is written: in the middle of a run of gaps, and not again right beside it.

    Args:
        reasons: Why there is no figure, by period; empty where there is one.
    """
    words = [""] * len(reasons)
    said: dict[str, int] = {}
    place = 0
    for reason, run in itertools.groupby(reasons):
        length = len(list(run))
        middle = place + (length - 1) // 2
        if reason and middle - said.get(reason, -_APART) >= _APART:
            words[middle] = reason
            said[reason] = middle
        place += length
    return words


def _norm_label(series: Series, figure: Figure, words: Words) -> str:
    """Name the norm where it starts and wherever it changes."""
    norm = series.norms.get(figure.period)
    if norm is None:
        return ""
    place = list(series.figures).index(figure)
    before = series.norms.get(series.figures[place - 1].period) if place else None
    if norm == before:
        return ""
    return words.text("chart.norm", norm=formats.with_unit(norm, series.unit, words))


def _upper_limits(series: Series) -> list[float]:
    """Upper limits of the periods shown; a share cannot exceed 1, whatever its limit says."""
    shown = (series.limits.get(figure.period) for figure in series.figures)
    return [limits.upper for limits in shown if limits is not None and limits.upper is not None]
