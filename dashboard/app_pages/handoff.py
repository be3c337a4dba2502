"""One hand-off: who to whom, how long, in three views, from both sides, and what it all means."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.chain import exits_of, nature_of, passes_on
from dashboard.components import badge
from dashboard.components.choice import choose
from dashboard.components.lane import lane
from dashboard.components.markup import escape, link
from dashboard.components.note import show_note
from dashboard.components.page import Page, current_page, heading, section
from dashboard.components.tile import tile, tiles
from dashboard.sections.balancing import balancing_tile
from dashboard.sections.changes import show_changes_section
from dashboard.sections.citation import show_citation_section
from dashboard.sections.definition import definition, milestone_name, norm_lines, paragraph, terms
from dashboard.sections.dimension import show_dimension_section
from dashboard.sections.fitness import quality_line, quality_of, show_fitness
from dashboard.sections.followed import followed_terms
from dashboard.sections.limits import icons_of
from dashboard.sections.net_clock import show_net_clock_section
from dashboard.sections.open_ages import show_open_ages_section
from dashboard.sections.rare_events import show_rare_events_section
from dashboard.sections.reconciliation import show_reconciliation_section
from dashboard.sections.series import rounding_of, show_series_section
from dashboard.sections.survival import show_survival_section
from dashboard.sections.themes import show_themes_section
from dashboard.sections.views import show_views_section
from dashboard.sections.whose import show_way
from pipelines.periods import first_day
from pipelines.wording import formats
from pipelines.wording.courses import newest_figures
from pipelines.wording.figures import Figure, latest, movement, newest, valid_on
from pipelines.wording.names import phase_name
from pipelines.wording.rows import first, records, text_of

# Why a figure is there is the first thing to read, not the last.
_SAID_ABOVE = frozenset({"definition.why"})


def choose_handoff(page: Page) -> dict[str, Any]:
    """Let the reader choose a hand-off; its id stands in the address."""
    rows = {row["handoff_id"]: row for row in records(queries.handoffs(page.publication))}
    chosen = choose(
        "koppelvlak",
        page.words.text("handoff.choose"),
        list(rows),
        lambda identifier: f"{identifier} · {page.words.label(rows[identifier])}",
        in_list=True,
        is_identity=True,
    )
    return rows[chosen]


def lead_time_of(page: Page, handoff_id: str) -> dict[str, Any] | None:
    """Return the register entry of the lead time of a hand-off."""
    register = queries.indicators(page.publication)
    own = register[(register["handoff_id"] == handoff_id) & (register["kind"] == "lead_time")]
    return first(own) or None


def key_figures(
    page: Page, handoff: Mapping[str, Any], results: pd.DataFrame, entry: Mapping[str, Any]
) -> str:
    """Return the newest figures of a hand-off."""
    words = page.words
    side = text_of(handoff, "clock_side")
    indicator, direction = str(entry["indicator"]), text_of(entry, "direction")

    def series(statistic: str, view: str = "cohort") -> list[Figure]:
        return newest_figures(results, statistic, view, side=side)

    median = series("median")
    shown = newest(median)
    since = badge.movement_since(movement(median, direction), True, words)
    icons = icons_of(page, indicator, "quarter")
    rounded = rounding_of(page, indicator, "" if shown is None else shown.unit)
    each = [
        tile(words.text("statistic.median"), shown, words, extra=icons or since, rounded=rounded),
    ]
    p90 = newest(series("p90"))
    # Who is not told it at all has no empty tile of it.
    if p90 is not None:
        each.append(tile(words.text("statistic.p90"), p90, words, rounded=rounded))
    norm = None
    if shown is not None:
        own = queries.norms_of(page.publication, handoff["handoff_id"])
        norm = valid_on(own, first_day(shown.period))
    if norm is None:
        each.append(
            '<div class="km-tile"><div class="km-tile-label">'
            f"{escape(words.text('statistic.share_within_norm'))}</div>"
            f'<div class="km-tile-figure"><span class="km-figure km-figure-status">'
            f"{escape(words.text('norm.none'))}</span></div></div>"
        )
    else:
        share = newest(series("share_within_norm"))
        within = words.text(
            "norm.is", norm=_norm_value(page, norm)
        )  # fmt: skip
        each.append(
            tile(words.text("statistic.share_within_norm"), share, words,
                 extra=f'<span class="km-soft">{escape(within)}</span>')
        )  # fmt: skip
    # Whoever is told of no day how many were open has no tile of a year in which that was said.
    opened = latest(series("open", "open"))
    if opened is not None:
        each.append(
            tile(words.text("handoff.open"), opened, words,
                 extra=f'<span class="km-soft">{escape(words.text("handoff.open.text"))}</span>')
        )  # fmt: skip
    otherwise = series("competing")
    if exits_of(handoff) and otherwise:
        of = escape(words.text("handoff.competing.text", exits=exit_names(page, handoff)))
        each.append(
            tile(words.text("handoff.competing"), newest(otherwise), words,
                 extra=f'<span class="km-soft">{of}</span>')
        )  # fmt: skip
    return tiles([*each, balancing_tile(page, entry)])


def exit_names(page: Page, handoff: Mapping[str, Any]) -> str:
    """Name the milestones that end a hand-off in another way than its stop."""
    names = [f"‘{milestone_name(page, milestone)}’" for milestone in exits_of(handoff)]
    return f" {page.words.text('handoff.or')} ".join(names)


def unit_text(page: Page, handoff: Mapping[str, Any], indicator: Mapping[str, Any]) -> str:
    """Name the unit of a hand-off, and the finer one its figures are shown in."""
    words = page.words
    own = formats.unit_long(str(handoff["unit"]), words)
    shown = queries.shown_units(page.publication).get(str(indicator["indicator"]))
    if shown is None:
        return own
    return words.text("handoff.unit_shown", unit=own, shown=formats.unit_long(shown, words))


def facts(
    page: Page,
    handoff: Mapping[str, Any],
    indicator: Mapping[str, Any],
    quality: Mapping[str, Any],
) -> str:
    """Return what one must know of the clock and the data before reading a figure."""
    words = page.words
    items = [
        (words.text("handoff.quality"), quality_line(page, quality)),
        (words.text("definition.why"), escape(words.label(indicator, "why"))),
        *followed_terms(page, indicator),
        (words.text("definition.unit"), escape(unit_text(page, handoff, indicator))),
    ]
    if passes_on(handoff) or text_of(handoff, "sent_milestone"):
        whose = words.name("side", str(handoff["clock_side"]))
        items.append((words.text("handoff.clock"), escape(whose)))
    items.append((words.text("column.norm"), norm_lines(page, str(handoff["handoff_id"]))))
    if exits_of(handoff):
        said = words.text("handoff.exits.text", exits=exit_names(page, handoff))
        items.append((words.text("handoff.exits"), escape(said)))
    where = paragraph(text_of(handoff, "paragraph"), page)
    if where:
        items.append((words.text("definition.paragraph"), escape(where)))
    if bool(handoff["is_assumption"]) and nature_of(page.publication).cites:
        items.append((words.text("handoff.assumption"), escape(words.text("handoff.assumed"))))
    return terms([(name, said) for name, said in items if said])


def _norm_value(page: Page, norm: Mapping[str, Any]) -> str:
    return formats.with_unit(float(norm["value"]), str(norm["unit"]), page.words)


def show() -> None:
    """Make the page."""
    page = current_page()
    words = page.words
    top, picker = st.columns([3, 2], vertical_alignment="bottom", gap="large")
    with picker:
        handoff = choose_handoff(page)
    identifier = str(handoff["handoff_id"])
    phase = formats.sentence(
        phase_name(str(handoff["phase"]), queries.members(page.publication), words)
    )
    back = link(words.href("onderwerp", fase=str(handoff["phase"])), phase)
    indicator = lead_time_of(page, identifier)
    with top:
        heading(
            words.label(handoff),
            "" if indicator is None else words.label(indicator, "question"),
            kicker=f'<span class="km-code">{escape(identifier)}</span>{back}',
        )
    st.html(
        lane(
            words.label(handoff, "from_label"),
            words.label(handoff, "to_label"),
            milestone_name(page, text_of(handoff, "start_milestone")),
            milestone_name(page, text_of(handoff, "stop_milestone")),
            words,
            otherwise=exit_names(page, handoff),
        )
    )
    if indicator is None:
        show_note(words.text("handoff.no_indicator"))
        return
    name = str(indicator["indicator"])
    results = queries.results_of(page.publication, name)
    quality = quality_of(page, name)
    is_shown = show_fitness(page, quality)
    show_way(page)
    if is_shown:
        st.html(key_figures(page, handoff, results, indicator))
    st.html(facts(page, handoff, indicator, quality))
    side = str(handoff["clock_side"])
    if is_shown:
        show_series_section(page, name, results, side=side)
        show_survival_section(page, identifier, results, side=side)
        show_views_section(page, name, results, side=side)
        show_open_ages_section(page, results, side=side)
        show_net_clock_section(page, results, side=side)
        show_rare_events_section(page, name)
        show_dimension_section(page, name, results, side=side)
        show_changes_section(page, name, side=side)
        show_citation_section(page, indicator, results)
    if text_of(handoff, "sent_milestone"):
        tolerance = handoff["tolerance_hours"]
        show_reconciliation_section(
            page, identifier, None if pd.isna(tolerance) else float(tolerance)
        )
    show_themes_section(page, identifier)
    section(words.text("definition.title"), anchor="definitie")
    st.html(definition(page, indicator, without=_SAID_ABOVE))


show()
