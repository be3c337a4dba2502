"""What stands beside an item of the meeting pack: all that says how to take its figure.

Here: fitness of the data, balancing measure, themes, what changed since the previous publication,
recommendations and earlier decisions; each as lines, none where the file does not hold it.
Not here: the signal itself (`items`), and the sentences (`pipelines.wording`).
"""

from pipelines.charts.series import Series
from pipelines.indicators.register import THEMES
from pipelines.pack.charts import noted_in
from pipelines.pack.decisions import about, answer, answers
from pipelines.pack.paper import Paper, several
from pipelines.pack.register import Register
from pipelines.wording import changes, formats, signals
from pipelines.wording import themes as told
from pipelines.wording.courses import newest_figures
from pipelines.wording.figures import (
    Figure,
    figures,
    interval_of,
    latest,
    select,
    with_interval,
    words_of,
)
from pipelines.wording.followed import followed_until
from pipelines.wording.measures import headline_view, measures_of
from pipelines.wording.quality import sentence as quality_sentence
from pipelines.wording.rows import Row, day_of, first, records, text_of
from pipelines.wording.signals import Entry

# What fits beside the rest on a page; the screen and the data annex have all.
_MOST, _MOST_THEMES = 2, 4


def fitness(entry: Entry, register: Register, paper: Paper) -> list[str]:
    """Say how good the data under an item are, why, and until when they were followed.

    Args:
        entry: The item.
        register: What is known of indicators.
        paper: The file.
    """
    words = paper.words
    badge = words.name("quality", register.badge(entry.indicator))
    why = quality_sentence(register.quality.get(entry.indicator, {}), words)
    lines = [f"{formats.sentence(badge)}. {why}".strip()]
    lines += [
        followed_until(register.entry(indicator), register.organisations, words)
        for indicator in entry.told
    ]
    # Once each, in the order in which the indicators are told.
    return list(dict.fromkeys(filter(None, lines)))


def balance(entry: Entry, register: Register, paper: Paper) -> list[str]:
    """Say how the agreement of both sides and the balancing measure of an item stand.

    Args:
        entry: The item.
        register: What is known of indicators.
        paper: The file.
    """
    words, found = paper.words, paper.table("signal", "discussion_rank, rowid")
    names = signals.beside(entry, list(register.entries.values()))
    rows = {name: signals.spoken_of(found, name, "quarter") for name in names}
    lines = [
        f"{words.label(register.entry(name))}: "
        + (
            _newest(name, register, paper)
            if row is None
            else f"{signals.state(row, words)}; "
            f"{signals.measure(row, words)}, {signals.figure(row, words)}"
        )
        for name, row in rows.items()
    ]
    if not text_of(register.entry(entry.indicator), "balancing_indicator"):
        lines.append(words.text("pack.no_balance"))
    return lines


def _newest(indicator: str, register: Register, paper: Paper) -> str:
    """Write the newest figure of an indicator without limits; that there is none where so."""
    words, results = paper.words, paper.table("result")
    own = results[results["indicator"] == indicator]
    measures = measures_of(own)
    if not measures or register.badge(indicator) == "not_fit":
        return words.text("figure.none")
    view = headline_view(own, measures[0])
    newest = latest(newest_figures(own, measures[0], view))
    if newest is None:
        return words.text("figure.none")
    measure = words.name("statistic", measures[0])
    return f"{measure}, {formats.period(newest.period, words)}: {with_interval(newest, words)}"


def themes_at_item(entry: Row, paper: Paper) -> list[str]:
    """Say which themes evaluations found at the hand-off of an item, or how a theme is coded.

    Args:
        entry: Its row of the register.
        paper: The file.
    """
    series, words = paper.table("theme_series", "sort_order"), paper.words
    handoff = text_of(entry, "handoff_id")
    if series.empty:
        return []
    if not handoff:
        return [words.text("pack.no_handoff")]
    quality = paper.table("quality")
    unfit = first(quality[(quality["indicator"] == THEMES) & (quality["badge"] == "not_fit")])
    if unfit:
        return [f"{words.text('quality.not_fit.text.many')} {quality_sentence(unfit, words)}"]
    found = paper.table("result")
    found = found[
        (found["dimension"] == "handoff_id")
        & (found["member"] == handoff)
        & (found["period_grain"] == "year")
    ]
    newest = [
        (theme, figure)
        for theme in records(series)
        for own in [found[found["indicator"] == theme["indicator"]]]
        if (figure := latest(figures(select(own, "share", dimension="handoff_id")))) is not None
    ]
    if not newest:
        return [words.text("theme.section.none")]
    # What was found most often first; those as often in the order of the codebook.
    newest.sort(key=lambda pair: -(pair[1].value or 0.0))
    lines = [_theme(theme, figure, paper) for theme, figure in newest[:_MOST_THEMES]]
    return [*lines, *_rest(len(newest) - len(lines), paper)]


