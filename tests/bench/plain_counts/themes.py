"""Themes: in how many of the coded evaluations each was found, per period and at each hand-off.

Here: comparable groups of themes, and the themes of a larger group by themselves.
Not here: whether any theme was found (`recommendations`).
"""

from tests.bench.plain_counts.cells import PERIODS, month, today
from tests.bench.plain_handoffs import Plain

_CELL = "series, period_grain, period"


def count(plain: Plain) -> None:
    """Add the cells of this chapter: of what the first coder found, an evaluation counts once."""
    periods = ", ".join(f"{{'grain': '{grain}', 'name': {one}}}" for grain, one in PERIODS.items())
    known = today(plain)
    plain.connection.execute(
        f"""
        insert into plain.counted
        with version as (
            select version, min(valid_from) as day from marts.dim_theme group by version
        ),
        member as (
            select distinct unnest([comparable_group, theme]) as series, version.version, theme
            from marts.dim_theme inner join version
                on dim_theme.version <= version.version
                and version.day between valid_from and coalesce(valid_to, date '9999-12-31')
        ),
        evaluation as (
            select record_key, {month("min(evaluation_held_at)")} as month,
                max(codebook_version) filter (coder = 'a') as version
            from raw.kc_evaluatie
            where evaluation_due_at <= {known} and evaluation_held_at <= {known}
            group by record_key having version is not null
        ),
        dated as (
            select record_key, version, period.grain as period_grain, period.name as period
            from (select *, unnest([{periods}]) as period from evaluation)
        ),
        coded as (
            select {_CELL}, count(*) as d
            from dated inner join (select distinct series, version from member) using (version)
            group by all
        ),
        found as (
            select distinct {_CELL}, record_key, c.handoff_id
            from dated
            inner join raw.kc_evaluatie c using (record_key)
            inner join member using (version, theme)
            where c.coder = 'a' and c.evaluation_held_at <= {known}
        ),
        cell as (
            select *, 'national' as dimension, 'national' as member from coded
            union all by name
            select *, 'handoff_id' as dimension
            from coded inner join (
                select distinct series, handoff_id as member from found
                where handoff_id is not null
            ) using (series)
            where period_grain in ('quarter', 'year')
        ),
        hit as (
            select {_CELL}, coalesce(handoff_id, 'national') as member,
                count(distinct record_key) as n
            from found group by grouping sets (({_CELL}), ({_CELL}, handoff_id))
            having grouping(handoff_id) = 1 or handoff_id is not null
        )
        select 'theme_' || series, 'theme', 'share', period_grain, period, dimension, member,
            coalesce(n, 0), d
        from cell left join hit using ({_CELL}, member)
        """
    )
