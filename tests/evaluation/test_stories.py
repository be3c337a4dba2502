"""Every story planted among the themes is found by the monitor's own rules, and none besides.

From what the Kenniscentrum of the full-size synthetic chain would have coded, through prevalence to
the control chart; the same chain without stories is the other half of the test.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from pipelines.evaluation.codebook import Codebook
from pipelines.evaluation.prevalence import theme_figures
from pipelines.evaluation.reliability import theme_agreement
from pipelines.periods import last_full_period
from pipelines.settings import Settings
from pipelines.signals.series import signal_of_series
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.moments import local_day
from pipelines.simulation.simulate import happen

CONFIG = SimulationConfig()
RISING, FADING = ("dossier_onvolledig", "afbouw_uitgesteld"), ("rol_onduidelijk",)
MEETINGS = 4


@cache
def codings(has_stories: bool) -> pd.DataFrame:
    """One row per evaluation, coder and theme, of everything coded by the end."""
    chronicle = happen(CONFIG if has_stories else CONFIG.without_stories())
    columns = chronicle.tables["kc_evaluatie"].columns
    held = columns["gehouden_op"].values
    rows = pd.DataFrame(
        {
            "record_key": columns["evaluatie_nr"].values,
            "held_on": local_day(np.nan_to_num(held)).astype("int64").astype("datetime64[D]"),
            "codebook_version": columns["codeboekversie"].values,
            "coder": columns["codeur"].values,
            "theme": columns["thema"].values,
            "handoff_id": columns["koppelvlak"].values,
        }
    )
    rows.loc[columns["thema"].known >= chronicle.end, ["theme", "handoff_id"]] = None
    return rows[columns["codeboekversie"].known < chronicle.end]


@cache
def codebook() -> Codebook:
    seeds = Settings().seeds_dir
    return Codebook.from_frames(
        pd.read_csv(seeds / "codebook.csv"), pd.read_csv(seeds / "codebook_mapping.csv")
    )


@cache
def moved(has_stories: bool) -> dict[str, int]:
    """Side of the last signal of every series in the last four full quarters; 0 without one."""
    first = codings(has_stories).query("coder == 'a'")
    figures = theme_figures(codebook().series, first, first[first["theme"].notna()])
    quarters = figures.query("period_grain == 'quarter' and dimension == 'national'")
    found = {}
    for indicator, rows in quarters.groupby("indicator"):
        last = last_full_period(CONFIG.end, "quarter")
        full = rows[(rows["period"] <= "2026-Q3") & (rows["denominator"] >= 10)]
        signal = signal_of_series(
            list(full["period"]), full["value"].to_numpy(), grain="quarter", until=last
        )
        sides = [side for side in signal.sides[-MEETINGS:].tolist() if side]
        found[str(indicator).removeprefix("theme_")] = sides[-1] if sides else 0
    return found


@pytest.mark.parametrize("theme", RISING)
def test_an_emerging_theme_is_found(theme):
    assert moved(has_stories=True)[theme] == 1


@pytest.mark.parametrize("theme", FADING)
def test_a_fading_theme_is_found(theme):
    assert moved(has_stories=True)[theme] == -1


def test_where_nothing_was_planted_themes_move_no_more_than_by_chance():
    """Of some ten series over four meetings one may signal; power.py states how often each does."""
    others = {
        theme: side
        for theme, side in moved(has_stories=True).items()
        if theme not in {*RISING, *FADING}
    }
    assert len(others) == 9
    assert sum(map(bool, others.values())) <= 1
    assert sum(map(bool, moved(has_stories=False).values())) <= 1


def test_the_split_of_the_codebook_moves_nothing():
    """The comparable series runs on, the new themes begin where they came in."""
    first = codings(has_stories=True).query("coder == 'a'")
    figures = theme_figures(codebook().series, first, first[first["theme"].notna()])
    quarters = figures.query("period_grain == 'quarter' and dimension == 'national'")
    periods = quarters.groupby("indicator")["period"].agg(["min", "max"])
    assert periods.loc["theme_informatie_laat", "min"] < "2023-Q1"
    assert periods.loc["theme_informatie_laat", "max"] >= "2026-Q3"
    # Held shortly before the split and coded after it.
    assert periods.loc["theme_informatie_niet_gedeeld", "min"] in {"2025-Q1", "2025-Q2"}
    for part in ("informatie_laat", "informatie_niet_gedeeld", "informatieproduct_te_laat"):
        assert moved(has_stories=True)[part] == 0


def test_the_theme_that_coders_disagree_on_is_found():
    for has_stories, doubtful in ((True, {"communicatie_persoon"}), (False, set())):
        rows = codings(has_stories)
        verdicts = theme_agreement(codebook().series, rows, rows[rows["theme"].notna()])
        found = set(verdicts.loc[verdicts["verdict"] == "not_reliable", "series"])
        assert found == doubtful
