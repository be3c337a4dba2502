"""Every attack with protection off and on: caught where counts stand bare, and then in vain.

Each population is a table of a few counts. Bare, a small count is left out where it stands and
nothing else is done; protected, it is what an audience gets.
Not here: tables beside the figures, and one release after another (`test_beside`).
"""

from dataclasses import dataclass
from functools import cache

import pandas as pd
import pytest

from pipelines.audit import Examined, Published, audit, examine
from pipelines.disclosure.protect import NUMBERS
from tests.audit.hand_made import (
    Population,
    as_published,
    bare,
    protected,
)

AUDIENCES = ["platform", "advisory"]


@dataclass(frozen=True)
class Attack:
    """One way to a small group.

    Attributes:
        name: What is laid beside what.
        population: In which a group is small.
        proves: What is proven of it where counts stand bare: member, least and largest number.
        by: Identity that proves it; empty where a number says it by itself.
        printed: Figures that stand in the bare file, as a query.
        held_back: Figures that are left out there beside those that are small, as a query.
        hides: Columns that are left out of a row with a small count.
    """

    name: str
    population: Population
    proves: tuple[str, float, float]
    by: str
    printed: str = "period_grain == 'quarter'"
    held_back: str = ""
    hides: tuple[str, ...] = tuple(NUMBERS)


ATTACKS = [
    Attack(
        "a lone hidden member is the country less the others",
        Population(
            """
            indicator statistic member Q1 Q2 Q3 Q4
            judgments count     a      27 27 27 27
            judgments count     b      20 20 20 20
            judgments count     c      30 3  30 30
            """
        ),
        proves=("c", 3, 3),
        by="members",
    ),
    Attack(
        "a rolling year less three of its quarters",
        Population(
            """
            indicator statistic member Q1 Q2 Q3 Q4
            requests  count     -      30 2  25 20
            """
        ),
        proves=("national", 2, 2),
        by="periods",
        printed="period_grain in ('quarter', 'rolling_12m')",
    ),
    Attack(
        "a month in a quarter that is the year less the others",
        Population(
            """
            indicator statistic member Q1         Q2 Q3 Q4
            reports   count     -      25=12+10+3 36 36 36
            """
        ),
        proves=("national", 3, 3),
        by="periods",
        printed="period_grain in ('month', 'quarter', 'year')",
        held_back="period == '2026-Q1'",
    ),
    Attack(
        "two nested bases give the group between them",
        Population(
            """
            indicator statistic member Q1 Q2 Q3 Q4
            dossiers  count     -      40 40 40 40
            advice    count     -      40 37 40 40
            """,
            within={"advice": "dossiers"},
        ),
        proves=("national", 3, 3),
        by="nested",
    ),
    Attack(
        "columns of an incidence give those who ended in another way",
        Population(
            """
            indicator statistic                member Q1       Q2       Q3       Q4
            ended     cumulative_incidence_12m -      30/90/35 30/90/57 30/90/35 30/90/35
            """
        ),
        proves=("national", 3, 3),
        by="at_risk",
    ),
    Attack(
        "columns of a share within norm give those who ended on its last day",
        Population(
            """
            indicator statistic         member Q1       Q2       Q3       Q4
            terms     share_within_norm -      45/90/45 45/90/47 45/90/45 45/90/45
            """
        ),
        proves=("national", -2, -2),
        by="at_risk",
    ),
    Attack(
        "what started is what ended, is open and ended in another way",
        Population(
            """
            indicator statistic   member Q1 Q2 Q3 Q4
            followed  started     -      75 60 75 75
            followed  completed   -      40 40 40 40
            followed  cohort/open -      15 17 15 15
            followed  competing   -      20 3  20 20
            """
        ),
        proves=("national", 3, 3),
        by="parts",
    ),
    Attack(
        "bands of age add up to what is open",
        Population(
            """
            indicator statistic                member Q1 Q2 Q3 Q4
            waiting   open/open                -      75 60 75 75
            waiting   open/open_age_to_7d      -      20 20 20 20
            waiting   open/open_age_8_to_30d   -      15 15 15 15
            waiting   open/open_age_31_to_90d  -      12 12 12 12
            waiting   open/open_age_91_to_180d -      10 10 10 10
            waiting   open/open_age_over_180d  -      18 3  18 18
            """
        ),
        proves=("national", 3, 3),
        by="parts",
    ),
    Attack(
        "a complement is a group like any other",
        Population(
            """
            indicator statistic member Q1    Q2    Q3    Q4
            decided   share     -      45/60 57/60 45/60 45/60
            """
        ),
        proves=("national", 3, 3),
        by="complement",
    ),
    Attack(
        "all of a group is told of each of them",
        Population(
            """
            indicator statistic member Q1    Q2    Q3    Q4
            informed  share     -      45/60 60/60 45/60 45/60
            """
        ),
        proves=("national", 0, 0),
        by="complement",
    ),
    Attack(
        "a percentage and what it is of give the part",
        Population(
            """
            indicator statistic member Q1    Q2   Q3    Q4
            answered  share     -      45/60 3/60 45/60 45/60
            """
        ),
        proves=("national", 3, 3),
        by="",
        hides=("numerator",),
    ),
    Attack(
        "a share in full is a fraction, and gives part and whole",
        Population(
            """
            indicator  statistic member Q1    Q2   Q3    Q4
            registered share     -      45/60 3/61 45/60 45/60
            """
        ),
        proves=("national", 3, 3),
        by="",
        hides=("numerator", "denominator"),
    ),
    Attack(
        "what one statistic hides is the denominator of another",
        Population(
            """
            indicator statistic member Q1 Q2 Q3 Q4
            reviews   started   -      40 3  40 40
            reviews   median    -      40 3  40 40
            """
        ),
        proves=("national", 3, 3),
        by="",
    ),
    Attack(
        "a stock is the one before, with what came and without what went",
        Population(
            """
            indicator     statistic member Q1  Q2  Q3  Q4
            stock_persons count     -      100 112 112 112
            inflow        count     -      15  15  20  20
            outflow       count     -      15  3   20  20
            """,
            before="""
            indicator     statistic member Q1  Q2  Q3  Q4
            stock_persons count     -      100 100 100 100
            inflow        count     -      15  15  15  15
            outflow       count     -      15  15  15  15
            """,
            kinds={"stock_persons": "stock", "inflow": "flow", "outflow": "flow"},
        ),
        proves=("national", 3, 3),
        by="flows",
    ),
]
POPULATIONS = [attack.population for attack in ATTACKS]
every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
every_audience = pytest.mark.parametrize("audience", AUDIENCES)


