"""Small populations drawn at random, and their true figures in the long contract.

Here: cases of a few years with members of very different sizes, known late now and then, and the
counts, shares, median and incidence of them on a reference date. Many populations go into one
publication, each with indicators of its own.
As well: what an audience gets of them, and the releases of the advisory body, as an audit reads
them. Not here: the audit (`pipelines.audit`), and the simulated chain (`pipelines.simulation`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from pipelines.audit import Published
from pipelines.disclosure.catalogue import catalogue_of
from pipelines.disclosure.protect import Protected, protect
from pipelines.disclosure.true_cells import Bases, Facts
from pipelines.releases.freeze import freeze, is_settled, published_before
from pipelines.releases.revision import YEARLY

NATIONAL = "national"
# Each with its members, the largest first.
MEMBERS = {
    "parket": [f"parket {number}" for number in range(1, 11)],
    "phenomenon": [f"phenomenon {number}" for number in range(1, 6)],
    "route": ["central", "local"],
}
# Members of a cluster next to each other in size, so that none is small.
CLUSTERS = {
    (dimension, member): f"{dimension} cluster {place * n_clusters // len(MEMBERS[dimension])}"
    for dimension, n_clusters in (("parket", 4), ("phenomenon", 2))
    for place, member in enumerate(MEMBERS[dimension])
}
SIZES = (50, 200, 500)
KEY = b"of simulated populations, public"
_KINDS = {
    "cases": "count",
    "in_time": "share",
    "advised_in_time": "share",
    "lead_time": "lead_time",
    "ended": "cumulative_incidence",
}
_BASE = {"cases": "cases", "in_time": "cases", "lead_time": "cases", "ended": "exits",
         "advised_in_time": "advised"}  # fmt: skip
NORM_DAYS, TERM_DAYS = 28, 365
_FLAGS = ["in_time", "advised_in_time", "is_advised", "ended_by_term", "at_risk"]
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Population:
    """How cases come about.

    Attributes:
        cases_a_year: Expected number.
        within_norm: Share that is done within the norm.
        advised: Share on which there is advice.
        late: Share that is only known months afterwards.
        skew: How unlike the sizes of members are: the largest over the smallest.
    """

    cases_a_year: int
    within_norm: float = 0.78
    advised: float = 0.85
    late: float = 0.03
    skew: float = 6.0

    @classmethod
    def at_random(cls, rng: np.random.Generator) -> "Population":
        """One of a few sizes, with shares that are anybody's."""
        return cls(
            int(rng.choice(SIZES)),
            within_norm=rng.uniform(0.5, 0.95),
            advised=rng.uniform(0.6, 0.97),
            late=rng.uniform(0.0, 0.08),
            skew=rng.uniform(2.0, 10.0),
        )

    def draw(self, rng: np.random.Generator, first: int, n_years: int) -> pd.DataFrame:
        """Draw the cases of some calendar years.

        Returns:
            One row a case: `start` and `known` (days), its members, `days` it took, `is_advised`,
            and after how many days it `ended` or left in another way (`left`).
        """
        n = int(rng.poisson(self.cases_a_year * n_years))
        start = np.datetime64(f"{first}-01-01") + rng.integers(0, int(365.25 * n_years), n)
        # Lognormal, with the norm at the wanted quantile.
        spread = 0.6 * rng.standard_normal(n)
        centre = np.log(NORM_DAYS) - 0.6 * ndtri(self.within_norm)
        is_late = rng.random(n) < self.late
        cases = {
            "start": start,
            "known": start + np.where(is_late, rng.integers(30, 400, n), 0),
            "days": np.ceil(np.exp(centre + spread)),
            "is_advised": rng.random(n) < self.advised,
            "ended": np.ceil(rng.exponential(400.0, n)),
            "left": np.ceil(rng.exponential(900.0, n)),
        }
        for dimension, members in MEMBERS.items():
            weights = np.geomspace(self.skew, 1.0, len(members))
            cases[dimension] = rng.choice(members, n, p=weights / weights.sum())
        return pd.DataFrame(cases)


def facts_of(n_populations: int) -> Facts:
    """What a register would say of a publication: cases, and those with advice among them."""
    places = range(n_populations)
    nested = [(_named("advised", place), _named("cases", place)) for place in places]
    return Facts(
        Bases(
            of_indicator={
                _named(indicator, place): _named(base, place)
                for place in places
                for indicator, base in _BASE.items()
            },
            unit={_named(base, place): "cases" for place in places for base in set(_BASE.values())},
            within=pd.DataFrame(nested, columns=["smaller", "larger"]),
            numerator_of={},
            whole_of={},
        ),
        kinds={
            _named(indicator, place): kind for place in places for indicator, kind in _KINDS.items()
        },
        minimum_base={},
        clusters=CLUSTERS,
    )