def _theme(theme: Row, newest: Figure, paper: Paper) -> str:
    words = paper.words
    signal = signals.spoken_of(
        paper.table("signal", "discussion_rank, rowid"), str(theme["indicator"]), "quarter"
    )
    course = told.course(paper.row_of("theme_course", "indicator", theme["indicator"]), signal)
    verdict = told.verdict_of(paper.row_of("theme_agreement", "series", theme["series"]))
    counted = words.text(
        "figure.of",
        part=formats.number(newest.numerator or 0.0, words),
        base=formats.number(newest.denominator or 0.0, words),
    )
    return words.text(
        "pack.theme",
        theme=words.label(theme),
        value=words_of(newest, words),
        interval=interval_of(newest, words),
        counted=counted,
        period=formats.period(newest.period, words),
        course=course.said(words),
        verdict=words.text(f"theme.verdict.{verdict}"),
    )


def change_explained(signal: Row, paper: Paper) -> list[str]:
    """Say which figures of an item's measure the previous publication had otherwise, and why.

    Args:
        signal: The row of `signal` the item is spoken of by.
        paper: The file.
    """
    words, basis = paper.words, first(paper.table("change_basis"))
    if not basis:
        return []
    if basis["state"] != "explained":
        return [changes.why_unexplained(basis["state"], text_of(basis, "note"), words)]
    found = paper.table("change")
    own = found[
        (found["indicator"] == signal["indicator"])
        & (found["statistic"] == signal["statistic"])
        & (found["view"] == signal["view"])
        & (found["clock"] == "gross")
        & (found["side"] == signal["side"])
        & (found["period_grain"] == signal["period_grain"])
        & (found["dimension"] == signal["dimension"])
        & (found["member"] == signal["member"])
    ].sort_values("period", ascending=False)
    if own.empty:
        return [words.text("change.none")]
    lines = [_changed(row, paper) for row in records(own.head(_MOST))]
    return [*lines, *_rest(len(own) - len(lines), paper)]


def _changed(row: Row, paper: Paper) -> str:
    words = paper.words
    period = formats.period(text_of(row, "period"), words)
    before, after = changes.ends(row, words)
    if not changes.is_number(row):
        return f"{period}: {changes.happened(row, words)}"
    return words.text(
        "pack.changed", period=period, before=before, after=after, why=changes.through(row, words)
    )


def recommended(entry: Row, paper: Paper) -> list[str]:
    """Say which recommendations about the hand-off of an item are still to be followed up.

    Args:
        entry: Its row of the register.
        paper: The file.
    """
    handoff, found = text_of(entry, "handoff_id"), paper.table("recommendation")
    if found.empty or not handoff:
        return []
    words, moved = paper.words, answers(paper, "recommendation")
    own = [row for row in records(found[found["handoff_id"] == handoff])]
    running = [row for row in own if not row["is_closed"]]
    # What is overdue first, then the oldest: as on their page.
    running.sort(key=lambda row: (not row["is_overdue"], -int(row["age_days"]), row["record_key"]))
    if not running:
        return [words.text("pack.recommendation.none", n=formats.number(len(own), words))]
    lines = []
    for row in running[:_MOST]:
        due = day_of(row["due_on"])
        said = [
            words.name("recommendations.source", text_of(row, "recommendation_source")),
            words.name("decisions.owner", text_of(row, "owner")),
            words.name("recommendations.state", text_of(row, "recommendation_state")),
            words.text("pack.due", day=formats.day(due, words)) if due else "",
            words.text("decisions.overdue") if row["is_overdue"] else "",
        ]
        effects = moved.get(str(row["record_key"]), [])
        told_of = [answer(effect, paper) for effect in effects if effect["aim"] == "handoff"]
        line = f"{row['record_key']}: {', '.join(filter(None, said))}."
        lines.append(" ".join([line, *told_of]))
    return [*lines, *_rest(len(running) - len(lines), paper)]


def noted(entry: Row, series: Series, paper: Paper) -> list[str]:
    """Say what was decided and noted about an item: what is open first, then the newest.

    Args:
        entry: Its row of the register.
        series: Its chart, which marks what came in its periods by number.
        paper: The file.
    """
    words, moved = paper.words, answers(paper, "decision")
    marks = {
        row["record_key"]: words.text("pack.mark", number=number)
        for number, row in enumerate(noted_in(series.figures, entry, paper), start=1)
    }
    found = sorted(about(entry, paper), key=lambda row: row["noted_on"], reverse=True)
    found.sort(key=lambda row: not row["is_open"])
    lines = []
    for row in found[:_MOST]:
        day = day_of(row["noted_on"])
        state = [
            words.name("decisions.kind", text_of(row, "note_kind")),
            words.name("decisions.owner", text_of(row, "owner")),
            words.name("decisions.outcome", text_of(row, "outcome")),
        ]
        said = [
            f"{marks.get(row['record_key'], '')}{row['record_key']}, "
            f"{formats.day(day, words) if day else ''} "
            f"({', '.join(filter(None, state))}): {text_of(row, 'note')}",
            *(answer(effect, paper) for effect in moved.get(str(row["record_key"]), [])),
        ]
        lines.append(" ".join(said))
    return [*lines, *_rest(len(found) - len(lines), paper)]


def _rest(n_left: int, paper: Paper) -> list[str]:
    """Say how many more there are than fit on the page."""
    said = several(n_left, "pack.more.single", "pack.more", paper)
    return [said] if n_left > 0 else []
