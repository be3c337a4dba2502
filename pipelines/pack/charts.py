"""The chart of an item: the series its indicator is spoken of by, as its page draws it first.

Here: from the row of `signal` to the series.
Not here: how it is drawn and said (`pipelines.charts`), and which row that is
(`pipelines.wording.signals`).
"""

from collections.abc import Sequence

from pipelines.charts.mark_layers import mark_of
from pipelines.charts.published import RECENT, clocked_handoff, limits_by_period
from pipelines.charts.published import series_of as charted
from pipelines.charts.series import Series
from pipelines.pack.decisions import about
from pipelines.pack.paper import Paper
from pipelines.pack.register import Register
from pipelines.periods import first_day
from pipelines.wording import signals
from pipelines.wording.figures import Figure, figures
from pipelines.wording.questions import POINTS
from pipelines.wording.rows import Row, day_of, text_of


def series_of(signal: Row, register: Register, paper: Paper) -> Series:
    """Return the series a signal is about, its newest periods.

    Args:
        signal: A row of `signal` with a chart.
        register: What is known of indicators.
        paper: The file.
    """
    words, indicator = paper.words, str(signal["indicator"])
    entry = register.entry(indicator)
    shown = figures(signals.figures_under(signal, paper.table("result")))[
        -RECENT[str(signal["period_grain"])] :
    ]
    points = paper.frame(POINTS, {"series_id": signal["series_id"]})
    catalogue = paper.table("catalogue")
    return charted(
        str(signal["series_id"]),
        shown,
        signal,
        entry,
        words,
        norms=paper.rows(
            "from norm where handoff_id = $handoff order by valid_from",
            {"handoff": clocked_handoff(entry)},
        ),
        member=register.member_of(signal),
        limits=limits_by_period(points, words),
        verdict=signals.verdict(signal, words),
        theme=paper.row_of("theme_series", "indicator", indicator),
        marks=[
            mark_of(number, day, str(noted["note_kind"]), text_of(noted, "note"), words)
            for number, noted in enumerate(noted_in(shown, entry, paper), start=1)
            if (day := day_of(noted["noted_on"])) is not None
        ],
        is_rounded=not catalogue.empty and indicator in set(catalogue["indicator"]),
    )


def noted_in(shown: Sequence[Figure], entry: Row, paper: Paper) -> list[Row]:
    """Return what was decided and noted about an indicator from the first of some periods on.

    Args:
        shown: The figures of its chart, whose marks are numbered in this order.
        entry: Its row of the register.
        paper: The file.
    """
    if not shown:
        return []
    start = first_day(shown[0].period)
    found = [row for row in about(entry, paper) if (day_of(row["noted_on"]) or start) >= start]
    return sorted(found, key=lambda row: (row["noted_on"], row["record_key"]))
