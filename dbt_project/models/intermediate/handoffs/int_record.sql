{% if is_built_in_chain() -%}

with

products as (

    {% for organisation in ['politie', 'kmar', 'aivd', 'mivd'] -%}
    select
        record_key,
        product,
        domain,
    from {{ source(organisation, 'product') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

measures as (

    select
        record_key,
        category,
        executor,
    from {{ source('lcc', 'maatregel') }}
    union all
    select
        record_key,
        category,
        null as executor,
    from {{ source('om', 'maatregel') }}

),

escalations as (

    {% for organisation in ['om', 'nctv'] -%}
    select
        record_key,
        escalation_step,
    from {{ source(organisation, 'escalatie') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

mayors as (

    select
        record_key,
        scenario,
    from {{ source('nctv', 'burgemeester') }}

),

attributes as (

    select * from products
    union all by name
    select * from measures
    union all by name
    select * from escalations
    union all by name
    select * from mayors

),

final as (

    select
        record_key,
        min(product) as product,
        min(domain) as domain,
        min(category) as category,
        min(executor) as executor,
        min(escalation_step) as escalation_step,
        min(scenario) as scenario,
    from attributes
    where record_key is not null
    group by record_key

)

{%- else -%}

with

final as (

    select
        cast(null as varchar) as record_key,{{ no_handoff_dimensions('record') }}
    where false

)

{%- endif %}

select * from final
