"""Every limit of a published chain worked out again, from the figures in the same file.

For researcher and platform alike: a limit of the platform rests on what the platform sees.
"""

from collections.abc import Callable
from functools import cache

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.indicators.conftest import PublishedChain

KEY = ["indicator", "statistic", "view", "side", "period_grain", "dimension", "member"]


def read(chain: PublishedChain, audience: str, query: str) -> pd.DataFrame:
    folder = chain.settings.published_dir / audience
    name = (folder / "CURRENT").read_text(encoding="utf-8").strip()
    with duckdb.connect(str(folder / name), read_only=True) as connection:
        return connection.execute(query).df()


Charted = Callable[[str], list[tuple[pd.Series, pd.DataFrame]]]


@pytest.fixture(scope="module")
def charted(published_chain: PublishedChain) -> Charted:
    """By audience each charted series with its points, and the figures shown of it beside them."""

    @cache
    def of_audience(audience: str) -> list[tuple[pd.Series, pd.DataFrame]]:
        signal = read(
            published_chain,
            audience,
            "from signal where chart in ('xmr', 'xmr_of_changes', 'p_prime', 'u_prime', 'exact')",
        )
        points = read(published_chain, audience, "from signal_point order by series_id, position")
        result = read(
            published_chain, audience, "from result where clock = 'gross' and status = 'ok'"
        )
        points["group"] = points.groupby("series_id")["is_rebase"].cumsum().astype(int)
        points = points.merge(signal[["series_id", *KEY]], on="series_id")
        shown = result[[*KEY, "period", "numerator", "denominator", "value"]]
        points = points.merge(
            shown, how="left", on=[*KEY, "period"], suffixes=("", "_"), validate="one_to_one"
        )
        own = dict(tuple(points.groupby("series_id")))
        return [(row, own[row["series_id"]]) for _, row in signal.iterrows()]

    return of_audience


def by_moving_ranges(values: pd.Series) -> tuple[float, float]:
    """Mean, and 2.66 mean moving ranges, screened once."""
    ranges = values.diff().abs().dropna()
    kept = ranges[ranges < 3.267 * ranges.mean()] if ranges.mean() > 0 else ranges
    return values.mean(), 2.66 * kept.mean()


@pytest.mark.parametrize(("audience", "least"), [("researcher", 1000), ("platform", 300)])
def test_points_are_the_figures_shown_and_a_withheld_one_is_a_gap(charted, audience, least):
    n_points = 0
    for _, points in charted(audience):
        known = points[points["value"].notna()]
        np.testing.assert_allclose(known["value"].astype(float), known["value_"], rtol=1e-9)
        n_points += len(known)
    assert n_points > least


def by_numbers(is_share: bool, group: pd.DataFrame) -> pd.DataFrame:
    """Laney's limits once more: the pooled share or rate, and the spread of its scores."""
    value, base = group["value"].astype(float), group["denominator"].astype(float)
    pooled = (value * base).sum() / base[value.notna()].sum()
    sigma = np.sqrt((pooled * (1 - pooled) if is_share else pooled) / base)
    # All or nothing of every period spreads by no law at all.
    scores = (value - pooled) / sigma if (sigma.dropna() > 0).any() else value * 0.0
    _, half = by_moving_ranges(scores)
    lines = pd.DataFrame({"centre": pooled + 0.0 * value})
    for near, share in (("", 1.0), ("near_", 2 / 3)):
        lines[f"{near}lower"] = pooled - share * half * sigma
        lines[f"{near}upper"] = pooled + share * half * sigma
    # A period without a figure has no limits that go by its number.
    return lines.where(value.notna())


@pytest.mark.parametrize(("audience", "least"), [("researcher", 10), ("platform", 4)])
def test_limits_by_the_numbers_behind_shares_and_rates(charted, audience, least):
    n_series = 0
    for row, points in charted(audience):
        if row["chart"] not in {"p_prime", "u_prime"}:
            continue
        for _, group in points.groupby("group"):
            expected = by_numbers(row["chart"] == "p_prime", group)
            for name, line in expected.items():
                is_point = line.notna()
                np.testing.assert_allclose(
                    group[name].astype(float)[is_point], line[is_point],
                    rtol=1e-6, atol=1e-9, err_msg=f"{row['series_id']} {name}",
                )  # fmt: skip
        n_series += 1
    assert n_series > least


@pytest.mark.parametrize(("audience", "least"), [("researcher", 20), ("platform", 8)])
def test_limits_of_moving_ranges(charted, audience, least):
    n_series = 0
    for row, points in charted(audience):
        if row["chart"] not in {"xmr", "xmr_of_changes"}:
            continue
        values = points["value"].astype(float)
        base = values.shift() if row["chart"] == "xmr_of_changes" else 0.0 * values.fillna(0.0)
        charted_values = values - base
        for _, group in points.groupby("group"):
            centre, half = by_moving_ranges(charted_values.loc[group.index])
            expected = base.loc[group.index] + centre
            for name, line in (
                ("centre", expected),
                ("lower", expected - half),
                ("upper", expected + half),
                ("near_lower", expected - half * 2 / 3),
                ("near_upper", expected + half * 2 / 3),
            ):
                np.testing.assert_allclose(
                    group[name].astype(float), line, rtol=1e-9, atol=1e-9, equal_nan=True
                )
        n_series += 1
    assert n_series > least


def test_exact_limits_leave_one_in_741_on_either_side(charted):
    n_series = 0
    for row, points in charted("researcher"):
        if row["chart"] != "exact":
            continue
        n_series += 1
        known = points[points["value"].notna()]
        is_count = row["statistic"] == "count"
        events = (known["value"] if is_count else known["numerator"]).astype(float)
        base = events * 0 + 1 if is_count else known["denominator"].astype(float)
        total = events.groupby(known["group"]).sum() / base.groupby(known["group"]).sum()
        centre = known["group"].map(total)
        is_share = row["statistic"] in {"share", "matched"}
        law = stats.binom(base, centre) if is_share else stats.poisson(base * centre)
        upper, lower = ((known[name].astype(float) * base).round() for name in ("upper", "lower"))
        np.testing.assert_allclose(known["centre"].astype(float), centre, rtol=1e-6)
        assert (law.sf(upper) <= 0.00135 + 1e-12).all(), row["series_id"]
        assert (law.cdf(lower - 1) <= 0.00135 + 1e-12).all(), row["series_id"]
    assert n_series > 20


def test_the_points_that_stand_out_do_so_by_their_own_limits(published_chain):
    points = read(published_chain, "researcher", "from signal_point where rule = 'outside'")
    beyond = (points["value"] > points["upper"]) | (points["value"] < points["lower"])
    assert beyond.all()


def test_only_the_researcher_sees_single_events(published_chain):
    grains = "select distinct period_grain from signal order by 1"
    assert read(published_chain, "platform", grains)["period_grain"].tolist() == [
        "as_shown",
        "month",
        "quarter",
    ]
    tables = read(published_chain, "advisory", "select table_name from duckdb_tables()")
    assert not set(tables["table_name"]) & {"signal", "signal_point", "rebase"}


def test_the_note_of_the_platform_rebases_its_indicator_alone(published_chain):
    rebased = read(
        published_chain, "platform",
        "select distinct indicator from signal where rebased_on is not null",
    )  # fmt: skip
    notes = read(published_chain, "platform", "from rebase")

    assert set(rebased["indicator"]) <= set(notes["indicator"])
