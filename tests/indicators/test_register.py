"""The register refuses an entry that is not whole, and names it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.indicators.register import (
    ChainFacts,
    Indicator,
    RegisterError,
    check_against_chain,
    load_register,
)
from tests.indicators.register import PATH, entries

CHAIN = ChainFacts(
    handoffs={
        "K13": {
            "unit": "calendar_days",
            "dimensions": "route|phenomenon|parket",
            "phase": "triage",
        },
        "K33": {"unit": "calendar_days", "phase": "uitvoering"},
    },
    dimensions=frozenset({"route", "phenomenon", "parket"}),
    columns={
        "fct_judgment": ("judged_on", "is_reversed", "route", "phenomenon"),
        "fct_milestone": ("judged_on", "is_reversed", "route", "phenomenon"),
    },
    counted=frozenset({"fct_judgment"}),
)


Change = dict[str, Any]
# Reads the register of the clock and the share, each with what is to be changed in it.
Load = Callable[[Change, Change], Sequence[Indicator]]


def register_with(tmp_path: Path, *written: dict[str, Any]) -> Path:
    """A register of these entries, as the dbt project has it."""
    path = tmp_path / "dim_indicator.yml"
    models = {"models": [{"name": "dim_indicator", "config": {"meta": {"indicators": written}}}]}
    path.write_text(yaml.safe_dump(models), encoding="utf-8")
    return path


@pytest.fixture
def triage() -> dict[str, Any]:
    [entry] = [candidate for candidate in entries("lead_time") if candidate["handoff"] == "K13"]
    return {**entry, "balancing_indicator": "reversed"}


@pytest.fixture
def reversed_share() -> dict[str, Any]:
    [entry] = [
        candidate for candidate in entries("share") if candidate["id"] == "judgments_reversed_share"
    ]
    return {**entry, "id": "reversed", "dimensions": ["route"]}


@pytest.fixture
def load(tmp_path: Path, triage: dict[str, Any], reversed_share: dict[str, Any]) -> Load:
    def load_changed(of_triage: Change, of_share: Change) -> Sequence[Indicator]:
        path = register_with(tmp_path, {**triage, **of_triage}, {**reversed_share, **of_share})
        return load_register(path)

    return load_changed


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"sql": "select 1"}, "triage_lead_time: sql: is geen veld van het register; "),
        ({"question_nl": None}, "triage_lead_time: question_nl: "),
        ({"why_en": "  "}, "triage_lead_time: why_en: is leeg; vul het in"),
        ({"direction": "up"}, "triage_lead_time: direction: 'up' kan niet; kies uit 'lower'"),
        ({"kind": "median"}, "triage_lead_time: kind: 'median' kan niet; kies uit 'lead_time'"),
        ({"checker": "analist kwaliteitsmonitor"}, "triage_lead_time: checker is de author zelf"),
        ({"handoff": None}, "triage_lead_time: soort lead_time vraagt een handoff"),
        ({"smallest_difference": 2}, "triage_lead_time: .*staat in handoffs.csv"),
        ({"balancing_indicator": None}, "triage_lead_time: .*balancing_indicator mag niet leeg"),
        ({"balancing_indicator": "triage_lead_time"}, "triage_lead_time: .*noem een andere"),
        ({"balancing_indicator": "elsewhere"}, "triage_lead_time: balancing_indicator elsewhere"),
        ({"next_review": "2026-01-01"}, "triage_lead_time: next_review ligt niet na valid_from"),
        ({"paragraph": " "}, "triage_lead_time: paragraph is leeg"),
        ({"id": "Triage tijd"}, "Triage tijd: id: "),
        ({"judged_after_days": -1}, "triage_lead_time: judged_after_days: is negatief; noem 0"),
        ({"kind": "share"}, "triage_lead_time: soort share vraagt mart"),
    ],
)
def test_an_entry_that_is_not_whole_is_refused_by_name(load, change, named):
    with pytest.raises(RegisterError, match=f"^indicator {named}"):
        load(change, {})


@pytest.mark.parametrize("field", ["owner", "author", "checker", "valid_from", "paragraph", "unit"])
def test_a_field_left_out_is_refused(tmp_path, triage, reversed_share, field):
    del triage[field]

    with pytest.raises(RegisterError, match=f"triage_lead_time: {field}: ontbreekt; vul het in"):
        load_register(register_with(tmp_path, triage, reversed_share))


def test_an_id_used_twice_is_refused(tmp_path, triage, reversed_share):
    with pytest.raises(RegisterError, match="triage_lead_time: id komt twee keer voor"):
        load_register(register_with(tmp_path, triage, triage, reversed_share))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"handoff": "K99"}, "handoff K99 staat niet in handoffs.csv; kies uit K13, K33"),
        ({"dimensions": ["shoe_size"]}, "dimensions: shoe_size staat niet in dimension_members"),
        ({"unit": "hours"}, "unit hours is niet die van K13; kies calendar_days"),
        ({"handoff": "K33"}, "dimensions: route mag bij K33 niet"),
    ],
)
def test_a_clock_names_what_its_handoff_has(load, change, named):
    register = load(change, {})

    with pytest.raises(RegisterError, match=f"^indicator triage_lead_time: {named}"):
        check_against_chain(register, CHAIN)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"mart": "fct_verdict"}, "mart fct_verdict bestaat niet; kies uit fct_judgment, "),
        ({"mart": "fct_milestone"}, "mart fct_milestone is er geen om te tellen; kies uit fct_j"),
        ({"numerator_column": "turned"}, "numerator_column: fct_judgment heeft geen kolom turned"),
        ({"denominator_column": "n"}, "denominator_column: fct_judgment heeft geen kolom n"),
        ({"date_column": "day"}, "date_column: .* geen kolom day; kies uit judged_on, is_reversed"),
        ({"filter_column": "is_put"}, "filter_column: fct_judgment heeft geen kolom is_put"),
        ({"dimensions": ["parket"]}, "dimensions: fct_judgment heeft geen kolom parket"),
        ({"kind": "stock"}, "soort stock vraagt een mart met is_quarter_end, is_year_end"),
        ({"phase": "elders"}, "phase elders staat niet in handoffs.csv; kies uit triage, uitvoe"),
    ],
)
def test_a_count_names_columns_its_mart_has(load, change, named):
    register = load({}, change)

    with pytest.raises(RegisterError, match=f"^indicator reversed: {named}"):
        check_against_chain(register, CHAIN)


def test_the_register_itself_is_whole():
    assert len(load_register(PATH)) == len(
        entries(*{indicator.kind for indicator in load_register(PATH)})
    )
