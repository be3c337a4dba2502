"""What the limits of a series say: icons and reason above the chart, lines in it, key beneath.

Here: from published rows of `signal`, `signal_point` and `rebase` to what the section with the
chart shows.
Not here: how the chart is drawn (`components.chart`), and any limit or rule.
"""

from dataclasses import dataclass

import pandas as pd

from dashboard import queries
from dashboard.components import signal_icon
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from dashboard.sections.whose import COUNTRY, Whose, labels_of, series_address
from pipelines.charts.limit_layers import Limits
from pipelines.charts.published import limits_by_period
from pipelines.dimensions import NATIONAL
from pipelines.wording import formats, signals
from pipelines.wording.rows import Row, records, text_of

# What tells the series of an indicator apart, but for the side whose clock they use.
_OF_SERIES = ("statistic", "view", "period_grain", "dimension", "member")


@dataclass(frozen=True)
class Verdict:
    """What is known of the limits of one series.

    Attributes:
        row: Its row of `signal`; empty where the audience has none.
        limits: Limits per period; empty where no chart was made.
        rebases: The explained step changes of its indicator.
    """

    row: Row
    limits: dict[str, Limits]
    rebases: tuple[Row, ...] = ()

    @property
    def is_charted(self) -> bool:
        """Whether the series has limits."""
        return bool(self.limits)


def verdict_of(
    page: Page,
    indicator: str,
    statistic: str,
    view: str,
    grain: str,
    side: str | None,
    whose: Whose = COUNTRY,
) -> Verdict:
    """Return the limits of one series, of the country or of a member."""
    asked = (statistic, view, grain, whose.dimension, whose.member)
    own = [
        row
        for row in queries.signals_by_indicator(page.publication).get(indicator, ())
        if tuple(row[column] for column in _OF_SERIES) == asked
    ]
    of_side = [row for row in own if row["side"] == side]
    row = next(iter(of_side or own), {})
    if not row or row["chart"] == "none":
        return Verdict(row, {})
    rebases = tuple(_rebases(page, indicator))
    points = queries.signal_points(page.publication, str(row["series_id"]))
    return Verdict(row, limits_by_period(points, page.words), rebases)


def icons_of(page: Page, indicator: str, grain: str) -> str:
    """Return the icons of an indicator, and what they are about."""
    row = signals.spoken_of(queries.signals(page.publication), indicator, grain)
    return "" if row is None else f'<span class="km-tile-icons">{icons_of_row(page, row)}</span>'


def icons_of_row(page: Page, row: Row) -> str:
    """Return the icons of a row of `signal`, the same wherever its indicator is spoken of.

    What is listed has its icon with the figure, its period and its measure, and beside it a newer
    figure where there is one. What only its chart signals is no change the list knows of.
    """
    words = page.words
    is_charted = row["chart"] != "none"
    norm = signal_icon.assurance(text_of(row, "assurance"), signals.assurance(row, words))
    if is_charted and signals.is_drawn_only(row):
        return f'<span class="km-soft">{escape(words.text("signal.drawn_only"))}</span>{norm}'
    icon = signal_icon.variation(
        text_of(row, "variation"), text_of(row, "moved"), words, title=signals.reason(row, words)
    )
    about = ""
    if is_charted and signals.is_listed(row):
        about = what_is_listed(page, row)
    elif row["statistic"] in {"share_within_norm", "rmst"}:
        name = words.name("statistic", str(row["statistic"])).lower()
        about = f'<span class="km-soft">{escape(words.text("signal.about", measure=name))}</span>'
    return f"{icon}{norm}{about}"


def what_is_listed(page: Page, row: Row) -> str:
    """Return whose figure a listed row is about, its measure and period, and a newer figure."""
    words = page.words
    member = labels_of(page, str(row["dimension"])).get(row["member"]) or str(row["member"])
    lines = [
        *([] if row["dimension"] == NATIONAL else [member]),
        f"{signals.measure(row, words)}, {signals.figure(row, words)}",
        signals.newest(row, words),
    ]
    return "".join(f'<span class="km-sub">{escape(line)}</span>' for line in lines if line)


