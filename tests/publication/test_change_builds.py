"""Change explained on random pairs of real builds: 50 by `make test-long`, a few in passing.

Late files, corrections, merges, definitions and norms, and the reference date change at random.
Parts add up to the whole exactly; what did not change has a part of zero, and what a part says is
what a build with that one input exchanged says.
"""

from decimal import Decimal
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.indicators.results import KEY
from pipelines.publication.changes.factors import (
    BuildInputs,
    Delivery,
    Factor,
    builds_needed,
    steps_between,
)
from pipelines.publication.changes.split import split_changes
from tests.examples import as_many
from tests.publication.change_builds import (
    DEFINITIONS,
    KNOWN_AT,
    MONTH_ENDS,
    Builder,
    land_three_months,
    make_builder,
)

pytestmark = [pytest.mark.slow, pytest.mark.property]

N_PAIRS = as_many(3, long=50)
# Of how many different publications the pairs are drawn: 90 ordered pairs.
N_PUBLICATIONS = 10
PARTS = [f"part_{factor}" for factor in Factor]
MERGES = [(f"z1_synth{at:018d}", f"z1_synth{at + 60:018d}") for at in range(4)]


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    return make_builder(tmp_path_factory.mktemp("change_builds"))


@pytest.fixture(scope="module")
def deliveries(builder: Builder) -> list[Delivery]:
    return land_three_months(next(iter(builder.homes.values())), np.random.default_rng(4))


def any_publication(rng: np.random.Generator, deliveries: list[Delivery]) -> BuildInputs:
    """Some deliveries of up to a month, some merges, one of two definitions."""
    month = int(rng.choice([2, 3]))
    counted = [delivery for delivery in deliveries if delivery.reference_date <= MONTH_ENDS[month]]
    chosen = {delivery for delivery in counted if rng.random() < 0.6} or {counted[0]}
    return BuildInputs(
        str(rng.choice(list(DEFINITIONS))),
        frozenset(chosen),
        frozenset(MERGES[: rng.choice([0, 2, 4])]),
        MONTH_ENDS[month].isoformat(),
        KNOWN_AT,
    )


@pytest.fixture(scope="module")
def pairs(deliveries: list[Delivery]) -> list[tuple[BuildInputs, BuildInputs]]:
    rng = np.random.default_rng(12)
    publications = [any_publication(rng, deliveries) for _ in range(N_PUBLICATIONS)]
    every_pair = list(permutations(publications, 2))
    return [every_pair[at] for at in rng.choice(len(every_pair), N_PAIRS, replace=False)]


def explain(builder: Builder, old: BuildInputs, new: BuildInputs) -> list[dict[str, Any]]:
    """The table of changes, with no more builds than are needed."""
    steps = steps_between(old, new)
    built = {step.factor: builder.figures(step.inputs) for step in builds_needed(steps)}
    figures = [builder.figures(old)]
    states = []
    changed = [step for step in steps if step.is_changed]
    for step in steps:
        if step.is_changed:
            figures.append(builder.figures(new) if step == changed[-1] else built[step.factor])
        states.append(len(figures) - 1)
    return split_changes(figures, states).to_pylist()


def test_pairs_of_builds_are_split_exactly(builder, pairs):
    n_numbers, seen = 0, set[str]()
    for old, new in pairs:
        steps = steps_between(old, new)
        unchanged = {f"part_{step.factor}" for step in steps if not step.is_changed}
        for row in explain(builder, old, new):
            if row["kind"] != "number":
                assert f"part_{row['cause']}" not in unchanged
                continue
            parts = [row[part] or Decimal(0) for part in PARTS]
            assert row["old_value"] + sum(parts) + (row["part_joint"] or 0) == row["new_value"]
            assert all(row[part] == 0 for part in unchanged)
            n_numbers += 1
            seen |= {part for part in PARTS if row[part]}
    # Every kind of change did something, on hundreds of figures of every pair.
    assert seen == set(PARTS)
    assert n_numbers > 100 * len(pairs)


def test_every_part_is_what_exchanging_that_one_input_does(builder, pairs):
    """Each part again, apart from the split: two builds side by side, in plain pandas."""
    old, new = max(pairs, key=lambda pair: sum(step.is_changed for step in steps_between(*pair)))
    table = pd.DataFrame(explain(builder, old, new)).set_index(list(KEY))
    numbers = table[table["kind"] == "number"]
    before = _values(builder.figures(old))
    for step in steps_between(old, new):
        after = _values(builder.figures(step.inputs)) if step.is_changed else before
        expected = (after - before).reindex(numbers.index)
        part = numbers[f"part_{step.factor}"].astype(float)
        shown = part.notna()
        assert np.allclose(part[shown], expected[shown], atol=2e-9)
        assert expected[~shown].isna().all()
        before = after


def test_newer_deliveries_read_as_of_an_old_date_show_nothing_of_what_came_after(builder, pairs):
    """So what the reference date brings is the part of the new period, all of it."""
    seen = 0
    for old, new in pairs:
        steps = steps_between(old, new)
        if new.day > old.day and steps[2] in builds_needed(steps):
            figures = builder.figures(steps[2].inputs)
            months = figures[figures["period_grain"] == "month"]
            assert months["period"].max() <= f"{old.day:%Y-%m}"
            seen += 1
    assert seen


def test_a_build_in_between_is_what_dbt_makes_of_the_same_inputs(builder, pairs):
    """The builds of these tests reuse what dbt compiled; for one of them dbt does it all again."""
    old, new = pairs[0]
    inputs = steps_between(old, new)[2].inputs
    quick, whole = _values(builder.figures(inputs)), _values(builder.by_dbt(inputs))
    pd.testing.assert_series_equal(quick.sort_index(), whole.sort_index())


def _values(figures: pd.DataFrame) -> pd.Series:
    return figures[figures["status"] == "ok"].set_index(list(KEY))["value"]
