"""A wrong entry of the register is refused when it is read: one line, exit 1, dbt not started.

Whoever adds an indicator waits a second for the answer, not for a build that breaks half-way.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from pipelines import dbt
from pipelines.cli import app
from pipelines.settings import Settings

REGISTER = Path("models/indicators/dim_indicator.yml")
Entries = list[dict[str, Any]]


def of(entries: Entries, name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["id"] == name)


def setting(name: str, **fields: object) -> Callable[[Entries], None]:
    return lambda entries: of(entries, name).update(fields)


def leaving_out(name: str, field: str) -> Callable[[Entries], None]:
    return lambda entries: of(entries, name).pop(field)


SHARE, FLOW, STOCK, RATE = "judgments_reversed_share", "inflow", "stock_persons", "phase_out_rate"
WRONG = {
    "unknown field": (setting(SHARE, sql="select 1"), SHARE, "sql"),
    "missing field": (leaving_out(SHARE, "owner"), SHARE, "owner"),
    "double id": (lambda entries: entries.append(of(entries, SHARE)), SHARE, "id"),
    "checker is author": (setting(SHARE, checker="analist kwaliteitsmonitor"), SHARE, "checker"),
    "unknown kind": (setting(SHARE, kind="median"), SHARE, "kind"),
    "unknown balance": (setting(SHARE, balancing_indicator="calm"), SHARE, "balancing_indicator"),
    "unknown hand-off": (setting("triage_lead_time", handoff="K99"), "triage_lead_time", "handoff"),
    "wrong unit": (setting("triage_lead_time", unit="hours"), "triage_lead_time", "unit"),
    "unknown mart": (setting(SHARE, mart="fct_verdict"), SHARE, "mart"),
    "mart not counted": (setting(SHARE, mart="fct_milestone"), SHARE, "mart"),
    "date column": (setting(SHARE, date_column="day"), SHARE, "date_column"),
    "numerator column": (setting(FLOW, numerator_column="is_in"), FLOW, "numerator_column"),
    "denominator column": (setting(RATE, denominator_column="days"), RATE, "denominator_column"),
    "filter column": (setting(SHARE, filter_column="is_put"), SHARE, "filter_column"),
    "dimension of the mart": (setting(SHARE, dimensions=["executor"]), SHARE, "dimensions"),
    "unknown dimension": (setting(SHARE, dimensions=["mood"]), SHARE, "dimensions"),
    "share of nothing": (leaving_out(SHARE, "numerator_column"), SHARE, "numerator_column"),
    "rate of nothing": (leaving_out(RATE, "denominator_column"), RATE, "denominator_column"),
    "stock without ends": (
        setting(STOCK, mart="fct_designation", date_column="designated_on",
                numerator_column="family_members"),
        STOCK, "is_quarter_end",
    ),
}  # fmt: skip


# `run` takes in before it builds; one wrong entry shows that it asks the register first as well.
@pytest.mark.parametrize(
    ("command", "kind"), [*(("build", kind) for kind in WRONG), ("run", "numerator column")]
)
def test_a_wrong_entry_stops_the_build_before_dbt(command, kind, tmp_path, monkeypatch):
    spoil, entry, named = WRONG[kind]
    project = project_with(tmp_path, spoil)
    monkeypatch.setattr(Settings, "dbt_project_dir", property(lambda _: project))
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(dbt, "_invoke", never)

    answer = CliRunner().invoke(app, [command])

    assert answer.exit_code == 1
    [line] = answer.output.splitlines()
    assert line.startswith(f"Fout: indicator {entry}: ")
    assert named in line
    assert ";" in line  # the remedy
    assert not (tmp_path / "home" / "dbt").exists()


def test_the_register_as_it_is_passes(tmp_path, monkeypatch):
    """Otherwise the refusals would say nothing: the same build then asks for deliveries."""
    monkeypatch.setenv("KWALITEITSMONITOR_HOME", str(tmp_path))

    answer = CliRunner().invoke(app, ["build"])

    assert answer.exit_code == 1
    assert "er is nog niets ingelezen" in answer.output


def project_with(folder: Path, spoil: Callable[[Entries], None]) -> Path:
    """A copy of the dbt project with one entry of its register spoilt."""
    project = folder / "dbt_project"
    shutil.copytree(Settings().dbt_project_dir, project)
    document = yaml.load((project / REGISTER).read_text(encoding="utf-8"), yaml.CSafeLoader)
    spoil(document["models"][0]["config"]["meta"]["indicators"])
    (project / REGISTER).write_text(yaml.dump(document, Dumper=yaml.CSafeDumper), encoding="utf-8")
    return project


def never(*_: object, **__: object) -> None:
    raise AssertionError("dbt was started")
