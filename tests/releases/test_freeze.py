"""Publish once: what enters a release, what stays as it was, and what is revised and why."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.indicators.register import load_register
from pipelines.releases.freeze import (
    Frozen,
    freeze,
    is_settled,
    published_before,
    settled_until,
)
from pipelines.releases.revision import YEARLY
from pipelines.settings import Settings
from tests.releases.conftest import INDICATORS, figures

OCTOBER = date(2026, 10, 31)
CHAIN = Settings()
REGISTER = CHAIN.dbt_project_dir / "models" / "indicators" / "dim_indicator.yml"
TERMS = CHAIN.seeds_dir / "terms.csv"


def frozen(
    now: str, before: str, *, revises: str = "", note: str = "", **changes: object
) -> Frozen:
    """What a release holds, from what the build and the release before it show."""
    candidate, shown = figures(now, **changes), published_before([("A", figures(before))])
    return freeze(
        candidate,
        shown,
        pd.Series(True, index=candidate.index),
        revises=revises,
        note=note,
    )


def counts(result: pd.DataFrame) -> dict[str, float]:
    """The count of each quarter."""
    of_counts = result[result["statistic"] == "count"]
    return dict(zip(of_counts["period"], of_counts["value"], strict=True))


class TestWhatEnters:
    def test_a_period_that_ended_by_the_day_its_indicator_is_followed(self):
        shown = figures("2026-Q2 40 30\n2026-Q3 40 30\n2026-Q4 40 30")

        settled = is_settled(shown, settled_until(INDICATORS, {}, {}, OCTOBER))

        assert set(shown.loc[settled, "period"]) == {"2026-Q2", "2026-Q3"}

    def test_not_what_later_deliveries_are_expected_to_add_to(self):
        until = settled_until(INDICATORS, {"inflow": date(2026, 7, 1)}, {}, OCTOBER)

        assert until == {"inflow": date(2026, 6, 30), "in_time_share": OCTOBER}

    def test_a_share_when_the_interval_of_its_last_rows_is_over(self):
        shown = figures("2026-Q2 40 30\n2026-Q3 40 30")

        until = settled_until(INDICATORS, {}, {"in_time_share": 91}, OCTOBER)
        settled = shown[is_settled(shown, until)].groupby("indicator")["period"].unique()

        assert settled["in_time_share"].tolist() == ["2026-Q2"]
        assert settled["inflow"].tolist() == ["2026-Q2", "2026-Q3"]

    @pytest.mark.parametrize(
        ("indicator", "term"),
        [
            ("emergency_dossier_share", "dossier_after_emergency"),
            ("referral_confirmed_share", "referral_after_phase_out"),
            ("evaluation_share", "evaluation_after_exit"),
            ("re_entry_12m_share", "re_entry_after_exit"),
            ("authority_unaccepted_share", "acceptance_after_return"),
        ],
    )
    def test_the_register_waits_as_long_as_the_term_of_a_share(self, indicator, term):
        (entry,) = (entry for entry in load_register(REGISTER) if entry.id == indicator)
        seed = pd.read_csv(TERMS).set_index("term").loc[term]
        # Six months are 184 days at most.
        longest = {1: 31, 3: 92, 6: 184, 12: 366}
        days = longest[seed["value"]] if seed["unit"] == "months" else seed["value"]

        assert entry.judged_after_days == days

    def test_not_what_a_late_table_leaves_unknown(self):
        late = INDICATORS.assign(followed_until=date(2026, 8, 31))

        assert set(settled_until(late, {}, {}, OCTOBER).values()) == {date(2026, 8, 31)}

    @pytest.mark.parametrize(
        ("unit", "horizon", "expected"),
        [
            ("calendar_days", 21.0, date(2026, 10, 10)),
            ("working_days", 5.0, date(2026, 10, 24)),
            ("hours", 48.0, date(2026, 10, 29)),
            ("calendar_days", np.nan, OCTOBER),
        ],
    )
    def test_a_lead_time_when_its_cases_were_followed_as_long_as_its_horizon(
        self, unit, horizon, expected
    ):
        lead_times = INDICATORS.assign(kind="lead_time", unit=unit, horizon=horizon)

        assert set(settled_until(lead_times, {}, {}, OCTOBER).values()) == {expected}

    @pytest.mark.parametrize("status", ["too_recent", "not_delivered", "not_reached", "no_data"])
    def test_not_a_figure_that_is_not_known_yet(self, status):
        shown = figures("2026-Q1 40 30", status=status)

        assert not is_settled(shown, settled_until(INDICATORS, {}, {}, OCTOBER)).any()

    def test_not_an_indicator_that_is_not_in_the_register(self):
        assert not is_settled(figures("2026-Q1 40 30"), {}).any()

    def test_a_period_without_an_end_never_does(self):
        whole = figures("2026-Q1 40 30", period="all", period_grain="all")

        assert not is_settled(whole, settled_until(INDICATORS, {}, {}, OCTOBER)).any()


class TestWhatStays:
    def test_a_published_figure_whatever_the_build_says_now(self):
        found = frozen("2026-Q1 45 35\n2026-Q2 60 50", before="2026-Q1 40 30")

        assert counts(found.result) == {"2026-Q1": 40, "2026-Q2": 60}
        assert found.revision.empty

    def test_a_published_figure_that_would_be_withheld_now(self):
        found = frozen("2026-Q1 - -", before="2026-Q1 40 30")

        assert counts(found.result) == {"2026-Q1": 40}

    def test_a_published_figure_the_build_no_longer_has(self):
        found = frozen("2026-Q2 60 50", before="2026-Q1 40 30")

        assert counts(found.result) == {"2026-Q1": 40, "2026-Q2": 60}

    def test_what_was_shown_last_also_when_a_release_between_withheld_it(self):
        shown = published_before([("A", figures("2026-Q1 40 30")), ("B", figures("2026-Q1 - -"))])

        assert counts(shown) == {"2026-Q1": 40}
        assert set(shown["published_in"]) == {"A"}

    def test_what_was_withheld_before_may_be_shown(self):
        found = frozen("2026-Q1 40 30", before="2026-Q1 - -")

        assert counts(found.result) == {"2026-Q1": 40}
        assert found.revision.empty

    def test_the_rung_of_a_line_in_a_calendar_year(self):
        halves = figures("2026-H1 90 65\n2026-H2 95 65\n2027-H1 95 65", period_grain="half_year")
        candidate = pd.concat([halves, figures("2026-Q4 50 35").assign(dimension="parket")])
        shown = published_before([("A", figures("2026-Q1 40 30"))])

        found = freeze(
            candidate.reset_index(drop=True), shown, pd.Series(True, index=range(len(candidate)))
        )

        # Halves beside a quarter of the same year would tell of the other quarter.
        assert counts(found.result[found.result["dimension"] == "national"]) == {
            "2026-Q1": 40,
            "2027-H1": 95,
        }

    def test_a_year_stands_beside_its_quarters(self):
        quarters = "2026-Q1 40 30\n2026-Q2 40 30\n2026-Q3 40 30\n2026-Q4 40 30"
        year = figures("2026 160 120", period_grain="year")
        candidate = pd.concat([figures(quarters), year], ignore_index=True)

        found = freeze(
            candidate, published_before([("A", figures("2026-Q1 40 30"))]),
            pd.Series(True, index=candidate.index),
        )  # fmt: skip

        assert counts(found.result)["2026"] == 160


class TestWhatIsRevised:
    def test_every_revision_says_old_new_and_why(self):
        found = frozen("2026-Q1 50 40", before="2026-Q1 40 30", revises="error",
                       note="Een tabel was dubbel geleverd.")  # fmt: skip

        said = found.revision.set_index("indicator").loc["inflow"]
        assert (said["old_value"], said["new_value"]) == (40, 50)
        assert (said["why"], said["note"]) == ("error", "Een tabel was dubbel geleverd.")
        assert (said["published_in"], said["period"]) == ("A", "2026-Q1")
        of_share = found.revision.set_index("indicator").loc["in_time_share"]
        assert (of_share["old_numerator"], of_share["new_numerator"]) == (30, 40)

    def test_nothing_in_a_release_that_does_not_revise(self):
        found = frozen("2026-Q1 90 80", before="2026-Q1 40 30")

        assert counts(found.result) == {"2026-Q1": 40}

    def test_a_length_of_time_only_with_the_number_of_cases_under_it(self):
        lengths = {"statistic": "median", "unit": "calendar_days"}
        before = figures("2026-Q1 40 30").query("statistic == 'share'")
        before = before.assign(**lengths, numerator=np.nan, value=12.0)

        def revised(**changes: float) -> float:
            candidate = before.assign(**changes)
            settled = pd.Series(True, index=candidate.index)
            found = freeze(candidate, published_before([("A", before)]), settled, revises=YEARLY)
            return float(found.result["value"].item())

        assert revised(value=13.0) == 12.0
        assert revised(value=13.0, denominator=45.0) == 13.0

    def test_a_rate_only_with_the_number_of_events_above_it(self):
        before = figures("2026-Q1 40 30").query("statistic == 'share'").assign(statistic="rate")

        def revised(**changes: float) -> int:
            candidate = before.assign(**changes)
            settled = pd.Series(True, index=candidate.index)
            return len(
                freeze(
                    candidate, published_before([("A", before)]), settled, revises=YEARLY
                ).revision
            )

        assert revised(denominator=41.0, value=0.73) == 0
        assert revised(numerator=35.0, value=0.85) == 1

    def test_a_figure_of_another_definition_is_a_new_one_and_says_so(self):
        found = frozen("2026-Q1 42 32", before="2026-Q1 40 30", version="2")

        assert counts(found.result) == {"2026-Q1": 42}
        assert set(found.revision["why"]) == {"definition"}

    def test_a_figure_of_a_definition_that_is_gone_does_not_stay(self):
        found = frozen("2026-Q2 60 50", before="2026-Q1 40 30", indicator="other")

        assert set(found.result["indicator"]) == {"other"}
        assert found.revision["new_value"].isna().all()

    def test_what_an_earlier_release_dropped_is_not_dropped_again(self):
        first, now = figures("2026-Q1 40 30"), figures("2026-Q2 60 50", indicator="other")

        def dropped(*between: pd.DataFrame) -> int:
            shown = [("A", first), *(("B", result) for result in between)]
            settled = pd.Series(True, index=now.index)
            return len(freeze(now, published_before(shown), settled).revision)

        withheld = figures("2026-Q1 - -")
        assert [dropped(), dropped(withheld), dropped(now)] == [2, 2, 0]


def test_two_figures_for_one_question_are_refused():
    twice = figures("2026-Q1 40 30\n2026-Q1 40 30")
    with pytest.raises(ValueError, match="two figures are one"):
        freeze(twice, published_before([]), pd.Series(True, index=twice.index))
