"""How often a list holds an item where nothing changes: `python -m tests.bench.series_lists [N]`.

Here: N chains of series alone, one per figure of the register, by month and quarter, of the country
and of every member; what their charts and chances say; and what the list leaves of it; and the same
as the platform is shown it: members in groups, by spans of different length, themes by such spans
alone. Not here: chains that are simulated, delivered and published (`chain_lists`), the chance of a
series by itself (`signal_series`).

A chain is drawn by cell, parket by phenomenon, and every series is made of its cells: so the
country is the sum of its members, dimensions cut the same cases, and measures of the same cases
follow each other. Nothing changes: no story, no transition. Months resemble those before them as
often and as much as the calibration has it, the same in all cells of an indicator.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binomtest, false_discovery_control

from pipelines.as_shown import AS_SHOWN
from pipelines.indicators.register import Indicator, complete_register, load_register
from pipelines.settings import Settings
from pipelines.signals.agenda import LEVEL, chance_of, series_weights
from pipelines.signals.series import GROWTH_CHANCE, STEP_CHANCE
from pipelines.simulation.configuration import PARKETTEN, PHENOMENA
from pipelines.statistics.calibration import Family
from pipelines.statistics.calibration import chance_of as chance_of_strength
from pipelines.statistics.change_at_end import (
    Strength,
    end_strength,
    even_scores,
    growth_strength,
)
from pipelines.statistics.intervals import poisson_exact
from pipelines.statistics.member_change import member_chances
from pipelines.statistics.span_change import span_strengths
from tests.bench.measured import store
from tests.bench.unchanged import ALIKE, BEYOND_CHANCE, spans
from tests.indicators.plain_charts import moving_range_lines, share_scores, signals_on_last

FloatArray = npt.NDArray[np.float64]

N_CHAINS = 200
SEED = 20261128
MONTHS, QUARTERS = 57, 19
N_CELLS = len(PARKETTEN) * len(PHENOMENA)
MEMBERS = {"parket": len(PARKETTEN), "phenomenon": len(PHENOMENA), "route": 2, "entry_way": 3}
OTHER_MEMBERS = 4
# Members in groups of the first dimensions of a figure, and themes of the same evaluations.
GROUPS = (4, 2, 2)
N_THEMES = 12
# Cases a quarter; a member with fewer has no chart.
FEWEST = 6.0
SHARES = frozenset({"share", "reconciliation", "cumulative_incidence"})
COUNTS = frozenset({"count", "flow", "rate"})


@dataclass(frozen=True)
class Series:
    """One measure of the members of a dimension: (chains, members, periods) arrays."""

    dimension: str
    grain: str
    values: FloatArray
    cases: FloatArray
    is_headline: bool = True


def series_of(entry: Indicator, rng: np.random.Generator, n_chains: int) -> Iterator[Series]:
    """Draw all series of an indicator."""
    cases = float(np.exp(rng.uniform(np.log(10.0), np.log(80.0)))) / N_CELLS
    size = (n_chains, N_CELLS, MONTHS)
    of = np.full(size, cases)
    second = None
    if entry.kind == "stock":
        cells = rng.poisson(cases, size) - rng.poisson(cases, size) * 1.0
    elif entry.kind in COUNTS:
        cells = rng.poisson(cases, size) * 1.0
    elif entry.kind in SHARES:
        of = rng.poisson(cases, size) * 1.0
        cells = rng.binomial(of.astype(int), rng.uniform(0.15, 0.85)) * 1.0
    else:
        phi = rng.choice(list(ALIKE), p=list(ALIKE.values()))
        # What chance makes of the logarithm, and a course of its own beside it.
        spread = 0.9 / np.sqrt(cases)
        beyond = np.sqrt(rng.choice([0.0, *BEYOND_CHANCE], p=[0.65, *BEYOND_CHANCE.values()]))
        own = beyond * _alike(rng, size, phi)
        cells = spread * (rng.standard_normal(size) + own)
        # P90 and mean of the same cases.
        second = 0.7 * cells + 0.7 * spread * (rng.standard_normal(size) + own)
    for dimension in ("national", *entry.dimensions):
        n_members = 1 if dimension == "national" else MEMBERS.get(dimension, OTHER_MEMBERS)
        member = _members(dimension, n_members, rng)
        for measure in (cells, second) if second is not None else (cells,):
            for grain in ("month", "quarter") if dimension == "national" else ("quarter",):
                values, whole = _of_members(measure, member, grain), _of_members(of, member, grain)
                if entry.kind not in SHARES | COUNTS | {"stock"}:
                    n_cells = np.bincount(member, minlength=n_members)[None, :, None]
                    values = values / n_cells / (3 if grain == "quarter" else 1)
                is_charted = whole.mean(axis=(0, 2)) >= (FEWEST if grain == "quarter" else 1.0)
                if is_charted.any():
                    yield Series(
                        dimension, grain, values[:, is_charted], whole[:, is_charted],
                        is_headline=measure is cells,
                    )  # fmt: skip


def _alike(rng: np.random.Generator, size: tuple[int, ...], phi: float) -> FloatArray:
    found = rng.standard_normal(size)
    for month in range(1, size[-1]):
        found[..., month] *= np.sqrt(1 - phi**2)
        found[..., month] += phi * found[..., month - 1]
    return found


def _members(dimension: str, n_members: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """The member each cell belongs to."""
    if dimension == "parket":
        return np.arange(N_CELLS) // len(PHENOMENA)
    if dimension == "phenomenon":
        return np.arange(N_CELLS) % len(PHENOMENA)
    return np.asarray(rng.permutation(np.arange(N_CELLS) % n_members))


def _of_members(cells: FloatArray, member: npt.NDArray[np.int64], grain: str) -> FloatArray:
    found = np.stack(
        [cells[:, member == number].sum(axis=1) for number in range(member.max() + 1)], 1
    )
    if grain == "quarter":
        found = found.reshape(*found.shape[:2], QUARTERS, 3).sum(axis=3)
    return np.asarray(found)


def chances(entry: Indicator, series: Series) -> FloatArray:
    """(chains, members) chance of every series; 1 where no rule flags its last point."""
    shape = series.values.shape
    flat, cases = series.values.reshape(-1, shape[2]), series.cases.reshape(-1, shape[2])
    if entry.kind == "stock":
        return _chances_of_stock(flat).reshape(shape[:2])
    if entry.kind in SHARES:
        cases = np.maximum(cases, 1.0)
        points = share_scores(flat, cases)
        has_signal = signals_on_last(points, moving_range_lines(points, around_zero=True))
        even = even_scores(flat / cases, cases, is_share=True)
        strength, family = end_strength(even, is_positive=False, is_counted=True), Family.COUNTED
        cases = np.ones_like(cases)
        is_high = points[:, -1] > 0
    else:
        points = flat + 0.5 if entry.kind in COUNTS else np.exp(2.0 + flat)
        has_signal = signals_on_last(points, moving_range_lines(points))
        if entry.kind in COUNTS:
            strength, family = end_strength(points, is_positive=True), Family.VALUES
        else:
            # A mean of so many cases spreads by chance as their number lets expect.
            scores = (flat - flat.mean(axis=1, keepdims=True)) * np.sqrt(cases) / 0.9
            strength = end_strength(scores, is_positive=False, is_counted=True)
            family = Family.COUNTED
        even = 2.0 * np.sqrt(points) if entry.kind in COUNTS else flat
        is_high = points[:, -1] > points.mean(axis=1)
    own = chance_of_strength(_on_side(strength, is_high), shape[2], family)
    has_step = ~has_signal & (chance_of_strength(strength.either, shape[2], family) <= STEP_CHANCE)
    is_high = np.where(has_step, strength.up > strength.down, is_high)
    own = np.where(has_step, chance_of_strength(strength.either, shape[2], family), own)
    has_signal |= has_step
    found = np.where(has_signal, own, 1.0).reshape(shape[:2])
    if shape[1] == 1:
        return found
    signalling, high = has_signal.reshape(shape[:2]), is_high.reshape(shape[:2])
    even, cases = even.reshape(shape), cases.reshape(shape)
    for chain in np.flatnonzero(signalling.any(axis=1)):
        family_of = member_chances(list(even[chain]), list(cases[chain]))
        of_member = np.where(high[chain], family_of.up, family_of.down)
        found[chain] = np.where(signalling[chain], of_member, 1.0)
    return found


def _chances_of_stock(changes: FloatArray) -> FloatArray:
    n = changes.shape[1]
    end, growth = end_strength(changes, is_positive=False), growth_strength(changes)
    has_signal = signals_on_last(changes, moving_range_lines(changes))
    of_end = chance_of_strength(
        _on_side(end, changes[:, -1] > changes.mean(axis=1)), n, Family.SCORES
    )
    of_growth = chance_of_strength(growth.either, n, Family.GROWTH)
    both = np.minimum(1.0, 2.0 * np.minimum(np.where(has_signal, of_end, 1.0), of_growth))
    return np.where(has_signal | (of_growth <= GROWTH_CHANCE), both, 1.0)


def _on_side(strength: Strength, is_high: npt.NDArray[np.bool_]) -> FloatArray:
    return np.where(is_high, strength.up, strength.down)


def own_chances(entry: Indicator, rng: np.random.Generator, n_chains: int) -> FloatArray:
    """(chains,) the chance of an indicator."""
    found, rows = [], []
    for series in series_of(entry, rng, n_chains):
        found.append(chances(entry, series))
        rows += [
            _row(entry, series.dimension, series.grain, str(member), series.is_headline)
            for member in range(series.values.shape[1])
        ]
    if not rows:
        return np.ones(n_chains)
    weights = series_weights(pd.DataFrame(rows)).to_numpy()
    return np.asarray(chance_of(np.concatenate(found, axis=1), weights))


def chances_as_shown(
    charted: Sequence[Indicator], rng: np.random.Generator, n_chains: int
) -> FloatArray:
    """(chains, indicators) chances where what is rare is shown by spans of different length."""
    found = np.ones((n_chains, len(charted)))
    themes = _chances_of_spans(rng, n_chains, N_THEMES)
    found[:, -N_THEMES:] = themes
    for place, entry in enumerate(charted[:-N_THEMES]):
        own, rows = [], []
        for series in series_of(entry, rng, n_chains):
            if series.dimension == "national":
                own.append(chances(entry, series))
                rows.append(_row(entry, series.dimension, series.grain, "0", series.is_headline))
        if not rows:
            continue
        if entry.kind not in COUNTS | {"stock"}:
            for dimension, n_groups in zip(entry.dimensions, GROUPS, strict=False):
                own.append(_chances_of_spans(rng, n_chains, n_groups))
                rows += [
                    _row(entry, dimension, AS_SHOWN, str(group), is_headline=True)
                    for group in range(n_groups)
                ]
        weights = series_weights(pd.DataFrame(rows)).to_numpy()
        found[:, place] = chance_of(np.concatenate(own, axis=1), weights)
    return found


def _chances_of_spans(rng: np.random.Generator, n_chains: int, n_of_kind: int) -> FloatArray:
    """(chains, courses) chances of courses of one kind; 1 where no step is flagged."""
    courses = spans(rng, n_chains, int(rng.integers(3, 12)), n_of_kind)
    found = []
    for points, strength in zip(courses[0], span_strengths(*courses), strict=True):
        chance = chance_of_strength(strength.either, points.shape[1], strength.family)
        found.append(np.where(chance <= STEP_CHANCE, chance, 1.0))
    return np.stack(found, axis=1)


def _row(
    entry: Indicator, dimension: str, grain: str, member: str, is_headline: bool
) -> dict[str, object]:
    """What the weight of a series depends on."""
    return {
        "indicator": entry.id, "dimension": dimension, "member": member, "period_grain": grain,
        "is_headline": is_headline, "chart": "spans" if grain == AS_SHOWN else "xmr",
        "n_points": QUARTERS, "rebased_on": None, "period": "",
    }  # fmt: skip


def _register() -> list[Indicator]:
    settings = Settings()
    path = settings.dbt_project_dir / "models" / "indicators" / "dim_indicator.yml"
    with (settings.seeds_dir / "handoffs.csv").open(encoding="utf-8", newline="") as file:
        return complete_register(load_register(path), csv.DictReader(file), date(2026, 1, 1))


def answers(own: FloatArray, of: str) -> Iterator[dict[str, object]]:
    """In how many lists anything is false, and how many items, of (chains, indicators) chances."""
    n_chains = len(own)
    n_items = (false_discovery_control(own, axis=1) <= LEVEL).sum(axis=1)
    n_any = int((n_items > 0).sum())
    of_any = binomtest(n_any, n_chains).proportion_ci(method="exact")
    for question, value, limits, unit in (
        ("any_false", n_any / n_chains, (of_any.low, of_any.high), "share"),
        ("false_items", n_items.mean(), poisson_exact(n_items.sum()), "items"),
    ):
        scale = n_chains if unit == "items" else 1
        lower, upper = (float(limit) / scale for limit in limits)
        yield {
            "question": f"{question}{of}", "value": float(value), "lower": lower, "upper": upper,
            "n": n_chains, "unit": unit,
        }  # fmt: skip


def main(n_chains: int) -> None:
    """Measure, print and write down."""
    charted = [entry for entry in _register() if entry.kind != "distribution"]
    own = np.stack(
        [
            own_chances(entry, np.random.default_rng((SEED, place)), n_chains)
            for place, entry in enumerate(charted)
        ],
        axis=1,
    )
    shown = chances_as_shown(charted, np.random.default_rng((SEED, len(charted))), n_chains)
    rows = [*answers(own, ""), *answers(shown, ".as_shown")]
    for row in rows:
        sys.stdout.write(
            f"{row['question']}: {row['value']:.3f} ({row['lower']:.3f} to {row['upper']:.3f}), "
            f"n = {n_chains}\n"
        )
    for level in (0.1, 0.01, 0.001):
        sys.stdout.write(
            f"indicators with a chance of at most {level:g}: {(own <= level).mean():.5f}\n"
        )
    store("signals", "python -m tests.bench.series_lists", n_chains, rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else N_CHAINS)