@cache
def laid_bare(audience: str) -> Published:
    """All populations together, with their counts bare."""
    figures = [
        bare(
            attack.population,
            audience,
            printed=attack.printed,
            held_back=attack.held_back,
            hides=attack.hides,
        )
        for attack in ATTACKS
    ]
    together = pd.concat(figures, ignore_index=True)
    return as_published(together, POPULATIONS, audience, is_rounded=False)


@cache
def found_bare(audience: str) -> pd.DataFrame:
    """What is proven of that."""
    return audit(laid_bare(audience))


@cache
def shown(audience: str) -> Published:
    """What an audience gets of all of them."""
    figures = protected(POPULATIONS, audience)
    return as_published(figures, POPULATIONS, audience, is_rounded=True)


@cache
def examined(audience: str) -> Examined:
    """What is proven of that."""
    return examine(shown(audience))


def of(table: pd.DataFrame, column: str, attack: Attack) -> pd.DataFrame:
    return table[table[column].isin(list(attack.population.kinds_of_all()))]


@every_audience
@every_attack
def test_with_protection_off_the_attack_is_caught(attack, audience):
    found = of(found_bare(audience), "base", attack)

    columns = ["member", "lower", "upper", "constraints"]
    assert (*attack.proves, attack.by) in set(found[columns].itertuples(index=False, name=None))


@every_audience
@every_attack
def test_with_protection_on_it_is_in_vain(attack, audience):
    figures = of(shown(audience).result, "indicator", attack)

    assert of(examined(audience).findings, "base", attack).empty
    # Not for want of figures: of the year before, when there were ample, some are shown.
    assert (figures["status"] == "ok").any() or figures.empty


@every_audience
def test_with_protection_on_nothing_at_all_is_proven(audience):
    assert examined(audience).passes
    assert (shown(audience).result["status"] == "ok").sum() > len(ATTACKS)
