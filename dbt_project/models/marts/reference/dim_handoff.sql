with

handoffs as (

    select * from {{ ref('handoffs') }}

),

organisations as (

    select * from {{ ref('organisations') }}

),

followed as (

    select * from {{ ref('int_followed') }}
    where part = 'clock' and organisation is null

),

{% for side in ['from', 'to'] -%}
{{ side }}_named as (

    select
        handoff_id,
        unnest(string_split({{ side }}_organisation, '|')) as organisation,
        generate_subscripts(string_split({{ side }}_organisation, '|'), 1) as position,
    from handoffs

),

{{ side }}_labels as (

    select
        {{ side }}_named.handoff_id,
        string_agg(
            coalesce(organisations.label_nl, {{ side }}_named.organisation), ' / '
            order by {{ side }}_named.position
        ) as label_nl,
        string_agg(
            coalesce(organisations.label_en, {{ side }}_named.organisation), ' / '
            order by {{ side }}_named.position
        ) as label_en,
    from {{ side }}_named
    left join organisations on {{ side }}_named.organisation = organisations.organisation
    group by {{ side }}_named.handoff_id

),

{% endfor -%}

final as (

    select
        handoffs.*,
        from_labels.label_nl as from_label_nl,
        from_labels.label_en as from_label_en,
        to_labels.label_nl as to_label_nl,
        to_labels.label_en as to_label_en,
        followed.followed_until,
        followed.waits_for,
    from handoffs
    left join from_labels on handoffs.handoff_id = from_labels.handoff_id
    left join to_labels on handoffs.handoff_id = to_labels.handoff_id
    left join followed on handoffs.handoff_id = followed.handoff_id

)

select * from final
