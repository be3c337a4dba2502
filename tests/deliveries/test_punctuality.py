"""Punctuality: due, received, late, missing."""

from datetime import UTC, date, datetime

import pytest

from pipelines.deliveries.due_days import due_on, expected_dates
from pipelines.deliveries.intake.arrivals import ArrivalError, read_arrivals

JULY, AUGUST, SEPTEMBER = date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)


def states(door, known_at):
    connection, _ = door.state(day=SEPTEMBER, known_at=known_at)
    return connection.execute(
        "select reference_date, status from raw.delivery "
        "where organisation = 'om' and table_name = 'dossier' order by 1, version"
    ).fetchall()


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (SEPTEMBER, "2026-10-15"),
        (date(2026, 12, 31), "2027-01-15"),
        (date(2026, 1, 31), "2026-02-15"),
    ],
)
def test_a_delivery_is_due_on_the_agreed_day_of_the_next_month(door, day, due):
    assert due_on(door.contracts["om_dossier"], day) == date.fromisoformat(due)


def test_expected_are_the_month_ends_after_the_first_delivery():
    assert list(expected_dates(date(2026, 6, 30), SEPTEMBER)) == [JULY, AUGUST, SEPTEMBER]
    assert list(expected_dates(date(2026, 8, 10), SEPTEMBER)) == [AUGUST, SEPTEMBER]


@pytest.mark.parametrize(
    ("received", "status"),
    [
        ("2026-10-15T21:59:00", "on_time"),
        # 22:01 in UTC is one minute past midnight in Amsterdam.
        ("2026-10-15T22:01:00", "late"),
    ],
)
def test_the_due_day_ends_at_midnight_in_amsterdam(door, received, status):
    door.take(door.put("om_dossier", day=SEPTEMBER), now=at(received))
    assert states(door, at("2026-11-01T00:00:00")) == [(SEPTEMBER, status)]


def test_a_missing_delivery_is_a_finding_once_its_day_is_past(door):
    door.take(door.put("om_dossier", day=JULY), now=at("2026-08-05T09:00:00"))
    assert states(door, at("2026-09-15T09:00:00")) == [(JULY, "on_time")]
    assert states(door, at("2026-09-16T09:00:00")) == [(JULY, "on_time"), (AUGUST, "missing")]
    connection, _ = door.state(day=SEPTEMBER, known_at=at("2026-10-16T09:00:00"))
    assert connection.execute(
        "select reference_date, severity from raw.finding where rule = 'levering_ontbreekt' "
        "and organisation = 'om' and table_name = 'dossier' order by 1"
    ).fetchall() == [(AUGUST, "warning"), (SEPTEMBER, "warning")]


def test_what_is_refused_and_not_mended_is_missing_as_well(door):
    door.take(door.put("om_dossier", day=AUGUST), now=at("2026-09-05T09:00:00"))
    door.take(door.put_bytes("om_dossier_2026-09-30_v1.csv", b""), now=at("2026-10-05T09:00:00"))
    assert states(door, at("2026-10-20T09:00:00")) == [
        (AUGUST, "on_time"), (SEPTEMBER, "refused"), (SEPTEMBER, "missing")]  # fmt: skip


def test_a_redelivery_does_not_make_what_was_on_time_late(door):
    door.take(door.put("om_dossier", day=SEPTEMBER), now=at("2026-10-05T09:00:00"))
    door.take(
        door.put("om_dossier", door.cells("om_dossier", 3), day=SEPTEMBER, version=2),
        now=at("2026-11-20T09:00:00"),
    )
    assert states(door, at("2026-12-01T09:00:00")) == [
        (SEPTEMBER, "on_time"), (SEPTEMBER, "on_time")]  # fmt: skip


def still_open(door, known_at):
    """Version and whether it is still open, of every file of September that was refused."""
    connection, _ = door.state(known_at=known_at)
    return connection.execute(
        "select version, is_open from raw.delivery where organisation = 'om' "
        "and table_name = 'dossier' and status = 'refused' order by all"
    ).fetchall()


@pytest.mark.parametrize("version", [2, 3])
def test_a_refusal_is_over_once_the_file_came_again_and_was_accepted(door, version):
    first, second, third = (at(f"2026-10-0{day}T09:00:00") for day in (5, 6, 7))
    door.take(door.put("om_dossier", day=SEPTEMBER), now=first)
    door.take(door.put_bytes("om_dossier_2026-09-30_v2.csv", b""), now=second)
    assert still_open(door, second) == [(2, True)]
    door.take(door.put("om_dossier", day=SEPTEMBER, version=version), now=third)
    assert still_open(door, third) == [(2, False)]
    assert still_open(door, second) == [(2, True)], "a build as known then says what was so then"


def test_the_version_that_stands_in_the_way_does_not_put_a_refusal_right(door):
    first, second = at("2026-10-05T09:00:00"), at("2026-10-06T09:00:00")
    door.take(door.put("om_dossier", day=SEPTEMBER), now=first)
    other = door.cells("om_dossier", 7, seed=2)
    assert door.take_one(door.put("om_dossier", other, day=SEPTEMBER), now=second).rule == (
        "versie_bestaat"
    )
    assert still_open(door, second) == [(1, True)]
    door.take(door.put("om_dossier", day=SEPTEMBER, version=2), now=second)
    assert still_open(door, second) == [(1, False)]


def test_a_register_of_arrivals_without_offsets_is_of_the_clock_of_the_chain(tmp_path):
    lines = ["bestand,ontvangen_op", "a.csv,2026-10-15T00:01:00", "b.csv,2026-10-14T22:01:00Z"]
    (tmp_path / "aankomst.csv").write_text("\n".join(lines), "utf-8")
    arrived = datetime(2026, 10, 14, 22, 1, tzinfo=UTC)
    assert read_arrivals([tmp_path], "Europe/Amsterdam") == {
        tmp_path / "a.csv": arrived,
        tmp_path / "b.csv": arrived,
    }


def test_a_register_with_a_time_that_clocks_skip_is_refused(tmp_path):
    lines = "bestand,ontvangen_op\na.csv,2026-03-29T02:30:00"
    (tmp_path / "aankomst.csv").write_text(lines, "utf-8")
    with pytest.raises(ArrivalError, match="dat in Europe/Amsterdam bestaat"):
        read_arrivals([tmp_path], "Europe/Amsterdam")
