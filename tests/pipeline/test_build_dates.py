"""The two dates of a build: as of when, and knowing what."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines.build import (
    BuildDates,
    BuildError,
    Landed,
    one_writer,
    read_last_build,
    resolve_dates,
    write_last_build,
)
from pipelines.settings import Settings

SEPTEMBER = Landed(date(2026, 9, 30), datetime(2026, 10, 8, tzinfo=UTC))
OCTOBER = Landed(date(2026, 10, 31), datetime(2026, 11, 3, tzinfo=UTC))


def chosen(now: datetime, reference_date: str | None = None) -> BuildDates:
    return resolve_dates(
        [SEPTEMBER, OCTOBER], 15, reference_date=reference_date, known_at=None, now=now
    )


def test_the_first_partner_to_deliver_a_month_does_not_move_the_reference_date() -> None:
    assert chosen(datetime(2026, 11, 14, 23, tzinfo=UTC)).reference_date == "2026-09-30"


def test_on_the_day_deliveries_are_due_the_new_month_counts() -> None:
    assert chosen(datetime(2026, 11, 15, tzinfo=UTC)).reference_date == "2026-10-31"


def test_what_was_not_known_then_does_not_count() -> None:
    then = datetime(2026, 10, 20, tzinfo=UTC)
    dates = resolve_dates([SEPTEMBER, OCTOBER], 15, reference_date=None, known_at=then)
    assert dates == BuildDates("2026-09-30", then)


def test_before_anything_is_due_the_earliest_landed_date_is_taken() -> None:
    assert chosen(datetime(2026, 10, 9, tzinfo=UTC)).reference_date == "2026-09-30"


def test_an_empty_landing_zone_says_what_to_do() -> None:
    with pytest.raises(BuildError, match="kwaliteitsmonitor deliver"):
        resolve_dates([], 15, reference_date=None, known_at=None)


def test_a_date_that_is_none_is_named() -> None:
    with pytest.raises(BuildError, match="31-10-2026"):
        chosen(datetime(2026, 11, 20, tzinfo=UTC), "31-10-2026")


def test_a_moment_may_be_the_reference_date_of_an_event_log() -> None:
    assert chosen(datetime(2026, 11, 20, tzinfo=UTC), "2012-05-22T23:22:25").day == date(
        2012, 5, 22
    )


def test_an_old_build_made_again_does_not_move_the_memory_back(tmp_path: Path) -> None:
    settings = replace(Settings(), home=tmp_path / "home")
    write_last_build(settings, BuildDates("2026-10-31", datetime(2026, 11, 20, tzinfo=UTC)))
    write_last_build(settings, BuildDates("2026-06-30", datetime(2026, 7, 20, tzinfo=UTC)))
    assert read_last_build(settings)["known_at"].startswith("2026-11-20")


def test_two_commands_cannot_write_at_once(tmp_path: Path) -> None:
    settings = replace(Settings(), home=tmp_path / "home")
    with (
        one_writer(settings),
        pytest.raises(BuildError, match="KWALITEITSMONITOR_HOME"),
        one_writer(settings),
    ):
        pass
