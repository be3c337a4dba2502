"""How often a member lies beyond the outer limits of its funnel: `python -m tests.bench.funnel`.

Here: comparisons of ten members drawn at random, whose true shares differ or not, and three ways to
draw their limits: with a spread between members added (τ, what the monitor does), with limits
widened by a factor (φ), and for chance alone.
Not here: the limits themselves (`pipelines.statistics.funnel`).

Members have 20 to 400 cases, evenly on the scale of the logarithm, and a share of .7 on average.
Meant is 1 in 500. A way that treats small and large members alike gives both halves the same.
"""

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.statistics.funnel import share_limits, spread_of
from tests.bench.measured import store

RUNS = 2000
MEMBERS = 10
SHARE = 0.7
OUTER = 0.998
SPREADS = (0.0, 0.05, 0.1)
SEED = 20261126

FloatArray = npt.NDArray[np.float64]
Pair = tuple[FloatArray, FloatArray]


def beyond(runs: int, true_spread: float) -> Iterator[dict[str, Any]]:
    """Share of the smaller and of the larger half of members beyond the outer limits.

    Args:
        runs: Comparisons drawn.
        true_spread: Standard deviation of the members' true shares.

    Yields:
        `spread`, `limits` (added, factor or chance), `smaller` and `larger`.
    """
    rng = np.random.default_rng([SEED, int(1000 * true_spread)])
    cases = np.exp(rng.uniform(np.log(20), np.log(400), (runs, MEMBERS))).astype(np.int64)
    truth = np.full(cases.shape, SHARE)
    if true_spread:
        total = SHARE * (1.0 - SHARE) / true_spread**2 - 1.0
        truth = rng.beta(SHARE * total, (1.0 - SHARE) * total, cases.shape)
    values = rng.binomial(cases, truth) / cases
    found: dict[str, list[npt.NDArray[np.bool_]]] = {"added": [], "factor": [], "chance": []}
    for n, value in zip(cases, values, strict=True):
        for name, (lower, upper) in _limits(n.astype(np.float64), value):
            found[name].append((value < lower - 1e-9) | (value > upper + 1e-9))
    is_large = cases > np.median(cases, axis=1, keepdims=True)
    for name, flags in found.items():
        flagged = np.array(flags)
        yield {
            "spread": true_spread,
            "limits": name,
            "smaller": round(float(flagged[~is_large].mean()), 4),
            "larger": round(float(flagged[is_large].mean()), 4),
        }


def _limits(n: FloatArray, value: FloatArray) -> Iterator[tuple[str, Pair]]:
    target = float(np.average(value, weights=n))
    spread = spread_of(value, target, np.sqrt(target * (1.0 - target) / n))
    assert spread is not None, "ten members have a spread"
    chance = share_limits(n, target, 0.0, OUTER)
    factor = np.sqrt(max(spread.ratio, 1.0))
    yield "added", share_limits(n, target, spread.between, OUTER)
    lower, upper = (target + factor * (limit - target) for limit in chance)
    yield "factor", (lower, upper)
    yield "chance", chance


def main() -> None:
    """Print the table, and write it down for the methods page."""
    parser = argparse.ArgumentParser(description="Members beyond the limits of their funnel.")
    parser.add_argument("--runs", type=int, default=RUNS, help="comparisons of a kind")
    runs = parser.parse_args().runs
    rows = [row for spread in SPREADS for row in beyond(runs, spread)]
    print(f"{'true spread':>11} {'limits':8} {'smaller':>8} {'larger':>8}")
    for row in rows:
        print(f"{row['spread']:11} {row['limits']:8} {row['smaller']:8} {row['larger']:8}")
    store("funnel", "python -m tests.bench.funnel", runs, rows)


if __name__ == "__main__":
    main()
