"""What pages ask of the published file: one function per question.

Here: the questions.
Not here: opening the file (`publication`), what the figures mean or how they look.

Lengths of time come in the unit they are shown in (`units`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.publication import OF_PUBLICATION, Publication, read, rows_by
from pipelines.wording.questions import HANDOFFS, INDICATORS, POINTS
from pipelines.wording.rows import Row, records
from pipelines.wording.units import TYPICAL_MEDIANS, finer_units, in_finer_units
from pipelines.workbench.choice import Choice
from pipelines.workbench.cohort import COLUMNS

# The long contract without what is the same on every row, in doubles.
_RESULT = """
    select
        * exclude ("version", reference_date, known_at)
            replace (
                cast(numerator as double) as numerator, cast(denominator as double) as denominator,
                cast("value" as double) as "value", cast("lower" as double) as "lower",
                cast("upper" as double) as "upper", cast(n_at_risk as double) as n_at_risk
            )
    from result
"""

_MILESTONES = "select * from milestone order by milestone, organisation"
_QUALITIES = "select * from quality"

# Decimals, in which the parts add up exactly, as numbers to show.
_CHANGE = """
    select
        change.*
            replace (
                cast(old_value as double) as old_value, cast(new_value as double) as new_value,
                cast(difference as double) as difference,
                cast(part_definition as double) as part_definition,
                cast(part_late as double) as part_late,
                cast(part_correction as double) as part_correction,
                cast(part_merge as double) as part_merge,
                cast(part_period as double) as part_period,
                cast(part_joint as double) as part_joint
            ),
        dimension_member.label_nl as member_label_nl, dimension_member.label_en as member_label_en,
        dimension_member.sort_order
    from change
    left join dimension_member using (dimension, member)