def verdict_block(page: Page, verdict: Verdict) -> str:
    """Return icons, reason, reservations and rebases of a series, as HTML."""
    row, words = verdict.row, page.words
    if not row:
        return ""
    reason = escape(formats.sentence(signals.reason(row, words)))
    if not verdict.is_charted:
        return f'<div class="km-verdict"><p>{reason}{_instead(page, row)}</p></div>'
    icons = signal_icon.variation(text_of(row, "variation"), text_of(row, "moved"), words)
    icons += signal_icon.assurance(text_of(row, "assurance"), signals.assurance(row, words))
    if row["rule"] != "none":
        icons += signal_icon.strength(str(row["strength"]), words)
    spoken = signals.spoken_of(
        queries.signals(page.publication), str(row["indicator"]), str(row["period_grain"])
    )
    about_list = signals.not_listed(row, spoken, words)
    beside = " ".join(filter(None, [*signals.caveats(row, words), about_list]))
    lines = [f"<p>{reason}" + (f' <span class="km-soft">{escape(beside)}</span>' if beside else "")]
    lines.append("</p>")
    lines += [
        f'<p class="km-rebase"><b>{escape(words.text("chart.rebase"))} '
        f"{escape(formats.day(pd.Timestamp(rebase['day']).date(), words))}:</b> "
        f"{escape(text_of(rebase, 'note'))}</p>"
        for rebase in verdict.rebases
    ]
    return (
        f'<div class="km-verdict"><div class="km-verdict-icons">{icons}</div>'
        f"<div>{''.join(lines)}</div></div>"
    )


def verdict_words(page: Page, verdict: Verdict) -> str:
    """Say the same in words alone, for the text alternative of the chart."""
    return signals.verdict(verdict.row, page.words) if verdict.is_charted else ""


def key_block(page: Page, verdict: Verdict) -> str:
    """Return what the lines and shapes of the limits mean, as HTML."""
    if not verdict.is_charted:
        return ""
    words = page.words
    centre = "centre.spans" if verdict.row["chart"] == "spans" else "centre"
    lines = "".join(
        f'<li><i class="km-key km-key-{name}" aria-hidden="true"></i>'
        f"{escape(words.text(f'chart.key.{text}'))}</li>"
        for name, text in (("centre", centre), ("limit", "limit"), ("near", "near"))
    )
    present = {limits.variation for limits in verdict.limits.values() if limits.rule != "none"}
    shapes = "".join(
        f"<li>{signal_icon.point(kind, words)}</li>"
        for kind in ("improvement", "concern", "neutral")
        if kind in present
    )
    chance = signals.false_alarm(verdict.row, words)
    beneath = f'<p class="km-caption">{escape(chance)}</p>' if chance else ""
    return f'<ul class="km-key-list">{lines}{shapes}</ul>{beneath}'


def _instead(page: Page, row: Row) -> str:
    """Return the link to the measure whose limits are looked at instead."""
    statistic = text_of(row, "instead")
    if not statistic:
        return ""
    words = page.words
    name = words.name("statistic", statistic)
    to = series_address(
        page, row["indicator"], maat=statistic, dimensie=row["dimension"], lid=row["member"]
    )
    return f" {escape(words.text('signal.instead'))} {link(to, name)}."


def _rebases(page: Page, indicator: str) -> list[Row]:
    """Return the rebases that hold for an indicator: its own, or those of its whole hand-off."""
    handoff = text_of(queries.indicator(page.publication, indicator), "handoff_id")
    return [
        rebase
        for rebase in records(queries.rebases(page.publication))
        if text_of(rebase, "indicator") == indicator
        or (
            not text_of(rebase, "indicator")
            and handoff
            and text_of(rebase, "handoff_id") == handoff
        )
    ]
