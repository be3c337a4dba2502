"""The log of the road: a JSON line per event, rotated, without a value, and never in the way."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pipelines
from pipelines import journal
from pipelines.journal import kept_in, read_events
from pipelines.progress import event, name_of, step
from tests.pipeline.test_change_road import CHAIN

KEYS = {"time", "process", "step", "outcome", "table", "audience", "seconds", "error"}


def test_a_run_leaves_a_line_for_every_event(small):
    events = list(read_events(small.home))
    assert all(set(line) <= KEYS for line in events)
    told = [(line["step"], line.get("audience", ""), line["outcome"]) for line in events]
    assert told[0] == ("work", "", "begun")
    assert told[-1] == ("work", "", "done")
    assert ("delivery", "", "accepted") in told
    assert {line["table"] for line in events if line["step"] == "delivery"} == {
        "volvo_it_incidents"
    }
    for audience in ("researcher", "platform", "advisory"):
        assert ("publication", audience, "done") in told
    done = [line for line in events if line["outcome"] == "done" and line["step"] != "work"]
    assert all(line["seconds"] >= 0 for line in done)


def test_no_line_holds_what_a_partner_or_a_machine_is_called(tmp_path):
    """Neither the text of an error, nor the name of a file nobody agreed on."""
    home = tmp_path / "jansen"
    with pytest.raises(ValueError, match="jansen"), kept_in(home), step("figures", "jansen"):
        raise ValueError("jansen")
    [log] = (home / "log").iterdir()
    assert "jansen" not in log.read_text()
    assert [line.get("error") for line in read_events(home)] == [None, None, "ValueError", None]


def test_every_step_has_a_name_for_who_waits_and_for_status():
    """But for a delivery, which is told by the name of its file."""
    given = re.compile(r'\b(?:step|event|_part)\(\s*"(\w+)"')
    folder = Path(pipelines.__file__).parent
    codes = {code for path in folder.rglob("*.py") for code in given.findall(path.read_text())}

    assert {"tables", "publication", "traces"} <= codes
    assert {code for code in codes if name_of(code) == code} == {"delivery"}


def test_it_turns_over_and_is_read_through(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "_LARGEST_BYTES", 2_000)
    for number in range(60):
        with kept_in(tmp_path):
            event("tables", "done", seconds=number)
    files = list((tmp_path / "log").iterdir())
    assert len(files) == 10
    assert max(path.stat().st_size for path in files) <= 2_000
    numbers = [line["seconds"] for line in read_events(tmp_path) if "seconds" in line]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 59


def test_a_line_that_was_cut_short_is_passed_over(tmp_path):
    with kept_in(tmp_path):
        pass
    [log] = (tmp_path / "log").iterdir()
    log.write_bytes(log.read_bytes() + b'{"time": "2026\xff\n[1]\n')
    assert [line["outcome"] for line in read_events(tmp_path)] == ["begun", "done"]


@pytest.mark.parametrize("obstacle", ["a file", "no room"])
def test_work_goes_on_where_no_log_can_be_kept(tmp_path, obstacle, caplog):
    if obstacle == "a file":
        (tmp_path / "log").write_text("")
    else:
        (tmp_path / "log").mkdir()
        (tmp_path / "log" / "kwaliteitsmonitor.jsonl").symlink_to("/dev/full")
    with caplog.at_level(logging.WARNING, "kwaliteitsmonitor"), kept_in(tmp_path):
        event("tables", "done")
        event("tables", "done")
    [said] = [record.getMessage() for record in caplog.records]
    assert said.startswith("Het logboek kan niet worden bijgehouden")


def test_under_systemd_the_lines_go_to_the_journal(tmp_path):
    program = str(Path(sys.executable).with_name("kwaliteitsmonitor"))
    answer = subprocess.run(
        [program, "--log", "json", "forget", "--chain", str(CHAIN)],
        env={"KWALITEITSMONITOR_HOME": str(tmp_path), "PATH": "/usr/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in answer.stderr.splitlines()]
    assert [(line["step"], line["outcome"]) for line in lines] == [
        ("work", "begun"),
        ("work", "done"),
    ]