"""
_NORMS = "select * from norm order by handoff_id, valid_from"
_THEME_SERIES = "select * from theme_series order by sort_order"
_MEMBERS = "select * from dimension_member order by dimension, sort_order"


def whole(publication: Publication, table: str) -> pd.DataFrame:
    """Return a small table as it was published; empty where the file has none."""
    return read(publication, f'from "{table}"') if publication.has(table) else pd.DataFrame()


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=OF_PUBLICATION)
def shown_units(publication: Publication) -> Mapping[str, str]:
    """Return the unit in which the lengths of an indicator are shown, where it is not its own."""
    return finer_units(read(publication, TYPICAL_MEDIANS))


def handoffs(publication: Publication) -> pd.DataFrame:
    """Return the hand-offs in their fixed order: phases by their first hand-off, then by id."""
    return read(publication, HANDOFFS)


def handoff(publication: Publication, handoff_id: str) -> Row:
    """Return one hand-off; empty when there is none of that id."""
    return _only(rows_by(publication, HANDOFFS, "handoff_id"), handoff_id)


def indicators(publication: Publication) -> pd.DataFrame:
    """Return the register, one row per indicator: its newest version."""
    return read(publication, INDICATORS)


def indicator(publication: Publication, identifier: str) -> Row:
    """Return the newest version of one indicator; empty when there is none of that name."""
    return _only(rows_by(publication, INDICATORS, "indicator"), identifier)


def _only(rows: Mapping[str, Sequence[Row]], key: str) -> Row:
    return dict(rows[key][0]) if key in rows else {}


def told_indicators(publication: Publication) -> frozenset[str]:
    """Return the indicators that have any figure of the whole country."""
    told = read(
        publication,
        """
        select distinct indicator
        from result
        where dimension = 'national' and status = 'ok'
        """,
    )
    return frozenset(told["indicator"])


def indicator_versions(publication: Publication) -> pd.DataFrame:
    """Return version and validity date of every version in the register, newest first."""
    return read(
        publication,
        """
        select indicator, "version", valid_from
        from indicator
        order by indicator, valid_from desc
        """,
    )


def norms(publication: Publication) -> pd.DataFrame:
    """Return the norm register, by hand-off and validity date."""
    return read(publication, _NORMS)


def norms_of(publication: Publication, handoff_id: str) -> Sequence[Row]:
    """Return the norms of one hand-off, by validity date."""
    return rows_by(publication, _NORMS, "handoff_id").get(handoff_id, ())


def members(publication: Publication) -> pd.DataFrame:
    """Return the members of every dimension in their fixed order."""
    return read(publication, _MEMBERS)


def members_of(publication: Publication, dimension: str) -> Sequence[Row]:
    """Return the members of one dimension in their fixed order."""
    return rows_by(publication, _MEMBERS, "dimension").get(dimension, ())


def organisations(publication: Publication) -> pd.DataFrame:
    """Return the organisations in their fixed order."""
    return read(publication, "select * from organisation order by sort_order")


def milestone(publication: Publication, name: str) -> Sequence[Row]:
    """Return the rows of one milestone: one per organisation that records it."""
    return rows_by(publication, _MILESTONES, "milestone").get(name, ())


def qualities(publication: Publication) -> pd.DataFrame:
    """Return the quality of the data under each indicator."""
    return read(publication, _QUALITIES)


def quality(publication: Publication, indicator: str) -> Row:
    """Return the quality of the data under one indicator; empty when it is not known."""
    return _only(rows_by(publication, _QUALITIES, "indicator"), indicator)


def national_results(
    publication: Publication, statistics: tuple[str, ...], *grains: str
) -> pd.DataFrame:
    """Return the national figures of all indicators for some statistics, in order of period."""
    return _read_shown(
        publication,
        f"""{_RESULT}
        where dimension = 'national' and list_contains($grains, period_grain)
            and list_contains($statistics, statistic)
        order by indicator, statistic, period
        """,
        {"grains": list(grains), "statistics": list(statistics)},
    )


def results_of(publication: Publication, indicator: str) -> pd.DataFrame:
    """Return every figure of one indicator, in order of period."""
    return _read_shown(
        publication,
        f"""{_RESULT}
        where indicator = $indicator
        order by statistic, "view", dimension, member, period
        """,
        {"indicator": indicator},
    )


def is_rounded(publication: Publication, indicator: str) -> bool:
    """Return whether the lengths of an indicator were rounded to whole units: protected ones."""
    return bool(_catalogued(publication, indicator))


def is_without_threshold(publication: Publication, indicator: str) -> bool:
    """Return whether small counts of an indicator are shown, rounded: of what should not occur."""
    return any(row["is_without_threshold"] for row in _catalogued(publication, indicator))


def _catalogued(publication: Publication, indicator: str) -> Sequence[Row]:
    """Return what the catalogue says of an indicator; nothing where nothing is protected."""
    if not publication.has("catalogue"):
        return ()
    lines = "select distinct indicator, is_without_threshold from catalogue"
    return rows_by(publication, lines, "indicator").get(indicator, ())


def signals(publication: Publication) -> pd.DataFrame:
    """Return what the charts say of the last point of every series; none where none is made."""
    if not publication.has("signal"):
        return pd.DataFrame(columns=["indicator", "series_id"])
    return _read_shown(publication, "select * from signal order by discussion_rank, rowid")


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=OF_PUBLICATION)
def signals_by_indicator(publication: Publication) -> Mapping[str, Sequence[Row]]:
    """Return the same by indicator, for who looks one up; nobody changes them."""
    found: dict[str, list[Row]] = {}
    for row in records(signals(publication)):
        found.setdefault(str(row["indicator"]), []).append(row)
    return found


def signal_points(publication: Publication, series_id: str) -> pd.DataFrame:
    """Return the points and limits of one charted series, in order of period."""
    return _read_shown(publication, POINTS, {"series_id": series_id})


def listed_points(publication: Publication) -> pd.DataFrame:
    """Return the points and limits of every series an item of the list is told by, in order."""
    return _read_shown(
        publication,
        """
        select signal_point.*, listed.indicator, listed.unit
        from signal_point
        inner join (
            select distinct series_id, indicator, unit from signal
            where discussion_rank is not null
        ) as listed using (series_id)
        order by series_id, "position"
        """,
    )


def listed_cases(publication: Publication) -> pd.DataFrame:
    """Return the cases under every figure of those series, where they have a number of cases."""
    return read(
        publication,
        """
        select listed.series_id, result.period, cast(result.denominator as double) as n_cases
        from result
        inner join (
            select distinct
                series_id, indicator, statistic, "view", side, period_grain, dimension, member
            from signal
            where discussion_rank is not null
        ) as listed using (indicator, statistic, "view", side, dimension, member)
        where result.clock = 'gross' and result.denominator is not null
            and (
                listed.period_grain = result.period_grain
                or (listed.period_grain = 'as_shown' and result.period_grain not like 'rolling%')
            )
        order by listed.series_id, result.period
        """,
    )


def listings(publication: Publication) -> pd.DataFrame:
    """Return since when each item of the list stands there; none where that is not told."""
    if not publication.has("listing"):
        return pd.DataFrame(columns=["item", "listed_since", "is_since_known"])
    return read(publication, "from listing order by item")


def funnels(publication: Publication, indicator: str) -> pd.DataFrame:
    """Return the limits of the members of an indicator around the national value."""
    if not publication.has("funnel"):
        return pd.DataFrame(columns=["statistic", "view", "dimension", "period", "side", "member"])
    return read(
        publication,
        "select * from funnel where indicator = $indicator",
        {"indicator": indicator},
    )


def rebases(publication: Publication) -> pd.DataFrame:
    """Return the explained step changes at which series begin anew, by day."""
    if not publication.has("rebase"):
        return pd.DataFrame(columns=["day", "handoff_id", "indicator", "note"])
    return read(publication, "select * from rebase order by day, record_key")


def theme_series(publication: Publication) -> pd.DataFrame:
    """Return the series of themes in the order of the codebook; none where there are none."""
    if not publication.has("theme_series"):
        return pd.DataFrame(columns=["series", "indicator", "comparable_group"])
    return read(publication, _THEME_SERIES)


def theme_of(publication: Publication, indicator: str) -> Row:
    """Return the series of themes an indicator counts; empty when it counts none."""
    if not publication.has("theme_series"):
        return {}
    return _only(rows_by(publication, _THEME_SERIES, "indicator"), indicator)


def themes(publication: Publication) -> pd.DataFrame:
    """Return every definition of the codebook, in the order written."""
    return read(publication, "select * from theme order by rowid")


def theme_mappings(publication: Publication) -> pd.DataFrame:
    """Return which theme went over into which, by version."""
    return read(publication, 'select * from theme_mapping order by "version", rowid')


def theme_agreement(publication: Publication) -> pd.DataFrame:
    """Return the agreement of both coders per series."""
    if not publication.has("theme_agreement"):
        return pd.DataFrame(columns=["series"])
    return read(publication, "select * from theme_agreement")


def theme_courses(publication: Publication) -> pd.DataFrame:
    """Return whether each theme emerges or fades, and on what that rests."""
    if not publication.has("theme_course"):
        return pd.DataFrame(columns=["series", "indicator"])
    return read(publication, "select * from theme_course")


def theme_pairs(publication: Publication) -> pd.DataFrame:
    """Return how often two themes were found together, over all evaluations."""
    if not publication.has("theme_cooccurrence"):
        return pd.DataFrame(columns=["first", "second"])
    return read(publication, "select * from theme_cooccurrence where period_grain = 'all'")


def themes_at(publication: Publication, handoff_id: str) -> pd.DataFrame:
    """Return the yearly prevalence of every theme at one hand-off."""
    return read(
        publication,
        f"""{_RESULT}
        where dimension = 'handoff_id' and member = $handoff and period_grain = 'year'
        order by indicator, period
        """,
        {"handoff": handoff_id},
    )


def experiences(publication: Publication) -> pd.DataFrame:
    """Return the answers of all waves: per question and group, in order of category."""
    return read(
        publication,
        """
        select *, cast("low" as integer) as low_category, cast("high" as integer) as high_category
        from experience_result
        order by wave, question, respondent_group, statistic, "low"
        """,
    )


def delivery_months(publication: Publication) -> pd.DataFrame:
    """Return how the deliveries of each organisation and month fared: the worst, and on time."""
    return read(
        publication,
        """
        select organisation, reference_date, status, on_time_pct from delivery_month
        order by organisation, reference_date
        """,
    )


def deliveries(publication: Publication) -> pd.DataFrame:
    """Return the deliveries themselves, the highest version of each; none but for researchers."""
    if not publication.has("delivery"):
        return pd.DataFrame()
    return read(
        publication,
        """
        select organisation, table_name, reference_date, "version", status, due_on,
            "rows" as n_rows, rows_quarantined
        from delivery
        qualify row_number() over (
            partition by organisation, table_name, reference_date order by "version" desc
        ) = 1
        order by organisation, table_name, reference_date
        """,
    )


def finding_months(publication: Publication) -> pd.DataFrame:
    """Return what was found in the data of each organisation and month, the newest first."""
    return read(
        publication,
        """
        select organisation, reference_date, severity, reason_nl, reason_en, state, is_resolved
        from finding_month
        order by reference_date desc, organisation, severity, reason_nl
        """,
    )


def findings(publication: Publication) -> pd.DataFrame:
    """Return the findings of every delivery, the newest first; none but for researchers."""
    if not publication.has("finding"):
        return pd.DataFrame()
    return read(
        publication,
        """
        select organisation, table_name, reference_date, "version", "rule", severity, column_name,
            n_rows, n_total, reason_nl, reason_en, state, is_resolved
        from finding
        order by reference_date desc, organisation, table_name, "rule"
        """,
    )


def linkage_shares(publication: Publication) -> pd.DataFrame:
    """Return which part of the pseudonyms of one supplier occurs with another."""
    return read(
        publication,
        """
        select key_kind, organisation_a, organisation_b, linked_pct from linkage_share
        order by key_kind, organisation_a, organisation_b
        """,
    )


def linkage(publication: Publication) -> pd.DataFrame:
    """Return the same counted, and of each table; none but for researchers."""
    if not publication.has("linkage"):
        return pd.DataFrame(columns=["key_kind"])
    return read(
        publication,
        """
        select key_kind, "level", organisation_a, table_a, organisation_b, table_b, n_keys, n_linked
        from linkage
        order by key_kind, "level", organisation_a, table_a, organisation_b, table_b
        """,
    )


def registration_shares(publication: Publication) -> pd.DataFrame:
    """Return which organisations delivered at once what happened in the last twelve months."""
    if not publication.has("registration_share"):
        return pd.DataFrame()
    return read(
        publication,
        """
        select organisation, is_at_once, at_once_pct, median_lag_days from registration_share
        order by organisation
        """,
    )


def registration(publication: Publication) -> pd.DataFrame:
    """Return how soon what happened each month was delivered, by table; only for researchers."""
    if not publication.has("registration"):
        return pd.DataFrame()
    return read(
        publication,
        """
        select organisation, table_name, period, n_events, n_first_due, median_lag_days
        from registration
        order by period desc, organisation, table_name
        """,
    )


def suspected_double_counts(publication: Publication) -> pd.DataFrame:
    """Return how many pairs of pseudonyms may be one, by ground; none but for researchers."""
    if not publication.has("suspected_double_count"):
        return pd.DataFrame()
    return read(
        publication, "select key_kind, ground, n_pairs from suspected_double_count order by all"
    )


def suspected_doubles(publication: Publication) -> pd.DataFrame:
    """Return the pairs themselves; none where the audience may not see rows."""
    if not publication.has("suspected_double"):
        return pd.DataFrame()
    return read(
        publication,
        "select key_a, key_b, ground, place from suspected_double order by ground, key_a, key_b",
    )


def data_dictionary(publication: Publication) -> pd.DataFrame:
    """Return what every column means: of the file's own tables, then of the delivered ones."""
    return read(
        publication,
        """
        select * from data_dictionary
        order by layer = 'delivered', table_name, "position"
        """,
    )


