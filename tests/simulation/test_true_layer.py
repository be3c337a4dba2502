"""What truly happens in the chain: its volumes, its hand-offs and how they agree with the files."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.deliveries.contract import Contract
from pipelines.settings import Settings
from pipelines.simulation.configuration import PARKET_SIZES, PARKETTEN, SimulationConfig
from pipelines.simulation.deliveries import observable_state
from pipelines.simulation.ledger import handoff_table
from pipelines.simulation.moments import begin_of
from pipelines.simulation.simulate import Played, play

HANDOFFS = pd.read_csv(Settings().seeds_dir / "handoffs.csv")["handoff_id"].tolist()


def frame(played: Played, table: str) -> pd.DataFrame:
    last = played.chronicle.config.end
    return observable_state(played.plan[table], last).to_pandas()


def true_handoffs(played: Played) -> pd.DataFrame:
    withdrawn = np.full(len(played.chronicle.cases), np.nan)
    return handoff_table(played.chronicle, played.keys, withdrawn).to_pandas()


@pytest.mark.parametrize("handoff_id", HANDOFFS)
def test_every_handoff_occurs_and_is_completed_even_in_the_tiny_chain(handoff_id, chain):
    found = chain.query(
        "select count(*) n, count(stopped_at) n_done from '{ledger}/true/handoff.parquet'"
        f" where handoff_id = '{handoff_id}'"
    )
    assert found["n"][0] >= 2
    assert found["n_done"][0] >= 1


def test_volumes_are_as_declared(demo):
    years = demo.chronicle.config.years
    designations = demo.chronicle.tables["nctv_aanwijzing"].columns["weg_in"].values
    decisions = demo.chronicle.tables["om_casus"].columns["besluit_soort"].values

    assert len(demo.chronicle.tables["politie_melding"]) / years == pytest.approx(4000, rel=0.03)
    assert (decisions == "voordragen").sum() / years == pytest.approx(400, rel=0.08)
    by_way = pd.Series(designations).value_counts()
    assert (by_way["triage"] + by_way["buiten_triage"]) / years == pytest.approx(300, rel=0.08)
    assert by_way["triage"] > 5 * by_way["buiten_triage"]
    assert by_way["transitie"] == 500
    assert by_way["limitatieve_lijst_1"] + by_way["limitatieve_lijst_2"] >= 60


def test_parketten_differ_in_size_as_declared(demo):
    cases = demo.chronicle.cases
    reported = cases.parket[cases.origin == "melding"]
    shares = np.bincount(reported, minlength=len(PARKETTEN)) / len(reported)
    assert shares == pytest.approx(PARKET_SIZES, abs=0.01)


def test_most_go_the_direct_route_and_most_are_admitted(demo):
    route = demo.chronicle.tables["om_intake"].columns["route"].values
    judgment = demo.chronicle.tables["nctv_triage"].columns["oordeel"]
    known = np.isfinite(judgment.known)

    assert (route == "direct").mean() == pytest.approx(0.70, abs=0.04)
    assert (judgment.values[known] == "opgenomen").mean() == pytest.approx(0.76, abs=0.03)


def test_persons_leave_after_some_fourteen_months_when_nothing_is_in_the_way(contracts):
    played = play(SimulationConfig().without_stories().without_faults(), contracts)
    people = frame(played, "nctv_aanwijzing")
    # Entered long enough before the end for nearly all to have left.
    early = people[
        (people["aangewezen_op"] < date(2023, 7, 1))
        & ~people["weg_in"].str.startswith("limitatieve")
    ]
    stay = pd.to_datetime(early["uitgestroomd_op"]) - pd.to_datetime(early["aangewezen_op"])
    months = stay.dt.days.fillna(10_000) / 30.44
    assert 11 < months.median() < 16
    kinds = early["uitstroom_soort"].value_counts(normalize=True)
    assert kinds["afbouw"] > 0.7
    assert set(kinds.index) == {"afbouw", "intrekking", "overdracht", "overlijden"}


def test_some_persons_come_back(demo):
    people = frame(demo, "nctv_aanwijzing").sort_values("aangewezen_op")
    again = people[people.duplicated("persoon_sleutel")]
    assert 0.01 < len(again) / len(people) < 0.1


def test_lead_times_are_skewed(demo):
    found = true_handoffs(demo).query("handoff_id == 'K13'")
    days = (found["stopped_at"] - found["started_at"]).dt.total_seconds() / 86400
    assert days.mean() > 1.1 * days.median()


@pytest.fixture(scope="session")
def flawless(contracts: dict[str, Contract]) -> Played:
    """A chain delivered without a fault: it says exactly what happened."""
    config = replace(SimulationConfig(), scale=0.3).without_faults()
    return play(config, contracts)


def test_without_faults_nothing_is_wrong(flawless):
    assert flawless.faults == []
    kinds = {each.kind for plan in flawless.plan.values() for each in plan}
    assert kinds == {"regular"}


def test_without_faults_triage_is_delivered_as_it_happened(flawless):
    delivered = frame(flawless, "om_intake").merge(
        frame(flawless, "nctv_triage"), on="zaak_sleutel", how="left"
    )
    truth = true_handoffs(flawless).query("handoff_id == 'K13'")
    both = truth.merge(delivered, left_on="case_key", right_on="zaak_sleutel", how="outer")
    both = both[both["verzonden_op"].notna() | both["started_at"].notna()]
    assert len(both) == len(truth)
    assert (both["started_at"] == both["verzonden_op"]).all()
    same = both["stopped_at"] == both["oordeel_verzonden_op"]
    assert (same | (both["stopped_at"].isna() & both["oordeel_verzonden_op"].isna())).all()


def test_authority_that_is_returned_and_never_accepted_piles_up(flawless):
    returns = true_handoffs(flawless).query("handoff_id == 'K44'")
    open_at = [
        int((returns["started_at"] <= day).sum() - (returns["stopped_at"] <= day).sum())
        for day in pd.date_range("2022-12-31", "2025-12-31", freq="YE", tz="UTC")
    ]

    # A tenth is never accepted, whatever the stories and the transition: a stock that only grows.
    assert 0.05 < returns["stopped_at"].isna().mean() < 0.15
    assert open_at == sorted(set(open_at))
    assert open_at[-1] >= 3 * max(open_at[0], 1)


def test_without_faults_dossiers_are_delivered_as_they_happened(flawless):
    complete = frame(flawless, "nctv_dossier").groupby("zaak_sleutel")["volledig_op"].min()
    truth = true_handoffs(flawless).query("handoff_id == 'K21'").set_index("case_key")
    stopped = truth["stopped_at"].dropna()
    assert len(stopped) == complete.notna().sum()
    assert (complete.loc[stopped.index] == stopped).all()


def test_without_faults_ends_of_measures_are_delivered_as_they_happened(flawless):
    measures = frame(flawless, "lcc_maatregel")
    ended = measures[measures["reden_einde"] == "afbouw"]
    first = pd.to_datetime(ended.groupby("zaak_sleutel")["beeindigd_op"].min())
    truth = true_handoffs(flawless).query("handoff_id == 'K42'").set_index("case_key")
    started = truth["started_at"].dt.tz_convert("Europe/Amsterdam").dt.tz_localize(None)
    assert set(first.index) == set(started.index)
    assert (first.loc[started.index].to_numpy() == started.to_numpy()).all()


def test_nothing_happens_outside_the_period(demo):
    # Dossiers and decisions of cases from before the period are simply not part of it.
    first = begin_of(demo.chronicle.config.start)
    for handoff in demo.chronicle.handoffs:
        assert (handoff.started >= first - 1).all(), handoff.handoff_id
        stopped = handoff.stopped[~np.isnan(handoff.stopped)]
        assert (stopped < demo.chronicle.end).all(), handoff.handoff_id