def _named(name: str, population: int) -> str:
    return f"{name}_{population}"


def cases_of(
    populations: Sequence[Population], rng: np.random.Generator, first: int, n_years: int
) -> pd.DataFrame:
    """The cases of several populations, with `population`: its place."""
    drawn = [population.draw(rng, first, n_years) for population in populations]
    return pd.concat(drawn, keys=range(len(drawn)), names=["population", ""]).reset_index(
        "population"
    )


def true_figures(
    cases: pd.DataFrame, reference: date, dimensions: Iterable[str] = MEMBERS
) -> pd.DataFrame:
    """The figures of populations as they stand on a day, at the grains a build has.

    Args:
        cases: As `cases_of` gives them.
        reference: Reference date; what starts or is known later is not there.
        dimensions: Whose members have figures beside the country.

    Returns:
        Rows of the long contract, without any protection.
    """
    there = known_cases(cases, reference)
    found = [
        of_cells(there, grain, dimension, reference)
        for dimension in (NATIONAL, *dimensions)
        for grain in ("month", "quarter", "year")
        if dimension == NATIONAL or grain != "month"
    ]
    return pd.concat(found, ignore_index=True).assign(
        version="1", clock="gross", side="both", reference_date=str(reference), known_at=None,
        provisional_lower=np.nan, provisional_upper=np.nan,
    )  # fmt: skip


def protected(
    figures: pd.DataFrame,
    audience: str,
    n_populations: int,
    before: pd.DataFrame | None = None,
    *,
    revises: bool = False,
) -> Protected:
    """What an audience gets of the figures of populations.

    Args:
        figures: As `true_figures` gives them.
        audience: Whose catalogue.
        n_populations: How many populations they are of.
        before: Figures published before.
        revises: Of those, make anew what the truth is too far from.
    """
    return protect(
        figures,
        catalogue_of(audience),
        facts_of(n_populations),
        reference=date.fromisoformat(figures["reference_date"].iloc[0]),
        key=KEY,
        predecessor=before,
        revises=revises,
    )


def releases_of(
    cases: pd.DataFrame, n_populations: int, references: Sequence[date]
) -> list[Published]:
    """The releases of the advisory body, each with what was published before it held.

    Args:
        cases: As `cases_of` gives them.
        n_populations: How many populations they are of.
        references: Reference dates; the first in a calendar year revises what was published.
    """
    before: list[tuple[str, pd.DataFrame]] = []
    # What a catalogue does not name is left out sooner: half of the time.
    has_members = any(line.members for line in catalogue_of("advisory").lines)
    for reference in references:
        figures = true_figures(cases, reference, MEMBERS if has_members else ())
        shown = published_before(before)
        revises = bool(before) and before[-1][0][:4] < str(reference.year)
        made = protected(
            figures, "advisory", n_populations, shown if before else None, revises=revises
        )
        assert made.broken.empty, made.broken
        candidate = made.result
        settled = is_settled(candidate, dict.fromkeys(candidate["indicator"], reference))
        frozen = freeze(candidate, shown, settled, revises=YEARLY if revises else "")
        before.append((str(reference), frozen.result))
    return [as_published(result, "advisory", name, n_populations) for name, result in before]


def as_published(
    result: pd.DataFrame, audience: str, reference: str, n_populations: int
) -> Published:
    """A file as an audit reads it."""
    facts, catalogue = facts_of(n_populations), catalogue_of(audience)
    bases, kinds = facts.bases, facts.kinds
    within = bases.within.groupby("smaller")["larger"].agg("|".join)
    return Published(
        result=result,
        indicator=pd.DataFrame(
            {
                "indicator": kinds.keys(),
                "kind": kinds.values(),
                "unit": ["cases" if kind == "count" else "share" for kind in kinds.values()],
                "base": [bases.of_indicator[indicator] for indicator in kinds],
            }
        ),
        base=pd.DataFrame(
            [(base, unit, within.get(base, "")) for base, unit in bases.unit.items()],
            columns=["base", "unit", "within"],
        ),
        dimension_member=pd.DataFrame(
            [
                (dimension, member, CLUSTERS.get((dimension, member)))
                for dimension, members in MEMBERS.items()
                for member in members
            ],
            columns=["dimension", "member", "cluster"],
        ),
        publication=pd.DataFrame(
            {
                "publication_id": [reference],
                "audience": [audience],
                "threshold": [catalogue.threshold],
                "rounding_base": [catalogue.rounding_base],
                "reference_date": [reference],
            }
        ),
    )


def known_cases(cases: pd.DataFrame, reference: date) -> pd.DataFrame:
    """The cases known on a day, with what is counted of them."""
    day = np.datetime64(reference)
    there = cases[(cases["start"] <= day) & (cases["known"] <= day)]
    is_by_term = np.minimum(there["ended"], there["left"]) <= TERM_DAYS
    return there.assign(
        national=NATIONAL,
        in_time=there["days"] <= NORM_DAYS,
        advised_in_time=(there["days"] <= NORM_DAYS) & there["is_advised"],
        ended_by_term=is_by_term & (there["ended"] <= there["left"]),
        at_risk=~is_by_term,
        **{
            dimension + "_cluster": pd.Series(
                [CLUSTERS[dimension, member] for member in there[dimension]], index=there.index
            )
            for dimension in {name for name, _ in CLUSTERS}
        },
    )


def of_cells(there: pd.DataFrame, grain: str, dimension: str, reference: date) -> pd.DataFrame:
    """The figures of every cell of a grain and a dimension, or of its clusters.

    Args:
        there: As `known_cases` gives them.
        grain: `month`, `quarter`, `half_year` or `year`.
        dimension: One of `MEMBERS`, `national`, or a dimension with `_cluster` behind it.
        reference: Reference date; a cohort followed for less than its term has no incidence yet.
    """
    months = there["start"].to_numpy("datetime64[M]").astype(np.int64)
    length = _MONTHS[grain]
    cells = there.assign(place=months // length, member=there[dimension]).groupby(
        ["population", "place", "member"]
    )
    sums = cells[_FLAGS].sum().astype(float)
    sums["n"], sums["median"] = cells.size().astype(float), cells["days"].median()
    after = (sums.index.get_level_values("place").to_numpy() + 1) * length
    ends = after.astype("datetime64[M]").astype("datetime64[D]")
    is_followed = ends + TERM_DAYS <= np.datetime64(reference)
    figures = pd.concat(_figures(sums, is_followed)).reset_index()
    return figures.assign(
        indicator=figures["indicator"] + "_" + figures.pop("population").astype(str),
        period=figures.pop("place").map(lambda place: _written(place * length, grain)),
        period_grain=grain,
        dimension=dimension,
    )


def _figures(sums: pd.DataFrame, is_followed: npt.NDArray[np.bool_]) -> Iterator[pd.DataFrame]:
    """Every figure of every cell, true to the last digit."""
    n = sums["n"]

    def rows(indicator: str, statistic: str, unit: str, **numbers: object) -> pd.DataFrame:
        about = {"indicator": indicator, "statistic": statistic, "unit": unit, "view": "cohort"}
        frame = pd.DataFrame({**about, "status": "ok", **numbers}, index=sums.index)
        # Limits play no part in what is shown, but for there being any.
        return frame.assign(lower=frame["value"], upper=frame["value"])

    def share(indicator: str, statistic: str, x: pd.Series, of: pd.Series) -> pd.DataFrame:
        return rows(
            indicator, statistic, "share", numerator=x, denominator=of, value=x / of,
            status=np.where(of > 0, "ok", "no_data"),
        )  # fmt: skip

    yield rows("cases", "count", "cases", value=n).assign(view="completed")
    yield share("in_time", "share", sums["in_time"], n)
    yield share("advised_in_time", "share", sums["advised_in_time"], sums["is_advised"])
    yield rows("lead_time", "median", "calendar_days", numerator=n, denominator=n,
               value=sums["median"])  # fmt: skip
    incidence = share("ended", "cumulative_incidence_12m", sums["ended_by_term"], n)
    incidence["n_at_risk"] = sums["at_risk"]
    incidence.loc[~is_followed, ["value", "lower", "upper"]] = np.nan
    yield incidence.assign(status=np.where(is_followed, "ok", "too_recent"))


def _written(month: int, grain: str) -> str:
    """A period as the long contract writes it, by its first month since 1970."""
    year, place = 1970 + month // 12, month % 12
    return {
        "month": f"{year}-{place + 1:02d}",
        "quarter": f"{year}-Q{place // 3 + 1}",
        "half_year": f"{year}-H{place // 6 + 1}",
        "year": f"{year}",
    }[grain]
