"""The published file is opened so that it can be read and nothing else can be done."""

import duckdb
import pytest

from dashboard import queries
from dashboard.publication import NoPublicationError, current_publication
from pipelines.shut_off import connect_shut_off
from tests.dashboard.published_fixture import write_tiny


@pytest.mark.parametrize(
    "sql",
    [
        "create table mine (n integer)",
        "insert into norm values (null)",
        "delete from result",
        "update publication set is_synthetic = false",
        "drop table result",
    ],
)
def test_nothing_can_be_written(tiny, sql):
    connection = connect_shut_off(tiny / "tiny.duckdb")

    with pytest.raises(duckdb.Error):
        connection.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{other}')",
        "select * from read_text('{other}')",
        "select * from glob('/*')",
        "attach '{other}' as other",
        "copy result to '{other}.csv'",
        "export database '{other}_all'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set threads = 1",
        "reset lock_configuration",
    ],
)
def test_no_other_file_can_be_reached_and_no_setting_changed(tiny, sql):
    other = tiny / "CURRENT"
    connection = connect_shut_off(tiny / "tiny.duckdb")

    with pytest.raises(duckdb.Error):
        connection.execute(sql.format(other=other))


def test_the_file_on_disk_is_not_touched_by_reading(tiny):
    path = tiny / "tiny.duckdb"
    before = path.read_bytes()

    publication = current_publication(tiny)
    queries.results_of(publication, "triage_lead_time")

    assert path.read_bytes() == before
    assert [file.name for file in tiny.iterdir() if file.suffix == ".wal"] == []


def test_the_publication_says_where_its_figures_come_from(tiny):
    publication = current_publication(tiny)

    assert publication.id == "tiny"
    assert publication.audience == "platform"
    assert publication.reference_date.isoformat() == "2026-10-31"
    assert publication.known_at.isoformat() == "2026-11-12T13:20:00+00:00"
    assert publication.is_synthetic
    assert publication.has("delivery_month")


def test_a_new_publication_appears_without_a_restart(tmp_path):
    folder = tmp_path / "platform"
    write_tiny(folder)
    first = current_publication(folder)

    write_tiny(folder, publication_id="tiny_2")
    second = current_publication(folder)

    assert (first.id, second.id) == ("tiny", "tiny_2")
    # A page that began with the first one ends with it too.
    assert len(queries.handoffs(first)) == len(queries.handoffs(second)) == 3


@pytest.mark.parametrize("pointer", ["../other.duckdb", "/etc/passwd", "gone.duckdb", ""])
def test_a_pointer_to_anything_but_a_file_beside_it_leads_to_what_was_published(tmp_path, pointer):
    write_tiny(tmp_path, publication_id="other")
    write_tiny(tmp_path / "platform")
    (tmp_path / "platform" / "CURRENT").write_text(pointer)

    publication = current_publication(tmp_path / "platform")
    assert (publication.id, publication.is_stand_in) == ("tiny", True)


def test_without_a_publication_the_remedy_is_named(tmp_path):
    with pytest.raises(NoPublicationError, match="kwaliteitsmonitor run"):
        current_publication(tmp_path)


def test_handoffs_and_members_stand_in_their_fixed_order(tiny):
    publication = current_publication(tiny)

    assert list(queries.handoffs(publication)["handoff_id"]) == ["K13", "K20", "K22"]
    routes = queries.members(publication)
    assert list(routes.loc[routes["dimension"] == "route", "member"]) == ["direct", "triagetafel"]
