"""The meeting pack of the platform: one PDF out of one published file.

Here: choosing the figures of the latest full quarter and putting them in words and Dutch form.
Not here: figures (they are read from the published file, never from the warehouse: the pack can
show nothing the audience may not see) and layout (`pack.typ`).
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import typst

from pipelines.indicators.periods import MONTHS_NL
from pipelines.publication import wording
from pipelines.publication.pack_changes import changes
from pipelines.publication.pack_decisions import open_decisions
from pipelines.publication.pack_discussion import discussion
from pipelines.publication.pack_themes import themes
from pipelines.wording.figures import change_of, figures
from pipelines.wording.followed import followed_until
from pipelines.wording.language import words_in
from pipelines.wording.rows import records
from pipelines.wording.units import finer_units, in_finer_units

_TEMPLATE = Path(__file__).with_name("pack.typ")
_PHASES = {
    "lokaal": "Lokaal domein",
    "informatie": "Informatie over dreiging en risico",
    "triage": "Triage",
    "overdracht": "Overdracht",
    "uitvoering": "Uitvoering",
    "persoon": "De te beveiligen persoon",
    "afbouw": "Toetsing en afbouw",
    "leren": "Leren",
}
# What the fonts that come with the layout have signs for. An accessible PDF cannot hold a text that
# it cannot show, and the pack is made whatever somebody typed.
_SHOWN = (
    "\t\n\u0020-\u007e\u00a0-\u0377\u0384-\u038a\u038e-\u03a1\u03a3-\u04ff\u1e00-\u1f15\u2000-\u2027"
    "\u2030-\u2040\u2044-\u2052\u2070\u2071\u2074-\u208e\u20a0-\u20c0\u2190-\u23ff\u25a0-\u2606"
)
_NOT_SHOWN = re.compile(f"[^{_SHOWN}]")
_STATES = {
    **wording.NOT_SHOWN,
    "no_data": "geen gevallen",
    "not_reached": "niet bereikt",
    "too_recent": "te recent",
}


def write_pack(published: Path, target: Path) -> Path:
    """Write the pack of a published file.

    Args:
        published: Published file of the platform.
        target: PDF to write; replaced in one step.

    Returns:
        The target.
    """
    data = _in_signs(_read(published))
    pdf = typst.compile(
        str(_TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        # The same pack on every machine.
        ignore_system_fonts=True,
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".tmp")
    temporary.write_bytes(pdf)
    temporary.replace(target)
    return target


def _in_signs(told: Any) -> Any:
    """The same with the replacement sign for what the fonts have no sign for."""
    if isinstance(told, str):
        return _NOT_SHOWN.sub("\ufffd", told)
    if isinstance(told, dict):
        return {name: _in_signs(value) for name, value in told.items()}
    return [_in_signs(value) for value in told] if isinstance(told, list | tuple) else told


def _read(published: Path) -> dict[str, Any]:
    connection = duckdb.connect(str(published), read_only=True)
    try:
        row = connection.execute(
            "select chain_label_nl, reference_date, publication_id, is_synthetic from publication"
        ).fetchone()
        if row is None:
            raise LookupError(f"{published.name} heeft geen publicatiegegevens")
        label, reference_date, publication_id, is_synthetic = row
        quarter = _last_full_quarter(reference_date)
        found = {
            (handoff, statistic): (value, lower, upper, denominator, status)
            for handoff, statistic, value, lower, upper, denominator, status in connection.execute(
                """
                select handoff_id, statistic, value, lower, upper, denominator, status
                from result inner join indicator using (indicator, version)
                where view = 'cohort' and dimension = 'national' and clock = 'gross'
                    and period_grain = 'quarter' and period = ?
                    and statistic in ('median', 'share_within_norm') and kind = 'lead_time'
                """,
                [quarter],
            ).fetchall()
        }
        changing = _changing(connection, quarter)
        followed = _followed(connection)
        badges = dict(
            connection.execute(
                """
                select handoff_id, badge from quality inner join indicator using (indicator)
                where kind = 'lead_time'
                """
            ).fetchall()
        )
        listed = discussion(connection)
        found_themes = themes(connection, quarter)
        changed = changes(connection, quarter, _STATES)
        handoffs = connection.execute(
            "select handoff_id, phase, label_nl, unit from handoff order by handoff_id"
        ).fetchall()
        decided = open_decisions(connection)
        phase_names = dict(
            connection.execute(
                "select member, label_nl from dimension_member where dimension = 'phase'"
            ).fetchall()
        )
    finally:
        connection.close()
    phases: dict[str, list[list[str]]] = {}
    for handoff, phase, name, unit in handoffs:
        phases.setdefault(phase, []).append(
            [
                handoff,
                f"{name}\n{followed[handoff]}" if followed.get(handoff) else name,
                _cases(found.get((handoff, "median"))),
                duration_text(found.get((handoff, "median")), unit)
                + changing.get((handoff, "median"), ""),
                share_text(found.get((handoff, "share_within_norm")))
                + changing.get((handoff, "share_within_norm"), ""),
                wording.name("quality", badges.get(handoff, "unknown")),
            ]
        )
    notices = ["Synthetische gegevens: geen enkel getal gaat over echte mensen."]
    return {
        "title": "Vergaderstuk kwaliteitsplatform",
        "subtitle": f"{label} – cohort {_quarter(quarter)}, peildatum {_day(reference_date)}",
        "footer": f"Publicatie {publication_id}",
        "decisions": decided,
        "notices": notices if is_synthetic else [],
        "discussion": listed,
        "themes": found_themes,
        "changes": changed,
        "reading": (
            "Doorlooptijd: mediaan van alles wat in het kwartaal begon, met 95%-interval; wat nog "
            "openstaat telt mee. Binnen norm: aandeel met 95%-interval, waar een norm is "
            "vastgesteld. De monitor is om te leren: de volgorde is die van de keten."
        ),
        "columns": ["", "Koppelvlak", "Gevallen", "Mediaan", "Binnen norm", "Gegevens"],
        "phases": [
            {"label": _PHASES.get(phase) or _named(phase, phase_names), "rows": rows}
            for phase, rows in sorted(
                phases.items(),
                key=lambda one: list(_PHASES).index(one[0]) if one[0] in _PHASES else len(_PHASES),
            )
        ],
    }


def _changing(connection: duckdb.DuckDBPyConnection, quarter: str) -> dict[tuple[str, str], str]:
    """By hand-off and statistic of the quarter: a line on what its figure may still become."""
    found = connection.execute(
        """
        select result.*, handoff_id from result inner join indicator using (indicator, version)
        where "view" = 'cohort' and dimension = 'national' and clock = 'gross'
            and kind = 'lead_time' and period_grain = 'quarter' and period = ?
            and provisional_lower is not null
        """,
        [quarter],
    ).df()
    typical = found[found["statistic"] == "median"].rename(columns={"value": "typical"})
    shown = in_finer_units(found, finer_units(typical))
    return {
        (row["handoff_id"], row["statistic"]): f"\n{change_of(figure, words_in('nl'))}"
        for row in records(shown)
        for figure in figures(pd.DataFrame([row]))
        if figure.can_change
    }


def _followed(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """By hand-off until when it is followed and for whom it waits; empty where nothing is late."""
    suppliers = records(connection.execute("from organisation order by sort_order").df())
    register = connection.execute("from indicator where kind = 'lead_time'").df()
    return {
        row["handoff_id"]: followed_until(row, suppliers, words_in("nl"))
        for row in records(register)
    }


def _named(phase: str, names: Mapping[str, str]) -> str:
    """The name the chain's own seeds give a phase, else its code."""
    return names.get(phase, phase.replace("_", " ")).capitalize()


