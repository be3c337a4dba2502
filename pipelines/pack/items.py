"""The items of the meeting pack: a page each, with all that the meeting needs to decide.

Here: the list of the page `ter-bespreking`, from the same rows in the same words, and what stands
beside each item.
Not here: which signals there are or their order (`pipelines.signals.agenda`), their sentences and
charts (`pipelines.wording`, `pipelines.charts`) and layout (`pack.typ`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from pipelines.charts.drawing import paper_svg
from pipelines.charts.series import Series
from pipelines.charts.style import HEIGHT
from pipelines.charts.words import description, sentence
from pipelines.dimensions import NATIONAL
from pipelines.pack.beside import (
    balance,
    change_explained,
    fitness,
    noted,
    recommended,
    themes_at_item,
)
from pipelines.pack.charts import series_of
from pipelines.pack.decisions import STAR
from pipelines.pack.paper import Paper
from pipelines.pack.register import Register
from pipelines.pack.room import WIDTH, Told, room
from pipelines.wording import agenda, formats, signals
from pipelines.wording.figures import figures
from pipelines.wording.rows import Row, text_of
from pipelines.wording.signals import Entry

# More is for the page on the screen, which has them all.
_MOST_REASONS = 6
_SVG_HEIGHT = re.compile(r'<svg[^>]*? height="([0-9.]+)"')


def listed(paper: Paper) -> list[Entry]:
    """Return the items up for discussion, the strongest evidence first.

    Args:
        paper: Published file of the platform.
    """
    found = paper.table("signal", "discussion_rank, rowid")
    return signals.entries(found, paper.table("dimension_member", "dimension, sort_order"))


def name_of(item: Entry, register: Register, paper: Paper) -> str:
    """Name an item: its hand-off, its indicator, and the member it is spoken of by."""
    entry = register.entry(item.indicator)
    label = paper.words.label(entry) or item.indicator
    member = register.member_of(item.spoken)
    named = f"{label} – {member}" if member else label
    return " · ".join(filter(None, (text_of(entry, "handoff_id"), named)))


def line_of(item: Entry, paper: Paper) -> str:
    """Say figure, size of the change and number of cases of an item."""
    rows = signals.figures_under(item.spoken, paper.table("result"))
    own = [figure for figure in figures(rows) if figure.period == item.spoken["period"]]
    n_cases = own[0].denominator if own else None
    return agenda.line(item.spoken, n_cases, paper.words)


def since_of(item: Entry, paper: Paper) -> str:
    """Say since when an item stands on the list; empty where the file does not tell."""
    if paper.table("listing").empty:
        return ""
    return agenda.since(paper.row_of("listing", "item", item.indicator), paper.day, paper.words)


def pages(items: Sequence[Entry], register: Register, paper: Paper) -> list[dict[str, Any]]:
    """Return the page of every item.

    Args:
        items: The list.
        register: What is known of indicators.
        paper: The file.

    Returns:
        For the layout, per item: `title`, `strength`, `since`, `reasons` (each with kind, word and
        text), `charts` (title, drawing, alternative, sentence, key) and `beside`, terms with
        lines; `rest` and `chart_left` where the screen has more.
    """
    return [_page(number, item, register, paper) for number, item in enumerate(items, start=1)]


def _page(number: int, entry: Entry, register: Register, paper: Paper) -> dict[str, Any]:
    words = paper.words
    own = register.entry(entry.indicator)
    drawn = [(signal, series_of(signal, register, paper)) for signal in _drawn(entry, paper)]
    terms: Sequence[tuple[str, Callable[[], list[str]]]] = (
        (words.text("handoff.quality"), lambda: fitness(entry, register, paper)),
        (words.text("discussion.beside"), lambda: balance(entry, register, paper)),
        (words.text("theme.section"), lambda: themes_at_item(own, paper)),
        (words.text("change.title"), lambda: change_explained(entry.spoken, paper)),
        (words.text("page.recommendations"), lambda: recommended(own, paper)),
        (words.text("decisions.at_series"), lambda: noted(own, drawn[0][1], paper)),
    )
    beside = [{"term": term, "lines": lines} for term, tell in terms if (lines := tell())]
    is_starred = any(STAR in line for each in beside for line in each["lines"])
    reasons = list(_reasons(entry, register, paper))
    question, line = words.label(own, "question"), line_of(entry, paper)
    charts = [_chart(signal, series, paper) for signal, series in drawn]
    starred = words.text("decisions.moves_easily") if is_starred else ""
    told = Told(
        name_of(entry, register, paper),
        [question, line],
        [(f"{chart['sentence']} {chart['chance']}", _around(chart["svg"])) for chart in charts],
        [f"{reason['word']} {reason['text']}" for reason in reasons],
        {str(each["term"]): each["lines"] for each in beside},
        starred,
    )
    n_charts, n_reasons, height = room(told, _MOST_REASONS)
    is_chart_left, charts = n_charts < len(charts), charts[:n_charts]
    if height < HEIGHT:
        for chart, (_, series) in zip(charts, drawn, strict=False):
            chart["svg"] = paper_svg(series, words, WIDTH, height) if series.figures else ""
    n_left = len(reasons) - n_reasons
    return {
        "number": formats.number(number, words),
        "title": told.title,
        "question": question,
        "kind": entry.spoken["variation"],
        "strength": words.text(f"signal.strength.{entry.strength}"),
        "since": since_of(entry, paper),
        "line": line,
        "reasons": reasons[:n_reasons],
        "rest": words.text("pack.rest", n=n_left) if n_left > 0 else "",
        "charts": charts,
        "chart_left": words.text("pack.chart_left") if is_chart_left else "",
        "beside": beside,
        # Said once, and only where something has the star.
        "starred": starred,
    }


def _drawn(entry: Entry, paper: Paper) -> list[Row]:
    """The rows whose series are drawn: those the indicators of an item are spoken of by."""
    found = paper.table("signal", "discussion_rank, rowid")
    rows = [signals.spoken_of(found, indicator, "quarter") for indicator in entry.told]
    return [row for row in rows if row is not None]


def _around(svg: str) -> float:
    """Pixels of a chart above and below its field: marks, axis and numbers."""
    found = _SVG_HEIGHT.search(svg)
    return float(found[1]) - HEIGHT if found else 0.0


def _chart(signal: Row, series: Series, paper: Paper) -> dict[str, str]:
    words = paper.words
    if not series.figures:
        said = words.text("figure.none_published")
        return {"title": series.title, "svg": "", "alt": "", "sentence": said, "chance": ""}
    unit = ", ".join(filter(None, (formats.unit_long(series.unit, words), series.rounded)))
    return {
        "title": f"{series.title} ({unit})",
        "svg": paper_svg(series, words, WIDTH),
        "alt": description(series, words),
        "sentence": sentence(series, words),
        "chance": signals.false_alarm(signal, words),
    }


def _reasons(entry: Entry, register: Register, paper: Paper) -> Iterator[dict[str, str]]:
    results = paper.table("result")
    for signal in entry.signals:
        yield {
            "kind": signal["variation"],
            "word": paper.words.name("signal.variation", signal["variation"]),
            "text": _reason(signal, register, results, paper),
        }


def _reason(signal: Row, register: Register, results: pd.DataFrame, paper: Paper) -> str:
    """Whose series it is where that is not the item's own, what it is about, and why."""
    words = paper.words
    whose = []
    if signal["indicator"] != signal["item"]:
        whose.append(words.label(register.entry(str(signal["indicator"]))))
    if signal["dimension"] != NATIONAL:
        whose.append(register.member_of(signal))
    about = f"{signals.measure(signal, words)}: {signals.reason(signal, words)}"
    changing = signals.still_changes(signal, results, words)
    said = [about, *signals.caveats(signal, words, brief=True), changing]
    return " – ".join([*whose, " ".join(filter(None, said))])
