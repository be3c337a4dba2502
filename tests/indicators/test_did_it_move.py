"""The answer to "did it move?", as published, worked out again from the ledger.

For every recommendation and decision: what it aims at, from which day it could have worked, and
what the rules say of the periods after it. Which statistic is dense enough to be looked at is
worked out again as well, from the recomputed figures. The platform's answers are worked out from
the figures it sees, on the statistic it is told.
"""

import math
from datetime import timedelta
from functools import partial

import numpy as np
import pandas as pd
import pytest

from tests.indicators.conftest import REFERENCE, PublishedChain
from tests.indicators.recompute.charted import (
    MOST_GAPS,
    STATISTICS,
    Figure,
    after_start_up,
    course,
    first_charted,
)
from tests.indicators.recompute.counts import counted
from tests.indicators.recompute.effects import FEWEST_CASES, Aim, aims, rebases, verdict
from tests.indicators.recompute.figures import NATIONAL, horizon
from tests.indicators.recompute.milestones import Day, read_seed
from tests.indicators.recompute.themes import coded_evaluations, prevalence, series_of
from tests.indicators.register import entries

KEY = ["subject", "record_key", "aim"]
# Kinds of chart whose limits come from moving ranges.
WITH_LIMITS = ("xmr", "p_prime", "u_prime")


@pytest.fixture(scope="module")
def lead_time_of(published_chain: PublishedChain) -> dict[str, str]:
    """Indicator of each hand-off's lead time."""
    named = {entry["handoff"]: entry["id"] for entry in entries("lead_time")}
    return {
        handoff: named.get(handoff, f"lead_time_{handoff.lower()}")
        for handoff in published_chain.rules.handoff_id
    }


@pytest.fixture(scope="module")
def ours(published_chain: PublishedChain, lead_time_of: dict[str, str]) -> list[Aim]:
    themes = set(series_of(published_chain.settings.seeds_dir))
    return list(aims(published_chain.tables, REFERENCE, lead_time_of, themes))


@pytest.fixture(scope="module")
def theirs(published_chain: PublishedChain) -> pd.DataFrame:
    return published_chain.read("select * from effect").set_index(KEY)


@pytest.fixture(scope="module")
def theme_figures(published_chain: PublishedChain) -> pd.DataFrame:
    evaluations = coded_evaluations(published_chain.tables, REFERENCE)
    return prevalence(evaluations, series_of(published_chain.settings.seeds_dir))


def national_rows(
    chain: PublishedChain, themes: pd.DataFrame, indicator: str, handoff: str | None, figure: Figure
) -> pd.DataFrame:
    """Recomputed national figures by period."""
    if indicator.startswith("theme_"):
        rows = themes[themes["series"] == indicator.removeprefix("theme_")]
        rows = rows.assign(value=rows["numerator"] / rows["denominator"])
    elif handoff is not None:
        rows = chain.lead_times
        rows = rows[(rows["handoff_id"] == handoff) & (rows["clock"] == "gross")]
        rows = rows[(rows["statistic"] == figure.statistic) & (rows["view"] == figure.view)]
    else:
        [entry] = [
            candidate for candidate in entries("share", "rate") if candidate["id"] == indicator
        ]
        rows = counted(entry, chain.tables, REFERENCE, chain.window)
        rows = rows.assign(value=rows["numerator"] / rows["denominator"])
    return rows[(rows["dimension"] == NATIONAL) & (rows["period_grain"] == figure.period_grain)]


def followed_until(chain: PublishedChain, statistic: str, handoff: str | None) -> Day:
    """Last day on which a case may have started to be followed long enough by now.

    Up to the horizon of a restricted mean, or the longest norm where shares within it are counted.
    """
    if handoff is None:
        return REFERENCE
    [rule] = chain.rules[chain.rules["handoff_id"] == handoff].itertuples()
    length, unit = (
        horizon(chain.handoffs[chain.handoffs["handoff_id"] == handoff], rule.unit),
        rule.unit,
    )
    if statistic == "share_within_norm":
        norms = read_seed(chain.settings.seeds_dir, "norms")
        own = norms[norms["handoff_id"] == handoff]
        length, unit = own["value"].astype(float).max(), own["unit"].iloc[0]
    # Working days take a week for five.
    days = {"hours": length / 24, "working_days": length * 7 / 5}.get(unit, length)
    return Day(REFERENCE.date - timedelta(days=math.ceil(days)))


