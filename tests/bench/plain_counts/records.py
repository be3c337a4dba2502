"""What is recorded one by one: decisions, information, products, moments of risk.

Here: entries that judge a row of one delivered table, beside the members of its case.
Not here: measures and reviews (`measures`).
"""

from tests.bench.plain_counts.cells import count_cells, local_day, share, today
from tests.bench.plain_handoffs import Plain


def count(plain: Plain) -> None:
    """Add the cells of this chapter."""
    _decisions(plain)
    _informed(plain)
    _mayors(plain)
    _risk_moments(plain)
    _products(plain)


def _decisions(plain: Plain) -> None:
    count_cells(
        plain,
        f"""
        select {local_day("measures_decided_at")} as decided_on, has_review_moment,
            phenomenon, entry_way
        from raw.nctv_besluit left join plain.of_case using (case_key)
        where measures_decided_at < {plain.reference}
        """,
        "decided_on",
        [
            share(
                "decision_review_moment_share",
                "coalesce(has_review_moment, false)",
                "phenomenon",
                "entry_way",
            )
        ],
    )


def _informed(plain: Plain) -> None:
    """Judged once the last day is over; who left before that need not be informed."""
    count_cells(
        plain,
        f"""
        with informed as (
            select case_key, person_key, record_key, person_informed_at,
                {local_day("person_informed_at")} as informed_on,
                informed_on + agreed_interval_days::integer as due_on
            from raw.nctv_informeren where person_informed_at < {plain.reference}
        ),
        in_order as (
            select case_key, informed_on, due_on, lead(informed_on) over (
                partition by person_key order by person_informed_at, record_key) as next_on
            from informed
        )
        select informed_on, d.entry_way, d.phenomenon, case
                when next_on <= due_on then true
                when exited_on <= due_on then null
                when due_on is not null then false
            end as is_in_time
        from in_order left join plain.designation d using (case_key)
        where due_on < {today(plain)}
        """,
        "informed_on",
        [share("person_informed_in_time_share", "is_in_time", "entry_way", "phenomenon")],
    )


def _mayors(plain: Plain) -> None:
    count_cells(
        plain,
        f"""
        select {local_day("planned_moment_at")} as planned_on,
            coalesce(mayor_informed_at < planned_moment_at, false) as is_before, phenomenon
        from raw.nctv_burgemeester left join plain.of_case using (case_key)
        where mayor_fact_known_at < {plain.reference} and planned_moment_at < {plain.reference}
        """,
        "planned_on",
        [share("mayor_informed_before_share", "is_before", "phenomenon")],
    )


def _risk_moments(plain: Plain) -> None:
    """One reported afterwards could not be advised on in time."""
    moments = " union all ".join(
        f"select *, '{domain}' as domain from raw.{side}_risicomoment"
        for side, domain in (("politie", "lokaal"), ("nctv", "stelsel"))
    )
    count_cells(
        plain,
        f"""
        select {local_day("risk_moment_planned_at")} as planned_on, domain,
            coalesce(risk_moment_advised_at < risk_moment_planned_at, false) as is_before
        from ({moments})
        where risk_moment_planned_at < {plain.reference}
            and risk_moment_reported_at < risk_moment_planned_at
        """,
        "planned_on",
        [share("risk_moment_advised_before_share", "is_before", "domain")],
    )


def _products(plain: Plain) -> None:
    """AIVD gives weeks and MIVD months: in time only when certainly so, late likewise."""
    exact = " union all ".join(
        f"""
        select '{side}' as organisation, product, domain,
            {local_day("served_decision_at")} as decision_on,
            coalesce(product_delivered_at <= served_decision_at, false) as is_before
        from raw.{side}_product
        where product_ordered_at < {plain.reference} and served_decision_at < {plain.reference}"""
        for side in ("politie", "kmar")
    )
    coarse = " union all ".join(
        f"""
        select '{side}', product, domain, served_decision_at,
            case when product_delivered_at + interval {length} <= served_decision_at then true
                when product_delivered_at is null
                    or product_delivered_at >= served_decision_at + interval {length}
                then false end
        from raw.{side}_product
        where product_ordered_at <= {today(plain)} and served_decision_at <= {today(plain)}"""
        for side, length in (("aivd", "7 day"), ("mivd", "1 month"))
    )
    count_cells(
        plain,
        f"{exact} union all {coarse}",
        "decision_on",
        [share("product_before_decision_share", "is_before", "product", "organisation", "domain")],
    )
