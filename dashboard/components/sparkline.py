"""Sparklines: the course of a series in the width of a word.

Here: a small drawing with its course in words. Not here: scales to compare series by; each
sparkline has its own, so only its shape says something.
"""

from dashboard.components.markup import picture
from pipelines.charts.style import BAND, BLUE, BLUE_MID, EDGE
from pipelines.wording import formats
from pipelines.wording.figures import OK, Figure, latest, words_of
from pipelines.wording.language import Words

_WIDTH, _HEIGHT, _MARGIN = 120, 32, 4
# Least height of the scale, as a share of the highest value.
_LEAST_SPAN = 0.5


def sparkline(series: list[Figure], words: Words) -> str:
    """Return the drawing of a series: line, interval, gaps as gaps.

    Args:
        series: Figures in order of period.
        words: The reader's language, for the alternative text.
    """
    shown = [figure for figure in series if figure.status == OK and figure.value is not None]
    if not shown:
        return ""
    ends = [
        end
        for figure in shown
        for end in (figure.value, figure.lower, figure.upper)
        if end is not None
    ]
    low, high = min(ends), max(ends)
    # A wide interval must not press the course itself flat.
    top = max(figure.value or 0.0 for figure in shown)
    high = min(high, low + 2.5 * max(top - low, 1e-9))
    # Nor must a small wobble fill the height, as it would without an interval around it.
    slack = max(0.0, _LEAST_SPAN * abs(high) - (high - low)) / 2
    low, high = low - slack, high + slack
    span = (high - low) or 1.0
    step = (_WIDTH - 2 * _MARGIN) / max(len(series) - 1, 1)

    def x_of(index: int) -> float:
        return _MARGIN + index * step

    def y_of(value: float) -> float:
        share = (min(max(value, low), high) - low) / span
        return _HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN)

    parts: list[str] = []
    for run in _runs(series):
        points = [(x_of(index), series[index]) for index in run]
        upper = [
            (x, y_of(figure.upper if figure.upper is not None else high)) for x, figure in points
        ]
        lower = [
            (x, y_of(figure.lower if figure.lower is not None else low)) for x, figure in points
        ]
        if all(figure.has_interval for _, figure in points):
            ring = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
            parts.append(
                f'<polygon points="{ring}" fill="{BAND}" stroke="{BLUE_MID}" stroke-width=".5"/>'
            )
        line = " ".join(f"{x:.1f},{y_of(figure.value or 0.0):.1f}" for x, figure in points)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="1.6" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
    parts += [
        f'<path d="M{x_of(index):.1f} {_HEIGHT - 2.5}h.01" stroke="{EDGE}" stroke-width="3" '
        'stroke-linecap="round"/>'
        for index, figure in enumerate(series)
        if figure.status != OK
    ]
    last = latest(series)
    if last is not None and last.value is not None:
        x, y = x_of(series.index(last)), y_of(last.value)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.8" fill="{BLUE}"/>')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        + "".join(parts)
        + "</svg>"
    )
    return picture(svg, _in_words(series, shown, words), "km-spark", _WIDTH, _HEIGHT)


def _in_words(series: list[Figure], shown: list[Figure], words: Words) -> str:
    return words.text(
        "spark.alt",
        first=formats.period(shown[0].period, words),
        first_value=words_of(shown[0], words),
        last=formats.period(shown[-1].period, words),
        last_value=words_of(shown[-1], words),
        gaps=sum(figure.status != OK for figure in series),
    )


def _runs(series: list[Figure]) -> list[list[int]]:
    """Return the stretches without a gap, as positions in the series."""
    runs: list[list[int]] = []
    for index, figure in enumerate(series):
        if figure.status != OK:
            continue
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs
