"""Limits of one cohort, worked out again: case by case, a root finder for every limit.

Here: until when a curve is known, the beta product of a survival curve, the beta limits of an
incidence and those of a restricted mean, each from the text of the rules; and those of a share.
Not here: the curves and their figures (`figures`).

Rules (methods 1): known at t where nobody was censored before t, or three could be followed to t. A
limit is where the average of two beta distributions has 0.025 or 0.975 below it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

FEWEST = 3
TAIL = 0.025
Ends = tuple[float, float]


@dataclass(frozen=True)
class Cases:
    """The cases of one cohort.

    Attributes:
        duration: How long each took, or was followed.
        status: completed, competing or open.
        followable: How long each could have been followed, ended or not.
        may_exit: Whether cases of this kind can end another way, even if none here did.
    """

    duration: np.ndarray
    status: np.ndarray
    followable: np.ndarray
    may_exit: bool

    def where(self, mine: np.ndarray) -> "Cases":
        """Some of the cases."""
        parts = (values[mine] for values in (self.duration, self.status, self.followable))
        return Cases(*parts, self.may_exit)

    @property
    def known_until(self) -> float:
        """The last time at which anything is known."""
        censored = self.duration[self.status == "open"]
        until = censored.min() if censored.size else np.inf
        longest = sorted(self.followable, reverse=True)
        return max(until, longest[FEWEST - 1]) if len(longest) >= FEWEST else until

    def at_risk(self, time: float) -> int:
        return int((self.duration >= time).sum())

    def ended(self, time: float, how: str | None = None) -> int:
        """How many ended at a time, in whichever way or in one."""
        at_it = self.duration == time
        return int((at_it & (self.status == how if how else self.status != "open")).sum())

    def ends(self) -> np.ndarray:
        """The times at which anything ended."""
        return np.unique(self.duration[self.status != "open"])


def limits_of_share(n: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two shares that a score test only just does not reject (Wilson 1927), of many at once."""
    share, spread = n / of, stats.norm.isf(TAIL) ** 2 / of
    middle, root = (
        2 * share + spread,
        np.sqrt((2 * share + spread) ** 2 - 4 * (1 + spread) * share**2),
    )
    return (middle - root) / (2 * (1 + spread)), (middle + root) / (2 * (1 + spread))


def average(parts: list[tuple[float, float]], share: float) -> float:
    """Chance of at most a share under the average of beta distributions, points at 0 and 1 too."""
    chances = [
        1.0 if a == 0 else 0.0 if b == 0 else float(special.betainc(a, b, share)) for a, b in parts
    ]
    return sum(chances) / len(chances)


def limits_of(parts: list[tuple[float, float]]) -> Ends:
    """Where the average of two beta distributions has 0.025 and 0.975 below it."""

    def where(chance: float) -> float:
        def excess(share: float) -> float:
            return average(parts, share) - chance

        # Half of the chance may be a point at either end.
        if excess(0.0) >= 0:
            return 0.0
        return 1.0 if excess(1.0 - 1e-15) < 0 else optimize.brentq(excess, 0.0, 1.0, xtol=1e-14)

    return where(TAIL), where(1 - TAIL)


def like_counts(x: float, n: float) -> list[tuple[float, float]]:
    """Mid-p Clopper-Pearson of x out of n."""
    return [(x, n - x + 1), (x + 1, n - x)]


def products(cases: Cases) -> Iterator[tuple[float, float, float]]:
    """First two moments of the upper distribution of the survival, from each time on."""
    first = second = 1.0
    for at in np.unique(cases.duration):
        n, d = cases.at_risk(at), cases.ended(at)
        first *= (n - d + 1) / (n + 1)
        second *= (n - d + 1) * (n - d + 2) / ((n + 1) * (n + 2))
        yield at, first, second


def limits_of_survival(cases: Cases, time: float) -> Ends:
    """Limits of the share still waiting at a time."""
    first = second = 1.0
    for at, first_moment, second_moment in products(cases):
        if at <= time:
            first, second = first_moment, second_moment
    open_then = int(((cases.duration == time) & (cases.status == "open")).sum())
    after = int((cases.duration > time).sum()) + open_then
    return limits_of(_parts_of_product(first, second, after))


def chances_of_survival(cases: Cases, done: float) -> list[tuple[float, float]]:
    """Each time, with the confidence that a share is done just after it."""
    found = []
    for at, first, second in products(cases):
        parts = _parts_of_product(first, second, int((cases.duration > at).sum()))
        found.append((at, average(parts, 1 - done)))
    return found


def _parts_of_product(first: float, second: float, after: int) -> list[Ends]:
    upper = _matched(first, second) if first < 1 else (1.0, 0.0)
    if not after:
        return [(0.0, 1.0), upper]
    return [_matched(first * after / (after + 1), second * after / (after + 2)), upper]


def _matched(first: float, second: float) -> Ends:
    """The beta distribution with two moments."""
    variance = second - first**2
    total = first * (1 - first) / variance - 1
    return first * total, (1 - first) * total


def like_incidence(cases: Cases, time: float, incidence: float) -> list[Ends]:
    """The two distributions of the incidence of completion at a time."""
    if 0 < incidence < 1 - 1e-9:
        size = incidence * (1 - incidence) / incidence_variance(cases, time)
    else:
        # None or all, which a sum of products misses by its last digit, on either side.
        incidence, size = round(incidence), _tell(cases, time)
    return like_counts(incidence * size, size)


def incidence_variance(cases: Cases, time: float) -> float:
    """Dinse and Larson's, term by term (Pintilie 2006, 4.2)."""
    times = [at for at in cases.ends() if at <= time]
    waiting, incidence, terms = 1.0, 0.0, []
    for at in times:
        n, d, k = cases.at_risk(at), cases.ended(at), cases.ended(at, "completed")
        incidence += waiting * k / n
        terms.append((waiting, incidence, n, d, k))
        waiting *= 1 - d / n
    total = 0.0
    for before, then, n, d, k in terms:
        ahead = incidence - then
        total += ahead**2 * (d / (n * (n - d)) if n > d else 0.0)
        total += before**2 * k * (n - k) / n**3 - 2 * ahead * before * k / n**2
    return total


def chances_of_incidence(
    cases: Cases, times: np.ndarray, incidence: np.ndarray, done: float
) -> list[tuple[float, float]]:
    """Each time, with the confidence that at least a share is done by it."""
    return [
        (at, 1 - average(like_incidence(cases, at, share), done))
        for at, share in zip(times, incidence, strict=True)
    ]


def _tell(cases: Cases, time: float) -> float:
    """Cases that tell of none or all: those followed through a time, over the share waiting."""
    waiting = last = 1.0
    for at in cases.ends():
        if at > time:
            break
        last, waiting = waiting, waiting * (1 - cases.ended(at) / cases.at_risk(at))
        if waiting < 1e-12:
            return cases.at_risk(at) / last
    return (cases.at_risk(time) - cases.ended(time)) / waiting


def ends_of_quantile(
    cases: Cases, value: float, chances: list[tuple[float, float]]
) -> tuple[float, float]:
    """Times from which on the confidence that a share is done passes 0.025 and 0.975.

    Args:
        cases: The cohort.
        value: The quantile; NaN where it is not reached.
        chances: Times, with that confidence.
    """
    known = [(at, chance) for at, chance in chances if at <= cases.known_until]
    last = min(cases.known_until, cases.duration.max())
    lower = next((at for at, chance in known if chance >= TAIL), last)
    upper = next((at for at, chance in known if chance >= 1 - TAIL), np.nan)
    return (lower, np.nan) if np.isnan(value) else (min(lower, value), max(upper, value))


def limits_of_mean(cases: Cases, mean: float, stop: float) -> Ends:
    """Limits of the mean time waiting up to a moment, any end being one."""
    if np.isnan(mean):
        return np.nan, np.nan
    times = [at for at in cases.ends() if at < stop]
    n_ended = sum(cases.ended(at) for at in times)
    # Area under the curve from each time on, and the steps it is made of.
    waiting, steps = 1.0, []
    for at, following in zip(times, [*times, stop][1:], strict=True):
        waiting *= 1 - cases.ended(at) / cases.at_risk(at)
        steps.append(waiting * (following - at))
    variance = 0.0
    for position, at in enumerate(times):
        n, d = cases.at_risk(at), cases.ended(at)
        if n > d:
            variance += sum(steps[position:]) ** 2 * d / (n * (n - d))
    share = mean / stop
    if n_ended < 2 or variance <= 0 or not 0 < share < 1:
        low, high = limits_of(like_counts(share * cases.duration.size, float(cases.duration.size)))
        return low * stop, high * stop
    error = np.sqrt(variance * n_ended / (n_ended - 1)) / stop
    margin = stats.t.ppf(1 - TAIL, max(n_ended - 2.5, 1.0)) * error / (share * (1 - share))
    low, high = (special.expit(special.logit(share) + sign * margin) for sign in (-1, 1))
    return float(low * stop), float(high * stop)