Figure = tuple[float | None, float | None, float | None, float | None, str]


def _cases(figure: Figure | None) -> str:
    if figure is None or figure[3] is None:
        return "–"
    return f"{figure[3]:.0f}"


def duration_text(figure: Figure | None, unit: str) -> str:
    """A length with its interval and unit, or why there is none."""
    if figure is None:
        return "geen gevallen"
    value, lower, upper, _, status = figure
    if value is None:
        return _STATES.get(status, status)
    factor, shown = wording.fitting(unit, value)

    def written(length: float) -> str:
        return _number(length * factor)

    return f"{written(value)}{_interval(lower, upper, written)} {wording.name('unit', shown)}"


def share_text(figure: Figure | None) -> str:
    """A share within norm with its interval, or why there is none."""
    if figure is None:
        return wording.texts()["norm.none_short"]
    value, lower, upper, _, status = figure
    if value is None:
        return _STATES.get(status, status)
    return f"{_percent(value)}%{_interval(lower, upper, _percent)}"


def _interval(lower: float | None, upper: float | None, words: Callable[[float], str]) -> str:
    """The interval in brackets; an upper end that is not reached yet is left open."""
    if lower is None:
        return "" if upper is None else f" (tot {words(upper)})"
    return f" (vanaf {words(lower)})" if upper is None else f" ({words(lower)}–{words(upper)})"


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",").removesuffix(",0")


def _percent(value: float) -> str:
    return f"{100 * value:.0f}"


def _quarter(period: str) -> str:
    year, quarter = period.split("-Q")
    return f"{quarter}e kwartaal {year}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS_NL[day.month - 1]} {day.year}"


def _last_full_quarter(reference_date: date) -> str:
    """The last quarter that had ended on the reference date."""
    month = reference_date.month + (0 if _is_last_of_quarter(reference_date) else -3)
    quarter = (month - 1) // 3 + 1
    return f"{reference_date.year}-Q{quarter}" if quarter > 0 else f"{reference_date.year - 1}-Q4"


def _is_last_of_quarter(day: date) -> bool:
    following = date.fromordinal(day.toordinal() + 1)
    return following.day == 1 and following.month in {1, 4, 7, 10}
