"""Designations: who comes in, who is there, who goes out, and under whose authority.

Here: entries on designations, the stock of persons, person-time, and authority.
Not here: how long it takes to phase out (`incidence`).
"""

from tests.bench.plain_counts.cells import (
    count_cells,
    local_day,
    month,
    months,
    number,
    rate,
    share,
    stock,
    today,
)
from tests.bench.plain_handoffs import Plain

_MEMBERS = "entry_way, phenomenon, parket"


def write(plain: Plain) -> None:
    """Write `plain.designation`: one row per case with all that followed; needs `plain.measure`."""
    known = today(plain)
    plain.connection.execute(
        f"""
        create or replace table plain.designation as
        with complete as (
            select case_key, {local_day("min(dossier_complete_at)")} as dossier_complete_on
            from raw.nctv_dossier where dossier_complete_at < {plain.reference}
            group by case_key
        ),
        confirmed as (
            select case_key, min(return_referral_received_at) as confirmed_on
            from raw.politie_basisteam where return_referral_received_at <= {known}
            group by case_key
        ),
        evaluated as (
            select case_key, min(evaluation_held_at) as evaluated_on
            from raw.kc_evaluatie
            where occasion = 'afsluiting' and evaluation_held_at <= {known}
            group by case_key
        ),
        started as (
            select case_key, min(started_on) as first_measure_on
            from plain.measure where is_central group by case_key
        ),
        returned as (
            select case_key, authority_returned_at as returned_on
            from raw.nctv_terugverwijzing where authority_returned_at <= {known}
        ),
        accepted as (
            select case_key, authority_accepted_at as accepted_on
            from raw.om_casus where authority_accepted_at <= {known}
        )
        select a.case_key, a.person_key, a.entry_way, c.phenomenon, c.parket,
            a.designated_at as designated_on, a.family_members,
            a.family_designated_at as family_designated_on,
            case when a.exited_at <= {known} then a.exited_at end as exited_on,
            case when a.exited_at <= {known} then a.exit_kind end as exit_kind,
            dossier_complete_on, confirmed_on, evaluated_on, first_measure_on, returned_on,
            accepted_on
        from raw.nctv_aanwijzing a
        left join plain.of_case c using (case_key)
        left join complete using (case_key)
        left join confirmed using (case_key)
        left join evaluated using (case_key)
        left join started using (case_key)
        left join returned using (case_key)
        left join accepted using (case_key)
        where a.designated_at <= {known}
        """
    )


def count(plain: Plain) -> None:
    """Add the cells of this chapter."""
    _coming_in(plain)
    _going_out(plain)
    _persons(plain)
    _person_time(plain)
    _authority(plain)


def _within(event: str, day: str, n_months: int, plain: Plain, where: str = "true") -> str:
    """Whether something followed in time, once the whole window is over."""
    end = f"{day} + interval {n_months} month"
    return f"""case when {where} and {end} <= {today(plain)}
        then coalesce({event} <= {end}, false) end"""


def _coming_in(plain: Plain) -> None:
    is_emergency = "entry_way = 'buiten_triage'"
    dossier = _within("dossier_complete_on", "designated_on", 3, plain, is_emergency)
    # Who has a local measure running from the day after the designation on.
    count_cells(
        plain,
        f"""
        select *, first_measure_on < designated_on as is_early,
            case_key in (select case_key from ({_two_authorities(plain)})) as has_two
        from plain.designation
        """,
        "designated_on",
        [
            number("inflow", "true", "entry_way", "phenomenon", "parket"),
            share(
                "emergency_designation_share",
                f"case when entry_way in ('triage', 'buiten_triage') then {is_emergency} end",
                "parket",
                "phenomenon",
            ),
            share("emergency_dossier_share", dossier, "parket"),
            share(
                "family_same_day_share",
                "case when family_members > 0 "
                "then coalesce(family_designated_on = designated_on, false) end",
                "parket",
                "phenomenon",
            ),
            share(
                "single_authority_share",
                "not has_two and not coalesce(is_early, false)",
                "parket",
                "entry_way",
            ),
        ],
    )