def followed_rows(
    chain: PublishedChain, themes: pd.DataFrame, indicator: str, handoff: str | None, figure: Figure
) -> tuple[pd.DataFrame, Day]:
    """National rows of a figure, and the day until which their cases were followed."""
    rows = national_rows(chain, themes, indicator, handoff, figure)
    # Without a norm there is no share within it, nor a day to follow it to.
    until = REFERENCE if rows.empty else followed_until(chain, figure.statistic, handoff)
    return rows, until


def by_period(rows: pd.DataFrame, until: Day, *, grain: str) -> pd.Series:
    """Values by period, after the start-up; one on fewer than five cases is a gap."""
    found = after_start_up(course(rows, grain, until))
    return found["value"].where(~(found["denominator"] < FEWEST_CASES))


def test_every_aim_and_the_day_from_which_it_could_have_worked(ours, theirs):
    expected = {(aim.subject, aim.record_key, aim.aim): (aim.indicator, aim.since) for aim in ours}
    since = pd.to_datetime(theirs["since"])
    published = {
        key: (row.indicator, None if pd.isna(since[key]) else since[key])
        for key, row in theirs.iterrows()
    }

    assert len(expected) > 20
    assert published == expected


def test_what_has_not_begun_is_said_to_be_so_and_nothing_else_is(ours, theirs):
    waiting = {(aim.subject, aim.record_key, aim.aim) for aim in ours if aim.since is None}

    assert set(theirs.index[theirs["answer"] == "not_started"]) == waiting


@pytest.fixture(scope="module")
def looked_at(
    published_chain: PublishedChain,
    ours: list[Aim],
    lead_time_of: dict[str, str],
    theme_figures: pd.DataFrame,
) -> dict[str, tuple[Figure, pd.Series] | None]:
    """By aimed indicator the figure that can carry limits, and its series."""
    handoff_of = {indicator: handoff for handoff, indicator in lead_time_of.items()}
    register = published_chain.indicators.set_index("indicator")
    cuts = rebases(published_chain.tables, REFERENCE, lead_time_of)
    found: dict[str, tuple[Figure, pd.Series] | None] = {}
    for indicator in dict.fromkeys(aim.indicator for aim in ours):
        rows_of = partial(
            followed_rows, published_chain, theme_figures, indicator, handoff_of.get(indicator)
        )
        entry = register.loc[indicator]
        figure = first_charted(entry["kind"], entry["unit"], rows_of, cuts.get(indicator, []))
        found[indicator] = figure and (
            figure,
            by_period(*rows_of(figure), grain=figure.period_grain),
        )
    return found


def test_which_figure_is_looked_at(ours, theirs, looked_at):
    chosen = []
    for aim in ours:
        row = theirs.loc[aim.subject, aim.record_key, aim.aim]
        found = looked_at[aim.indicator]
        published = None if pd.isna(row["statistic"]) else tuple(row[list(Figure._fields)])
        assert published == (found and found[0]), (aim, row.to_dict())
        assert (row["answer"] == "no_series") == (found is None and aim.since is not None)
        chosen.append(published)

    # Not all the same, and not for all one.
    assert len({figure for figure in chosen if figure}) >= 3, set(chosen)


