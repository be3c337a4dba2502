"""Forms of dates: whatever a contract can declare reads back what was written, and nothing else."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.deliveries.forms import Form, FormError, form_of, second_reading
from tests.examples import examples

ISO = "yyyy-MM-dd'T'HH:mm:ssXXX"
LOCAL = "yyyy-MM-dd HH:mm:ss"
AMSTERDAM = "Europe/Amsterdam"
ZONES = st.sampled_from([AMSTERDAM, "UTC", "Asia/Kolkata", "America/New_York"])

DAYS = st.builds(
    lambda order, between: between.join(order),
    st.permutations(["yyyy", "MM", "dd"]),
    st.sampled_from(["-", "/", ".", "", " ", "'%'", "' de '"]),
)
OFFSETS = st.sampled_from(["X", "XX", "XXX", " XXX"])
TIMES = st.one_of(
    st.just("HH:mm"),
    st.builds(
        lambda between, point, digits: (
            f"HH{between}mm{between}ss{(point + 'S' * digits) if digits else ''}"
        ),
        st.sampled_from([":", ".", ""]),
        st.sampled_from([".", ","]),
        st.integers(0, 9),
    ),
)
MOMENTS = st.builds(
    lambda day, middle, time, zone: day + middle + time + zone,
    DAYS,
    st.sampled_from([" ", "'T'", "T", "' om '"]),
    TIMES,
    st.one_of(st.just(""), OFFSETS),
)  # fmt: skip
# Far ahead DuckDB and Python may disagree on what clocks will do.
SHOWN = st.datetimes(datetime(1950, 1, 1), datetime(2036, 12, 31))
WRITTEN = st.datetimes(datetime(1901, 1, 1), datetime(2198, 12, 31))


@pytest.fixture(scope="module")
def read():
    """A reader: text in a form to what it says, moments in UTC."""
    connection = duckdb.connect()
    # Whatever the time zone of the session.
    connection.execute("set TimeZone = 'Asia/Tokyo'")

    def answer(form: Form, text: str, zone: str = "UTC", *, is_interval: bool = True):
        sql = form.sql("cell", zone, is_interval=is_interval)
        return connection.execute(f"select {sql} from (select ? as cell)", [text]).fetchone()[0]

    return answer


def as_fine_as(form: Form, moment: datetime) -> datetime:
    """The moment without what the form has no place for."""
    if "%S" not in form.strptime:
        return moment.replace(second=0, microsecond=0)
    step = 10 ** (6 - min(form.fraction, 6))
    return moment.replace(microsecond=moment.microsecond // step * step)


class TestWhatWasWrittenIsRead:
    @examples(100)
    @given(DAYS, st.dates(date(1900, 1, 1), date(2199, 12, 31)))
    def test_days(self, read, pattern, day):
        form = form_of(pattern, "day")
        assert read(form, form.write(day)) == day

    @examples(100)
    @given(MOMENTS, OFFSETS, WRITTEN, st.integers(-12 * 4, 14 * 4))
    def test_moments_with_an_offset(self, read, pattern, zone, local, quarters):
        form = form_of(pattern.rstrip("X").rstrip() + zone, "moment")
        moment = as_fine_as(form, local).replace(tzinfo=timezone(timedelta(minutes=15 * quarters)))
        expected = moment.astimezone(UTC).replace(tzinfo=None)
        assert read(form, form.write(moment)) == expected

    @examples(40)
    @given(MOMENTS, SHOWN, ZONES)
    def test_moments_of_a_clock(self, read, pattern, moment, zone):
        """By Python's own zones: a time the clock skips is none, one it shows twice the earlier."""
        form = form_of(pattern.rstrip("X").rstrip(), "moment")
        shown = as_fine_as(form, moment)
        possible = sorted(
            {
                utc
                for fold in (0, 1)
                for utc in [shown.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)]
                if utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == shown
            }
        )
        expected = possible[0].replace(tzinfo=None) if possible else None
        text = form.write(shown)
        assert read(form, text, zone) == expected
        assert read(form, text, zone, is_interval=False) == (
            expected if len(possible) == 1 else None
        )

    @examples(100)
    @given(st.dates(date(1900, 1, 8), date(2199, 12, 24)))
    def test_weeks_and_months(self, read, day):
        week, month = form_of("", "week"), form_of("", "month")
        assert read(week, week.write(day)) == day - timedelta(days=day.weekday())
        assert read(month, month.write(day)) == day.replace(day=1)


