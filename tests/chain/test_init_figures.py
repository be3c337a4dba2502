"""What is published of a log by `chain init` alone, beside pandas and lifelines."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from lifelines import KaplanMeierFitter
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.publication.reading import run_query
from pipelines.settings import Settings
from tests.chain import logs
from tests.chain.logs import STEPS
from tests.chain.test_init import init, seed, write_rows


def lengths(
    events: pd.DataFrame, start: str, stop: str, until: datetime
) -> tuple[np.ndarray, np.ndarray]:
    """Days from the first of one activity to the first of another, and whether that came."""
    first = events.pivot_table(index="case", columns="activity", values="moment", aggfunc="min")
    begun = first[first[start].notna()]
    ended = begun[stop] if stop in first else pd.Series(pd.NaT, begun.index)
    begun, ended = begun[~(ended < begun[start])], ended[~(ended < begun[start])]
    days = (ended.fillna(pd.Timestamp(until)) - begun[start]).dt.total_seconds() / 86_400
    return days.to_numpy(), ended.notna().to_numpy()


@pytest.mark.long
@pytest.mark.parametrize("write", [logs.xes, logs.dutch_csv, logs.parquet])
def test_the_figures_are_those_of_pandas_and_lifelines(write, tmp_path, monkeypatch):
    written = write(tmp_path, 150)
    chain = tmp_path / "keten"
    settings = run(init(written.path, chain), chain, tmp_path / "home", monkeypatch)
    activity = {
        milestone["milestone"]: milestone["column_name"] for milestone in seed(chain, "milestones")
    }
    handoffs = seed(chain, "handoffs")
    assert len(handoffs) >= 3
    for handoff in handoffs:
        start, stop = (activity[handoff[f"{end}_milestone"]] for end in ("start", "stop"))
        days, ended = lengths(written.events, start, stop, written.events["moment"].max())
        curve = KaplanMeierFitter().fit(days, ended)
        scale = {"days": 1, "hours": 24}[handoff["unit"]]
        half = median(curve)
        found = figures(settings, handoff["handoff_id"])
        assert found["started"] == len(days), handoff
        assert found["completed"] == ended.sum(), handoff
        assert found.get("open", 0) == (~ended).sum(), handoff
        expected = None if half is None else pytest.approx(scale * half, rel=1e-9)
        assert found.get("median") == expected, handoff


@pytest.mark.long
def test_several_exits_and_several_activities_of_one_milestone_in_the_figures(
    tmp_path, monkeypatch
):
    """Both endings are one milestone, and each of them rules out that a fine is ever finished."""
    written = logs.xes(tmp_path, 150)
    chain = tmp_path / "keten"
    said = init(written.path, chain)
    codes = {
        milestone["column_name"]: milestone["milestone"] for milestone in seed(chain, "milestones")
    }
    fine, refusal = logs.ENDINGS
    path = chain / "contracts" / "vergunningen_log.odcs.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    [mapping, *_] = document["schema"][0]["customProperties"]
    for mapped in mapping["value"]:
        if mapped["activity"] == f"{refusal}/complete":
            mapped["milestone"] = codes[f"{fine}/complete"]
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    rows = [
        milestone
        for milestone in seed(chain, "milestones")
        if milestone["column_name"] != f"{refusal}/complete"
    ]
    write_rows(chain / "seeds" / "milestones.csv", rows)
    plain = {**seed(chain, "handoffs")[0], "unit": "days", "occurrence": "first"}
    plain |= {"start_milestone": codes[f"{STEPS[2]}/start"]}
    plain |= {"stop_milestone": codes[f"{fine}/complete"]}
    exits = "|".join(codes[f"{ending}/start"] for ending in logs.ENDINGS)
    handoffs = [
        {**plain, "handoff_id": "X1"},
        {**plain, "handoff_id": "X2", "competing_milestone": exits},
    ]
    write_rows(chain / "seeds" / "handoffs.csv", handoffs)

    settings = run(said, chain, tmp_path / "home", monkeypatch)

    ended = written.events.replace({"activity": {f"{refusal}/complete": f"{fine}/complete"}})
    days, is_over = lengths(ended, f"{STEPS[2]}/start", f"{fine}/complete", ended["moment"].max())
    found = figures(settings, "X1")
    assert (found["started"], found["completed"]) == (len(days), is_over.sum())
    assert found["median"] == pytest.approx(median(KaplanMeierFitter().fit(days, is_over)))
    # An ending starts before it is complete, so none is completed any more.
    found = figures(settings, "X2")
    assert (found["started"], found["competing"]) == (len(days), is_over.sum())
    assert found.get("completed", 0) == 0


@pytest.mark.long
def test_a_log_named_a_day_before_its_last_event_tells_of_that_day(tmp_path, monkeypatch):
    """Where a file got its name it was still yesterday: what happened after counts all the same."""
    written = logs.dutch_csv(tmp_path, 60)
    chain = tmp_path / "keten"
    said = init(written.path, chain)
    last = written.events["moment"].max()
    day = last.astimezone(logs.AMSTERDAM).date()
    [delivered] = tmp_path.rglob(f"*_{day}_v1.*")
    earlier = delivered.with_name(delivered.name.replace(f"{day}", f"{day - timedelta(days=1)}"))
    delivered.rename(earlier)

    settings = run(said, chain, tmp_path / "home", monkeypatch)

    activity = {row["milestone"]: row["column_name"] for row in seed(chain, "milestones")}
    for handoff in seed(chain, "handoffs"):
        start, stop = (activity[handoff[f"{end}_milestone"]] for end in ("start", "stop"))
        days, ended = lengths(written.events, start, stop, last)
        found = figures(settings, handoff["handoff_id"])
        assert found["started"] == len(days), handoff
        assert found["completed"] == ended.sum(), handoff


def run(said: str, chain: Path, home: Path, patch: pytest.MonkeyPatch) -> Settings:
    """Run the command that was printed, as it was printed."""
    patch.setenv("KWALITEITSMONITOR_HOME", str(home))
    command = re.search(r"kwaliteitsmonitor (run .*)", said)
    assert command
    answer = CliRunner().invoke(app, command[1].split())
    assert answer.exit_code == 0, answer.output
    return Settings(home=home, chain=chain)


def median(curve: KaplanMeierFitter) -> float | None:
    """Where half is over; lifelines gives the left end of a step that is flat at one half."""
    survival = curve.survival_function_["KM_estimate"]
    reached = survival.index[survival <= 0.5 + 1e-12]
    beyond = survival.index[survival < 0.5 - 1e-12]
    # A flat step without an end says nothing of where half would be over.
    return float(reached[0] + beyond[0]) / 2 if len(beyond) else None


def figures(settings: Settings, handoff: str) -> dict[str, float]:
    rows = run_query(
        settings,
        "researcher",
        f"select statistic, value from result where indicator = 'lead_time_{handoff.lower()}' and "
        "view = 'cohort' and period_grain = 'all' and dimension = 'national' and clock = 'gross'",
    )[1]
    return {str(name): float(value) for name, value in rows if value is not None}
