"""Triage: judgments, escalations, and dossiers.

Here: entries on what NCTV judged of what OM put forward.
Not here: what follows a designation (`designations`).
"""

from tests.bench.plain_counts.cells import count_cells, local_day, number, share
from tests.bench.plain_handoffs import Plain


def count(plain: Plain) -> None:
    """Add the cells of this chapter."""
    _escalations(plain)
    _judgments(plain)
    _dossiers(plain)


def _escalations(plain: Plain) -> None:
    """Both sides record an escalation; the one who raises it, OM, goes first."""
    om, nctv = (
        f"(from raw.{side}_escalatie where escalation_raised_at < {plain.reference})"
        for side in ("om", "nctv")
    )
    settled = "coalesce(o.escalation_settled_at, n.escalation_settled_at)"
    plain.connection.execute(
        f"""
        create or replace table plain.escalation as
        select coalesce(o.case_key, n.case_key) as case_key,
            coalesce(o.escalation_step, n.escalation_step) as escalation_step,
            {local_day("coalesce(o.escalation_raised_at, n.escalation_raised_at)")} as raised_on,
            {settled} < {plain.reference}
                and coalesce(o.escalation_outcome, n.escalation_outcome) = 'herzien' as is_reversed
        from {om} o full join {nctv} n using (record_key)
        """
    )
    count_cells(
        plain,
        "from plain.escalation left join plain.of_case using (case_key)",
        "raised_on",
        [number("escalations_by_step", "true", "escalation_step", "phenomenon")],
    )


def _judgments(plain: Plain) -> None:
    recorded = "coalesce(has_reasons_recorded and has_information_basis_recorded, false)"
    everywhere = ("route", "phenomenon", "parket")
    count_cells(
        plain,
        f"""
        with escalated as (
            select case_key, max(escalation_step) as highest_step,
                bool_or(coalesce(is_reversed, false)) as is_reversed
            from plain.escalation group by case_key
        )
        select {local_day("judgment_made_at")} as judged_on, t.* exclude (case_key),
            c.route, c.phenomenon, c.parket, e.* exclude (case_key),
            e.case_key is not null as is_escalated
        from raw.nctv_triage t
        left join plain.of_case c using (case_key)
        left join escalated e using (case_key)
        where judgment_made_at < {plain.reference}
        """,
        "judged_on",
        [
            share("admission_share", "judgment = 'opgenomen'", *everywhere),
            share("direct_admission_share", "route = 'direct'", "phenomenon", "parket"),
            share("triage_table_share", "route = 'triagetafel'", "phenomenon", "parket"),
            share("escalation_share", "is_escalated", *everywhere),
            share("escalation_second_step_share", "highest_step = '2'", "phenomenon"),
            share("judgments_reversed_share", "coalesce(is_reversed, false)", *everywhere),
            share("judgments_fully_recorded_share", recorded, *everywhere),
        ],
    )


def _dossiers(plain: Plain) -> None:
    count_cells(
        plain,
        f"""
        with first as (
            select case_key, {local_day("min(dossier_received_at)")} as received_on,
                arg_min(is_complete, dossier_version) as is_complete
            from raw.nctv_dossier where dossier_received_at < {plain.reference}
            group by case_key
        )
        from first left join plain.of_case using (case_key)
        """,
        "received_on",
        [share("dossier_complete_first_share", "is_complete", "parket", "entry_way", "phenomenon")],
    )
