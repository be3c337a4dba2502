"""Themes and answers as published, against the same counted again from the ledger."""

import numpy as np
import pandas as pd
import pytest

from tests.indicators.conftest import REFERENCE, PublishedChain
from tests.indicators.recompute.limits import limits_of_share
from tests.indicators.recompute.themes import (
    CELL,
    answers,
    binary_alpha,
    coded_evaluations,
    double_codes,
    pairs,
    prevalence,
    series_of,
)


@pytest.fixture(scope="module")
def evaluations(published_chain: PublishedChain):
    return coded_evaluations(published_chain.tables, REFERENCE)


@pytest.fixture(scope="module")
def series(published_chain: PublishedChain):
    return series_of(published_chain.settings.seeds_dir)


def test_prevalence_of_every_theme_period_and_handoff(published_chain, evaluations, series):
    theirs = published_chain.results
    theirs = theirs[theirs["indicator"].str.startswith("theme_")]
    theirs = theirs[theirs["indicator"] != "theme_prevalence"]
    theirs = theirs.assign(series=theirs["indicator"].str.removeprefix("theme_"))

    both = prevalence(evaluations, series).merge(
        theirs, on=CELL, how="outer", suffixes=("", "_published"), indicator=True
    )
    assert len(both) > 500
    assert set(both["_merge"]) == {"both"}, both[both["_merge"] != "both"].head().to_string()
    for column in ("numerator", "denominator"):
        assert (both[column] == both[f"{column}_published"]).all()
    # What still grows is no figure yet.
    assert set(both.loc[both["value"].isna(), "status"]) == {"too_recent"}
    both = both[both["value"].notna()]
    assert np.allclose(both["value"], both["numerator"] / both["denominator"])
    ends = limits_of_share(both["numerator"].astype(float), both["denominator"].astype(float))
    for column, limit in zip(("lower", "upper"), ends, strict=True):
        assert np.allclose(both[column], limit, rtol=0, atol=1e-9)


def test_themes_found_together(published_chain, evaluations, series):
    theirs = published_chain.read("select * from theme_cooccurrence")
    groups = set(theirs["first"]) | set(theirs["second"])
    ours = pairs(evaluations, {name: series[name] for name in sorted(groups)})
    published = {
        (row.period_grain, row.period, frozenset((row.first, row.second))): (
            row.numerator,
            row.denominator,
        )
        for row in theirs.itertuples()
    }
    assert published == ours


def test_agreement_of_every_theme(published_chain, evaluations, series):
    theirs = published_chain.read("select * from theme_agreement").set_index("series")
    assert set(theirs.index) == set(series)
    for name, themes in series.items():
        codes = double_codes(evaluations, themes)
        alpha = binary_alpha(codes)
        assert theirs.loc[name, "n_units"] == len(codes)
        assert theirs.loc[name, "n_found"] == sum(a or b for a, b in codes)
        if alpha is None:
            assert pd.isna(theirs.loc[name, "alpha"])
        else:
            assert theirs.loc[name, "alpha"] == pytest.approx(alpha)


def test_answers_to_every_question(published_chain):
    figures = published_chain.read("select * from experience_result")
    theirs = {key: own for key, own in figures.groupby(["wave", "respondent_group", "question"])}
    ours = {key: counts for *key_, counts in answers(published_chain.tables, REFERENCE)
            for key in [tuple(key_)]}  # fmt: skip
    assert set(theirs) == set(ours)
    for key, counts in ours.items():
        own = theirs[key]
        shares = own[own["statistic"] == "share"].set_index("low")["numerator"]
        assert {str(int(score)): n for score, n in shares.items()} == {
            score: counts[score] for score in "12345"
        }
        [beside] = own[own["statistic"] == "not_applicable"].to_dict("records")
        assert (beside["numerator"], beside["denominator"]) == (counts["nvt"], counts.total())
        given = sorted(int(score) for score in "12345" for _ in range(counts[score]))
        middle = given[(len(given) - 1) // 2], given[len(given) // 2]
        [median] = own[own["statistic"] == "median"].to_dict("records")
        assert (median["low"], median["high"]) == middle


def test_the_planted_split_and_the_unreliable_theme_show(published_chain):
    series = published_chain.read("select * from theme_series").set_index("series")
    assert series.loc["informatie_laat", "breaks"] == "2025-07-01"
    assert str(series.loc["informatie_niet_gedeeld", "started_on"])[:10] == "2025-07-01"
    verdicts = published_chain.read("select series, verdict from theme_agreement")
    doubtful = set(verdicts.loc[verdicts["verdict"] == "not_reliable", "series"])
    assert doubtful == {"communicatie_persoon"}


def test_a_theme_rests_on_the_evaluations_alone(published_chain):
    """Its badge says how good the evaluations are, whatever the other partners delivered."""
    badges = published_chain.read(
        "select indicator, badge, reasons from quality where indicator like 'theme_%' "
        "and indicator <> 'theme_prevalence'"
    )
    assert len(badges) == 12
    assert badges["badge"].nunique() == 1
    assert not badges["reasons"].str.contains("om_|nctv_|politie_").any()
