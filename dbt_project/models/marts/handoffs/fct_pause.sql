with

pauses as (

    {% for organisation in ['om', 'nctv'] if is_built_in_chain() -%}
    select * from {{ source(organisation, 'pauze') }}
    union all
    {% endfor -%}
    select
        cast(null as varchar) as record_key,
        cast(null as varchar) as case_key,
        cast(null as varchar) as handoff_id,
        cast(null as varchar) as pause_reason,
        cast(null as timestamptz) as pause_started_at,
        cast(null as timestamptz) as pause_ended_at,
    where false

),

net_clocks as (

    select handoff_id from {{ ref('dim_handoff') }}
    where has_net_clock

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

-- An end after the reference date is not known yet: the pause still runs.
known as (

    select
        * exclude (pause_ended_at),
        case when {{ has_happened('pause_ended_at') }} then pause_ended_at end as pause_ended_at,
    from pauses
    where {{ has_happened('pause_started_at') }}

),

-- A pause of the whole case stops each clock of it. One that ends before it starts is a finding.
of_clock as (

    select
        net_clocks.handoff_id,
        known.case_key,
        known.pause_reason,
        known.pause_started_at as paused_at,
        coalesce(known.pause_ended_at, {{ reference_moment() }}) as resumed_at,
        known.pause_ended_at is null as is_running,
    from known
    inner join net_clocks
        on known.handoff_id is null or known.handoff_id = net_clocks.handoff_id
    where coalesce(known.pause_ended_at >= known.pause_started_at, true)

),

-- A pause joins the ones before it when it starts before all of them have ended.
numbered as (

    select
        *,
        coalesce(paused_at > max(resumed_at) over earlier, true) as is_apart,
    from of_clock
    window earlier as (
        partition by handoff_id, case_key order by paused_at, resumed_at
        rows between unbounded preceding and 1 preceding
    )

),

grouped as (

    select
        *,
        count(*) filter (where is_apart) over so_far as pause_number,
    from numbered
    window so_far as (
        partition by handoff_id, case_key order by paused_at, resumed_at
        rows between unbounded preceding and current row
    )

),

merged as (

    select
        handoff_id,
        case_key,
        pause_number,
        min(paused_at) as paused_at,
        max(resumed_at) as resumed_at,
        {{ local_date('min(paused_at)') }} as paused_date,
        case
            when bool_or(is_running) then {{ reference_date() }}
            else {{ local_date('max(resumed_at)') }}
        end as resumed_date,
        bool_or(is_running) as is_running,
        string_agg(distinct pause_reason, '|' order by pause_reason) as reasons,
    from grouped
    group by handoff_id, case_key, pause_number

),

final as (

    select
        merged.*,
        first_days.working_day as paused_working_day,
        last_days.working_day as resumed_working_day,
    from merged
    left join calendar as first_days on merged.paused_date = first_days.calendar_date
    left join calendar as last_days on merged.resumed_date = last_days.calendar_date

)

select * from final
