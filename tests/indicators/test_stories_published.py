"""The stories of the demo chain are found in the published files, where a meeting looks for them.

The chain of `make run`: simulated with its faults, delivered as files, taken in, built by dbt,
estimated, published. Every assertion reads the published file. `tests/signals/test_stories` and
`tests/evaluation/test_stories` say the same of what truly happened, for five seeds and without
stories, and `test_theme_stories` of the published files of the small chain; these run in passing.
What differs from what truly happened, and why:

* **Triage** is declared findable by direct route and month. Members are published by quarter, where
  the median moves by whole days (`too_coarse`): the restricted mean finds it. In the demo the note
  of the platform explains it, and a rebased series has no signal; hence the two tests.
* **The dossiers** are declared findable by comparing 2024 with 2026. On the reference date 2026 is
  not over and has no figure; 2025 differs from 2024 already, and the rolling year shows the rest.
* **Phase-out** is flagged from the very quarter of the story by its median, the headline. The
  restricted mean has its first flag half a year earlier: a trend flags its lowest point too.
* **The late quarter** is the researcher's: the platform sees deliveries by partner with their
  quality, and no series of organisations.
* **Themes** are flagged in one of the last four quarters. The platform sees no quarter with fewer
  than five mentions, so for it the verdict rests on years (`pipelines.evaluation.course`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.periods import first_period_from, period_number
from pipelines.road.walk import run
from pipelines.settings import Settings
from pipelines.signals.background import read_background
from pipelines.signals.charted import signals_of
from pipelines.simulation.configuration import LARGEST_PARKET, PARKETTEN, SimulationConfig
from pipelines.simulation.simulate import simulate
from pipelines.simulation.stories import (
    CODEBOOK_SPLIT,
    DOSSIER_DRIFT,
    INCOMPLETE_DOSSIER_THEME,
    LATE_AIVD_QUARTER,
    NEW_INTAKE_FORM,
    PHASE_OUT_BACKLOG,
    PHASE_OUT_DELAYED_THEME,
    ROLE_UNCLEAR_FADING,
    UNRELIABLE_THEME,
    Story,
)

pytestmark = pytest.mark.long

CONFIG = SimulationConfig()
MEETINGS_A_YEAR = 4
TRIAGE = "triage_lead_time.rmst.cohort.sender.quarter.route.direct"
DOSSIER = "dossier_complete_lead_time.median.cohort.receiver.quarter.parket.{}"
THEME = "theme_{}.share.cohort.both.quarter.national.national"
# Story: its series, and which way it moves. A theme is neither better nor worse.
SERIES = {
    NEW_INTAKE_FORM: (TRIAGE, "down", "improvement"),
    DOSSIER_DRIFT: (DOSSIER.format(LARGEST_PARKET), "up", "concern"),
    PHASE_OUT_BACKLOG: (
        "lead_time_k41.median.cohort.sender.quarter.national.national", "up", "concern",
    ),
    LATE_AIVD_QUARTER: (
        "delivery_on_time_share.share.cohort.both.quarter.organisation.aivd", "down", "concern",
    ),
    INCOMPLETE_DOSSIER_THEME: (THEME.format("dossier_onvolledig"), "up", "neutral"),
    PHASE_OUT_DELAYED_THEME: (THEME.format("afbouw_uitgesteld"), "up", "neutral"),
    ROLE_UNCLEAR_FADING: (THEME.format("rol_onduidelijk"), "down", "neutral"),
}  # fmt: skip
# What the two stories are about that are no series.
ABOUT_CODING = (CODEBOOK_SPLIT, UNRELIABLE_THEME)
IN_SERIES = [pytest.param(story, id=story.name) for story in SERIES]
LASTING = [pytest.param(story, id=story.name) for story in SERIES if story.until is None]

Read = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demo, delivered and published."""
    settings = replace(Settings(), home=tmp_path_factory.mktemp("demo"))
    simulate(CONFIG, settings.contracts_dir, settings.inbox_dir, settings.home / "ledger")
    outcome = run(
        settings,
        reference_date=CONFIG.end.isoformat(),
        known_at="2026-12-01T12:00:00+00:00",
        explain=False,
    )
    assert outcome.is_clean, (outcome.refused, outcome.failed)
    return settings


