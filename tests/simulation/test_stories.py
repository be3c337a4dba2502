"""The built-in stories: each declared, each visible in the true layer, each findable.

Each story states a method, the grain at which it works, and how often it then finds the story
(power, by simulation of fifty chains with and fifty without the stories).
"""

import json
from datetime import date
from math import sqrt

import numpy as np
import pytest

from pipelines.simulation.configuration import ALL_STORIES, SimulationConfig
from pipelines.simulation.moments import begin_of
from pipelines.simulation.simulate import Played
from pipelines.simulation.stories import STORIES, Story, recorded_share
from tests.simulation.power import power

BY_NAME = {story.name: story for story in STORIES}


def durations(played: Played, handoff_id: str, first: str, last: str) -> np.ndarray:
    """Days of the completed hand-offs that started in a period."""
    start, end = (
        float(np.datetime64(day).astype("datetime64[D]").astype(int)) for day in (first, last)
    )
    part = next(each for each in played.chronicle.handoffs if each.handoff_id == handoff_id)
    inside = (part.started >= start) & (part.started < end) & ~np.isnan(part.stopped)
    return part.stopped[inside] - part.started[inside]


def test_every_story_is_declared_in_the_ledger(chain):
    declared = json.loads((chain.ledger / "true" / "stories.json").read_text(encoding="utf-8"))
    assert declared["notice"] == "synthetische gegevens"
    assert tuple(each["name"] for each in declared["stories"]) == ALL_STORIES
    for each in declared["stories"]:
        assert each["start"] and each["size"] and each["grain"] and each["method"]
        assert each["power"] >= 0.8
        assert each["false_alarms"] <= 0.2


def test_the_new_intake_form_shortens_triage(demo):
    before = durations(demo, "K13", "2025-01-01", "2026-01-01")
    after = durations(demo, "K13", "2026-01-01", "2026-10-01")
    assert np.median(after) < 0.85 * np.median(before)


def test_reasons_are_recorded_more_often_from_the_trial_of_the_form_on_and_only_with_it():
    judged = np.array(
        [begin_of(date.fromisoformat(day)) for day in ("2024-01-01", "2024-09-26", "2024-09-28")]
    )
    config = SimulationConfig()
    assert list(recorded_share(config, judged)) == [0.88, 0.88, 0.95]
    assert set(recorded_share(config.without_stories(), judged)) == {0.88}


def test_phase_outs_wait_from_mid_2024(demo):
    before = durations(demo, "K41", "2023-07-01", "2024-07-01")
    after = durations(demo, "K41", "2025-07-01", "2026-01-01")
    assert np.median(after) > 3 * np.median(before)


def test_a_chain_without_stories_has_none_of_this(contracts_dir):
    config = SimulationConfig().without_stories()
    found = [power(story, 1, config=config, contracts_dir=contracts_dir).found for story in STORIES]
    assert sum(found) <= 1


@pytest.mark.long
@pytest.mark.parametrize("name", ALL_STORIES)
def test_the_stated_power_holds(name, contracts_dir):
    n = 8
    story: Story = BY_NAME[name]
    found = power(story, n, config=SimulationConfig(seed=1), contracts_dir=contracts_dir)
    # Three standard errors of so few chains; a share of 1 is allowed to miss one.
    spread = 3 * sqrt(max(story.power * (1 - story.power), 0.05) / n)
    assert found.found >= story.power - spread
    assert found.false_alarms <= story.false_alarms + spread
