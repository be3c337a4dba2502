"""Where in the warehouse each published table comes from.

Here: per table the relation it is made from, and what is taken of it.
Not here: which audience gets which table and column (`pipelines.publication.audiences` and the
catalogues), and what is made anew for each file: figures, charts and changes (`publish`).

Four tables tell of deliveries by organisation instead of by table, in words and whole percents:
`delivery_month`, `finding_month`, `registration_share` and `linkage_share`. They are what everybody
may know; the tables with the same first name, which count rows, are the researcher's.
"""

from collections.abc import Mapping
from types import MappingProxyType

_WHOLE = {
    "handoff": "marts.dim_handoff",
    "norm": "marts.dim_norm",
    "dimension_member": "marts.dim_dimension_member",
    "organisation": "marts.dim_organisation",
    "milestone": "marts.dim_milestone",
    "theme": "marts.dim_theme",
    "theme_mapping": "marts.dim_theme_mapping",
    "theme_series": "indicators.theme_series",
    "theme_cooccurrence": "indicators.theme_cooccurrence",
    "theme_agreement": "indicators.theme_agreement",
    "experience_result": "indicators.experience_result",
    "signal": "indicators.signal",
    "signal_point": "indicators.signal_point",
    "rebase": "indicators.rebase",
    "suspected_double": "marts.fct_suspected_double",
    "recommendation": "marts.fct_recommendation",
    "recommendation_state": "marts.fct_recommendation_state",
    "decision": "marts.fct_decision",
    "decision_revision": "marts.fct_decision_revision",
    "effect": "indicators.effect",
    "fct_handoff": "marts.fct_handoff",
    "event_log": "marts.event_log",
    "fct_case": "marts.fct_case",
}
# What happened before the first delivery of a table came with it, whenever it was recorded.
_REGISTERED = """
    from raw.registration
    inner join (
        select organisation, table_name, min(reference_date) as first_on
        from raw.delivery
        where status in ('on_time', 'late')
        group by all
    ) using (organisation, table_name)
    where happened_on > first_on
"""
_TAKEN = {
    "indicator": ("indicators.indicator", "from visible_indicator"),
    "base": ("indicators.base", "from indicators.base semi join visible_indicator using (base)"),
    "quality": (
        "indicators.indicator_quality",
        "from indicators.indicator_quality semi join visible_indicator using (indicator)",
    ),
    "delivery": (
        "marts.fct_delivery",
        # The day of arrival and not the moment: deliveries that come in another order on one day
        # make the same publication.
        "select organisation, table_name, reference_date, version, status, due_on, received_on, "
        '"rows", rows_quarantined, sha256, contract_version, is_used from marts.fct_delivery',
    ),
    # A month is as good as the worst of its deliveries, and they as their highest version.
    "delivery_month": (
        "marts.fct_delivery",
        """
        with newest as (
            select organisation, reference_date, status from marts.fct_delivery
            qualify row_number() over (
                partition by organisation, table_name, reference_date order by "version" desc
            ) = 1
        )
        select
            organisation,
            reference_date,
            arg_min(status, list_position(
                ['damaged', 'refused', 'held', 'missing', 'late', 'on_time'], status
            )) as status,
            cast(floor(100 * avg(cast(status = 'on_time' as integer))) as integer) as on_time_pct
        from newest
        group by all
        order by all
        """,
    ),
    "finding": (
        "marts.fct_finding",
        "select * exclude (is_new, is_persisting) from marts.fct_finding",
    ),
    "finding_month": (
        "marts.fct_finding",
        """
        select
            organisation,
            reference_date,
            severity,
            reason_nl,
            reason_en,
            arg_min("state", list_position(['new', 'persisting', 'known'], "state")) as "state",
            bool_and(coalesce(is_resolved, false)) as is_resolved
        from marts.fct_finding
        group by all
        order by all
        """,
    ),
    "linkage": (
        "marts.fct_linkage_rate",
        "select * exclude (share_linked) from marts.fct_linkage_rate",
    ),
    # Of fewer than a hundred keys a whole percent tells how many there are, and so does one under
    # five or over 95 of a few hundred.
    "linkage_share": (
        "marts.fct_linkage_rate",
        """
        select
            key_kind,
            organisation_a,
            organisation_b,
            case when n_keys >= 100
                then cast(least(greatest(round(100.0 * n_linked / n_keys), 5), 95) as integer)
            end as linked_pct
        from marts.fct_linkage_rate
        where "level" = 'organisation'
        order by all
        """,
    ),
    "suspected_double_count": (
        "marts.fct_suspected_double",
        "select key_kind, ground, is_merged, count(*) as n_pairs "
        "from marts.fct_suspected_double group by all",
    ),
    "registration": (
        "raw.registration",
        f"""
        select
            organisation,
            table_name,
            strftime(happened_on, '%Y-%m') as period,
            count(*) as n_events,
            count(*) filter (where is_first_due) as n_first_due,
            median(carried_on - happened_on) as median_lag_days
        {_REGISTERED}
        group by all
        order by all
        """,
    ),
    # One in a hundred of fewer than five hundred would be a handful.
    "registration_share": (
        "raw.registration",
        f"""
        with registered as (
            select organisation, happened_on, carried_on, is_first_due {_REGISTERED}
        ),
        lately as (
            select
                organisation,
                count(*) as n_events,
                avg(cast(is_first_due as integer)) as share,
                median(carried_on - happened_on) as median_lag_days
            from registered
            where happened_on > (select max(happened_on) from registered) - interval 12 month
            group by organisation
        )
        select
            organisation,
            share >= 0.99 as is_at_once,
            case when share < 0.99 and n_events >= 500
                then cast(floor(100 * share) as integer) end as at_once_pct,
            case when share < 0.99 and n_events >= 500
                then cast(round(median_lag_days) as integer) end as median_lag_days
        from lately
        order by organisation
        """,
    ),
    "input": (
        "raw.delivery",
        "select organisation, table_name, reference_date, version, sha256, contract_version "
        "from raw.delivery where is_used",
    ),
}

SOURCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {table: (relation, f"from {relation}") for table, relation in _WHOLE.items()} | _TAKEN
)
"""Per published table its relation in the warehouse, and the query that takes it from there."""
