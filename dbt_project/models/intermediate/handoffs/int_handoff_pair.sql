with

pairs as (

    select * from {{ ref('int_handoff_pair_once') }}
    union all by name
    select * from {{ ref('int_handoff_pair_repeated') }}

),

followed as (

    select * from {{ ref('int_followed') }}
    where organisation is not null

),

set_aside as (

    select
        part,
        handoff_id,
        match_key,
        bool_or(role = 'start') as is_start_set_aside,
        bool_or(role = 'stop') as is_stop_set_aside,
        bool_or(role <> 'start' or pairing = 'next') as is_end_set_aside,
    from {{ ref('int_handoff_moment') }}
    where is_set_aside
    group by part, handoff_id, match_key

),

-- Every pair as it stood at the end of the day until which all tables tell of it. A stop known
-- later does not count: stops that came late would be missing, and those that came at once not.
-- No interval reaches past that day.
as_followed as (

    select
        pairs.part,
        pairs.handoff_id,
        pairs.match_key,
        pairs.occurrence_in_key,
        pairs.case_key,
        pairs.person_key,
        pairs.record_key,
        followed.organisation,
        followed.followed_until,
        followed.followed_at,
        followed.followed_working_day,
        followed.waits_for,
        {% for role in ['start', 'stop', 'competing'] -%}
        {%- set at = 'pairs.' ~ role ~ '_at' -%}
        {%- set is_known = '(followed.waits_for is null or ' ~ at ~ ' < followed.followed_at)' -%}
        case when {{ is_known }} then {{ at }} end as {{ role }}_at,
        case
            when {{ is_known }} and {{ at }} is not null
                then least(pairs.{{ role }}_latest_at, followed.followed_at)
        end as {{ role }}_latest_at,
        case when {{ is_known }} then pairs.{{ role }}_date end as {{ role }}_date,
        {% endfor %}
    from pairs
    inner join followed
        on
            pairs.part = followed.part
            and pairs.handoff_id = followed.handoff_id
            and coalesce(pairs.start_organisation, pairs.stop_organisation)
            = followed.organisation

),

-- What of a pair is known to have been recorded, but not when.
final as (

    select
        as_followed.*,
        coalesce(as_followed.start_at is null and set_aside.is_start_set_aside, false)
            as is_start_unknown,
        coalesce(as_followed.stop_at is null and set_aside.is_stop_set_aside, false)
            as is_stop_unknown,
        is_stop_unknown
        or coalesce(
            as_followed.stop_at is null
            and as_followed.competing_at is null
            and set_aside.is_end_set_aside,
            false
        ) as is_end_unknown,
    from as_followed
    left join set_aside
        on
            as_followed.part = set_aside.part
            and as_followed.handoff_id = set_aside.handoff_id
            and as_followed.match_key = set_aside.match_key

)

select * from final
