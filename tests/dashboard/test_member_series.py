"""A signal of a member links to that member's own series: drawn, with n, limits and signal."""

import re
from pathlib import Path

import pytest

from pipelines.wording import signals
from pipelines.wording.language import words_in
from tests.dashboard.published_fixture import result_row, tiny_tables, write_publication
from tests.dashboard.sample_charts import chart_tables
from tests.dashboard.test_one_truth import published

NL = words_in("nl")
QUARTERS = [f"{year}-Q{quarter}" for year in range(2022, 2027) for quarter in range(1, 5)][:-1]


@pytest.fixture
def jumped(tmp_path: Path) -> tuple[Path, dict[str, object]]:
    """A publication in which one route jumps in its last quarter, and its signal."""
    tables = tiny_tables()
    tables["result"] += [
        result_row(
            "triage_lead_time", "median", quarter, dimension="route", member="triagetafel",
            value=40.0 if quarter == "2026-Q3" else 12.0 + place % 3, lower=8.0, upper=60.0,
            numerator=30, denominator=30 + place, n_at_risk=15,
        )
        for place, quarter in enumerate(QUARTERS)
    ]  # fmt: skip
    charts = chart_tables(tables["result"], tables["indicator"], tables["norm"])
    write_publication(tmp_path / "platform", tables | charts, "tiny")
    [signal] = [row for row in charts["signal"] if row["dimension"] == "route" if row["moved"]]
    return tmp_path / "platform", signal


def test_the_link_of_a_signal_opens_the_series_it_is_about(jumped, render):
    folder, signal = jumped
    shown = render(
        folder, "handoff", koppelvlak="K13", maat=str(signal["statistic"]),
        periode=str(signal["period_grain"]), dimensie=str(signal["dimension"]),
        lid=str(signal["member"]),
    )  # fmt: skip

    assert "Mediaan, cohort, per kwartaal: Triagetafel</h3>" in shown.html
    assert f"{signals.reason(signal, NL)[1:]}" in shown.text
    assert "40 dagen boven de bovengrens" in shown.text
    tables = [table for table in shown.html.split("<table") if "kwartaal: Triagetafel" in table]
    assert f'data-label="Gevallen (n)">{30 + len(QUARTERS) - 1}<' in "".join(tables)
    # Above the country's figures stands where the series is.
    assert shown.text.index("De reeks van Triagetafel staat verderop") < shown.text.index("Mediaan")
    # The link stands, so that it can be sent on.
    assert shown.app.query_params["lid"] == signal["member"]


def test_a_member_opens_its_own_series_from_the_comparison(tiny, render):
    html = render(tiny, "handoff", koppelvlak="K13").html
    part = html[html.index("km-ranges") :]

    assert "dimensie=route&amp;lid=triagetafel#verloop" in part
    chosen = render(
        tiny, "handoff", koppelvlak="K13", maat="median", dimensie="route", lid="triagetafel"
    )
    assert "Mediaan, cohort, per jaar: Triagetafel</h3>" in chosen.html


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "Van Route Onbekend_lid is van deze maat geen reeks gepubliceerd."),
        ("en", "No series of this measure was published for Route Onbekend_lid."),
    ],
)
def test_a_series_that_is_not_there_is_said_to_be_missing(tiny, render, language, said):
    shown = render(
        tiny, "handoff", koppelvlak="K13", dimensie="route", lid="Onbekend_lid", taal=language
    )

    assert said in shown.text


def test_the_country_needs_no_words(tiny, render):
    shown = render(tiny, "handoff", koppelvlak="K13", dimensie="national", lid="national")

    assert "geen reeks gepubliceerd" not in shown.text
    assert "lid" not in shown.app.query_params


def test_members_stand_beside_each_other_on_one_scale_in_their_fixed_order(sample_root, render):
    html = render(sample_root / "platform", "handoff", koppelvlak="K13").html
    panels = html[html.index('<ul class="km-multiples">') :]
    names = re.findall(r"<li><b><a [^>]*>([^<]+)</a>", panels[: panels.index("</ul>")])

    assert len(names) > 1
    with published(sample_root / "platform") as connection:
        register = connection.execute(
            "select dimension, list(label_nl order by sort_order) from dimension_member group by 1"
        ).fetchall()
    assert names in [[label for label in labels if label in names] for _, labels in register]
    assert "alle op één schaal, van 0 tot" in panels


def test_a_course_of_years_and_quarters_is_drawn_as_it_is_shown(tmp_path, render):
    tables = tiny_tables()
    days = {"2022": 12, "2023": 13, "2024": 12, "2025": 13, "2026-Q1": 30, "2026-Q2": 31}
    tables["result"] += [
        result_row(
            "triage_lead_time", "median", period, dimension="route", member="triagetafel",
            value=float(value), lower=value * 0.85, upper=value * 1.18, numerator=80,
            denominator=85, n_at_risk=15,
        )
        for period, value in days.items()
    ]  # fmt: skip
    charts = chart_tables(tables["result"], tables["indicator"], tables["norm"])
    folder = tmp_path / "platform"
    write_publication(folder, tables | charts, "tiny")
    [signal] = [row for row in charts["signal"] if row["chart"] == "spans"]
    shown = render(
        folder, "handoff", koppelvlak="K13", maat="median", periode=str(signal["period_grain"]),
        dimensie="route", lid="triagetafel",
    )  # fmt: skip

    assert signal["rule"] == "step"
    assert "Mediaan, cohort, per getoonde periode: Triagetafel</h3>" in shown.html
    assert "de getoonde perioden sinds K1 2026" in shown.text.replace("De getoonde", "de getoonde")
    assert "31 dagen" in shown.text
    drawn = [table for table in shown.html.split("<table") if "periode: Triagetafel" in table]
    assert all(period in "".join(drawn) for period in ("2022", "2025", "K2"))
