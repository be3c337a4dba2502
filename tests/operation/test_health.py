"""Whoever watches over a dashboard is told whether readers get what they should."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from dashboard.health import PATH, answer
from dashboard.serve import PUBLISHED_VARIABLE, RELEASES_VARIABLE
from pipelines.publication.recorded import record
from tests.dashboard.browsing import served
from tests.dashboard.published_fixture import write_tiny
from tests.dashboard.released import AUTUMN, Shelf

KEYS = {"state", "audience", "served", "reference_date", "since", "age_days"}


def told() -> tuple[int, dict[str, Any]]:
    found = answer(Request({"type": "http", "method": "GET", "path": PATH, "headers": []}))
    return found.status_code, json.loads(bytes(found.body))


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = write_tiny(tmp_path / "published" / "platform", "platform")
    (path.parent / "CURRENT").write_text(path.name)
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(path.parent))
    return path


def test_what_is_served_is_named_with_its_age_and_no_figure(platform):
    status, record = told()
    assert (status, record["state"], record["served"]) == (HTTPStatus.OK, "ok", platform.stem)
    assert set(record) == KEYS
    since = datetime.fromisoformat(record["since"])
    assert record["age_days"] == (datetime.now(UTC) - since).days


@pytest.mark.parametrize("fault", ["no file", "garbage", "garbage in the pointer", "another's"])
def test_what_is_not_what_was_published_is_no_answer_for_readers(platform, fault):
    pointer = platform.parent / "CURRENT"
    if fault == "no file":
        platform.unlink()
    elif fault == "garbage":
        platform.chmod(0o600)
        platform.write_bytes(b"x" * 100)
    elif fault == "another's":
        (platform.parent / "other.duckdb").write_bytes(platform.read_bytes())
        pointer.write_text("other.duckdb")
    else:
        pointer.write_bytes(b"\xff\x00../")
    status, record = told()
    assert (status, record["state"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "damaged")
    assert set(record) <= KEYS


def test_an_earlier_publication_in_place_of_a_damaged_one_is_told(platform):
    newest = write_tiny(platform.parent, "platform", "tiny_next")
    for path in (platform, newest):
        record(path)
    newest.chmod(0o600)
    newest.write_bytes(b"x" * 100)

    status, found = told()

    assert (status, found["state"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "damaged")
    assert found["served"] == platform.stem


def test_where_nothing_was_published_that_is_said(platform):
    (platform.parent / "CURRENT").unlink()
    assert told() == (HTTPStatus.SERVICE_UNAVAILABLE, {"state": "nothing"})


def test_of_releases_it_is_the_current_one(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    monkeypatch.setenv(RELEASES_VARIABLE, str(shelf.folder))
    assert told() == (HTTPStatus.SERVICE_UNAVAILABLE, {"state": "nothing"})
    release = shelf.publish(AUTUMN)
    status, record = told()
    assert (status, record["served"], set(record)) == (HTTPStatus.OK, release.id, KEYS)
    release.path.chmod(0o600)
    release.path.write_bytes(b"x")
    assert told()[1]["state"] == "damaged"
    (shelf.folder / "ledger.jsonl").write_bytes(b"\xff")
    assert told()[1]["state"] == "damaged"


def test_a_dashboard_answers_without_a_page(platform):
    with served(platform.parent.parent) as address:
        with urllib.request.urlopen(address + PATH, timeout=20) as found:
            assert json.load(found)["state"] == "ok"
        platform.unlink()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address + PATH, timeout=20)
        assert refused.value.code == HTTPStatus.SERVICE_UNAVAILABLE
