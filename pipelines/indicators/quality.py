"""The quality of the data under each figure: of exactly the deliveries it was made from.

Here: the badge of an indicator with the sentence why, and what a figure on unfit data becomes.
Not here: which tables an indicator is made from (`inputs`); findings, linkage and punctuality
themselves (`pipelines.deliveries`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from pipelines.indicators.register import Indicator

# More rows set aside, or stopped before their start, than this share asks for caution
# (2026-11, data engineers: at 2% a quarterly median of 100 cases can shift by a day).
CAUTION_SHARE = 0.02
# One hand-off in five that stops before its start: the clocks of both sides do not fit together,
# and what is left is no sample of what happened (2026-11, data engineers).
NOT_FIT_SHARE = 0.20
# A table whose last good state is older than this many months is not fit: a quarter is missing.
NOT_FIT_MONTHS = 3
# Case keys of a supplier that are found where cases begin. Under 98% some hand-offs are cut in two;
# under half of them most are (2026-11, data engineers).
CAUTION_LINKAGE = 0.98
NOT_FIT_LINKAGE = 0.50

OK, WITHHELD, NOT_DELIVERED = "ok", "withheld", "not_delivered"


@dataclass(frozen=True)
class Inputs:
    """What is known of the inputs of one indicator.

    Attributes:
        never: Tables of which nothing usable ever came.
        stale: Tables whose last good state is a quarter old or older.
        absent: Tables without a usable delivery of the reference date.
        refused: Tables of which a redelivery of the reference date was refused, and none came that
            puts it right.
        late: Tables whose delivery of the reference date came late.
        completeness: Share of the delivered rows that take part; None without rows.
        linkage: Share of the suppliers' case keys found where cases begin; None without keys. Of
            all their tables together: a key is linked or not for a supplier as a whole.
        suppliers: Those suppliers.
        n_findings: Findings in the tables.
        n_early: Hand-offs that stopped before their start.
        n_handoffs: Hand-offs those are of; 0 for an indicator that counts none.
        held: Tables of which a delivery waits for confirmation.
        damaged: Tables of which a delivery is no longer what was written.
        beyond: Tables whose last delivery lies before the reference date, while none of that date
            was due: what happened in between is not known.
        n_unknown: Of those, how many ended at a moment nobody could read.
        unseen: Milestones of its hand-off that never occurred in the event log they come from.
    """

    never: tuple[str, ...]
    stale: tuple[str, ...]
    absent: tuple[str, ...]
    refused: tuple[str, ...]
    late: tuple[str, ...]
    completeness: float | None
    linkage: float | None
    suppliers: tuple[str, ...]
    n_findings: int
    n_early: int
    n_handoffs: int
    held: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    n_unknown: int = 0
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A badge, what becomes of the figures, and why."""

    badge: str
    sentence_nl: str
    sentence_en: str
    status: str = OK


def quality_of_indicators(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    feeding: dict[str, set[str]],
    reference_day: date,
) -> pd.DataFrame:
    """Badge and sentence per indicator.

    Args:
        connection: Open warehouse with `raw.delivery`, `raw.finding` and `marts.fct_handoff`.
        register: The indicators.
        feeding: Tables each indicator is made from.
        reference_day: Reference date of the build.

    Returns:
        One row per indicator: `indicator, badge, sentence_nl, sentence_en, status, completeness,
        linkage, n_findings, n_missing_deliveries, n_late_deliveries`. The status is what a figure
        becomes for an audience that gets no figures on unfit data: `withheld`, `not_delivered`, or
        `ok` where it stays.
    """
    deliveries = connection.execute(
        "select organisation || '_' || table_name as name, reference_date, status, rows, "
        "rows_quarantined, is_used, is_open, due_on from raw.delivery"
    ).df()
    deliveries["reference_date"] = pd.to_datetime(deliveries["reference_date"]).dt.date
    n_findings = dict(
        connection.execute(
            "select organisation || '_' || table_name, count(*) from raw.finding "
            "where severity in ('critical', 'warning') group by all"
        ).fetchall()
    )
    set_aside, linked = _handoffs_set_aside(connection), _linked_keys(connection)
    unseen = _unseen_milestones(connection)
    return pd.DataFrame(
        [
            _row(
                one.id,
                inputs_of(
                    feeding[one.id],
                    deliveries,
                    n_findings,
                    linked,
                    # A reconciliation counts them as a figure of its own.
                    (0, 0, 0) if one.kind == "reconciliation" else set_aside.get(one.handoff or ""),
                    reference_day,
                    unseen.get(one.handoff or "", ()),
                ),
            )
            for one in register
        ]
    )


