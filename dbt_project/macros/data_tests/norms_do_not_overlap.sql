{% test norms_do_not_overlap(model) %}

select
    earlier.norm_id,
    later.norm_id as overlapping_norm_id,
from {{ model }} as earlier
inner join {{ model }} as later
    on
        earlier.handoff_id = later.handoff_id
        and earlier.norm_id <> later.norm_id
        and earlier.valid_from <= later.valid_from
        and coalesce(earlier.valid_to, date '9999-12-31') >= later.valid_from

{% endtest %}