def test_the_answer_its_limits_and_its_first_signal(
    published_chain, ours, theirs, lead_time_of, looked_at
):
    register = published_chain.indicators.set_index("indicator")["direction"]
    cuts = rebases(published_chain.tables, REFERENCE, lead_time_of)
    answers = []
    for aim in ours:
        row = theirs.loc[aim.subject, aim.record_key, aim.aim]
        found = looked_at[aim.indicator]
        if aim.since is None or found is None:
            continue
        expected = verdict(
            found[1], aim.since, cuts.get(aim.indicator, []), register[aim.indicator]
        )
        answers.append(expected["answer"])
        for name in ("answer", "n_before", "n_after", "rule"):
            assert row[name] == expected[name], (aim, name, row.to_dict(), expected)
        first = None if pd.isna(row["first_signal"]) else row["first_signal"]
        assert first == expected["first_signal"], (aim, expected)
        for name in ("mean_before", "lower", "upper", "mean_after"):
            published = np.nan if pd.isna(row[name]) else float(row[name])
            assert published == pytest.approx(expected[name], rel=1e-9, nan_ok=True), (aim, name)

    # Not all the same, and some of them on a full chart.
    assert len(answers) >= 10
    assert len(set(answers)) >= 3
    assert len(set(answers) - {"too_few_before"}) >= 2


@pytest.fixture(scope="module")
def drawn_for_the_platform(published_chain: PublishedChain) -> pd.DataFrame:
    """By indicator the charts with limits in the platform's file: how much of each is a gap."""
    points = published_chain.read(
        'select series_id, indicator, statistic, "view", period_grain, chart, '
        "point.period, point.value from signal join signal_point as point using (series_id) "
        "where signal.dimension = 'national'",
        "platform",
    )
    kinds = {statistic for statistics, _ in STATISTICS.values() for statistic in statistics}
    points = points[points["chart"].isin(WITH_LIMITS) & points["statistic"].isin(kinds)]
    keys = ["indicator", "statistic", "view", "period_grain", "period"]
    cases = shown_to_the_platform(published_chain)[[*keys, "denominator"]]
    points = points.merge(cases, on=keys, how="left", validate="many_to_one")
    points["is_gap"] = points["value"].isna() | (points["denominator"] < FEWEST_CASES)
    return points.groupby(["indicator", "series_id"], as_index=False)["is_gap"].mean()


def shown_to_the_platform(chain: PublishedChain) -> pd.DataFrame:
    return chain.read(
        "select * from result where status = 'ok' and clock = 'gross' and dimension = 'national'",
        "platform",
    )


def test_the_platform_is_told_what_its_own_figures_say(
    published_chain, ours, lead_time_of, drawn_for_the_platform
):
    """A figure it may not see is a gap: no answer gives away what it would have been.

    Nor is an answer kept back: where there is none, no chart in the file could have carried one.
    """
    told = published_chain.read("select * from effect", "platform").set_index(KEY)
    shown = shown_to_the_platform(published_chain)
    directions = published_chain.indicators.set_index("indicator")["direction"]
    cuts = rebases(published_chain.tables, REFERENCE, lead_time_of)
    handoff_of = {indicator: handoff for handoff, indicator in lead_time_of.items()}
    gaps = drawn_for_the_platform.set_index("indicator")["is_gap"]
    n_held = n_compared = 0
    for aim in ours:
        row = told.loc[aim.subject, aim.record_key, aim.aim]
        if aim.since is None:
            assert row["answer"] == "not_started", aim
            continue
        n_held += 1
        if row["answer"] == "no_series":
            assert (gaps[gaps.index == aim.indicator] > MOST_GAPS).all(), aim
            continue
        assert (gaps[gaps.index == aim.indicator] <= MOST_GAPS).any(), aim
        keys = ["indicator", "statistic", "view", "period_grain"]
        own = shown[(shown[keys] == row[keys]).all(axis=1)]
        handoff = handoff_of.get(aim.indicator)
        until = followed_until(published_chain, row["statistic"], handoff)
        series = by_period(own, until, grain=row["period_grain"])
        expected = verdict(
            series, aim.since, cuts.get(aim.indicator, []), directions[aim.indicator]
        )
        for name in ("answer", "n_before", "n_after"):
            assert row[name] == expected[name], (aim, name, row.to_dict(), expected)
        for name in ("mean_before", "mean_after"):
            published = np.nan if pd.isna(row[name]) else float(row[name])
            assert published == pytest.approx(expected[name], rel=1e-9, nan_ok=True), (aim, name)
        n_compared += 1
    # Few have a chart in chains as small as these.
    assert n_held >= 20
    assert n_compared >= 3