def _going_out(plain: Plain) -> None:
    referred = "exit_kind = 'afbouw' and entry_way in ('triage', 'buiten_triage', 'transitie')"
    # Only a complete window can say that somebody did not come back.
    window = f"e.exited_on + interval 12 month <= {today(plain)}"
    count_cells(
        plain,
        f"""
        with back as (
            select distinct e.case_key from plain.designation e
            inner join plain.designation l on e.person_key = l.person_key
                and e.case_key <> l.case_key
                and l.designated_on between e.exited_on and e.exited_on + interval 12 month
            where {window}
        )
        select e.*, case when {window} then back.case_key is not null end as is_back
        from plain.designation e left join back using (case_key)
        """,
        "exited_on",
        [
            number("outflow", "true", "exit_kind", "entry_way", "phenomenon"),
            share(
                "evaluation_share",
                _within("evaluated_on", "exited_on", 6, plain),
                "entry_way",
                "phenomenon",
            ),
            share(
                "referral_confirmed_share",
                _within("confirmed_on", "exited_on", 3, plain, referred),
                "parket",
                "entry_way",
            ),
            share("re_entry_12m_share", "is_back", "entry_way", "phenomenon", "parket"),
        ],
    )


def _persons(plain: Plain) -> None:
    """Somebody with two designations at once counts by the first: from when earlier ones end."""
    after = f"{today(plain)} + 1"
    count_cells(
        plain,
        f"""
        with counted as (
            select {_MEMBERS}, family_members, exited_on, greatest(designated_on, max(
                coalesce(exited_on, date '9999-12-31')
            ) over (
                partition by person_key order by designated_on, case_key
                rows between unbounded preceding and 1 preceding
            )) as counted_on
            from plain.designation
        ),
        alike as (
            select {_MEMBERS}, {month("counted_on")} as first,
                {month(f"coalesce(exited_on, {after})")} as after,
                count(*) as n, sum(family_members) as n_family
            from counted group by all
        )
        select {months("first", "after")} as month, * from alike
        """,
        "month",
        [
            stock("stock_persons", "n", "entry_way", "phenomenon", "parket"),
            stock("stock_family_members", "n_family", "entry_way", "phenomenon", "parket"),
        ],
    )


def _person_time(plain: Plain) -> None:
    """Days at risk of a month: the day of the start does not count yet, that of the exit does."""
    known = today(plain)
    after = f"coalesce(end_on, {known}) + interval 1 month"
    count_cells(
        plain,
        f"""
        with alike as (
            select {_MEMBERS}, first_measure_on as start_on, exited_on as end_on,
                exit_kind = 'afbouw' as is_phased_out, count(*) as n
            from plain.designation
            where entry_way <> 'limitatieve_lijst_1' and first_measure_on is not null
                and coalesce(exited_on >= first_measure_on, true)
            group by all
        ),
        monthly as (
            select *, {months("start_on", after)} as month,
                least(last_day(month), {known}) as month_end
            from alike
        )
        select {_MEMBERS}, month,
            n * (least(month_end, coalesce(end_on, month_end))
                - greatest(month - 1, start_on)) / 36525 as hundred_person_years,
            case when is_phased_out and end_on between month and month_end then n else 0 end
                as phase_outs
        from monthly
        """,
        "month",
        [rate("phase_out_rate", "phase_outs", "hundred_person_years",
              "entry_way", "phenomenon", "parket")],
    )  # fmt: skip


def _two_authorities(plain: Plain) -> str:
    """Local measures of somebody NCTV has authority over: from the day after the designation."""
    known = today(plain)
    return f"""
        select d.case_key, d.person_key, {", ".join(f"d.{one}" for one in _MEMBERS.split(", "))},
            greatest(designated_on + 1, started_on) as from_on,
            least(coalesce(exited_on, {known}), coalesce(ended_on, {known})) as until_on
        from plain.designation d inner join plain.measure m using (person_key)
        where not is_central and started_on is not null and from_on <= until_on"""


def _authority(plain: Plain) -> None:
    known = today(plain)
    refused = f"""case when returned_on + 30 <= {known}
        then coalesce(accepted_on > returned_on + 30, true) end"""
    count_cells(
        plain,
        "from plain.designation",
        "returned_on",
        [share("authority_unaccepted_share", refused, "parket")],
    )
    count_cells(
        plain,
        f"""
        with without as (
            select {months("first_measure_on", "designated_on")} as month, person_key, {_MEMBERS}
            from plain.designation
            union
            select {months("returned_on + 1", f"coalesce(accepted_on, {known} + 1)")} as month,
                person_key, {_MEMBERS}
            from plain.designation where returned_on is not null
        ),
        doubled as (
            select distinct {months("from_on", "until_on + 1")} as month, person_key, {_MEMBERS}
            from ({_two_authorities(plain)})
        )
        select month, {_MEMBERS}, 0 as n_two, 1 as n_none from without
        union all
        select month, {_MEMBERS}, 1, 0 from doubled
        """,
        "month",
        [
            stock("persons_with_two_authorities", "n_two", "parket"),
            stock("persons_without_authority", "n_none", "parket"),
        ],
        since="select min(designated_on) from plain.designation",
    )
