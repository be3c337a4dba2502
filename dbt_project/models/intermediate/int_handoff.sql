-- How start and stop are paired (seed `handoffs`, columns match_on and occurrence):
--   first  earliest start with earliest stop of the key, even if that stop comes before the start
--   after  earliest start with the earliest stop, and exit, not before it; a stop before it belongs
--          to something else, so a key with no other stop is open
--   last   latest start with latest stop
--   each   by record number: its start with its stop; by case or person: n-th start with n-th stop
--   next   each start with the next milestone of the same kind; only the exit can come first
-- All hand-offs are paired together and aggregated by key, so that the cost grows with the number
-- of rows and not with the number of hand-offs.
with

-- Like `moments` read again for each way of pairing, not kept: a scan is cheaper than a copy.
milestones as not materialized (

    select * from {{ ref('int_milestone') }}

),

handoffs as (

    select
        *,
        case
            when occurrence = 'each' and match_on = 'record_key' then 'record'
            when occurrence = 'each' then 'rank'
            else occurrence
        end as pairing,
        string_split(population_members, '|') as population_list,
    from {{ ref('dim_handoff') }}

),

norms as (

    select * from {{ ref('dim_norm') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

followed as (

    select * from {{ ref('int_followed') }}
    where part = 'clock' and organisation is not null

),

-- Pauses are delivered beside the clock they stop, and may come later than it.
pauses_followed as (

    select * from {{ ref('int_followed') }}
    where part = 'pauses' and organisation is null

),

cases as (

    select * from {{ ref('fct_case') }}

),

records as (

    select * from {{ ref('int_record') }}

),

pauses_of_clock as (

    select
        handoff_id,
        case_key,
        -- In order: hours are added up, and their last digits depend on which comes first.
        list({
            'paused_at': paused_at,
            'paused_date': paused_date,
            'paused_working_day': paused_working_day,
            'resumed_at': resumed_at,
            'resumed_date': resumed_date,
            'resumed_working_day': resumed_working_day
        } order by paused_at) as pauses,
    from {{ ref('fct_pause') }}
    group by handoff_id, case_key

),

roles as (

    {{ milestone_roles(['start', 'stop', 'competing'], ['match_on', 'pairing']) }}

),

moments as not materialized (

    select
        roles.handoff_id,
        roles.pairing,
        roles.role,
        {{ match_key() }} as match_key,
        case when roles.match_on <> 'case_key' then milestones.case_key end as case_key,
        case when roles.match_on <> 'person_key' then milestones.person_key end as person_key,
        case when roles.match_on = 'person_key' then milestones.record_key end as record_key,
        milestones.organisation,
        milestones.moment,
        milestones.moment_latest,
        milestones.local_date,
    from milestones
    inner join roles
        on {{ plays_role() }}

),

-- An interval is before the start only if all of it is.
moments_after as not materialized (

    select * from moments
    where pairing = 'after' and match_key is not null
    window by_key as (partition by handoff_id, match_key)
    qualify
        coalesce(
            role = 'start'
            or moment_latest > min(moment) filter (where role = 'start') over by_key
            or moment >= min(moment) filter (where role = 'start') over by_key,
            true
        )

),

{% for pairing, pick, source in [
    ('first', 'min', 'moments'),
    ('after', 'min', 'moments_after'),
    ('record', 'min', 'moments'),
    ('last', 'max', 'moments'),
] -%}
{{ pairing }}_of_key as (

    select
        handoff_id,
        match_key,
        1 as occurrence_in_key,
        min(case_key) as case_key,
        min(person_key) as person_key,
        min(record_key) as record_key,
        min(organisation) filter (where role = 'start') as start_organisation,
        min(organisation) filter (where role = 'stop') as stop_organisation,
        {% for role in ['start', 'stop', 'competing'] -%}
        {{ pick }}(moment) filter (where role = '{{ role }}') as {{ role }}_at,
        {{ pick }}(moment_latest) filter (where role = '{{ role }}') as {{ role }}_latest_at,
        {{ pick }}(local_date) filter (where role = '{{ role }}') as {{ role }}_date,
        {% endfor %}
    from {{ source }}
    where pairing = '{{ pairing }}' and match_key is not null
    group by handoff_id, match_key

),

{% endfor -%}

-- Records of a case in the order in which they start.
numbered_record_of_key as (

    select
        * exclude (occurrence_in_key),
        row_number() over (
            partition by handoff_id, coalesce(case_key, match_key)
            order by coalesce(start_at, stop_at), match_key
        ) as occurrence_in_key,
    from record_of_key

),

numbered as (

    select
        *,
        row_number() over (
            partition by handoff_id, role, match_key order by moment, moment_latest, record_key
        ) as occurrence_in_key,
    from moments
    where pairing = 'rank' and role <> 'competing' and match_key is not null

),

rank_of_key as (

    select
        handoff_id,
        match_key,
        occurrence_in_key,
        min(case_key) as case_key,
        min(person_key) as person_key,
        min(record_key) as record_key,
        min(organisation) filter (where role = 'start') as start_organisation,
        min(organisation) filter (where role = 'stop') as stop_organisation,
        {% for role in ['start', 'stop'] -%}
        min(moment) filter (where role = '{{ role }}') as {{ role }}_at,
        min(moment_latest) filter (where role = '{{ role }}') as {{ role }}_latest_at,
        min(local_date) filter (where role = '{{ role }}') as {{ role }}_date,
        {% endfor %}
    from numbered
    group by handoff_id, match_key, occurrence_in_key

),

next_of_key as (

    select
        handoff_id,
        match_key,
        row_number() over by_time as occurrence_in_key,
        case_key,
        person_key,
        record_key,
        organisation as start_organisation,
        cast(null as varchar) as stop_organisation,
        moment as start_at,
        moment_latest as start_latest_at,
        local_date as start_date,
        lead(moment) over by_time as stop_at,
        lead(moment_latest) over by_time as stop_latest_at,
        lead(local_date) over by_time as stop_date,
    from moments
    where pairing = 'next' and role = 'start' and match_key is not null
    window by_time as (
        partition by handoff_id, match_key order by moment, moment_latest, record_key
    )

),

exits as (

    select
        handoff_id,
        match_key,
        moment as competing_at,
        moment_latest as competing_latest_at,
        local_date as competing_date,
    from moments
    where pairing in ('rank', 'next') and role = 'competing' and match_key is not null

),

repeated as (

    select * from rank_of_key
    union all by name
    select * from next_of_key

),

-- Somebody who comes back has several exits; only the first one after the start competes.
repeated_with_exit as (

    select
        repeated.*,
        exits.competing_at,
        exits.competing_latest_at,
        exits.competing_date,
    from repeated
    asof left join exits
        on
            repeated.handoff_id = exits.handoff_id
            and repeated.match_key = exits.match_key
            and repeated.start_at <= exits.competing_latest_at

),

pairs as (

    select * from first_of_key
    union all by name
    select * from after_of_key
    union all by name
    select * from numbered_record_of_key
    union all by name
    select * from last_of_key
    union all by name
    select * from repeated_with_exit

),

-- Every case as it stood at the end of the day until which all tables tell of it. A stop known
-- later does not count: stops that came late would be missing, and those that came at once not.
paired as (

    select
        {{ moments_as_followed(['start', 'stop', 'competing']) }},
        followed.organisation,
        followed.followed_until as followed_date,
        followed.followed_at,
        followed.followed_working_day,
        followed.waits_for,
    from pairs
    inner join followed
        on
            pairs.handoff_id = followed.handoff_id
            and coalesce(pairs.start_organisation, pairs.stop_organisation)
            = followed.organisation

),

set_aside as (

    select * from {{ ref('int_set_aside') }}

),

-- Keys of which a stop or an exit is known to be, but not when.
unknown_ends as (

    select
        roles.handoff_id,
        {{ match_key() | replace('milestones.', 'set_aside.') }} as match_key,
        bool_or(roles.role = 'stop') as is_stop_unknown,
    from set_aside
    inner join roles
        on {{ plays_role() | replace('milestones.', 'set_aside.') }}
    where roles.role <> 'start' or roles.pairing = 'next'
    group by all

),

-- What ended the clock: the stop, or the competing exit if that came first. A tie is an exit.
keyed as (

    select
        paired.handoff_id,
        handoffs.subject as subject_type,
        handoffs.clock_side,
        handoffs.unit,
        handoffs.early_stop,
        handoffs.occurrence,
        handoffs.has_net_clock,
        handoffs.population_dimension,
        handoffs.population_list,
        handoffs.match_on,
        {% for key in ['case_key', 'person_key', 'record_key'] -%}
        {{ key_of_pair(key) }} as {{ key }},
        {% endfor -%}
        paired.occurrence_in_key,
        paired.organisation,
        paired.followed_date,
        paired.followed_at,
        paired.followed_working_day,
        paired.waits_for,
        paired.start_at,
        paired.start_latest_at,
        paired.start_date,
        paired.stop_at,
        paired.stop_latest_at,
        paired.stop_date,
        paired.competing_at,
        coalesce(
            paired.competing_at is not null
            and (paired.stop_at is null or paired.competing_at <= paired.stop_at),
            false
        ) as is_competing,
        case when is_competing then paired.competing_at else paired.stop_at end as ended_at,
        case when is_competing then paired.competing_latest_at else paired.stop_latest_at end
            as ended_latest_at,
        case when is_competing then paired.competing_date else paired.stop_date end as ended_date,
        paired.stop_at is null
        and (
            unknown_ends.is_stop_unknown
            or (paired.competing_at is null and unknown_ends.match_key is not null)
        ) as is_end_unknown,
    from paired
    inner join handoffs on paired.handoff_id = handoffs.handoff_id
    left join unknown_ends
        on
            paired.handoff_id = unknown_ends.handoff_id
            and paired.match_key = unknown_ends.match_key
    where paired.start_at is not null or paired.stop_at is not null

),

-- An interval ends before a start only if all of it does; then the stop is a finding, not a time.
with_status as (

    select
        *,
        start_at is not null and ended_at is not null
        and (ended_latest_at < start_at or (ended_latest_at = start_at and ended_at < start_at))
            as is_early,
        case
            when start_at is null then 'stop_only'
            when is_end_unknown then 'stop_unknown'
            when ended_at is null then 'open'
            when is_early and early_stop = 'finding' then 'negative'
            when is_competing then 'competing'
            else 'completed'
        end as status,
    from keyed
    where start_at is not null or early_stop = 'finding'

),

-- The two points of the clock. What is open is measured as long as it is followed.
pointed as (

    select
        *,
        case
            when status = 'open' then followed_at
            when is_early then start_at
            else ended_at
        end as end_at,
        case
            when status = 'open' then followed_at
            when is_early then start_latest_at
            else ended_latest_at
        end as end_latest_at,
        case
            when status = 'open' then followed_date
            when is_early then start_date
            else ended_date
        end as end_date,
        {{ last_day_of_interval('start_date', 'start_at', 'start_latest_at') }}
            as start_latest_date,
        case
            when status = 'open' then followed_date
            when is_early then start_latest_date
            else {{ last_day_of_interval('ended_date', 'ended_at', 'ended_latest_at') }}
        end as end_latest_date,
        greatest(
            coalesce(epoch_us(start_latest_at) - epoch_us(start_at), 0),
            coalesce(epoch_us(ended_latest_at) - epoch_us(ended_at), 0)
        ) / 86400e6 as widest_days,
    from with_status

),

described as (

    select
        pointed.*,
        coalesce(pointed.person_key, cases.person_key) as known_person_key,
        cases.parket,
        cases.police_unit,
        cases.phenomenon,
        cases.route,
        cases.entry_way,
        records.product,
        records.domain,
        records.category,
        records.executor,
        records.escalation_step,
        records.scenario,
        pauses_of_clock.pauses,
        pauses_followed.followed_at as pauses_followed_at,
        pauses_followed.followed_until as pauses_followed_date,
        pauses_followed.followed_working_day as pauses_followed_working_day,
        norms.norm_id,
        norms.unit as norm_unit,
        norms.value as norm_value,
        started.working_day as start_working_day,
        ended.working_day as end_working_day,
        coalesce(started_latest.working_day, started.working_day) as start_latest_working_day,
        coalesce(ended_latest.working_day, ended.working_day) as end_latest_working_day,
        case pointed.population_dimension
            when 'parket' then cases.parket
            when 'police_unit' then cases.police_unit
            when 'phenomenon' then cases.phenomenon
            when 'route' then cases.route
            when 'entry_way' then cases.entry_way
            when 'product' then records.product
            when 'organisation' then pointed.organisation
            when 'domain' then records.domain
            when 'category' then records.category
            when 'executor' then records.executor
            when 'escalation_step' then records.escalation_step
            when 'scenario' then records.scenario
        end as population_member,
    from pointed
    left join cases on pointed.case_key = cases.case_key
    left join records on pointed.record_key = records.record_key
    left join pauses_of_clock
        on
            pointed.handoff_id = pauses_of_clock.handoff_id
            and pointed.case_key = pauses_of_clock.case_key
    left join pauses_followed
        on pointed.has_net_clock and pointed.handoff_id = pauses_followed.handoff_id
    left join norms
        on
            pointed.handoff_id = norms.handoff_id
            and pointed.start_date >= norms.valid_from
            and pointed.start_date <= coalesce(norms.valid_to, date '9999-12-31')
    left join calendar as started on pointed.start_date = started.calendar_date
    left join calendar as ended on pointed.end_date = ended.calendar_date
    -- Only intervals need the number of their last day.
    left join calendar as started_latest
        on
            case
                when pointed.start_latest_date <> pointed.start_date then pointed.start_latest_date
            end = started_latest.calendar_date
    left join calendar as ended_latest
        on
            case when pointed.end_latest_date <> pointed.end_date then pointed.end_latest_date end
            = ended_latest.calendar_date

),

-- Outside the population the hand-off does not apply. A stop without a start often lacks the very
-- row that would tell the population; as a finding it stays.
in_population as (

    select * from described
    where
        population_dimension is null
        or list_contains(population_list, population_member)
        or (population_member is null and status = 'stop_only')

),

-- The net clock ends where its pauses are no longer known; what ended after that is open on it.
with_net_end as (

    select
        *,
        status not in ('stop_only', 'stop_unknown', 'negative') as has_duration,
        coalesce(has_net_clock, false)
        and has_duration
        and coalesce(start_at < pauses_followed_at, true) as has_net_duration,
        case
            when has_net_duration and end_at > pauses_followed_at then 'open'
            when has_net_duration then status
        end as net_status,
        least(end_at, pauses_followed_at) as net_end_at,
        {% for day in ['date', 'latest_date', 'working_day', 'latest_working_day'] -%}
        {%- set pauses_day = 'pauses_followed_' ~ day | replace('latest_', '') -%}
        least(end_{{ day }}, {{ pauses_day }}) as net_end_{{ day }},
        {% endfor -%}
        least(end_latest_at, pauses_followed_at) as net_end_latest_at,
        {% for part in ['at', 'date', 'working_day'] -%}
        least(followed_{{ part }}, pauses_followed_{{ part }}) as net_followed_{{ part }},
        {% endfor %}
    from in_population

),

timed as (

    select
        *,
        case
            when has_duration
                then {{ elapsed('norm_unit', 'start_latest', 'followed') }}
        end as norm_term,
        {% for clock in ['unit', 'norm_unit'] -%}
        {%- set stem = '' if clock == 'unit' else 'norm_' -%}
        case
            when has_duration
                then {{ elapsed(clock, 'start', 'followed') }}
        end as {{ stem }}followable,
        case
            when has_duration
                then {{ elapsed(clock, 'start', 'end') }}
        end as {{ stem }}elapsed,
        case
            when has_duration
                then {{ elapsed(clock, 'start_latest', 'end') }}
        end as {{ stem }}elapsed_lower,
        case
            when has_duration
                then {{ elapsed(clock, 'start', 'end_latest') }}
        end as {{ stem }}elapsed_upper,
        {% endfor -%}
        {% for net, clock, start, end in [
            ('elapsed', 'unit', 'start', 'net_end'),
            ('elapsed_lower', 'unit', 'start_latest', 'net_end'),
            ('elapsed_upper', 'unit', 'start', 'net_end_latest'),
            ('norm_elapsed', 'norm_unit', 'start', 'net_end'),
        ] -%}
        case
            when has_net_duration
                then {{ net_elapsed(clock, start, end) }}
        end as net_{{ net }},
        {% endfor -%}
        -- What stood still up to the end is not followed either.
        {% for clock, stem in [('unit', ''), ('norm_unit', 'norm_')] -%}
        {{ elapsed(clock, 'start', 'net_followed') }}
        - {{ elapsed(clock, 'start', 'net_end') }}
        + net_{{ stem }}elapsed as net_{{ stem }}followable,
        {% endfor -%}
        case
            when has_net_duration
                then net_elapsed < {{ elapsed('unit', 'start', 'net_end') }}
        end as is_paused,
    from with_net_end

),

-- Overlapping intervals can seem to end just before they start.
clamped as (

    select
        *,
        {% for name in [
            'elapsed', 'elapsed_lower', 'elapsed_upper',
            'norm_elapsed', 'norm_elapsed_lower', 'norm_elapsed_upper',
            'net_elapsed', 'net_elapsed_lower', 'net_elapsed_upper', 'net_norm_elapsed',
        ] -%}
        case
            when {{ name }} < 0 then 0
            else {{ name }}
        end as {{ name | replace('elapsed', 'duration') }},
        {% endfor %}
    from timed

),

final as (

    select
        handoff_id,
        subject_type,
        case_key,
        known_person_key as person_key,
        record_key,
        occurrence_in_key as occurrence_number,
        start_at as started_at,
        start_latest_at as started_at_latest,
        stop_at as stopped_at,
        stop_latest_at as stopped_at_latest,
        competing_at,
        status,
        is_competing,
        start_date,
        stop_date,
        unit,
        duration,
        duration_lower,
        duration_upper,
        net_status,
        net_duration,
        net_duration_lower,
        net_duration_upper,
        is_paused,
        norm_id,
        norm_unit,
        norm_value,
        norm_duration,
        net_norm_duration,
        followable,
        norm_followable,
        net_followable,
        net_norm_followable,
        case
            when norm_value is null or not has_duration then null
            when norm_duration_lower > norm_value then false
            when status = 'completed' and norm_duration_upper <= norm_value then true
        end as is_within_norm,
        norm_term > norm_value as is_norm_term_over,
        followed_date as followed_until,
        waits_for,
        clock_side,
        case
            when widest_days = 0 then 'timestamp'
            when widest_days < 1.5 then 'day'
            when widest_days < 8 then 'week'
            else 'month'
        end as granularity,
        parket,
        police_unit,
        phenomenon,
        route,
        entry_way,
        product,
        organisation,
        domain,
        category,
        executor,
        escalation_step,
        scenario,
    from clamped

)

select * from final