def n_rows(publication: Publication, table: str) -> int:
    """Return the number of rows of a table of the file."""
    counted = read(
        publication, "select n_rows from table_hash where table_name = $table", {"table": table}
    )
    return int(counted["n_rows"].iloc[0])


def decision_rows(publication: Publication, table: str) -> pd.DataFrame:
    """Return the rows of `decision` or `decision_revision`, in order of number and revision."""
    # As milliseconds: moments with a zone would need one more library to read.
    moments = {"decision": "recorded_at, first_recorded_at", "decision_revision": "recorded_at"}
    return read(
        publication,
        f"""
        select * exclude ({moments[table]}), epoch_ms(recorded_at) as recorded_at_ms
        from {table}
        order by record_key, revision
        """,
    )


def recommendations(publication: Publication) -> pd.DataFrame:
    """Return the recommendations with their latest state, newest first."""
    return read(publication, "select * from recommendation order by issued_on desc, record_key")


def recommendation_states(publication: Publication, record_key: str) -> pd.DataFrame:
    """Return the history of one recommendation, oldest state first."""
    return read(
        publication,
        "select * from recommendation_state where record_key = $record_key order by state_number",
        {"record_key": record_key},
    )


def effects(publication: Publication) -> pd.DataFrame:
    """Return whether what each recommendation and decision aims at moved after it."""
    if not publication.has("effect"):
        return pd.DataFrame(columns=["subject", "record_key", "aim", "answer"])
    return _read_shown(publication, "select * from effect order by subject, record_key, aim")


