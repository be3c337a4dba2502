"""The two dates of a build: as of when, and knowing what."""

from datetime import UTC, date, datetime

import pytest

from pipelines.build import BuildDates, BuildError
from pipelines.road.dates import Landed, resolve_dates

ZONE = "Europe/Amsterdam"
SEPTEMBER = Landed(date(2026, 9, 30), datetime(2026, 10, 8, tzinfo=UTC))
OCTOBER = Landed(date(2026, 10, 31), datetime(2026, 11, 3, tzinfo=UTC))


def chosen(now: datetime, reference_date: str | None = None) -> BuildDates:
    return resolve_dates(
        [SEPTEMBER, OCTOBER], 15, timezone=ZONE, reference_date=reference_date, now=now
    )


def test_the_first_partner_to_deliver_a_month_does_not_move_the_reference_date():
    assert chosen(datetime(2026, 11, 14, 22, 59, tzinfo=UTC)).reference_date == "2026-09-30"
    # In Amsterdam the fifteenth has begun.
    assert chosen(datetime(2026, 11, 14, 23, tzinfo=UTC)).reference_date == "2026-10-31"


def test_on_the_day_deliveries_are_due_the_new_month_counts():
    assert chosen(datetime(2026, 11, 15, tzinfo=UTC)).reference_date == "2026-10-31"


def test_what_was_not_known_then_does_not_count():
    then = datetime(2026, 10, 20, tzinfo=UTC)
    dates = resolve_dates([SEPTEMBER, OCTOBER], 15, timezone=ZONE, known_at=then.isoformat())
    assert dates == BuildDates("2026-09-30", then)


def test_before_anything_is_due_the_earliest_landed_date_is_taken():
    assert chosen(datetime(2026, 10, 9, tzinfo=UTC)).reference_date == "2026-09-30"


NOVEMBER_20 = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-10-31", "2026-10-31"),
        (" 2026-10-31 ", "2026-10-31"),
        ("20261031", "2026-10-31"),
        ("2026-W44-6", "2026-10-31"),
        ("2026-10-31T23:22:25", "2026-10-31T23:22:25"),
        ("2026-10-31 23:22+01:00", "2026-10-31T23:22:00+01:00"),
        ("20261031T2322Z", "2026-10-31T23:22:00+00:00"),
    ],
)
def test_a_reference_date_has_one_form_whatever_form_it_came_in(written, read):
    """What follows cuts it as text, and hands it to SQL."""
    dates = chosen(NOVEMBER_20, written)
    assert dates.reference_date == read
    assert dates.day == date(2026, 10, 31)


@pytest.mark.parametrize(
    "written", ["31-10-2026", "2026-02-30", "2025-W53-1", "2026-10", "gisteren", "'; drop table x"]
)
def test_what_is_no_date_is_named_with_one_that_is(written):
    with pytest.raises(BuildError, match="schrijf bijvoorbeeld 2026-10-31") as refused:
        chosen(NOVEMBER_20, written)
    assert written in str(refused.value)


@pytest.mark.parametrize(
    "written",
    [
        "straks",
        # Somewhere on earth these lie before the first or after the last day there is.
        "0001-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:30:00Z",
    ],
)
def test_what_is_no_moment_is_named_with_one_that_is(written):
    with pytest.raises(BuildError, match=r"is geen tijdstip; schrijf bijvoorbeeld 2026-") as raised:
        resolve_dates([OCTOBER], 15, timezone=ZONE, known_at=written)
    assert written in str(raised.value)


@pytest.mark.parametrize("written", ["2026-09-29", "2012-01-01", "1700-01-01", "0001-01-01"])
def test_before_the_first_delivery_there_is_nothing_to_show(written):
    with pytest.raises(BuildError, match="eerste levering, die van 2026-09-30; noem die dag"):
        chosen(NOVEMBER_20, written)


@pytest.mark.parametrize("written", ["2026-11-21", "2027-03-31", "9999-12-31"])
def test_a_day_that_has_yet_to_come_is_refused(written):
    with pytest.raises(BuildError, match="moet nog komen; noem een dag tot en met 2026-11-20"):
        chosen(NOVEMBER_20, written)


def test_a_day_beyond_the_last_delivery_may_be_asked_for():
    """The badge of every figure then says so."""
    assert chosen(NOVEMBER_20, "2026-11-20").reference_date == "2026-11-20"


@pytest.mark.parametrize("reference_date", [None, "2026-10-31"])
def test_an_empty_landing_zone_says_what_to_do(reference_date):
    with pytest.raises(BuildError, match="kwaliteitsmonitor deliver"):
        resolve_dates([], 15, timezone=ZONE, reference_date=reference_date)


def test_nothing_known_by_a_moment_says_so():
    with pytest.raises(BuildError, match="dat op 2025-01-01 bekend was; lever"):
        resolve_dates([OCTOBER], 15, timezone=ZONE, known_at="2025-01-01")


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("2026-11-10T00:30", datetime(2026, 11, 9, 23, 30, tzinfo=UTC)),
        ("2026-11-10T00:30Z", datetime(2026, 11, 10, 0, 30, tzinfo=UTC)),
        # Clocks showed it twice: nothing counts as known before it was.
        ("2026-10-25T02:30", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_without_offset_is_one_of_the_clock_of_the_chain(named, meant):
    dates = resolve_dates([SEPTEMBER], 15, timezone=ZONE, known_at=named)
    assert dates.known_at == meant


def test_a_time_that_clocks_skip_is_none():
    with pytest.raises(BuildError, match="geen tijdstip"):
        resolve_dates([SEPTEMBER], 15, timezone=ZONE, known_at="2026-03-29T02:30")
