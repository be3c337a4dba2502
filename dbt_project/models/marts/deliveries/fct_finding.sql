with

at_the_door as (

    select * from {{ ref('int_finding_at_the_door') }}

),

-- What is found in the state of a table, whatever delivery brought it.
in_the_state as (

    select * from {{ ref('int_finding_in_handoffs') }}
    {%- if is_built_in_chain() %}
    union all by name
    select * from {{ ref('int_finding_in_steps') }}
    {%- endif %}

),

handoffs as (

    select * from {{ ref('dim_handoff') }}

),

-- It is told of the delivery that made that state.
delivery_used as (

    select
        organisation,
        table_name,
        max(reference_date) as reference_date,
        arg_max(version, reference_date) as version,
    from {{ source('monitor', 'delivery') }}
    where is_used
    group by organisation, table_name

),

told as (

    select
        in_the_state.organisation,
        in_the_state.table_name,
        delivery_used.reference_date,
        delivery_used.version,
        in_the_state.rule,
        'warning' as severity,
        in_the_state.column_name,
        in_the_state.n_rows,
        in_the_state.n_total,
        {{ reason_of_rule('in_the_state.rule', 'handoffs.label_nl', 'nl') }} as reason_nl,
        {{ reason_of_rule('in_the_state.rule', 'handoffs.label_en', 'en') }} as reason_en,
    from in_the_state
    inner join delivery_used
        on
            in_the_state.organisation = delivery_used.organisation
            and in_the_state.table_name = delivery_used.table_name
    left join handoffs on in_the_state.handoff_id = handoffs.handoff_id

),

final as (

    select * from at_the_door
    union all by name
    select * from told

)

select * from final
