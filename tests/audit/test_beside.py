"""What lies beside the figures, and releases after one another: caught bare, and in vain protected.

A table beside the figures gives away what it counts; a release what has changed since the one
before; and somebody in a group what is left of it without him.
Not here: figures laid beside each other (`test_protected`).
"""

from collections.abc import Callable, Sequence
from functools import cache

import pandas as pd
import pytest

from pipelines.audit import Published, audit, examine
from pipelines.disclosure.answers import protect_distributions
from pipelines.disclosure.catalogue import catalogue_of
from pipelines.disclosure.evaluations import SideRule, protect_pairs
from pipelines.disclosure.fitness import coarse_quality
from pipelines.evaluation.experience import experience_distribution
from pipelines.releases.freeze import freeze, published_before
from pipelines.releases.revision import YEARLY
from tests.audit.hand_made import (
    Population,
    as_published,
    bare,
    named_by_the_catalogue,
    protected,
)

AUDIENCES = ["platform", "advisory"]
every_audience = pytest.mark.parametrize("audience", AUDIENCES)

RULE = {
    name: SideRule(
        catalogue_of(name).threshold, catalogue_of(name).rounding_base, catalogue_of(name).floor,
        b"of tables by hand",
    )
    for name in AUDIENCES
}  # fmt: skip
Protection = Callable[[pd.DataFrame, SideRule], pd.DataFrame]


def as_it_is(table: pd.DataFrame, rule: SideRule) -> pd.DataFrame:
    return table


def answers(*counts: int) -> list[dict[str, object]]:
    scores = [score for score, times in enumerate(counts, start=1) for _ in range(times)]
    given = [
        {"wave": wave, "respondent_group": "persoon", "question": "v1", "score": score}
        for wave in ("2025", "2026")
        for score in scores
    ]
    return experience_distribution(pd.DataFrame(given)).to_dict("records")


def pairs(both: int) -> list[dict[str, object]]:
    return [
        {"period_grain": "all", "period": "all", "first": "rol", "second": "laat",
         "numerator": both, "n_first": 60, "n_second": 50, "denominator": 200, "expected": 0.1,
         "value": both / 200, "lower": 0.0, "upper": 0.2, "association": "more", "status": "ok"}
    ]  # fmt: skip


SIDE_TABLES: dict[str, tuple[list[dict[str, object]], Protection]] = {
    "linkage": (
        [{"key_kind": "case", "organisation_a": "om", "table_a": "om_intake",
          "organisation_b": "lcc", "table_b": "lcc_besluit", "n_keys": 100, "n_linked": 98}],
        as_it_is,
    ),
    "registration": (
        [{"organisation": "om", "table_name": "om_intake", "period": "2026-10", "n_events": 60,
          "n_first_due": 57}],
        as_it_is,
    ),
    "finding": (
        [{"organisation": "om", "table_name": "om_intake", "reference_date": "2026-10-31",
          "version": 1, "rule": "toekomst", "n_total": 60, "n_rows": 3}],
        as_it_is,
    ),
    "suspected_double_count": (
        [{"key_kind": "person", "ground": "zelfde", "is_merged": False, "n_pairs": 3}],
        as_it_is,
    ),
    "quality": (
        [{"indicator": "cases", "badge": "amber", "status": "ok", "linkage": 1232 / 1234,
          "suspected_missing_stops": 3,
          "reasons": '[{"code": "suspected", "facts": {"n": 3}}]'}],
        lambda table, _: coarse_quality(table, {}),
    ),
    "delivery": (
        [{"organisation": "om", "table_name": "om_intake", "reference_date": "2026-10-31",
          "version": 1, "rows": 60, "rows_quarantined": 3}],
        as_it_is,
    ),
    "theme_cooccurrence": (pairs(3), protect_pairs),
    "theme_agreement": ([{"series": "rol", "n_units": 40, "n_found": 3}], as_it_is),
    "experience_result": (answers(20, 3, 20, 20, 20), protect_distributions),
}  # fmt: skip
AMPLE = Population(
    """
    indicator statistic member Q1 Q2 Q3 Q4
    cases     count     -      40 40 40 40
    """
)
every_side_table = pytest.mark.parametrize("table", SIDE_TABLES)


