{%- set lengths = [
    ('elapsed', 'unit', 'start', 'end'),
    ('elapsed_lower', 'unit', 'start_latest', 'end'),
    ('elapsed_upper', 'unit', 'start', 'end_latest'),
    ('norm_elapsed', 'norm_unit', 'start', 'end'),
    ('norm_elapsed_lower', 'norm_unit', 'start_latest', 'end'),
    ('norm_elapsed_upper', 'norm_unit', 'start', 'end_latest'),
] -%}
{%- set net_lengths = [
    ('net_elapsed', 'unit', 'start', 'net_end'),
    ('net_elapsed_lower', 'unit', 'start_latest', 'net_end'),
    ('net_elapsed_upper', 'unit', 'start', 'net_end_latest'),
    ('net_norm_elapsed', 'norm_unit', 'start', 'net_end'),
] -%}
with

pairs as (

    select
        *,
        followed_until as followed_date,
    from {{ ref('int_handoff_clocked') }}

),

timed as (

    select
        *,
        {% for name, unit, from_point, to_point in [
            ('followable', 'unit', 'start', 'followed'),
            ('norm_followable', 'norm_unit', 'start', 'followed'),
            ('norm_term', 'norm_unit', 'start_latest', 'followed'),
        ] + lengths -%}
        case when has_duration then {{ elapsed(unit, from_point, to_point) }} end as {{ name }},
        {% endfor -%}
        {% for name, unit, from_point, to_point in net_lengths -%}
        case
            when has_net_duration then {{ net_elapsed(unit, from_point, to_point) }}
        end as {{ name }},
        {% endfor -%}
        -- What stood still up to the end is not followed either.
        {% for unit, stem in [('unit', ''), ('norm_unit', 'norm_')] -%}
        {{ elapsed(unit, 'start', 'net_followed') }}
        - {{ elapsed(unit, 'start', 'net_end') }}
        + net_{{ stem }}elapsed as net_{{ stem }}followable,
        {% endfor -%}
        case
            when has_net_duration then net_elapsed < {{ elapsed('unit', 'start', 'net_end') }}
        end as is_paused,
    from pairs

),

-- Overlapping intervals can seem to end just before they start.
clamped as (

    select
        *,
        {% for name, unit, from_point, to_point in lengths + net_lengths -%}
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
        person_key,
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
        followed_until,
        waits_for,
        clock_side,
        case
            when widest_days = 0 then 'timestamp'
            when widest_days < 1.5 then 'day'
            when widest_days < 8 then 'week'
            else 'month'
        end as granularity,{{ handoff_dimensions() }}
    from clamped

)

select * from final
