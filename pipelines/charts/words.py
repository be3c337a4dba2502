"""A series chart in words: what stands beside a drawing for who does not see it.

Not here: the drawing (`drawing`).
"""

from pipelines.charts.series import Series, followed_word
from pipelines.wording import formats
from pipelines.wording.figures import (
    OK,
    change_of,
    interval_of,
    latest,
    status_word,
    words_of,
)
from pipelines.wording.language import Words


def description(series: Series, words: Words) -> str:
    """Say in words what a chart shows: span, newest figure, norm and gaps."""
    if not series.figures:
        return series.title
    sentences = [
        words.text(
            "chart.alt",
            title=series.title,
            first=formats.period(series.figures[0].period, words),
            last=formats.period(series.figures[-1].period, words),
        )
    ]
    newest = latest(series.figures)
    if newest is not None:
        interval = interval_of(newest, words)
        sentences.append(
            words.text(
                "chart.alt_latest",
                period=formats.period(newest.period, words),
                value=words_of(newest, words),
                interval=f" ({words.text('figure.interval', interval=interval)})"
                if interval
                else "",
            )
        )
        norm = series.norms.get(newest.period)
        if norm is not None:
            sentences.append(
                words.text("chart.alt_norm", norm=formats.with_unit(norm, series.unit, words))
            )
    if series.verdict:
        sentences.append(series.verdict)
    if series.followed_until is not None:
        sentences.append(formats.sentence(followed_word(series, words)) + ".")
    sentences += [
        f"{formats.period(figure.period, words)}: {change_of(figure, words)}."
        for figure in series.figures
        if figure.can_change
    ]
    marked = words.text("decisions.field.text")
    sentences += [
        f"{marked} {mark.number}, {formats.day(mark.day, words)}: {mark.text}"
        for mark in series.marks
    ]
    sentences += [
        f"{formats.period(gap.period, words)}: {status_word(gap.status, words)}."
        for gap in series.figures
        if gap.status != OK
    ]
    return " ".join(sentences)
