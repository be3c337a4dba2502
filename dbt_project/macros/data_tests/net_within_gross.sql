{#-
    Without its pauses a length is never longer than with them nor shorter than nothing, and lies between
    its own bounds. Exact units are fractions: a rounding difference is none.
-#}
{% test net_within_gross(model) %}

select *
from {{ model }}
where
    net_duration is not null
    and not (
        0 <= net_duration_lower
        and net_duration_lower <= net_duration + 1e-9
        and net_duration <= net_duration_upper + 1e-9
        and net_duration <= duration + 1e-9
        and net_duration_lower <= duration_lower + 1e-9
        and net_duration_upper <= duration_upper + 1e-9
    )

{% endtest %}
