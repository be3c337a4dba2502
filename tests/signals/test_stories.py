"""The stories of the synthetic chain are found in the table of signals, and only where they are.

What truly happened in chains of the size of the demo is estimated per period and put through the
real table. The stories about themes are found where themes are tested.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.deliveries.contract import load_contracts
from pipelines.settings import Settings
from pipelines.signals.background import Background, Norm, Rebase
from pipelines.signals.charted import signals_of
from pipelines.signals.tables import Signals
from pipelines.simulation.configuration import LARGEST_PARKET, PARKETTEN, SimulationConfig
from pipelines.simulation.moments import local_day
from pipelines.simulation.simulate import happen, play
from pipelines.simulation.stories import LATE_AIVD_QUARTER, NEW_INTAKE_FORM
from pipelines.statistics.intervals import wilson
from pipelines.statistics.survival import kaplan_meier_by_group

END = date(2026, 10, 31)
# The demo chain, and four more.
SEEDS = range(SimulationConfig().seed, SimulationConfig().seed + 5)
HORIZON = {"K13": 21.0, "K21": 30.0, "K41": 90.0}
NORM = {"K13": np.nan, "K21": 21.0, "K41": np.nan}


def table(indicator, statistic, grain, figures, *, member=None):
    """Figures by period as rows of the long contract."""
    n = len(figures)
    is_share = statistic in {"share", "share_within_norm"}
    return pd.DataFrame(
        {
            "indicator": [indicator] * n,
            "version": "1",
            "statistic": statistic,
            "view": "cohort",
            "clock": "gross",
            "side": "both",
            "unit": "share" if is_share else "calendar_days",
            "period_grain": grain,
            "period": figures["period"].tolist(),
            "dimension": "national" if member is None else "part",
            "member": member or "national",
            "value": figures["value"].to_numpy(float),
            "lower": figures.get("lower", np.nan),
            "upper": figures.get("upper", np.nan),
            "numerator": figures["done"].to_numpy(float),
            "denominator": figures["n"].to_numpy(float),
            "status": np.where(figures["value"].isna(), figures["missing"], "ok"),
        }
    )


def cohorts(chronicle, handoff, grain, keep=None):
    """Every figure of a hand-off per period of its start, open cases censored on the last day."""
    parts = [part for part in chronicle.handoffs if part.handoff_id == handoff]
    case = np.concatenate([part.case for part in parts])
    started = np.concatenate([part.started for part in parts])
    ends = np.concatenate([np.fmin(part.stopped, part.competing) for part in parts])
    stopped = np.concatenate([part.stopped for part in parts])
    mine = (started < chronicle.end) & (np.ones(len(case), bool) if keep is None else keep(case))
    first = local_day(started[mine]).astype("datetime64[D]")
    is_over = ends[mine] < chronicle.end
    last = local_day(np.where(is_over, ends[mine], chronicle.end - 1e-6)).astype("datetime64[D]")
    label = pd.PeriodIndex(first, freq={"month": "M", "quarter": "Q"}[grain])
    names = label.strftime("%Y-%m" if grain == "month" else "%Y-Q%q")
    code, periods = pd.factorize(pd.Series(names), sort=True)
    duration = np.maximum((last - first).astype(float), 0.0)
    found = kaplan_meier_by_group(
        duration, is_over, code, len(periods), norm=NORM[handoff], tau=HORIZON[handoff]
    )
    done = np.bincount(code, weights=is_over & ~np.isnan(stopped[mine]), minlength=len(periods))
    base = pd.DataFrame({"period": periods, "n": found.n, "done": done})
    return {
        "median": base.assign(
            value=found.quantiles[:, 0],
            lower=found.quantile_lower[:, 0],
            upper=found.quantile_upper[:, 0],
            missing="not_reached",
        ),
        "rmst": base.assign(
            value=found.rmst, lower=found.rmst_lower, upper=found.rmst_upper, missing="too_recent"
        ),
        "share_within_norm": base.assign(
            value=1 - found.survival_at_norm,
            done=base["n"] * (1 - found.survival_at_norm),
            missing="too_recent",
        ),
    }


def found_in(rows: pd.DataFrame, *, rebases=()) -> Signals:
    background = Background(
        {
            indicator: "share" if indicator == "delivery_on_time" else "lead_time"
            for indicator in rows["indicator"]
        },
        {"triage": "lower", "dossier": "lower", "phase_out": "lower", "delivery_on_time": "higher"},
        {"triage": "K13", "dossier": "K21", "phase_out": "K41"},
        END,
        norms=(Norm("K21", "calendar_days", 21.0, date(2022, 1, 1), None),),
        rebases=tuple(rebases),
        horizons={"triage": 21.0, "dossier": 30.0, "phase_out": 90.0},
    )
    return signals_of(rows, background)


def all_rows(chronicle) -> pd.DataFrame:
    """Triage (nationally and by the direct route), phase-out, and the dossier of every parket."""
    rows = []
    for indicator, handoff in (("triage", "K13"), ("phase_out", "K41")):
        for grain in ("month", "quarter"):
            figures = cohorts(chronicle, handoff, grain)
            rows += [
                table(indicator, statistic, grain, figures[statistic])
                for statistic in ("median", "rmst")
            ]
    intake = chronicle.tables["om_intake"]
    is_direct = np.zeros(len(chronicle.cases), bool)
    is_direct[intake.case] = intake.columns["route"].values == "direct"
    direct = cohorts(chronicle, "K13", "quarter", lambda case: is_direct[case])
    rows += [
        table("triage", statistic, "quarter", direct[statistic], member="direct")
        for statistic in ("median", "rmst")
    ]
    parket = chronicle.cases.parket
    for code, name in enumerate(PARKETTEN):
        figures = cohorts(chronicle, "K21", "quarter", lambda case, code=code: parket[case] == code)
        rows += [
            table("dossier", statistic, "quarter", figures[statistic], member=name)
            for statistic in ("median", "share_within_norm")
        ]
    return pd.concat(rows, ignore_index=True)


@pytest.fixture(scope="module")
def told() -> list[pd.DataFrame]:
    """Figures of five chains with their stories."""
    return [all_rows(happen(replace(SimulationConfig(), seed=seed))) for seed in SEEDS]


@pytest.fixture(scope="module")
def untold() -> list[pd.DataFrame]:
    """Figures of five chains without a story."""
    chains = [replace(SimulationConfig(), seed=seed).without_stories() for seed in SEEDS]
    return [all_rows(happen(chain)) for chain in chains]


def series(signals: Signals, indicator: str, statistic: str, grain: str, member="national"):
    """The one row of a series."""
    rows = signals.signal
    mine = (rows["indicator"] == indicator) & (rows["statistic"] == statistic)
    mine &= (rows["period_grain"] == grain) & (rows["member"] == member)
    return rows[mine].iloc[0]


def test_a_shorter_triage_is_an_improvement(told):
    rows = [series(found_in(figures), "triage", "rmst", "quarter", "direct") for figures in told]

    assert {(row["variation"], row["moved"]) for row in rows} == {("improvement", "down")}


def test_the_platforms_note_explains_it_and_the_series_begins_anew(told):
    note = Rebase(NEW_INTAKE_FORM.start, "triage", "")
    for figures in told:
        signals = found_in(figures, rebases=[note])
        row = series(signals, "triage", "rmst", "quarter", "direct")
        points = signals.points[signals.points["series_id"] == row["series_id"]]

        assert row["rebased_on"] == NEW_INTAKE_FORM.start
        assert (row["variation"], row["is_provisional"]) == ("common_cause", True)
        assert points.loc[points["is_rebase"], "period"].tolist() == ["2026-Q1"]
        # Explained is not gone: the centre says how much shorter.
        assert points["centre"].iloc[-1] < 0.9 * points["centre"].iloc[0]


def test_waiting_phase_outs_are_found_before_half_of_them_has_ended(told):
    for figures in told:
        signals = found_in(figures)
        median = series(signals, "phase_out", "median", "month")
        mean = series(signals, "phase_out", "rmst", "quarter")

        assert (median["chart"], median["reason"], median["instead"]) == (
            "none",
            "quantile_not_reached",
            "rmst",
        )
        assert (mean["variation"], mean["moved"]) == ("concern", "up")
        own = signals.signal[signals.signal["indicator"] == "phase_out"]
        # Beside the other two stories; which of the three is the least likely differs by chain.
        assert own["discussion_rank"].min() <= 3


def test_the_drifting_dossiers_are_those_of_one_parket(told):
    for figures in told:
        row = series(found_in(figures), "dossier", "median", "quarter", LARGEST_PARKET)

        assert (row["variation"], row["moved"]) == ("concern", "up")


def test_where_no_story_was_built_in_signals_are_as_rare_as_chance_has_them(untold):
    rows = pd.concat([found_in(figures).signal for figures in untold])
    charted = rows[rows["chart"] != "none"]
    found = int((charted["rule"] != "none").sum())
    limits = wilson(found, len(charted), level=0.99)

    assert limits.lower <= charted["false_alarm_rate"].mean()
    assert found / len(charted) < 0.06
    # The three stories themselves: nowhere.
    for figures in untold:
        signals = found_in(figures)
        assert series(signals, "triage", "rmst", "quarter", "direct")["rule"] == "none"
        assert series(signals, "phase_out", "rmst", "quarter")["rule"] == "none"
        assert series(signals, "dossier", "median", "quarter", LARGEST_PARKET)["rule"] == "none"


@pytest.mark.parametrize("has_story", [True, False])
def test_late_deliveries_of_one_quarter(has_story):
    config = SimulationConfig(scale=0.03)
    contracts = load_contracts(Settings().contracts_dir)
    played = play(config if has_story else config.without_stories(), contracts)
    sent = pd.DataFrame(
        [
            (pd.Timestamp(delivery.reference_date), not delivery.is_late)
            for name, deliveries in played.plan.items()
            for delivery in deliveries
            if name.startswith("aivd_") and delivery.version == 1
        ],
        columns=["day", "on_time"],
    )
    period = sent["day"].dt.to_period("Q").dt.strftime("%Y-Q%q")
    figures = sent.groupby(period)["on_time"].agg(done="sum", n="size").reset_index(names="period")
    figures = figures.assign(value=figures["done"] / figures["n"], missing="no_data")
    signals = found_in(table("delivery_on_time", "share", "quarter", figures, member="aivd"))
    outside = signals.points.loc[signals.points["rule"] == "outside", "period"].tolist()

    assert signals.signal["chart"].tolist() == ["exact"]
    assert outside == (["2025-Q3"] if has_story else [])
    assert LATE_AIVD_QUARTER.start == date(2025, 7, 1)