@pytest.fixture(scope="module")
def read(home: Settings) -> Read:
    """Answers of the file an audience reads."""

    def answer(query: str, *values: object, audience: str = "researcher") -> pd.DataFrame:
        folder = home.published_dir / audience
        name = (folder / "CURRENT").read_text(encoding="utf-8").strip()
        with duckdb.connect(str(Path(folder / name)), read_only=True) as connection:
            return connection.execute(query, list(values)).df()

    return answer


@pytest.fixture(scope="module")
def unexplained(home: Settings, read: Read) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Signals and points of the published figures, had the platform not written its note yet."""
    with duckdb.connect(str(home.warehouse_path), read_only=True) as connection:
        background = read_background(connection, CONFIG.end)
    assert background.rebases
    shown = read("from result where indicator = 'triage_lead_time'")
    signals = signals_of(shown, replace(background, rebases=()))
    return signals.signal, signals.points


@pytest.fixture
def points(read: Read, unexplained: tuple[pd.DataFrame, pd.DataFrame]):
    """The points of the series of a story."""

    def of(story: Story, audience: str = "researcher") -> pd.DataFrame:
        series_id = SERIES[story][0]
        if story is NEW_INTAKE_FORM:
            own = unexplained[1]
            return own[own["series_id"] == series_id]
        query = "from signal_point where series_id = ? order by position"
        return read(query, series_id, audience=audience)

    return of


@pytest.mark.parametrize("story", IN_SERIES)
def test_it_is_found_at_or_after_its_start_and_never_before(story, points):
    _, moved, variation = SERIES[story]
    own = points(story)
    flagged = own[own["moved"] == moved]
    begun = first_period_from(story.start, "quarter")

    assert len(own) > MEETINGS_A_YEAR
    assert len(flagged) > 0, f"{story.name} is not found"
    assert period_number(flagged["period"].iloc[0], "quarter") >= begun
    assert set(flagged["variation"]) == {variation}


@pytest.mark.parametrize("story", LASTING)
def test_it_is_found_at_a_meeting_of_the_last_year(story, points):
    assert SERIES[story][1] in set(points(story).tail(MEETINGS_A_YEAR)["moved"])


def test_the_shorter_triage_would_have_been_signalled_and_by_more_than_matters(unexplained, read):
    # One route of one dimension, three quarters long: its chart signals. Whether the list, which
    # looks at every indicator, would have held it is measured over chains (`tests.bench`).
    signal, _ = unexplained
    [row] = signal[signal["series_id"] == TRIAGE].to_dict("records")
    [(smallest,)] = read(
        "select smallest_difference from indicator where indicator = 'triage_lead_time'"
    ).to_numpy()

    assert (row["rule"], row["since"], row["moved"]) == ("outside", "2026-Q1", "down")
    assert abs(row["difference"]) >= smallest > 0


def test_the_note_explains_it_and_the_lines_on_the_chart_say_how_much_shorter(read):
    own = read("from signal_point where series_id = ? order by position", TRIAGE)
    before, after = own[own["period"] < "2026-Q1"], own[own["period"] >= "2026-Q1"]
    [note] = read("from rebase where handoff_id = 'K13'").to_dict("records")

    assert note["day"].date() == NEW_INTAKE_FORM.start
    assert own.loc[own["is_rebase"], "period"].tolist() == ["2026-Q1"]
    # Below the limits of before, and ordinary since.
    assert after["centre"].iloc[-1] < before["lower"].iloc[-1]
    assert after["moved"].isna().all()


@pytest.mark.parametrize("audience", ["researcher", "platform"])
def test_the_drift_is_that_of_one_parket(read, audience):
    rows = read(
        "select member, rule, moved from signal where series_id in ?",
        [DOSSIER.format(parket) for parket in PARKETTEN],
        audience=audience,
    ).set_index("member")

    assert rows.loc[LARGEST_PARKET, "moved"] == "up"
    assert set(rows.index[rows["moved"] == "up"]) == {LARGEST_PARKET}


@pytest.mark.parametrize("audience", ["researcher", "platform"])
def test_the_drift_of_one_parket_is_up_for_discussion(read, audience):
    rows = read(
        "select discussion_rank from signal where series_id = ?",
        DOSSIER.format(LARGEST_PARKET),
        audience=audience,
    )

    # Alone it stands out at 1 in 700, which ten parketten do seventy times as often.
    assert rows["discussion_rank"].tolist() == [2]


def test_the_years_of_the_dossiers_lie_apart_as_declared(read):
    rows = read(
        "select period, lower, upper, status from result "
        "where indicator = 'dossier_complete_lead_time' and statistic = 'share_within_norm' "
        "and view = 'cohort' and clock = 'gross' and dimension = 'parket' and member = ? "
        "and period_grain in ('year', 'rolling_12m')",
        LARGEST_PARKET,
    ).set_index("period")

    assert rows.loc["2026", "status"] == "too_recent"
    assert rows.loc["2025", "upper"] < rows.loc["2024", "lower"]
    followed = rows[rows["status"] == "ok"].index
    last = max(period for period in followed if len(period) > len("2026"))
    assert last >= "2026-08"
    assert rows.loc[last, "upper"] < rows.loc["2024", "lower"]


@pytest.mark.parametrize("audience", ["researcher", "platform"])
def test_the_backlog_is_on_the_list_for_discussion(read, audience):
    rows = read("from signal where indicator = 'lead_time_k41'", audience=audience)
    [quarter] = rows[rows["series_id"] == SERIES[PHASE_OUT_BACKLOG][0]].to_dict("records")

    # Seventeen quarters alone are no strong evidence: those before the backlog are few.
    assert quarter["variation"] == "concern"
    assert quarter["since"] == "2024-Q4"
    assert quarter["is_headline"]
    assert rows["discussion_rank"].min() <= 10


def test_the_late_quarter_alone_stands_out(points):
    own = points(LATE_AIVD_QUARTER)
    late = own[own["rule"] != "none"]

    assert late["period"].tolist() == ["2025-Q3"]
    assert late["value"].tolist() == [0.0]
    assert LATE_AIVD_QUARTER.until == date(2025, 9, 30)


@pytest.mark.parametrize("audience", ["researcher", "platform"])
def test_the_stories_among_the_themes_are_found(read, audience):
    assert_three_themes_moved(read, audience)
    assert_one_theme_is_doubtful(read, audience)
    assert_series_run_on_across_the_split(read, audience, "2022-Q4")


def assert_three_themes_moved(read: Read, audience: str) -> None:
    course = read("from theme_course", audience=audience).set_index("series")["moved"]

    assert course["dossier_onvolledig"] == "up"
    assert course["afbouw_uitgesteld"] == "up"
    assert course["rol_onduidelijk"] == "down"


def assert_one_theme_is_doubtful(read: Read, audience: str) -> None:
    verdicts = read("select series, verdict from theme_agreement", audience=audience)
    doubtful = verdicts.loc[verdicts["verdict"] == "not_reliable", "series"]

    assert doubtful.tolist() == ["communicatie_persoon"]


def assert_series_run_on_across_the_split(read: Read, audience: str, begun_by: str) -> None:
    """The comparable series has a line in it; the new themes begin where they came in."""
    series = read("from theme_series", audience=audience).set_index("series")
    shown = read(
        "select indicator, min(period) as first, max(period) as last from result "
        "where indicator like 'theme_informatie%' and dimension = 'national' "
        "and status <> 'too_recent' and period_grain in ('quarter', 'half_year', 'year') "
        "group by indicator",
        audience=audience,
    ).set_index("indicator")
    whole = shown.loc["theme_informatie_laat"]

    assert series.loc["informatie_laat", "breaks"] == CODEBOOK_SPLIT.start.isoformat()
    # Where quarters hold too few, half-years and years stand in their place: the year decides.
    assert whole["first"][:4] <= begun_by
    assert whole["last"][:4] == "2026"
    for part in ("informatieproduct_te_laat", "informatie_niet_gedeeld"):
        assert series.loc[part, "started_on"].date() == CODEBOOK_SPLIT.start
        # Held shortly before the day and coded after it.
        assert shown.loc[f"theme_{part}", "first"][:4] >= "2025"
