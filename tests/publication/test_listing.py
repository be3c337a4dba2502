"""Since when an item stands on the list: the unbroken run of publications, whatever leads it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.publication.listing import COLUMNS, Listed, list_before, listing
from pipelines.publication.reading import run_query
from pipelines.publication.recorded import record
from tests.publication.conftest import DATES, publish

MAY, AUGUST, OCTOBER = date(2026, 5, 31), date(2026, 8, 31), date(2026, 10, 31)
Told = dict[str, list[str]]


def signal(told: Told) -> pd.DataFrame:
    """Rows of `signal` of a list: per item the indicators told under it; one is not listed."""
    rows = [(item, indicator, 1) for item, own in told.items() for indicator in own]
    return pd.DataFrame(
        [*rows, (None, "quiet", None)], columns=["item", "indicator", "discussion_rank"]
    )


def after(before: Listed | None, day: date, told: Told) -> Listed:
    """The list of a next publication, as it says itself."""
    found = listing(signal(told), day, before)
    return Listed(
        day,
        tuple((item, indicator) for item, own in told.items() for indicator in own),
        {
            str(row["item"]): (row["listed_since"].date(), bool(row["is_since_known"]))
            for row in found.to_dict("records")
        },
    )


def test_in_a_first_publication_nothing_is_known_to_be_new():
    assert after(None, MAY, {"a": ["a"]}).since == {"a": (MAY, False)}


def test_what_was_not_on_the_list_before_is_new_and_what_was_keeps_its_day():
    first = after(None, MAY, {"a": ["a"]})
    second = after(first, AUGUST, {"a": ["a"], "b": ["b"]})
    third = after(second, OCTOBER, {"a": ["a"], "b": ["b"]})

    assert second.since == {"a": (MAY, False), "b": (AUGUST, True)}
    assert third.since == second.since


def test_a_quarter_off_the_list_begins_a_new_run():
    gone = after(after(None, MAY, {"a": ["a"]}), AUGUST, {})

    assert after(gone, OCTOBER, {"a": ["a"]}).since == {"a": (OCTOBER, True)}


def test_an_item_is_the_same_whichever_of_its_indicators_leads():
    before = after(after(None, MAY, {}), AUGUST, {"sent": ["sent", "complete"]})

    assert after(before, OCTOBER, {"complete": ["complete"]}).since == {"complete": (AUGUST, True)}


def test_an_item_out_of_two_is_as_old_as_the_oldest():
    first = after(after(None, MAY, {}), AUGUST, {"a": ["a"]})
    second = after(first, OCTOBER, {"a": ["a"], "b": ["b"]})

    assert after(second, date(2026, 11, 30), {"b": ["b", "a"]}).since == {"b": (AUGUST, True)}


def test_an_empty_list_has_the_columns_of_one():
    assert list(listing(signal({}), MAY, None).columns) == list(COLUMNS)


def write_list(folder: Path, day: str, known: str, told: Told) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{day}_{known}_0123456789ab.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"create table publication as select date '{day}' as reference_date, "
            f"'{folder.name}' as audience"
        )
        connection.register("rows", signal(told))
        connection.execute("create table signal as from rows")
        connection.register("listed", listing(signal(told), date.fromisoformat(day), None))
        connection.execute(
            "create table listing as "
            "select * replace (cast(listed_since as date) as listed_since) from listed"
        )
    record(path)


def test_before_is_the_newest_of_an_earlier_date_and_known_no_later(tmp_path):
    write_list(tmp_path, "2026-05-31", "20260620T120000Z", {"a": ["a"]})
    write_list(tmp_path, "2026-08-31", "20260920T120000Z", {"b": ["b"]})
    # Corrected once: what was corrected is not what was shown last.
    write_list(tmp_path, "2026-08-31", "20261001T120000Z", {"c": ["c"]})
    # The same date built before, and a build that knows what this one does not.
    write_list(tmp_path, "2026-10-31", "20261110T120000Z", {"d": ["d"]})
    write_list(tmp_path, "2026-09-30", "20261201T120000Z", {"e": ["e"]})

    before = list_before(tmp_path, DATES)

    assert before == Listed(AUGUST, (("c", "c"),), {"c": (AUGUST, False)})
    assert list_before(tmp_path / "none", DATES) is None


@pytest.mark.parametrize("audience", ["researcher", "platform"])
def test_it_is_in_the_file_and_not_in_its_content(warehouse, settings, audience):
    warehouse.execute(
        "update indicators.signal set discussion_rank = 1, item = indicator "
        "where series_id = (select min(series_id) from indicators.signal)"
    )
    alone = publish(warehouse, settings, audience).content_hash
    write_list(
        settings.published_dir / audience, "2026-07-31", "20260820T120000Z",
        {"triage_lead_time": ["triage_lead_time"]},
    )  # fmt: skip
    later = replace(DATES, known_at=datetime(2026, 11, 21, 12, tzinfo=UTC))

    assert publish(warehouse, settings, audience, later).content_hash == alone
    _, rows = run_query(settings, audience, "select listed_since, is_since_known from listing")
    # A protected audience has its own list, of its own figures: of these none.
    expected = [(date(2026, 7, 31), False)] if audience == "researcher" else []
    assert rows == expected
