"""The pages of another chain: one organisation's event log, without a circular or evaluations.

Nothing of the built-in chain is said of it, nothing empty is shown, and what takes minutes is not
written as 0 days.
"""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard import queries
from dashboard.publication import current_publication
from pipelines.publication.recorded import record
from pipelines.wording import formats
from pipelines.wording.language import words_in
from pipelines.wording.units import finer_units, in_finer_units
from tests.dashboard.published_fixture import (
    publication_row,
    result_row,
    tiny_tables,
    write_publication,
)

NL = words_in("nl")
MINUTE = 1 / (24 * 60)
ONE_ORGANISATION = {
    "from_organisation": "volvo_it", "to_organisation": "volvo_it",
    "from_label_nl": "Volvo IT", "from_label_en": "Volvo IT",
    "to_label_nl": "Volvo IT", "to_label_en": "Volvo IT",
    "sent_milestone": None, "received_milestone": None, "paragraph": None, "phase": "behandeling",
}  # fmt: skip


def incidents() -> dict[str, list[dict[str, Any]]]:
    """The tiny publication, made one of incidents that take some forty minutes each."""
    tables = tiny_tables()
    tables["publication"] = [publication_row("platform", "incidents", chain_name="incidenten")]
    first = {
        **tables["handoff"][0], **ONE_ORGANISATION,
        "handoff_id": "B1", "label_nl": "Gesloten", "label_en": "Closed", "unit": "days",
        "start_milestone": "accepted", "stop_milestone": "closed",
        "competing_milestone": "closed_in_call|cancelled",
    }  # fmt: skip
    tables["handoff"] = [first]
    entry = {
        **tables["indicator"][0],
        "indicator": "lead_time_b1", "handoff_id": "B1", "unit": "days", "is_generic": True,
        "paragraph": None, "norm_ids": "", "balancing_indicator": None, "dimensions": "",
    }  # fmt: skip
    tables["indicator"] = [entry]
    tables["result"] = [
        result_row(
            "lead_time_b1", "median", f"2026-Q{quarter}", unit="days", value=minutes * MINUTE,
            lower=(minutes - 10) * MINUTE, upper=(minutes + 80) * MINUTE, denominator=90,
        )
        for quarter, minutes in ((1, 40), (2, 44), (3, 41))
    ] + [
        result_row("lead_time_b1", "competing", "2026-Q3", unit="count", value=12),
        result_row("lead_time_b1", "started", "2026-Q3", unit="count", value=90),
    ]  # fmt: skip
    tables["quality"] = []
    tables["norm"] = [
        {
            **tables["norm"][0],
            "norm_id": "N1", "handoff_id": "B1", "unit": "hours", "value": 1.0, "valid_to": None,
        }
    ]  # fmt: skip
    tables["dimension_member"] += [
        {
            "dimension": "phase", "member": "behandeling", "label_nl": "in behandeling",
            "label_en": "handling", "sort_order": 1,
        }
    ]  # fmt: skip
    tables["delivery_month"] = [
        row for row in tables["delivery_month"] if row["organisation"] == "om"
    ]
    tables["finding_month"] = []
    tables["registration_share"] = []
    tables["theme"] = []
    return tables


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_publication(
        tmp_path_factory.mktemp("log") / "platform", incidents(), "incidents"
    ).parent


def test_what_takes_minutes_is_shown_in_minutes_everywhere(log, render):
    assert "41 minuten 31–121 · K3 2026" in render(log).text

    page = render(log, "handoff")

    assert not re.search(r"\b0,0\b", page.text)
    assert "41 minuten" in page.text
    assert "95%-interval 31–121" in page.text
    assert "dagen, hier getoond in minuten" in page.text
    assert "minuten" in page.html.partition('class="km-chart-unit">')[2][:80]


def test_a_norm_in_another_unit_of_elapsed_time_is_drawn_at_its_length(log):
    publication = current_publication(log)

    assert queries.shown_units(publication) == {"lead_time_b1": "minutes"}
    assert formats.conversion("hours", "minutes") == 60
    assert formats.conversion("working_days", "hours") is None


def test_the_other_exits_stand_in_the_lane_with_their_count(log, render):
    text = render(log, "handoff").text

    assert "of eerst: ‘closed in call’ of ‘cancelled’" in text
    assert "Anders geëindigd K3 2026 12 gevallen" in text
    assert "Zo’n geval telt niet als klaar en niet als open" in text


