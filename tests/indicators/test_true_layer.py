"""Published figures lie as near to what truly happened as the injected faults allow.

Here: lead times against the ledger's true hand-offs, and counted indicators against the same chain
recorded without a fault. The bounds are derived in `recompute/truth.py`.
Not here: exact equality, which holds for the observable layer only (`test_lead_times`).
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.indicators.conftest import REFERENCE, PublishedChain, configuration
from tests.indicators.recompute.counts import COUNTED_KINDS, counted
from tests.indicators.recompute.figures import NATIONAL, QUANTILES, Curve, horizon
from tests.indicators.recompute.marts import TABLES_OF_MART
from tests.indicators.recompute.milestones import Tables, read_seed, read_tables
from tests.indicators.recompute.truth import (
    at_most,
    declared_rates,
    faults,
    mean_bounds,
    quantile_bounds,
    touched,
    touched_net,
    touched_rows,
    true_net_occurrences,
    true_occurrences,
)
from tests.indicators.register import entries

SEEDS_DIR = Path(__file__).parents[2] / "dbt_project" / "seeds" / "bewaken_beveiligen"
# A person who is on record with one wrong exit weighs in as many as live with them.
MOST_PER_RECORD = {"stock_family_members": 8}
# These measure the faults themselves: without faults they would all be 1.
ABOUT_THE_DATA = ("fct_delivery", "fct_finding", "fct_linkage")
# Drawn among the cases of OM and then marked in every table, so a small table may hold a few more.
CASES_AT_OM = ("withdrawn", "second_pseudonym")
RULES = read_seed(SEEDS_DIR, "handoffs")
HANDOFFS = list(RULES["handoff_id"])
PAUSED = list(RULES.loc[RULES["has_net_clock"] == "true", "handoff_id"])


def whole_history(
    chain: PublishedChain, handoff: str, statistic: str, clock: str = "gross"
) -> float:
    rows = chain.lead_times[chain.lead_times["clock"] == clock]
    here = (rows["handoff_id"] == handoff) & (rows["period"] == "all") & (rows["view"] == "cohort")
    values = rows.loc[here & (rows["statistic"] == statistic), "value_published"]
    return float(values.iloc[0]) if len(values) else 0.0


def truth_of(chain: PublishedChain, handoff: str) -> tuple[pd.DataFrame, int]:
    """True occurrences, and how many of them faults touched."""
    [rule] = chain.rules[chain.rules["handoff_id"] == handoff].itertuples()
    seeds = chain.settings.seeds_dir
    rows = true_occurrences(chain.ledger, rule, seeds, REFERENCE)
    return rows, touched(chain.ledger, rule, seeds)


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_lead_times_lie_within_the_bounds_of_the_truth(published_chain, handoff):
    truth, k = truth_of(published_chain, handoff)

    for statistic, p in QUANTILES.items():
        published = whole_history(published_chain, handoff, statistic)
        lower, upper = quantile_bounds(truth, p, k)
        if np.isnan(published):
            assert upper == np.inf, f"{statistic} not reached, but it should be by {upper}"
        else:
            assert lower <= published <= upper, (statistic, lower, published, upper)


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_restricted_means_lie_within_the_bounds_of_the_truth(published_chain, handoff):
    truth, k = truth_of(published_chain, handoff)

    assert_mean_within(published_chain, handoff, truth, k)


@pytest.mark.parametrize("handoff", PAUSED)
def test_the_net_clock_lies_within_the_bounds_of_the_truth(published_chain, handoff):
    """Without the pauses there truly were, as the gross clock with them."""
    truth, k = net_truth_of(published_chain, handoff)

    for statistic, p in QUANTILES.items():
        published = whole_history(published_chain, handoff, statistic, "net")
        lower, upper = quantile_bounds(truth, p, k)
        if np.isnan(published):
            assert upper == np.inf, f"{statistic} not reached, but it should be by {upper}"
        else:
            assert lower <= published <= upper, (statistic, lower, published, upper)
    assert_mean_within(published_chain, handoff, truth, k, "net")
    n_paused = int((truth["paused"] > 0).sum())
    assert abs(whole_history(published_chain, handoff, "paused", "net") - n_paused) <= k


def test_a_net_clock_that_never_stands_still_is_seen(published_chain):
    """Otherwise the bounds would prove nothing: the gross mean falls outside of them somewhere."""
    outside = []
    for handoff in PAUSED:
        truth, k = net_truth_of(published_chain, handoff)
        lower, upper = mean_bounds(truth, horizon_of(published_chain, handoff), k)
        outside.append(not lower <= whole_history(published_chain, handoff, "rmst") <= upper)
    assert any(outside)


def net_truth_of(chain: PublishedChain, handoff: str) -> tuple[pd.DataFrame, int]:
    [rule] = chain.rules[chain.rules["handoff_id"] == handoff].itertuples()
    seeds = chain.settings.seeds_dir
    rows = true_net_occurrences(chain.ledger, rule, seeds, REFERENCE)
    return rows, touched_net(chain.ledger, rule, seeds)


def horizon_of(chain: PublishedChain, handoff: str) -> float:
    [rule] = chain.rules[chain.rules["handoff_id"] == handoff].itertuples()
    rows = chain.handoffs
    return horizon(rows[rows["handoff_id"] == handoff], rule.unit)


def assert_mean_within(
    chain: PublishedChain, handoff: str, truth: pd.DataFrame, k: int, clock: str = "gross"
) -> None:
    stop = horizon_of(chain, handoff)
    published = whole_history(chain, handoff, "rmst", clock)
    lower, upper = mean_bounds(truth, stop, k)
    # Nothing ever completed, or nobody followed for so long: no mean.
    if np.isfinite(stop) and np.isfinite(published):
        assert lower - 1e-9 <= published <= upper + 1e-9, (lower, published, upper)


@pytest.mark.parametrize("handoff", HANDOFFS)
def test_numbers_lie_within_the_bounds_of_the_truth(published_chain, handoff):
    truth, k = truth_of(published_chain, handoff)

    assert abs(whole_history(published_chain, handoff, "started") - len(truth)) <= k
    for status in ("completed", "open", "competing"):
        true = int((truth["status"] == status).sum())
        assert abs(whole_history(published_chain, handoff, status) - true) <= k, status


def test_the_bounds_are_narrow_enough_to_see_a_wrong_clock(published_chain):
    """Bounds that nothing can break prove nothing: doubled times have to fall outside.

    Not asked of hand-offs with coarse dates (a month is longer than they take), of those that
    mostly take no day, and of fewer than 30 cases.
    """
    asked, missed = [], []
    for handoff in HANDOFFS:
        truth, k = truth_of(published_chain, handoff)
        length, status = truth["duration"].to_numpy(float), truth["status"].to_numpy(object)
        is_exact = (truth["shortest"] == truth["longest"]).all()
        if len(truth) < 30 or not is_exact or np.median(length) < 2:
            continue
        asked.append(handoff)
        doubled = Curve.estimate(2 * length, status)
        is_seen = False
        for p in QUANTILES.values():
            lower, upper = quantile_bounds(truth, p, k)
            value = doubled.quantile(p)
            is_seen |= upper < np.inf if np.isnan(value) else not lower <= value <= upper
        if not is_seen:
            missed.append(handoff)
    assert len(asked) >= 15
    # Where a tenth is never done, or nearly all was touched, the bound is wide with good reason.
    assert len(missed) <= len(asked) // 5, missed


def test_what_is_set_aside_is_what_was_spoiled(published_chain):
    """In the truth nothing stops before it starts: every such row comes from a fault."""
    rows = published_chain.handoffs
    for handoff, part in rows.groupby("handoff_id"):
        _, k = truth_of(published_chain, str(handoff))
        set_aside = part["status"].isin(["negative", "stop_only"]).sum()
        assert set_aside <= k, handoff


def test_the_injected_faults_agree_with_the_declared_rates(published_chain):
    """A rate is a share of the records of one column, so it hits no column more often than that."""
    injected = faults(published_chain.ledger)
    rates = declared_rates(published_chain.ledger)
    keys = ["kind", "organisation", "table_name", "column_name"]
    for key, part in injected.groupby(keys, dropna=False):
        kind, organisation, table, _ = key
        n_rows = len(published_chain.tables[f"{organisation}_{table}"])
        # Rows that were left out are not in the table any more.
        n = n_rows + len(part)
        # "Reopened" is a share of all decisions, put on those that decided nothing.
        assert len(part) <= max(at_most(n, rates[kind]), 3 if kind in CASES_AT_OM else 0), key


@pytest.fixture(scope="session")
def faultless(published_chain: PublishedChain, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The same chain, delivered without a single fault."""
    from pipelines.deliveries.contract import load_contracts
    from pipelines.simulation.ledger import write_observable
    from pipelines.simulation.simulate import play

    config = configuration(published_chain.seed).without_faults()
    played = play(config, load_contracts(published_chain.settings.contracts_dir))
    folder = tmp_path_factory.mktemp("faultless")
    write_observable(folder, played.plan)
    return read_tables(folder)


