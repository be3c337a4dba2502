with

designations as (

    select * from {{ ref('fct_designation') }}

),

months as (

    {{ month_ends() }}

),

-- Somebody with two designations at once is one person: the first designation counts.
present as (

    select
        months.month_end,
        months.is_quarter_end,
        months.is_year_end,
        designations.entry_way,
        designations.phenomenon,
        designations.parket,
        designations.family_members,
    from designations
    inner join months
        on
            designations.designated_on <= months.month_end
            and (designations.exited_on is null or designations.exited_on > months.month_end)
    qualify
        row_number() over (
            partition by months.month_end, designations.person_key
            order by designations.designated_on, designations.case_key
        ) = 1

),

final as (

    select
        month_end,
        is_quarter_end,
        is_year_end,
        entry_way,
        phenomenon,
        parket,
        count(*) as persons,
        cast(sum(family_members) as bigint) as family_members,
    from present
    group by all

)

select * from final
