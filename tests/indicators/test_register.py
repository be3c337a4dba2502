"""The register refuses an entry that is not whole, and names it."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.indicators.register import (
    ChainFacts,
    RegisterError,
    check_against_chain,
    load_register,
)
from tests.indicators.register import PATH, entries

CHAIN = ChainFacts(
    handoffs={
        "K13": {"unit": "calendar_days", "dimensions": "route|phenomenon|parket"},
        "K33": {"unit": "calendar_days"},
    },
    dimensions=frozenset({"route", "phenomenon", "parket"}),
    columns={"fct_judgment": frozenset({"judged_on", "is_reversed", "route", "phenomenon"})},
)


def register_with(tmp_path: Path, *written: dict[str, Any]) -> Path:
    """A register of these entries, as the dbt project has it."""
    path = tmp_path / "dim_indicator.yml"
    models = {"models": [{"name": "dim_indicator", "config": {"meta": {"indicators": written}}}]}
    path.write_text(yaml.safe_dump(models), encoding="utf-8")
    return path


@pytest.fixture
def triage() -> dict[str, Any]:
    [entry] = [one for one in entries("lead_time") if one["handoff"] == "K13"]
    return {**deepcopy(entry), "balancing_indicator": "reversed"}


@pytest.fixture
def reversed_share() -> dict[str, Any]:
    [entry] = [one for one in entries("share") if one["id"] == "judgments_reversed_share"]
    return {**deepcopy(entry), "id": "reversed", "dimensions": ["route"]}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"sql": "select 1"}, "triage_lead_time: sql: Extra inputs are not permitted"),
        ({"question_nl": None}, "triage_lead_time: question_nl"),
        ({"why_en": "  "}, "triage_lead_time: why_en: String should have at least 1"),
        ({"direction": "up"}, "triage_lead_time: direction"),
        ({"kind": "median"}, "triage_lead_time: kind"),
        ({"checker": "analist kwaliteitsmonitor"}, "triage_lead_time: entry: .* checker is the"),
        ({"clock_stop": None}, "triage_lead_time: entry: .*clock_start and clock_stop"),
        ({"handoff": None}, "triage_lead_time: entry: .*needs a handoff"),
        ({"balancing_indicator": None}, "triage_lead_time: entry: .*needs a balancing_indicator"),
        ({"balancing_indicator": "triage_lead_time"}, "triage_lead_time: .*name another"),
        ({"balancing_indicator": "elsewhere"}, "triage_lead_time: balancing_indicator elsewhere"),
        ({"next_review": "2026-01-01"}, "triage_lead_time: entry: .*next_review is not after"),
        ({"id": "Triage tijd"}, "Triage tijd: id"),
    ],
)
def test_an_entry_that_is_not_whole_is_refused_by_name(
    tmp_path: Path,
    triage: dict[str, Any],
    reversed_share: dict[str, Any],
    change: dict[str, Any],
    named: str,
) -> None:
    path = register_with(tmp_path, {**triage, **change}, reversed_share)

    with pytest.raises(RegisterError, match=f"^indicator {named}"):
        load_register(path)


@pytest.mark.parametrize("field", ["owner", "author", "checker", "valid_from", "paragraph", "unit"])
def test_a_field_left_out_is_refused(
    tmp_path: Path, triage: dict[str, Any], reversed_share: dict[str, Any], field: str
) -> None:
    del triage[field]

    with pytest.raises(RegisterError, match=f"triage_lead_time: {field}: Field required"):
        load_register(register_with(tmp_path, triage, reversed_share))


def test_an_id_used_twice_is_refused(
    tmp_path: Path, triage: dict[str, Any], reversed_share: dict[str, Any]
) -> None:
    with pytest.raises(RegisterError, match="triage_lead_time: the id is used twice"):
        load_register(register_with(tmp_path, triage, triage, reversed_share))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"handoff": "K99"}, "triage_lead_time: handoff K99 is not in handoffs.csv"),
        ({"dimensions": ["shoe_size"]}, "triage_lead_time: dimension shoe_size is not in"),
        ({"unit": "hours"}, "triage_lead_time: unit hours is not that of K13, calendar_days"),
        ({"handoff": "K33"}, "triage_lead_time: dimension parket is not allowed for K33"),
    ],
)
def test_a_clock_names_what_its_handoff_has(
    tmp_path: Path,
    triage: dict[str, Any],
    reversed_share: dict[str, Any],
    change: dict[str, Any],
    named: str,
) -> None:
    register = load_register(register_with(tmp_path, {**triage, **change}, reversed_share))

    with pytest.raises(RegisterError, match=f"^indicator {named}"):
        check_against_chain(register, CHAIN)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"mart": "fct_verdict"}, "reversed: mart fct_verdict does not exist"),
        ({"numerator_column": "is_turned"}, "reversed: column is_turned is not in fct_judgment"),
        ({"date_column": "day"}, "reversed: column day is not in fct_judgment"),
        ({"filter_column": "is_put"}, "reversed: column is_put is not in fct_judgment"),
        ({"dimensions": ["parket"]}, "reversed: column parket is not in fct_judgment"),
    ],
)
def test_a_count_names_columns_its_mart_has(
    tmp_path: Path,
    triage: dict[str, Any],
    reversed_share: dict[str, Any],
    change: dict[str, Any],
    named: str,
) -> None:
    register = load_register(register_with(tmp_path, triage, {**reversed_share, **change}))

    with pytest.raises(RegisterError, match=f"^indicator {named}"):
        check_against_chain(register, CHAIN)


def test_the_register_itself_is_whole() -> None:
    assert len(load_register(PATH)) == len(entries(*{one.kind for one in load_register(PATH)}))