def change_basis(publication: Publication) -> pd.DataFrame:
    """Return since which publication changes are told, and whether they are explained."""
    return read(publication, "select * exclude (previous_known_at) from change_basis")


def change_factors(publication: Publication) -> pd.DataFrame:
    """Return what was exchanged between the two publications, in order."""
    return read(publication, "select * from change_factor order by position")


def change_counts(publication: Publication) -> pd.DataFrame:
    """Return how many figures changed, per kind of change."""
    return read(publication, "select kind, count(*) as n from change group by kind order by kind")


def changes_of(publication: Publication, indicator: str) -> pd.DataFrame:
    """Return the changes of one indicator, the newest period first, members in fixed order."""
    return _read_shown(
        publication,
        f"""{_CHANGE}
        where indicator = $indicator
        order by period desc, period_grain, statistic, "view", dimension, sort_order
        """,
        {"indicator": indicator},
    )


def national_changes(publication: Publication) -> pd.DataFrame:
    """Return the changes of national figures of all indicators, in order of period."""
    return _read_shown(
        publication,
        f"""{_CHANGE}
        where change.dimension = 'national'
        order by indicator, statistic, "view", period
        """,
    )


def start_periods(publication: Publication, handoff_id: str) -> pd.DataFrame:
    """Return the months in which a hand-off began, with their quarter and year, newest first."""
    return read(
        publication,
        """
        select distinct start_year, start_quarter, start_month from fct_handoff
        where handoff_id = $handoff and start_month is not null
        order by start_month desc
        """,
        {"handoff": handoff_id},
    )


