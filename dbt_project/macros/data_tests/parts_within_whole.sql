{#- A share counts part of a whole: never less than nothing or more than all. -#}
{% test parts_within_whole(model) %}

select *
from {{ model }}
where
    denominator is not null
    and statistic <> 'rate'
    and (numerator < 0 or numerator > denominator)

{% endtest %}