def test_a_phase_has_the_name_its_own_seeds_give_it(log, render):
    assert "In behandeling</h3>" in render(log).html
    assert "Handling</h1>" in render(log, "subject", taal="en").html


@pytest.mark.parametrize(
    "page", ["chain", "subject", "handoff", "definitions", "methods", "data_quality"]
)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_is_said_of_the_built_in_chain(log, render, page, language):
    text = render(log, page, taal=language).text.lower()

    for word in ("circulaire", "circular", "nctv", "lcc", "kenniscentrum", "triagetafel"):
        assert word not in text


@pytest.mark.parametrize("page", ["chain", "subject", "handoff", "methods", "data_quality"])
def test_a_log_of_one_organisation_has_no_two_sides(log, render, page):
    text = render(log, page).text.lower()

    for word in ("ontvanger", "verzender", "wiens klok", "andere organisatie", "beide kanten"):
        assert word not in text


def test_a_codebook_without_a_theme_is_no_page(log, render):
    rendered = render(log)

    with pytest.raises(ValueError, match="codebook"):
        rendered.app.switch_page("app_pages/codebook.py").run()


def test_researchers_get_no_worked_example_of_a_hand_off_it_does_not_have(tmp_path, render):
    tables = incidents()
    tables["publication"][0]["audience"] = "researcher"
    tables["fct_handoff"] = [{"handoff_id": "B1", "status": "completed"}]
    tables["table_hash"] = [{"table_name": "fct_handoff", "n_rows": 1}]
    tables["data_dictionary"] = [
        {"layer": "published", "table_name": "fct_handoff", "column_name": "status"}
    ]
    record(write_publication(tmp_path / "researcher", tables, "incidents"))

    page = render(tmp_path / "researcher", "researchers")

    assert not page.app.exception
    assert "Koppelvlakken" in page.text
    assert "K13" not in page.text


def test_where_no_series_has_limits_nothing_is_said_of_signals(tmp_path, render):
    tables = {**incidents(), "signal": []}
    write_publication(tmp_path / "platform", tables, "incidents")

    text = render(tmp_path / "platform", "discussion").text

    assert "Nog geen enkele reeks is lang genoeg voor grenzen" in text
    assert "Van 0 reeksen" not in text
    assert "Geen enkele reeks wijkt af" not in text


@pytest.mark.parametrize(
    ("unit", "typical", "shown"),
    [
        ("days", 3.0, "days"),
        ("days", 1.0, "days"),
        ("days", 0.5, "hours"),
        ("days", 40 * MINUTE, "minutes"),
        ("hours", 0.01, "seconds"),
        ("days", 1e-9, "seconds"),
        ("hours", 0.0, "hours"),
        ("working_days", 0.5, "working_days"),
        ("share", 0.5, "share"),
    ],
)
def test_the_unit_is_the_coarsest_in_which_a_typical_value_is_one_or_more(unit, typical, shown):
    assert formats.fitting_unit(unit, typical) == shown


def test_only_lengths_go_into_the_finer_unit():
    medians = pd.DataFrame({"indicator": ["a", "b"], "unit": ["days", "days"], "typical": [0.5, 2]})
    rows = pd.DataFrame(
        {
            "indicator": ["a", "a", "a", "b"],
            "unit": ["days", "count", "share", "days"],
            "value": [0.25, 7.0, 0.5, 2.0],
            "lower": [None, None, 0.4, 1.0],
            "denominator": [10.0, 7.0, 10.0, 10.0],
        }
    )

    shown = in_finer_units(rows, finer_units(medians))

    assert shown["unit"].tolist() == ["hours", "count", "share", "days"]
    assert shown["value"].tolist() == [6.0, 7.0, 0.5, 2.0]
    assert shown["denominator"].tolist() == rows["denominator"].tolist()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 uur"),
        (0.0071, "0,0071 uur"),
        (0.04, "0,040 uur"),
        (0.05, "0,1 uur"),
        (8.44, "8,4 uur"),
    ],
)
def test_decimals_fit_the_size(value, text):
    assert formats.with_unit(value, "hours", NL) == text


def test_an_end_of_an_interval_is_no_finer_than_the_other_makes_worth_reading():
    assert formats.interval(0.0003, 24.0, "hours", NL) == "0–24"
    assert formats.interval(0.012, 0.034, "hours", NL) == "0,012–0,034"
    assert formats.interval(1.2, 120.0, "hours", NL) == "1,2–120"
