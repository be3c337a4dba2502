with

authorities as (

    select * from {{ ref('fct_authority') }}

),

local_measures as (

    select * from {{ ref('fct_measure') }}
    where domain = 'lokaal' and started_on is not null

),

months as (

    {{ month_ends() }}

),

with_two as (

    select distinct
        months.*,
        authorities.person_key,
        authorities.entry_way,
        authorities.phenomenon,
        authorities.parket,
    from authorities
    inner join local_measures on authorities.person_key = local_measures.person_key
    inner join months
        on
            authorities.designated_on < months.month_end
            and coalesce(authorities.exited_on >= months.month_end, true)
            and local_measures.started_on <= months.month_end
            and coalesce(local_measures.ended_on >= months.month_end, true)

),

with_none as (

    select distinct
        months.*,
        authorities.person_key,
        authorities.entry_way,
        authorities.phenomenon,
        authorities.parket,
    from authorities
    inner join months
        on
            (
                authorities.first_central_measure_on <= months.month_end
                and authorities.designated_on > months.month_end
            )
            or (
                authorities.returned_on < months.month_end
                and coalesce(authorities.accepted_on > months.month_end, true)
            )

),

persons as (

    select
        *,
        1 as persons_with_two,
        0 as persons_with_none,
    from with_two
    union all
    select
        *,
        0 as persons_with_two,
        1 as persons_with_none,
    from with_none
    union all
    -- That there is nobody is a fact of every month since the first designation.
    select
        *,
        null as person_key,
        null as entry_way,
        null as phenomenon,
        null as parket,
        0 as persons_with_two,
        0 as persons_with_none,
    from months
    where month_end >= (select min(designated_on) from authorities)

),

final as (

    select
        month_end,
        is_quarter_end,
        is_year_end,
        entry_way,
        phenomenon,
        parket,
        cast(sum(persons_with_two) as bigint) as persons_with_two,
        cast(sum(persons_with_none) as bigint) as persons_with_none,
    from persons
    group by all

)

select * from final
