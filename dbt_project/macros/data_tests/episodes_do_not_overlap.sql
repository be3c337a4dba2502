{#- Nobody is in the system twice at the same time. -#}
{% test episodes_do_not_overlap(model) %}

select
    earlier.case_key,
    later.case_key as overlapping_case_key,
from {{ model }} as earlier
inner join {{ model }} as later
    on
        earlier.person_key = later.person_key
        and earlier.case_key <> later.case_key
        and earlier.designated_on <= later.designated_on
        and coalesce(earlier.exited_on > later.designated_on, true)

{% endtest %}
