"""A series chart in words: the sentence under it, and its text alternative.

Here: what a series shows with its uncertainty, the same on a page and on paper, and for who does
not see the drawing.
Not here: the drawing (`drawing`), how a kind of chart is read (texts `reading.*`), and the reason
of a signal (`pipelines.wording.signals`).
"""

from collections.abc import Sequence

from pipelines.charts.series import Series, followed_word
from pipelines.wording import formats
from pipelines.wording.figures import (
    DURATIONS,
    OK,
    Figure,
    change_of,
    interval_of,
    latest,
    movement,
    status_word,
    words_of,
)
from pipelines.wording.language import Words

_NEUTRAL = "neutral"


def sentence(series: Series, words: Words) -> str:
    """Say what a chart shows: the newest figure with its uncertainty, and what to hold it against.

    That is the same period a year earlier, unless limits say what the series usually does; and the
    norm. What comes after the newest figure without having one is said with its reason.
    """
    newest = latest(series.figures)
    if newest is None:
        return " ".join(_without_figure(series.figures, words))
    behind = series.figures[[figure.period for figure in series.figures].index(newest.period) + 1 :]
    rounded = f"{formats.sentence(series.rounded)}." if series.rounded else ""
    change = change_of(newest, words)
    said = [
        words.text(
            "chart.said.newest",
            period=formats.period(newest.period, words),
            value=words_of(newest, words),
            beside=_beside(newest, words),
        ),
        f"{formats.sentence(change)}." if change else "",
        rounded,
        "" if series.verdict else _a_year_earlier(series, newest, words),
        _norm(series, newest, words),
        *_without_figure(behind, words),
    ]
    return " ".join(filter(None, said))


def description(series: Series, words: Words) -> str:
    """Say in words what a chart shows: span, its sentence, signal, marks and gaps."""
    if not series.figures:
        return series.title
    span = words.text(
        "chart.alt",
        title=series.title,
        first=formats.period(series.figures[0].period, words),
        last=formats.period(series.figures[-1].period, words),
    )
    newest = latest(series.figures)
    followed = followed_word(series, words)
    marked = words.text("decisions.field.text")
    said = [
        span,
        sentence(series, words),
        series.verdict,
        f"{formats.sentence(followed)}." if followed else "",
        *(
            f"{formats.period(figure.period, words)}: {change_of(figure, words)}."
            for figure in series.figures
            if figure.can_change and figure is not newest
        ),
        *(
            f"{marked} {mark.number}, {formats.day(mark.day, words)}: {mark.text}"
            for mark in series.marks
        ),
        *(
            f"{formats.period(gap.period, words)}: {status_word(gap.status, words)}."
            for gap in series.figures
            if gap.status != OK and newest is not None and gap.period < newest.period
        ),
    ]
    return " ".join(filter(None, said))


def _beside(figure: Figure, words: Words) -> str:
    """Return interval and number of cases between brackets; empty where neither is published."""
    between = interval_of(figure, words)
    is_count = figure.unit in formats.COUNTS or figure.unit.startswith("per_")
    number = "" if figure.denominator is None or is_count else formats.number(
        figure.denominator, words
    )  # fmt: skip
    known = [
        words.text("figure.interval", interval=between) if between else "",
        words.text("figure.n", n=number) if number else "",
    ]
    inside = "; ".join(filter(None, known))
    return f" ({inside})" if inside else ""


def _a_year_earlier(series: Series, newest: Figure, words: Words) -> str:
    """Say whether the newest figure differs from a year earlier by more than its uncertainty."""
    moved = movement(list(series.figures), _NEUTRAL)
    if moved.earlier is None or moved.kind not in {"lower", "higher", "same"}:
        return ""
    kind = "time" if newest.unit in DURATIONS else "level"
    earlier = words.text(
        "chart.said.earlier",
        period=formats.period(moved.earlier.period, words),
        value=words_of(moved.earlier, words),
        beside=_beside(moved.earlier, words),
    )
    if moved.kind == "same":
        return f"{earlier} {words.text('chart.said.overlap')}"
    word = formats.sentence(words.text(f"movement.{kind}.{moved.kind}"))
    return f"{earlier} {words.text('chart.said.apart', moved=word)}"


def _norm(series: Series, newest: Figure, words: Words) -> str:
    """Say where the interval of the newest figure lies beside the norm of its period."""
    norm = series.norms.get(newest.period)
    if norm is None:
        return ""
    lower, upper = newest.lower, newest.upper
    if not newest.has_interval:
        place = "none"
    elif upper is not None and upper <= norm:
        place = "within"
    elif lower is not None and lower > norm:
        place = "beyond"
    else:
        place = "across"
    return words.text(f"chart.said.norm.{place}", norm=formats.with_unit(norm, series.unit, words))


def _without_figure(figures: Sequence[Figure], words: Words) -> list[str]:
    """Say of periods why they have no figure, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for figure in figures:
        by_reason.setdefault(figure.status, []).append(figure.period)
    return [
        words.text(
            "chart.said.none",
            periods=formats.period(periods[0], words)
            if len(periods) == 1
            else words.text(
                "chart.said.span",
                first=formats.period(periods[0], words),
                last=formats.period(periods[-1], words),
                n=len(periods),
            ),
            reason=status_word(status, words),
        )
        for status, periods in by_reason.items()
    ]
