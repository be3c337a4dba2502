-- A missing start would make the n-th start meet the stop of the one before, from there on. In the
-- order of time a stop ends the start that has waited longest, and one that no start waits for
-- has none. So it is paired where that leaves fewer stops before, or without, their start than
-- n-th with n-th does; a single stop just before its start stays a finding of that one pair.
with

-- An interval is before a start only if all of it is; a stop on the moment of a start ends it.
moments as (

    select
        *,
        case when role = 'start' then moment else moment_latest end as point,
        case
            when role = 'start' then 1
            when moment < moment_latest then 0
            else 2
        end as turn,
    from {{ ref('int_handoff_moment') }}
    where pairing = 'rank' and role <> 'competing' and not is_set_aside

),

-- How many starts wait after each moment: below none, the n-th stop came before the n-th start.
counted as (

    select
        *,
        sum(case when role = 'start' then 1 else -1 end) over in_time as n_waiting,
        count(*) filter (where role = 'start') over by_key as n_starts,
    from moments
    window
        by_key as (partition by part, handoff_id, match_key),
        in_time as (
            partition by part, handoff_id, match_key order by point, turn, moment, record_key
            rows between unbounded preceding and current row
        )

),

-- Each new depth below none is a stop that no start waited for.
compared as (

    select
        *,
        least(0, min(n_waiting) over earlier) as lowest_before,
        count(*) filter (where role = 'stop' and n_waiting < 0) over by_key as n_early_by_number,
        -least(0, min(n_waiting) over by_key) as n_without_start_in_time,
    from counted
    window
        by_key as (partition by part, handoff_id, match_key),
        earlier as (
            partition by part, handoff_id, match_key order by point, turn, moment, record_key
            rows between unbounded preceding and 1 preceding
        )

),

marked as (

    select
        *,
        role = 'stop'
        and n_early_by_number > n_without_start_in_time
        and n_waiting < coalesce(lowest_before, 0) as is_left_over,
    from compared

),

-- What is left over comes after all starts, so that it meets none.
numbered as (

    select
        *,
        case when is_left_over then n_starts else 0 end
        + row_number() over (
            partition by part, handoff_id, match_key, role, is_left_over
            order by point, turn, moment, record_key
        ) as occurrence_in_key,
    from marked

),

met as (

    select
        *,
        count(*) filter (where role = 'stop' and occurrence_in_key <= n_starts) over by_key
            as n_met,
        max(point) filter (where role = 'stop') over by_key as last_stop,
    from numbered
    window by_key as (partition by part, handoff_id, match_key)

),

final as (

    select
        part,
        handoff_id,
        role,
        match_key,
        case_key,
        person_key,
        record_key,
        milestone,
        organisation,
        moment,
        moment_latest,
        local_date,
        occurrence_in_key,
        case
            when role = 'stop' then occurrence_in_key > n_starts
            else occurrence_in_key > n_met and coalesce(point < last_stop, false)
        end as is_out_of_step,
    from met

)

select * from final
