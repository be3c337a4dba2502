"""The pack's section on what changed since the previous publication.

Here: the figures of the pack that differ, each with the parts of its difference, in Dutch form.
Not here: the split (`changes`), and layout (`pack.typ`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from pipelines.indicators.periods import MONTHS_NL
from pipelines.publication import wording
from pipelines.publication.changes.factors import Factor

_SHARE = "share_within_norm"
# A difference is never written as nothing.
_MOST_DECIMALS = 3


def changes(
    connection: duckdb.DuckDBPyConnection, quarter: str, states: Mapping[str, str]
) -> dict[str, Any] | None:
    """Read the section.

    Args:
        connection: Published file.
        quarter: Quarter whose figures the pack shows.
        states: Words for a figure that is no number, by status.

    Returns:
        What the template shows; None for a file that does not tell changes.
    """
    found = connection.execute(
        "select 1 from duckdb_tables() where table_name = 'change_basis'"
    ).fetchone()
    if found is None:
        return None
    texts = wording.texts()
    section = {
        "title": texts["change.title"],
        "columns": [
            "",
            texts["changes.where"],
            texts["change.figure"],
            texts["change.was"],
            texts["change.through_what"],
            texts["change.is"],
        ],
    }
    [(state, note, day)] = connection.execute(
        "select state, note, previous_reference_date from change_basis"
    ).fetchall()
    if state != "explained":
        return {**section, "lead": texts[f"change.state.{state}"].format(note=note), "rows": []}
    rows = connection.execute(
        """
        select handoff_id, label_nl, statistic, change.* exclude (statistic)
        from change
        inner join (select indicator, handoff_id from indicator where kind = 'lead_time')
            using (indicator)
        inner join (select handoff_id, label_nl from handoff) using (handoff_id)
        where period = ? and period_grain = 'quarter' and dimension = 'national'
            and "view" = 'cohort' and clock = 'gross'
            and statistic in ('median', 'share_within_norm')
        order by handoff_id, statistic
        """,
        [quarter],
    )
    names = [one[0] for one in rows.description or []]
    listed = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return {
        **section,
        "lead": _lead(connection, day, len(listed)),
        "rows": [_row(one, states) for one in listed],
    }


def _lead(connection: duckdb.DuckDBPyConnection, day: str, n_listed: int) -> str:
    [(n_changed,)] = connection.execute("select count(*) from change").fetchall()
    factors = connection.execute(
        "select factor, n_items from change_factor where is_changed order by position"
    ).fetchall()
    named = ", ".join(
        f"{_name(factor)} ({n_items})" if n_items else _name(factor) for factor, n_items in factors
    )
    since = date.fromisoformat(day[:10])
    written = f"{since.day} {MONTHS_NL[since.month - 1]} {since.year}"
    shown = (
        "Hieronder de cijfers van dit stuk die verschillen; de delen tellen precies op."
        if n_listed
        else "Geen van de cijfers van dit stuk verschilt."
    )
    return (
        f"Vergeleken met de publicatie met peildatum {written} zijn {n_changed} cijfers anders. "
        f"Oorzaken: {named or 'geen'}. {shown}"
    )


def _name(factor: str) -> str:
    return wording.texts()[f"change.factor.{factor}"]


def _row(row: Mapping[str, Any], states: Mapping[str, str]) -> list[str]:
    return [
        row["handoff_id"],
        row["label_nl"],
        wording.name("statistic", row["statistic"]),
        _end(row, "old", states),
        _why(row),
        _end(row, "new", states),
    ]


def _end(row: Mapping[str, Any], which: str, states: Mapping[str, str]) -> str:
    value, status = row[f"{which}_value"], row[f"{which}_status"]
    if value is None:
        absent = wording.texts()["change.absent"]
        return absent if status == "absent" else states.get(status, status)
    if row["statistic"] == _SHARE:
        return f"{_decimal(100 * float(value), 1)}%"
    return _decimal(float(value), 1)


def _why(row: Mapping[str, Any]) -> str:
    texts = wording.texts()
    if row["kind"] != "number":
        cause = row["cause"]
        return texts["change.through"].format(factor=_name(cause)).strip("()") if cause else ""
    parts = [(_name(one), row[f"part_{one}"]) for one in Factor if row[f"part_{one}"]]
    if row["joint_factors"]:
        joint = texts["change.and"].join(_name(one) for one in row["joint_factors"].split("|"))
        parts.append((texts["change.joint"].format(factors=joint), row["part_joint"]))
    scale = 100 if row["statistic"] == _SHARE else 1
    return "; ".join(f"{_signed(scale * float(amount))} {name}" for name, amount in parts)


def _signed(amount: float) -> str:
    decimals = 1
    while decimals < _MOST_DECIMALS and round(abs(amount), decimals) == 0:
        decimals += 1
    return f"{'+' if amount > 0 else '−'}{_decimal(abs(amount), decimals)}"


def _decimal(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")
