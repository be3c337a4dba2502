"""Questions that pages and paper put to a published file alike, so that both tell the same rows.

Here: their SQL. Not here: putting them (`dashboard.queries`, `pipelines.pack`), and questions that
one of them has alone.
"""

# The hand-offs in their fixed order: phases by their first hand-off, then by id.
HANDOFFS = """
    select *, min(handoff_id) over (partition by phase) as phase_start
    from handoff
    order by phase_start, handoff_id
"""
# The newest version of every indicator, in the order of the register, as written.
INDICATORS = """
    select * from indicator
    qualify row_number() over (partition by indicator order by valid_from desc) = 1
    order by is_generic, rowid
"""
# Points and limits of one charted series, in order of period.
POINTS = """
    select signal_point.*, series.indicator, series.unit
    from signal_point
    inner join (
        select series_id, any_value(indicator) as indicator, any_value(unit) as unit
        from signal
        group by series_id
    ) as series using (series_id)
    where series_id = $series_id
    order by "position"
"""
