"""The command `audit`: files in, a table or one line out, and a record that can be kept."""

import json
import os

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.audit.by_hand import published, write


def test_what_can_be_proven_is_shown_and_kept_and_the_exit_code_says_so(tmp_path):
    before = write(published("value\n5", rounding_base=5, threshold=10), tmp_path / "1.duckdb")
    after = write(
        published("value\n0", rounding_base=5, threshold=10, name="r2"), tmp_path / "2.duckdb"
    )
    record = tmp_path / "audit.json"

    done = CliRunner().invoke(app, ["audit", before, after, "--record", str(record)])

    assert done.exit_code == 1
    assert "1 aantallen te bewijzen" in done.output
    kept = json.loads(record.read_text())
    assert [item["publication_id"] for item in kept["files"]] == ["r1", "r2"]
    assert [len(item["sha256"]) for item in kept["files"]] == [64, 64]
    [finding] = kept["findings"]
    assert (finding["lower"], finding["upper"], finding["period"]) == (1.0, 4.0, "2026-01+3m")


def test_an_audit_that_passes_says_how_much_it_looked_at(tmp_path):
    path = write(published("value\n50"), tmp_path / "1.duckdb")

    done = CliRunner().invoke(app, ["audit", path])

    assert done.exit_code == 0
    assert "Geen kleine groep te bewijzen: 1 aantallen nagerekend" in done.output


@pytest.mark.parametrize("content", [None, b"no database", b""])
def test_what_is_no_published_file_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "1.duckdb"
    if content is not None:
        path.write_bytes(content)

    done = CliRunner().invoke(app, ["audit", os.fspath(path)])

    assert done.exit_code == 1
    assert len(done.output.splitlines()) == 1