@cache
def found_beside(audience: str, *, is_bare: bool) -> pd.DataFrame:
    """What all tables beside the figures give away, as they are or as they leave."""
    tables = {
        name: pd.DataFrame(rows) if is_bare else protection(pd.DataFrame(rows), RULE[audience])
        for name, (rows, protection) in SIDE_TABLES.items()
    }
    return audit(
        as_published(
            protected([AMPLE], audience),
            [AMPLE],
            audience,
            is_rounded=not is_bare,
            side=tables if is_bare else named_by_the_catalogue(tables, audience),
        )
    )


@every_audience
@every_side_table
def test_a_bare_table_beside_the_figures_is_caught(table, audience):
    assert table in set(found_beside(audience, is_bare=True)["base"])


@every_audience
@every_side_table
def test_what_leaves_of_it_tells_nothing(table, audience):
    assert table not in set(found_beside(audience, is_bare=False)["base"])


@every_audience
def test_what_leaves_is_in_the_catalogue(audience):
    left = named_by_the_catalogue(
        {name: pd.DataFrame(rows) for name, (rows, _) in SIDE_TABLES.items()}, audience
    )

    assert "quality" in left
    for name, table in left.items():
        assert set(table) <= set(catalogue_of(audience).tables[name])


# Of the advisory body alone: what it had before, and a reader who is in the figures. -----------


def year_of(indicator: str, n: int) -> Population:
    return Population(
        f"""
        indicator   statistic member Q1 Q2  Q3 Q4
        {indicator} count     -      30 {n} 30 30
        """,
        before=f"""
        indicator   statistic member Q1 Q2 Q3 Q4
        {indicator} count     -      40 40 40 40
        """,
    )


def release_of(
    populations: Sequence[Population], figures: pd.DataFrame, name: str, *, is_rounded: bool
) -> Published:
    return as_published(figures, populations, "advisory", is_rounded=is_rounded, name=name)


def test_one_case_added_between_two_bare_releases_is_caught():
    before, after = ([year_of("cases", n)] for n in (30, 31))
    first, second = (
        release_of(populations, bare(*populations, "advisory"), name, is_rounded=False)
        for populations, name in ((before, "r1"), (after, "r2"))
    )

    found = audit(second, [first])

    assert {(1.0, 1.0, "between_files")} <= set(
        found[["lower", "upper", "constraints"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("why", ["", YEARLY], ids=["not revised", "revised"])
def test_of_cases_added_between_two_protected_releases_nothing_is_proven(why):
    added = {"one": 1, "four": 4, "six": 6, "nine": 9}
    before = [year_of(name, 30) for name in added]
    after = [year_of(name, 30 + n) for name, n in added.items()]
    figures = protected(before, "advisory")
    known = published_before([("r1", figures)])
    now = protected(after, "advisory", before=known, revises=bool(why))
    frozen = freeze(now, known, pd.Series(True, index=now.index), revises=why)
    first = release_of(before, figures, "r1", is_rounded=True)
    second = release_of(after, frozen.result, "r2", is_rounded=True)

    # Of nine a revision tells, of one never.
    assert frozen.revision.empty is not bool(why)
    assert "one" not in set(frozen.revision["indicator"])
    assert examine(second, [first]).passes


def test_somebody_in_a_bare_group_of_ten_takes_the_own_record_away():
    ten = year_of("cases", 10)
    figures = bare(ten, "advisory", printed="period_grain == 'quarter'")

    found = audit(release_of([ten], figures, "r1", is_rounded=False))

    assert found[["lower", "upper", "gives_away"]].to_numpy().tolist() == [[10, 10, "insider"]]


def test_in_a_protected_one_he_is_no_wiser():
    ten = year_of("cases", 10)
    figures = protected([ten], "advisory")

    assert (figures["status"] == "ok").any()
    assert examine(release_of([ten], figures, "r1", is_rounded=True)).passes


def test_in_the_circle_of_the_platform_the_own_record_is_no_attack():
    five = year_of("cases", 5)
    figures = bare(five, "platform", printed="period_grain == 'quarter'")

    assert audit(as_published(figures, [five], "platform", is_rounded=False)).empty