def _row(indicator: str, inputs: Inputs) -> dict[str, object]:
    verdict = judge(inputs)
    return {
        "indicator": indicator,
        "badge": verdict.badge,
        "sentence_nl": verdict.sentence_nl,
        "sentence_en": verdict.sentence_en,
        "status": verdict.status,
        "completeness": inputs.completeness,
        "linkage": inputs.linkage,
        "n_findings": inputs.n_findings + (inputs.n_early > 0) + (inputs.n_unknown > 0),
        "n_missing_deliveries": len(inputs.absent),
        "n_late_deliveries": len(inputs.late),
    }


def _handoffs_set_aside(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, tuple[int, int, int]]:
    """Per hand-off: how many stopped before their start, at an unknown moment, and of how many."""
    rows = connection.execute(
        "select handoff_id, count(*) filter (where status = 'negative'), "
        "count(*) filter (where status = 'stop_unknown'), count(*) "
        "from marts.fct_handoff group by handoff_id"
    ).fetchall()
    return {handoff: (negative, unknown, total) for handoff, negative, unknown, total in rows}


def _unseen_milestones(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """Per hand-off: its milestones that never occurred in the event log they come from.

    Without a stop that ever occurs every case looks open, and nothing else is amiss.
    """
    rows = connection.execute(
        """
        with unseen as (
            select milestone, organisation from marts.dim_milestone as known
            where exists (
                from raw.event_log as log
                where log.organisation = known.organisation and log.table_name = known.table_name
            ) and not exists (
                from raw.event_log as log
                where log.organisation = known.organisation and log.milestone = known.milestone
            )
        ),
        played as (
            select handoff_id, unnest(string_split(
                concat_ws('|', start_milestone, stop_milestone, competing_milestone), '|'
            )) as milestone
            from marts.dim_handoff
        )
        select handoff_id, list(distinct unseen.milestone order by unseen.milestone)
        from played inner join unseen
            on played.milestone
                in (unseen.milestone, unseen.organisation || '.' || unseen.milestone)
        group by handoff_id
        """
    ).fetchall()
    return {handoff: tuple(milestones) for handoff, milestones in rows}


def _linked_keys(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Per organisation: case keys found where cases begin, and of how many."""
    exists = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = 'fct_linkage'"
    ).fetchone()
    if exists is None:
        return {}
    rows = connection.execute(
        "select organisation, count(*) filter (where is_linked), count(*) "
        "from marts.fct_linkage group by organisation"
    ).fetchall()
    return {organisation: (linked, total) for organisation, linked, total in rows}


def inputs_of(
    tables: set[str],
    deliveries: pd.DataFrame,
    n_findings: dict[str, int],
    linked: dict[str, tuple[int, int]],
    set_aside: tuple[int, int, int] | None,
    reference_day: date,
    unseen: tuple[str, ...] = (),
) -> Inputs:
    """What is known of some tables at the reference date.

    Args:
        tables: Names `<organisation>_<table>`.
        deliveries: Columns `name, reference_date, status, rows, rows_quarantined, is_used,
            is_open, due_on`.
        n_findings: Findings by table.
        linked: Linked and all case keys by organisation.
        set_aside: Hand-offs that stopped before their start, at an unknown moment, and of how many.
        reference_day: Reference date of the build.
        unseen: Milestones that never occurred in the event log they come from.
    """
    mine = deliveries[deliveries["name"].isin(tables)]
    latest = mine[mine["reference_date"] == reference_day]
    absent = sorted(_absent(tables, latest))
    known = _known_until(tables - {*absent}, deliveries)
    beyond = {table: day for table, day in known.items() if day < reference_day}
    behind = {table: _months_behind(table, mine, reference_day) for table in absent}
    behind |= {table: _months_between(day, reference_day) for table, day in beyond.items()}
    used = mine[mine["is_used"]]
    n_rows, n_set_aside = int(used["rows"].sum()), int(used["rows_quarantined"].sum())
    suppliers = sorted({table.split("_", 1)[0] for table in tables} & linked.keys())
    keys = [linked[one] for one in suppliers]
    n_keys = sum(total for _, total in keys)
    n_early, n_unknown, n_handoffs = set_aside or (0, 0, 0)

    def of_status(status: str, among: pd.DataFrame) -> tuple[str, ...]:
        return tuple(sorted(set(among.loc[among["status"] == status, "name"])))

    # What is not counted of an earlier change file is missing from the state of today as well.
    still_open = mine[mine["is_open"]]

    return Inputs(
        never=tuple(table for table, months in behind.items() if months is None),
        stale=tuple(sorted(one for one, n in behind.items() if (n or 0) >= NOT_FIT_MONTHS)),
        absent=tuple(absent),
        refused=of_status("refused", latest[latest["is_open"]]),
        late=of_status("late", latest),
        completeness=n_rows / (n_rows + n_set_aside) if n_rows + n_set_aside else None,
        linkage=sum(one for one, _ in keys) / n_keys if n_keys else None,
        suppliers=tuple(suppliers),
        n_findings=sum(n_findings.get(table, 0) for table in tables),
        n_early=n_early,
        n_handoffs=n_handoffs,
        held=of_status("held", still_open),
        damaged=of_status("damaged", still_open),
        beyond=tuple(sorted(beyond)),
        n_unknown=n_unknown,
        unseen=unseen,
    )


def judge(inputs: Inputs) -> Verdict:
    """The badge of some inputs: the gravest thing that holds, said in one sentence."""
    return next(verdict for holds, verdict in _VERDICTS if holds(inputs))(inputs)


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _early(inputs: Inputs) -> float:
    return inputs.n_early / inputs.n_handoffs if inputs.n_handoffs else 0.0


def _unknown(inputs: Inputs) -> float:
    return inputs.n_unknown / inputs.n_handoffs if inputs.n_handoffs else 0.0


def _percent(share: float, mark: str) -> str:
    return f"{100 * share:.1f}%".replace(".", mark)


# In order of gravity; the last holds of everything.
_VERDICTS: tuple[tuple[Callable[[Inputs], object], Callable[[Inputs], Verdict]], ...] = (
    (
        lambda of: of.never,
        lambda of: Verdict(
            "not_fit",
            f"Zonder levering van {_named(of.never)}: daarvan is niets bruikbaars ontvangen.",
            f"Without delivery {_named(of.never)}: nothing usable of it was received.",
            NOT_DELIVERED,
        ),
    ),
    (
        lambda of: of.stale,
        lambda of: Verdict(
            "not_fit",
            f"Zonder levering van {_named(of.stale)}: de laatste is een kwartaal oud of ouder.",
            f"Without delivery {_named(of.stale)}: the last one is a quarter old or older.",
            WITHHELD,
        ),
    ),
    (
        lambda of: of.linkage is not None and of.linkage < NOT_FIT_LINKAGE,
        lambda of: Verdict(
            "not_fit",
            f"Slechts {_percent(of.linkage or 0.0, ',')} van de zaaksleutels in alle tabellen van "
            f"{_named(of.suppliers)} sluit aan op een zaak die ergens begon.",
            f"Only {_percent(of.linkage or 0.0, '.')} of the case keys in all tables of "
            f"{_named(of.suppliers)} link to a case that began somewhere.",
            WITHHELD,
        ),
    ),
    (
        lambda of: _early(of) > NOT_FIT_SHARE,
        lambda of: Verdict(
            "not_fit",
            f"{of.n_early} van {of.n_handoffs} overdrachten stopten vóór hun start: begin en einde "
            "passen niet op elkaar.",
            f"{of.n_early} of {of.n_handoffs} hand-offs stopped before their start: starts and "
            "stops do not fit together.",
            WITHHELD,
        ),
    ),
    (
        lambda of: _unknown(of) > NOT_FIT_SHARE,
        lambda of: Verdict(
            "not_fit",
            f"Van {of.n_unknown} van {of.n_handoffs} overdrachten is het einde wel vastgelegd, "
            "maar niet te lezen.",
            f"Of {of.n_unknown} of {of.n_handoffs} hand-offs the stop was recorded and cannot be "
            "read.",
            WITHHELD,
        ),
    ),
    (
        lambda of: of.beyond,
        lambda of: Verdict(
            "caution",
            f"De peildatum ligt na de laatste levering van {_named(of.beyond)}: wat daarna "
            "gebeurde is niet bekend, en wat toen openstond telt als open.",
            f"The reference date lies after the last delivery of {_named(of.beyond)}: what "
            "happened since is not known, and what was open then counts as open.",
        ),
    ),
    (
        lambda of: of.damaged,
        lambda of: Verdict(
            "caution",
            f"Een ingelezen levering van {_named(of.damaged)} is beschadigd geraakt; de vorige "
            "stand telt.",
            f"A delivery of {_named(of.damaged)} that was taken in got damaged; the previous state "
            "counts.",
        ),
    ),
    (
        lambda of: of.held,
        lambda of: Verdict(
            "caution",
            f"Een levering van {_named(of.held)} wacht op bevestiging; de vorige stand telt.",
            f"A delivery of {_named(of.held)} awaits confirmation; the previous state counts.",
        ),
    ),
    (
        lambda of: of.unseen,
        lambda of: Verdict(
            "caution",
            f"In het logboek komt nooit voor: {_named(of.unseen)}; wat daarmee eindigt, lijkt "
            "open.",
            f"Never occurs in the log: {_named(of.unseen)}; what ends with it looks open.",
        ),
    ),
    (
        lambda of: of.absent,
        lambda of: Verdict(
            "caution",
            f"Exclusief de laatste levering van {_named(of.absent)}; de vorige stand telt.",
            f"Without the latest delivery of {_named(of.absent)}; the previous state counts.",
        ),
    ),
    (
        lambda of: of.refused,
        lambda of: Verdict(
            "caution",
            f"Een herlevering van {_named(of.refused)} is geweigerd; de vorige stand telt.",
            f"A redelivery of {_named(of.refused)} was refused; the previous state counts.",
        ),
    ),
    (
        lambda of: of.completeness is not None and of.completeness < 1.0 - CAUTION_SHARE,
        lambda of: Verdict(
            "caution",
            f"{_percent(1.0 - (of.completeness or 0.0), ',')} van de rijen is terzijde gelegd.",
            f"{_percent(1.0 - (of.completeness or 0.0), '.')} of the rows were set aside.",
        ),
    ),
    (
        lambda of: of.linkage is not None and of.linkage < CAUTION_LINKAGE,
        lambda of: Verdict(
            "caution",
            f"{_percent(of.linkage or 0.0, ',')} van de zaaksleutels in alle tabellen van "
            f"{_named(of.suppliers)} sluit aan op een zaak die ergens begon; de rest telt als "
            "halve overdracht.",
            f"{_percent(of.linkage or 0.0, '.')} of the case keys in all tables of "
            f"{_named(of.suppliers)} link to a case that began somewhere; the others count as half "
            "a hand-off.",
        ),
    ),
    (
        lambda of: _early(of) > CAUTION_SHARE,
        lambda of: Verdict(
            "caution",
            f"{of.n_early} van {of.n_handoffs} overdrachten stopten vóór hun start; "
            "zij zijn apart gezet en tellen niet mee.",
            f"{of.n_early} of {of.n_handoffs} hand-offs stopped before their start; "
            "they are set aside and do not count.",
        ),
    ),
    (
        lambda of: _unknown(of) > CAUTION_SHARE,
        lambda of: Verdict(
            "caution",
            f"Van {of.n_unknown} van {of.n_handoffs} overdrachten is het einde wel vastgelegd, "
            "maar niet te lezen; zij tellen niet mee, ook niet als open.",
            f"Of {of.n_unknown} of {of.n_handoffs} hand-offs the stop was recorded and cannot be "
            "read; they do not count, as open neither.",
        ),
    ),
    (
        lambda of: of.late,
        lambda of: Verdict(
            "good",
            f"Compleet; te laat geleverd: {_named(of.late)}.",
            f"Complete; delivered late: {_named(of.late)}.",
        ),
    ),
    (
        lambda _: True,
        lambda _: Verdict(
            "good",
            "Alle leveringen zijn op tijd en compleet.",
            "All deliveries are on time and complete.",
        ),
    ),
)


def _absent(tables: set[str], latest: pd.DataFrame) -> set[str]:
    """Tables expected on the reference date of which nothing good came."""
    expected = set(latest["name"]) & tables
    return expected - set(latest.loc[latest["status"].isin(["on_time", "late"]), "name"])


def _known_until(tables: set[str], deliveries: pd.DataFrame) -> dict[str, date]:
    """Until when is known what happened, of the tables of which something usable came.

    A table that is delivered once is as recent as what the chain delivered last.
    """
    good = deliveries[deliveries["status"].isin(["on_time", "late"])]
    last = {str(name): day for name, day in good.groupby("name")["reference_date"].max().items()}
    monthly = set(deliveries.loc[deliveries["due_on"].notna(), "name"])
    return {
        table: last[table] if table in monthly else max(last.values())
        for table in tables & last.keys()
    }


def _months_behind(table: str, deliveries: pd.DataFrame, reference_day: date) -> int | None:
    """Months since the last good state; None when there never was one."""
    good = deliveries[
        (deliveries["name"] == table) & deliveries["status"].isin(["on_time", "late"])
    ]["reference_date"]
    if good.empty:
        return None
    return _months_between(max(good), reference_day)


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