class TestNothingElseIsRead:
    @examples(200)
    @given(
        st.integers(1890, 2210), st.integers(0, 14), st.integers(0, 33), st.integers(0, 26),
        st.integers(0, 62), st.integers(0, 62), st.integers(-20, 20), st.integers(0, 70),
    )  # fmt: skip
    def test_a_moment_that_does_not_exist(
        self, read, year, month, day, hour, minute, second, ahead, more
    ):
        sign = "-" if ahead < 0 else "+"
        text = (
            f"{year}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
            f"{sign}{abs(ahead):02d}:{more:02d}"
        )
        try:
            expected = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            expected = None
        is_offset = abs(ahead) * 60 + more <= 14 * 60 and more < 60
        is_plausible = 1900 <= year <= 2199
        found = read(form_of(ISO, "moment"), text)
        assert found == (expected if is_offset and is_plausible else None)

    @pytest.mark.parametrize(
        ("pattern", "text"),
        [
            (ISO, "2026-02-30T10:00:00+01:00"),
            (ISO, "2026-02-30T10:00:00Z"),
            (ISO, "2026-04-31T10:00:00.5+02:00"),
            (ISO, "2026-01-01T10:00:00+99:00"),
            (ISO, "2026-01-01T10:00:00+01:60"),
            (ISO, "2026-01-01T24:00:00+01:00"),
            (ISO, "2026-01-01T10:00:00"),
            (ISO, "2026-1-1T10:00:00Z"),
            (ISO, "2026-01-01T10:00:00.1234567890Z"),
            (ISO, "2026-01-01T10:00:00.Z"),
            (ISO, "2026-01-01T10:00:00,5Z"),
            (ISO, "2026-01-01T10:00:00Z Z"),
            (LOCAL, "2026-01-01 10:00:00 "),
        ],
    )
    def test_texts_that_are_no_moment(self, read, pattern, text):
        assert read(form_of(pattern, "moment"), text) is None

    @pytest.mark.parametrize("text", ["2025-W53", "2026-W54", "2026-W00", "2026-W1", "2026-W01-2"])
    def test_weeks_that_do_not_exist(self, read, text):
        assert read(form_of("", "week"), text) is None

    @pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "2026-01-01", "26-01"])
    def test_months_that_do_not_exist(self, read, text):
        assert read(form_of("", "month"), text) is None

    @pytest.mark.parametrize("text", ["31-04-2026", "1-4-2026", "01-04-26", "01-04-1899"])
    def test_days_that_do_not_exist(self, read, text):
        assert read(form_of("dd-MM-yyyy", "day"), text) is None


class TestFractions:
    @pytest.mark.parametrize("pattern", [ISO, "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"])
    @pytest.mark.parametrize(
        ("digits", "micros"),
        [("", 0), (".5", 500000), (".1234567", 123456), (".999999999", 999999)],
    )
    def test_up_to_nine_digits_are_read_and_cut_to_microseconds(
        self, read, pattern, digits, micros
    ):
        found = read(form_of(pattern, "moment"), f"2026-07-01T10:00:00{digits}Z")
        assert found == datetime(2026, 7, 1, 10, 0, 0, micros)


class TestClocksThatAreChanged:
    """2026: 29 March 02:00 becomes 03:00, 25 October 03:00 becomes 02:00."""

    def test_the_hour_that_is_skipped_cannot_be_read(self, read):
        form = form_of(LOCAL, "moment")
        assert read(form, "2026-03-29 02:30:00", AMSTERDAM) is None
        assert read(form, "2026-03-29 03:00:00", AMSTERDAM) == datetime(2026, 3, 29, 1)

    def test_the_hour_that_comes_twice_is_its_first_and_its_second_reading(self, read):
        first = read(form_of(LOCAL, "moment"), "2026-10-25 02:30:00", AMSTERDAM)
        assert first == datetime(2026, 10, 25, 0, 30)
        moments = [f"timestamptz '2026-10-2{day} 00:30:00+00'" for day in (5, 6)]
        readings = [f"epoch({second_reading(moment, AMSTERDAM)})" for moment in moments]
        [found] = duckdb.sql(f"select {', '.join(readings)}").fetchall()
        hours = [datetime(2026, 10, 25, 1, 30), datetime(2026, 10, 26, 0, 30)]
        assert [
            datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None) for seconds in found
        ] == hours

    def test_an_offset_says_which_of_both_it_is(self, read):
        form = form_of(LOCAL, "moment")
        found = read(form, "2026-10-25 02:30:00+01:00", AMSTERDAM, is_interval=False)
        assert found == datetime(2026, 10, 25, 1, 30)


class TestPatternsThatCannotBeUsed:
    @pytest.mark.parametrize(
        ("pattern", "kind", "named"),
        [
            ("ss.SSSSSS", "moment", "mist het deel HH"),
            ("yyyy-MM-dd", "moment", "mist het deel HH"),
            ("d-M-yyyy HH:mm", "moment", "'d'"),
            ("yyyy-MM-dd hh:mm a", "moment", "'hh'"),
            ("yy-MM-dd", "day", "'yy'"),
            ("yyyy-MM", "day", "mist het deel dd"),
            ("yyyy-MM-dd HH", "day", "fijner dan een dag"),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", "day", "'XXX'"),
            ("yyyy-MM-dd HH:mm:ss MM", "moment", "twee keer"),
            ("yyyy-MM-dd HH:mm.SSS", "moment", "fractie"),
            ("", "moment", "mist het deel"),
        ],
    )
    def test_the_part_is_named(self, pattern, kind, named):
        with pytest.raises(FormError, match=named):
            form_of(pattern, kind)