@pytest.mark.parametrize(
    "entry",
    [entry for entry in entries(*COUNTED_KINDS) if entry["mart"] not in ABOUT_THE_DATA],
    ids=lambda entry: entry["id"],
)
def test_counted_indicators_lie_within_the_bounds_of_the_truth(published_chain, faultless, entry):
    """Every year, nationally: no further off than the number of records that were hit."""
    cell = ["period_grain", "period", "dimension", "member"]
    truth = counted(entry, faultless, REFERENCE).set_index(cell)
    rows = published_chain.published_of(entry["id"])
    rows = rows[(rows["period_grain"] == "year") & (rows["dimension"] == NATIONAL)]
    # The running year is no figure yet.
    rows = rows[rows["status"] != "too_recent"]
    k = touched_rows(published_chain.ledger, TABLES_OF_MART[entry["mart"]])
    nothing = {"numerator": 0.0, "denominator": 0.0}

    for row in rows.to_dict("records"):
        key = tuple(row[column] for column in cell)
        true = dict(truth.loc[key]) if key in truth.index else nothing
        ratio = entry["kind"] in {"share", "rate"}
        published = row["numerator"] if ratio else row["value"]
        assert abs(published - true["numerator"]) <= k * MOST_PER_RECORD.get(entry["id"], 1), key
        if entry["kind"] == "share":
            unit = MOST_PER_RECORD.get(entry["id"], 1)
            assert abs(row["denominator"] - true["denominator"]) <= k * unit, key
        if entry["kind"] == "rate":
            # A case hit carries at most its whole year along.
            assert abs(row["denominator"] - true["denominator"]) <= k * 366 / 36525, key


def test_the_cohort_counts_what_is_open_and_the_completed_view_does_not(published_chain):
    """Evaluations are often never held: among the completed they all seem to be in time."""
    truth, _ = truth_of(published_chain, "K50")
    status = truth["status"].to_numpy(object)
    curve = Curve.estimate(truth["duration"].to_numpy(float), status)
    done = truth.loc[status == "completed", "duration"]

    assert np.isnan(whole_history(published_chain, "K50", "p90"))
    assert curve.share_by(done.quantile(0.9)) < 0.8
