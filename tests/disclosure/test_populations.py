"""Small populations: from the releases of the advisory body nobody proves a group a small one."""

from datetime import date

import numpy as np
import pytest

from pipelines.audit import audit
from tests.disclosure.populations import Population, cases_of, releases_of
from tests.examples import as_many

# The third is the first of a calendar year, and revises what was published.
REFERENCES = [date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30)]


@pytest.mark.property
def test_from_successive_releases_nothing_small_is_proven():
    rng = np.random.default_rng(20261127)
    together = as_many(3, 25)
    for first in range(0, as_many(3, 500), together):
        populations = [Population.at_random(rng) for _ in range(together)]
        cases = cases_of(populations, rng, 2020, 6)
        # Whoever has the last one has those before it.
        *before, last = releases_of(cases, together, REFERENCES[as_many(1, 0) : as_many(3, 4)])
        assert (last.result["status"] == "ok").sum() > 10 * together
        assert audit(last, before).empty, first