def typical_length(publication: Publication, handoff_id: str) -> float | None:
    """Return the median of what a hand-off ever completed, which sets its horizon."""
    found = read(
        publication,
        """
        select median(duration) as typical from fct_handoff
        where handoff_id = $handoff and status = 'completed' and duration is not null
        """,
        {"handoff": handoff_id},
    )["typical"].iloc[0]
    return None if pd.isna(found) else float(found)


def chosen_rows(publication: Publication, choice: Choice) -> pd.DataFrame:
    """Return what the figures of a chosen cohort rest on, one row per hand-off."""
    condition, parameters = choice.condition()
    columns = ", ".join(COLUMNS)
    return read(publication, f"select {columns} from fct_handoff where {condition}", parameters)


def chosen_events(publication: Publication, choice: Choice, *, is_whole: bool) -> pd.DataFrame:
    """Return the events of the cases of a chosen cohort, by case and then as they happened.

    Args:
        publication: The publication.
        choice: The cohort.
        is_whole: All of a case; else what happens from the start of the hand-off until its end.
    """
    condition, parameters = choice.condition()
    within = (
        ""
        if is_whole
        else """
            and "time:timestamp" between started_at
                and coalesce(stopped_at, competing_at, timestamptz 'infinity')"""
    )
    return read(
        publication,
        f"""
        select "case:concept:name", "concept:name", "time:timestamp"::timestamp as "time:timestamp"
        from event_log as event
        semi join fct_handoff on case_key = "case:concept:name" and {condition} {within}
        order by "case:concept:name", "time:timestamp", "concept:name", event.record_key
        """,
        parameters,
    )


def chosen_of(
    choices: Mapping[str, Choice], status: str = "", columns: Sequence[str] = ()
) -> tuple[str, dict[str, Any]]:
    """Return the question that gives all rows of chosen cohorts in a fixed order.

    Args:
        choices: Cohorts by name, which each row tells in its column `cohort`.
        status: Only rows of that status; all when empty.
        columns: Of `fct_handoff`, beside `cohort`; all when none is named.
    """
    wanted = ", ".join(f'"{column}"' for column in ("cohort", *columns)) if columns else "*"
    parts: list[str] = []
    parameters: dict[str, Any] = {}
    for name, choice in choices.items():
        condition, own = choice.condition(prefix=f"{name}_")
        parameters |= own
        parts.append(f"select '{name}' as cohort, * from fct_handoff where {condition}")
    only = ""
    if status:
        only, parameters["status"] = "where status = $status", status
    return (
        f"select {wanted} from ({' union all '.join(parts)}) {only} "
        "order by cohort, started_at, subject_id, record_key, occurrence_number"
    ), parameters


def chosen_number(publication: Publication, choices: Mapping[str, Choice], status: str) -> int:
    """Return how many rows chosen cohorts have, of that status; all when empty."""
    statuses = [chosen_rows(publication, choice)["status"] for choice in choices.values()]
    return sum(int((own == status).sum()) if status else len(own) for own in statuses)


def chosen_page(
    publication: Publication,
    choices: Mapping[str, Choice],
    status: str,
    columns: Sequence[str],
    *,
    first: int,
    size: int,
) -> pd.DataFrame:
    """Return some columns of a page of the rows of chosen cohorts."""
    query, parameters = chosen_of(choices, status, columns)
    return read(publication, f"{query} limit {size:d} offset {first:d}", parameters)


def _read_shown(
    publication: Publication, sql: str, parameters: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """The same, for rows with `indicator` and `unit`: lengths in the unit they are shown in."""
    return in_finer_units(read(publication, sql, parameters), shown_units(publication))
