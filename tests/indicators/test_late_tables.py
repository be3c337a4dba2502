"""A table that comes late makes figures end earlier, and no figure tell another story.

Here: the small chain built without the last deliveries of a table, beside the complete build.
Not here: until when a hand-off is followed (dbt unit tests of `int_followed`), and the same on the
demo, which takes an hour (`make bench-late`).
"""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from pipelines.settings import Settings
from tests.bench.late_tables import (
    MISSING,
    Build,
    Late,
    build_from,
    compare,
    figures,
    first_seen,
    inputs_of_build,
    small_chain,
    without_last,
)
from tests.indicators.conftest import REFERENCE, PublishedChain
from tests.indicators.recompute.figures import Curve, lead_time_figures
from tests.indicators.recompute.followed import followed
from tests.indicators.recompute.handoffs import handoffs
from tests.indicators.recompute.milestones import Day, milestones

TABLES = sorted(
    path.name.removesuffix(".odcs.yaml") for path in Settings().contracts_dir.glob("*.odcs.yaml")
)
MOST_LEFT_OUT = 0.05
MOST_NEW_ELSEWHERE = 0.02


@pytest.fixture(scope="module")
def without_triage(published_chain: PublishedChain) -> Build:
    """The newest judgments came a day too late for the build."""
    settings = published_chain.settings
    return build_from(settings, without_last(inputs_of_build(settings), "nctv_triage", 1))


def test_what_waits_for_a_late_table_ends_where_it_was_followed(published_chain, without_triage):
    """Intake forms are there until October, judgments until September.

    What started in September was followed as far as on its last evening: its share is what it was
    known to be by then, or it waits for October as well.
    """
    rows = without_triage.figures
    is_share = (rows["indicator"] == "triage_lead_time") & (
        rows["statistic"] == "share_within_norm"
    )
    is_headline = (rows["view"] == "cohort") & (rows["dimension"] == "national")
    shares = rows[is_share & is_headline & (rows["clock"] == "gross")].set_index("period")
    complete = published_chain.published_of("triage_lead_time")

    assert shares.loc["2026-10", "status"] == "not_delivered"
    assert pd.isna(shares.loc["2026-10", "value"])
    as_followed = share_of_triage(published_chain, Day(date(2026, 9, 30)), "2026-09")
    if pd.isna(as_followed):
        assert shares.loc["2026-09", "status"] == "not_delivered"
    else:
        assert shares.loc["2026-09", "status"] == "ok"
        assert shares.loc["2026-09", "value"] == pytest.approx(as_followed)
    assert "2026-10" in set(complete["period"]) and "not_delivered" not in set(complete["status"])


def share_of_triage(chain: PublishedChain, until: Day, period: str) -> float:
    """Share triaged within the norm, worked out again as of an evening; NaN where it is unknown."""
    seeds, tables = chain.settings.seeds_dir, chain.tables
    rows = handoffs(tables, milestones(tables, seeds, until), seeds, until, only=["K13"])
    rule = next(rule for rule in chain.rules.itertuples() if rule.handoff_id == "K13")
    found = lead_time_figures(rows, rule, chain.window[0], until)
    key = {"statistic": "share_within_norm", "view": "cohort", "clock": "gross", "period": period}
    is_ours = (found[[*key]] == pd.Series(key)).all(axis=1) & (found["dimension"] == "national")
    return float(found.loc[is_ours, "value"].item())


def test_a_series_without_its_newest_months_is_not_about_now(without_triage):
    signals = without_triage.signals
    is_ours = (signals["indicator"] == "triage_lead_time") & (signals["period_grain"] == "month")
    is_charted = is_ours & (signals["chart"] != "none")

    assert is_charted.any()
    assert signals.loc[is_charted, "warnings"].str.contains("last_period_missing").all()
    assert signals.loc[is_ours, "discussion_rank"].isna().all()


def test_every_clock_ends_on_the_day_its_tables_reach(published_chain, without_triage):
    """Worked out again from the list of files, the late one left out."""
    files = published_chain.tables["deliveries"]
    is_triage = (files["organisation"] == "nctv") & (files["table_name"] == "triage")
    in_time = files[~(is_triage & (files["reference_date"] == REFERENCE.date))]
    expected = followed(in_time, published_chain.settings.seeds_dir, REFERENCE)

    assert without_triage.followed.to_dict() == expected.to_dict()
    assert set(expected) == {date(2026, 9, 30), REFERENCE.date}


