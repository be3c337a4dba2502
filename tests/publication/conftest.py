"""A warehouse just large enough to publish from, written by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.build import BuildDates
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.publish import Candidate, promote, write_candidate
from pipelines.settings import Settings
from pipelines.signals.background import read_background, rebase_frame
from pipelines.signals.charted import signals_of
from pipelines.signals.tables import write_signals
from pipelines.warehouse import open_warehouse
from tests.publication.protected_once import protected_once

DATES = BuildDates("2026-10-31", datetime(2026, 11, 20, 12, tzinfo=UTC))

# What every entry of the register says beside its rules.
DEFINITION = (
    "date '2026-01-01' as valid_from, 'Maat' as label_nl, 'Measure' as label_en, "
    "'Hoe lang?' as question_nl, 'How long?' as question_en, 'Kenniscentrum' as owner, "
    "'methodoloog' as checker, date '2027-01-01' as next_review"
)

# Thirty cases a month from 2025 on, two a month in the third quarter of 2026; of Limburg a few.
RESULT = """
create table indicators.indicator_results as
with months as (
    select year, month, if(year = 2026 and month > 6, 2, 30) as n
    from unnest([2025, 2026]) as of(year), unnest(range(1, 13)) as in_it(month)
    where year = 2025 or month < 10
),
cells as (
    select 'month' as period_grain, printf('%d-%02d', year, month) as period, n from months
    union all
    select 'quarter', printf('%d-Q%d', year, (month + 2) // 3), sum(n) from months group by all
    union all
    select 'year', year::varchar, sum(n) from months group by all
),
figure as (
    select 'median' as statistic, * exclude (n), 'national' as dimension, 'national' as member,
        n - 1.0 as numerator, n as denominator, 12.4 as value, 10.0 as lower, 15.0 as upper
    from cells
    union all
    select 'share_within_norm', * exclude (n), 'national', 'national', n * 2 / 3, n, 2 / 3, 0.5, 0.8
    from cells
    union all
    select 'median', 'quarter', period, 'parket', 'limburg', 3.0, 4.0, 9.0, 4.0, 14.0
    from cells where period_grain = 'quarter'
)
select 'triage_lead_time' as indicator, '1' as version, statistic, 'cohort' as view,
    'gross' as clock, 'sender' as side, if(statistic = 'median', 'calendar_days', 'share') as unit,
    period_grain, period, dimension, member, numerator::double as numerator,
    denominator::double as denominator, value::double as value, lower::double as lower,
    upper::double as upper, null::double as provisional_lower, null::double as provisional_upper,
    denominator / 2::double as n_at_risk, 'ok' as status, '2026-10-31' as reference_date,
    timestamptz '2026-11-20 12:00:00+00' as known_at
from figure
"""


def write_charts(connection: duckdb.DuckDBPyConnection) -> None:
    """Chart the figures of the warehouse as a build does."""
    rebases = rebase_frame(connection)
    connection.register("rebases", rebases)
    connection.execute("create table indicators.rebase as select * from rebases")
    results = connection.execute("select * from indicators.indicator_results").df()
    charts = signals_of(results, read_background(connection, DATES.day))
    write_signals(connection, "indicators", charts)


@pytest.fixture(autouse=True)
def _protected_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.publication.figures.protect", protected_once)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty home folder."""
    return replace(Settings(), home=tmp_path / "home")


def publish(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    audience: str = "platform",
    dates: BuildDates = DATES,
) -> Candidate:
    """Write the file of an audience and make it the current one, whatever the door out says."""
    candidate = write_candidate(warehouse, settings, AUDIENCES[audience], dates)
    promote(settings, audience, candidate.publication_id)
    return candidate


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with figures of one hand-off, and one simulated case."""
    with filled_warehouse(settings) as connection:
        yield connection


@contextmanager
def filled_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same, for who needs it outside a test."""
    with open_warehouse(settings) as connection:
        for schema in ("raw", "marts", "indicators"):
            connection.execute(f"create schema {schema}")
        connection.execute(RESULT)
        connection.execute(
            "create table indicators.coarse_results as from indicators.indicator_results limit 0"
        )
        connection.execute(
            "create table indicators.indicator as select 'triage_lead_time' as indicator, "
            "'1' as version, 'lead_time' as kind, 'K13' as handoff_id, 'lower' as direction, "
            "'calendar_days' as unit, 21.0 as horizon, date '2026-10-31' as followed_until, "
            "'' as waits_for, 0 as minimum_base, "
            "1.0 as smallest_difference, null::varchar as balancing_indicator, "
            "'triage_lead_time' as base, "
            f"'researcher|platform|advisory' as audiences, {DEFINITION}"
        )
        connection.execute(
            "create table indicators.base as select 'triage_lead_time' as base, 'cases' as unit, "
            "'Intakeformulieren' as label_nl, 'Intake forms' as label_en, '' as within"
        )
        connection.execute(
            "create table marts.dim_dimension_member as select 'parket' as dimension, "
            "'limburg' as member, 'Limburg' as label_nl, 'Limburg' as label_en, 1 as sort_order"
        )
        connection.execute(
            "create table indicators.indicator_quality as select 'triage_lead_time' as indicator, "
            "'good' as badge, 'ok' as status"
        )
        connection.execute(
            "create table marts.dim_handoff as select 'K13' as handoff_id, 'triage' as phase, "
            "'Triage' as label_nl, 'calendar_days' as unit, 'case' as subject, "
            "'intake_sent' as start_milestone, 'judgment_form_sent' as stop_milestone, "
            "null::varchar as population_dimension, null::varchar as population_members, "
            "null::double as tolerance_hours"
        )
        connection.execute(
            "create table marts.fct_case as select 'z1_synth' || repeat('a', 21) as case_key"
        )
        connection.execute(
            "create table marts.dim_norm as select 'N13' as norm_id, 'K13' as handoff_id, "
            "'calendar_days' as unit, 14.0 as value, date '2022-01-01' as valid_from, "
            "null::date as valid_to"
        )
        write_charts(connection)
        connection.execute("create table marts.fct_handoff as select 'K13' as handoff_id")
        connection.execute(
            "create table raw.delivery as select 'om' as organisation, 'intake' as table_name, "
            "date '2026-10-31' as reference_date, 1 as version, 'abc' as sha256, "
            "'1.0.0' as contract_version, true as is_used"
        )
        yield connection
