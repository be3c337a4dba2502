-- After the hand-offs, not beside them: each pairs every milestone by key, and two at a time want
-- more memory than a build has, which costs more time than the second thread saves.
-- depends_on: {{ ref('fct_handoff') }}
with

milestones as (

    select * from {{ ref('int_milestone') }}

),

handoffs as (

    select
        *,
        string_split(population_members, '|') as population_list,
    from {{ ref('dim_handoff') }}
    where sent_milestone is not null and received_milestone is not null

),

cases as (

    select * from {{ ref('fct_case') }}

),

records as (

    select * from {{ ref('int_record') }}

),

calendar as (

    select * from {{ ref('dim_calendar') }}

),

followed as (

    select * from {{ ref('int_followed') }}
    where part = 'sides' and organisation is not null

),

roles as (

    {{ milestone_roles(['sent', 'received'], ['match_on']) }}

),

moments as (

    select
        roles.handoff_id,
        roles.role,
        {{ match_key() }} as match_key,
        case when roles.match_on <> 'case_key' then milestones.case_key end as case_key,
        case when roles.match_on <> 'record_key' then milestones.record_key end as record_key,
        milestones.organisation,
        milestones.moment,
        milestones.moment_latest,
        milestones.local_date,
    from milestones
    inner join roles
        on {{ plays_role() }}

),

pairs as (

    select
        handoff_id,
        match_key,
        -- Where the two sides know the case under different pseudonyms, the sender's is the one.
        coalesce(
            min(case_key) filter (where role = 'sent'),
            min(case_key) filter (where role = 'received')
        ) as case_key,
        min(record_key) as record_key,
        {% for role in ['sent', 'received'] -%}
        min(organisation) filter (where role = '{{ role }}') as {{ role }}_organisation,
        min(moment) filter (where role = '{{ role }}') as {{ role }}_at,
        min(moment_latest) filter (where role = '{{ role }}') as {{ role }}_latest_at,
        min(local_date) filter (where role = '{{ role }}') as {{ role }}_date,
        {% endfor %}
    from moments
    where match_key is not null
    group by handoff_id, match_key

),

set_aside as (

    select * from {{ ref('int_set_aside') }}

),

-- Keys of which a side is known to have recorded something, but not when.
unknown_sides as (

    select
        roles.handoff_id,
        {{ match_key() | replace('milestones.', 'set_aside.') }} as match_key,
        bool_or(roles.role = 'sent') as is_sent_unknown,
        bool_or(roles.role = 'received') as is_received_unknown,
    from set_aside
    inner join roles
        on {{ plays_role() | replace('milestones.', 'set_aside.') }}
    group by all

),

-- Each transfer as it stood at the end of the day until which both sides tell of it.
paired as (

    select
        {{ moments_as_followed(['sent', 'received']) }},
        followed.organisation,
        followed.followed_until,
        followed.followed_at,
        followed.waits_for,
    from pairs
    inner join followed
        on
            pairs.handoff_id = followed.handoff_id
            and coalesce(pairs.sent_organisation, pairs.received_organisation)
            = followed.organisation

),

keyed as (

    select
        paired.* exclude (case_key, record_key),
        {{ key_of_pair('case_key') }} as case_key,
        {{ key_of_pair('record_key') }} as record_key,
        handoffs.subject as subject_type,
        handoffs.tolerance_hours,
        handoffs.population_dimension,
        handoffs.population_list,
        coalesce(
            (paired.sent_at is null and unknown_sides.is_sent_unknown)
            or (paired.received_at is null and unknown_sides.is_received_unknown),
            false
        ) as is_side_unknown,
    from paired
    inner join handoffs on paired.handoff_id = handoffs.handoff_id
    left join unknown_sides
        on
            paired.handoff_id = unknown_sides.handoff_id
            and paired.match_key = unknown_sides.match_key
    where paired.sent_at is not null or paired.received_at is not null

),

described as (

    select
        keyed.*,
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
        calendar.calendar_month as period_month,
        calendar.calendar_quarter as period_quarter,
        calendar.calendar_year as period_year,
        case keyed.population_dimension
            when 'route' then cases.route
            when 'entry_way' then cases.entry_way
        end as population_member,
    from keyed
    left join cases on keyed.case_key = cases.case_key
    left join records on keyed.record_key = records.record_key
    left join calendar
        on coalesce(keyed.sent_date, keyed.received_date) = calendar.calendar_date

),

in_population as (

    select * from described
    where
        population_dimension is null
        or population_member is null
        or list_contains(population_list, population_member)

),

compared as (

    select
        *,
        (epoch_us(received_at) - epoch_us(sent_at)) / 3600e6 as difference_hours,
        -- Least difference the two intervals allow; intervals that overlap may be equal.
        case
            when received_latest_at < sent_at
                then (epoch_us(received_latest_at) - epoch_us(sent_at)) / 3600e6
            when received_at > sent_latest_at
                then (epoch_us(received_at) - epoch_us(sent_latest_at)) / 3600e6
            when sent_at is not null and received_at is not null then 0
        end as least_difference_hours,
    from in_population

),

final as (

    select
        handoff_id,
        subject_type,
        match_key as subject_id,
        case_key,
        record_key,
        sent_at,
        received_at,
        -- Matched or not: what matched soon would count at once, and what will match late or never
        -- would not yet, so that the newest agreement would look the best. Its age is that of the
        -- moment that gives its period: received long before it was sent makes it no older.
        case
            when
                coalesce(sent_latest_at, received_latest_at)
                > followed_at - to_hours(cast(tolerance_hours as bigint))
                then 'in_transit'
            when is_side_unknown then 'side_unknown'
            -- Too late already; whether it never comes is not known as soon as it is late.
            when
                received_at is null
                and sent_latest_at > followed_at - to_hours(cast(2 * tolerance_hours as bigint))
                then 'out_of_tolerance'
            when received_at is null then 'sent_never_received'
            when sent_at is null then 'received_never_sent'
            when least_difference_hours < 0 then 'negative'
            when least_difference_hours > tolerance_hours then 'out_of_tolerance'
            else 'matched'
        end as status,
        difference_hours,
        period_month,
        period_quarter,
        period_year,
        coalesce(sent_date, received_date) as period_date,
        followed_until,
        waits_for,
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
    from compared

)

select * from final
