"""What takes too long to decide is not proven safe: nothing lets such a file pass."""

import pytest
from typer.testing import CliRunner

from pipelines.audit import examine, read_published
from pipelines.audit.record import record_of
from pipelines.audit.solver import Least, Solver
from pipelines.cli import app
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.door_out import check_audit
from pipelines.releases.audited import write_audit
from pipelines.releases.states import ReleaseError
from tests.audit.by_hand import published, write

# Two members in two quarters are withheld: each could be anything up to twenty, and so a few.
RING = """
period_grain  period   dimension   member    value
quarter       2026-Q1  national    national  40
quarter       2026-Q2  national    national  40
quarter       2026-Q1  phenomenon  a         -
quarter       2026-Q2  phenomenon  a         -
quarter       2026-Q1  phenomenon  b         -
quarter       2026-Q2  phenomenon  b         -
half_year     2026-H1  phenomenon  a         40
half_year     2026-H1  phenomenon  b         40
half_year     2026-H1  national    national  80
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "1.duckdb"
    write(published(RING), path)
    return path


@pytest.fixture
def no_time(monkeypatch):
    """The solver stops at its limit before it has anything."""
    monkeypatch.setattr(Solver, "least", lambda *_: Least(None))


def verdict_of(file):
    return check_audit(read_published(file), AUDIENCES["platform"])


def test_with_time_enough_the_file_passes(file, tmp_path):
    assert examine(read_published(file)).passes
    assert verdict_of(file).passed
    write_audit(tmp_path / "audit.json", "2026-K3.1", file, [])


def test_a_file_with_a_question_undecided_does_not_pass(file, no_time):
    release = read_published(file)
    examined = examine(release)

    assert examined.findings.empty
    assert examined.n_undecided > 0
    assert not examined.passes
    assert record_of(examined, release)["passes"] is False


def test_the_door_out_keeps_it_in(file, no_time):
    assert not verdict_of(file).passed


def test_a_release_is_held_back_and_no_record_is_kept(file, no_time, tmp_path):
    with pytest.raises(ReleaseError, match="vragen bleven binnen de tijd onbeslist"):
        write_audit(tmp_path / "audit.json", "2026-K3.1", file, [])
    assert not (tmp_path / "audit.json").exists()


def test_the_command_says_so_with_its_exit_code(file, no_time):
    done = CliRunner().invoke(app, ["audit", str(file)])

    assert done.exit_code == 1
    assert "onbeslist: de audit slaagt niet" in done.output