def test_a_clock_that_ends_earlier_is_that_of_the_earlier_day(published_chain, without_triage):
    """Paired and measured again as on that evening, from all that was delivered until now."""
    until = Day(date(2026, 9, 30))
    seeds = published_chain.settings.seeds_dir
    tables = published_chain.tables
    rows = handoffs(tables, milestones(tables, seeds, until), seeds, until, only=["K13"])
    expected = rows["status"].value_counts().to_dict()
    figures = without_triage.figures
    is_whole = (figures["indicator"] == "triage_lead_time") & (figures["period"] == "all")
    whole = figures[is_whole & (figures["view"] == "cohort") & (figures["clock"] == "gross")]
    whole = whole.set_index("statistic")

    for status in ("completed", "open"):
        assert whole.loc[status, "value"] == expected[status]
    assert whole.loc["median", "value"] == Curve.estimate(
        rows.loc[rows["duration"].notna(), "duration"].to_numpy(float),
        rows.loc[rows["duration"].notna(), "status"].to_numpy(object),
    ).quantile(0.5)


def test_what_does_not_wait_for_it_stays_as_it_was(published_chain, without_triage):
    keys = ["statistic", "view", "clock", "period_grain", "period", "dimension", "member"]
    ours = without_triage.figures.query("indicator == 'dossier_sent_lead_time'")
    theirs = published_chain.published_of("dossier_sent_lead_time")

    both = ours.merge(theirs, on=keys, how="outer", suffixes=("", "_complete"))
    pd.testing.assert_series_equal(both["value"], both["value_complete"], check_names=False)


def test_no_figure_leaves_out_what_it_becomes(published_chain, without_triage):
    complete = replace(
        without_triage,
        figures=published_chain.results,
        signals=published_chain.read("from signal"),
    )

    assert_no_other_story([compare(complete, without_triage, "nctv_triage", 1)])


def assert_no_other_story(found: list[Late]) -> None:
    assert max(late.share_left_out for late in found) <= MOST_LEFT_OUT, [*map(str, found)]
    assert not [late.new_fed for late in found if late.new_fed], [*map(str, found)]
    n_new = sum(len(late.new_elsewhere) for late in found)
    assert n_new <= MOST_NEW_ELSEWHERE * sum(late.n_elsewhere for late in found), [*map(str, found)]


@pytest.fixture(scope="module")
def monthly(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Build]:
    """The small chain of the measured table, and its complete build."""
    settings = small_chain(tmp_path_factory.mktemp("monthly"))
    return settings, build_from(settings, inputs_of_build(settings))


@pytest.mark.long
@pytest.mark.parametrize("n_missing", MISSING)
def test_no_late_table_tells_another_story(monthly, n_missing):
    """Every table with a contract, one by one."""
    settings, complete = monthly
    inputs = inputs_of_build(settings)
    found = [
        compare(
            complete, build_from(settings, without_last(inputs, table, n_missing)), table, n_missing
        )
        for table in TABLES
    ]

    assert_no_other_story(found)


@pytest.mark.long
def test_agreement_first_seen_is_what_it_becomes(monthly):
    """Over all two-sided hand-offs together: of one alone the small chain has too few transfers."""
    settings, _ = monthly
    seen = first_seen(settings, inputs_of_build(settings), 4)

    weighed = (seen["first"] - seen["final"]) * seen["n"]
    assert len(seen) > 20
    assert abs(weighed.sum() / seen["n"].sum()) <= 0.01


def test_a_table_with_most_left_out_is_the_end_of_the_interval():
    """Two tables a month late, of ten and of thirty figures that differ; one brought an item."""

    def late(table: str, n: int, n_left_out: int, new: tuple[str, ...] = ()) -> Late:
        rows = pd.DataFrame({"leaves_out": [True] * n_left_out + [False] * (n - n_left_out)})
        return Late(table, 1, rows, new, (), 50)

    left_out, new_fed, new_elsewhere = figures(
        [late("a", 10, 1), late("b", 30, 0, ("inflow",)), late("never", 0, 0)]
    )

    assert (left_out["value"], left_out["lower"], left_out["upper"]) == (1 / 40, 0.0, 0.1)
    assert (left_out["question"], left_out["n"]) == ("late.left_out_1", 40)
    assert (new_fed["value"], new_fed["n"]) == (1 / 3, 3)
    assert (new_elsewhere["value"], new_elsewhere["n"]) == (0.0, 150)
