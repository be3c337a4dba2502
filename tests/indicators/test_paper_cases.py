"""Lead times worked out on paper, against the recomputation and against dbt.

Two programs can share a mistake; a calendar on the wall does not. Each of `paper_cases` is one row
(or a few) as a partner would deliver it, with the length counted by hand in the comment.

The reference date is Tuesday 30 June 2026.
"""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
import yaml

from pipelines.settings import Settings
from tests.indicators.paper_cases import CASES, CONTRACTS_DIR, NET, REFERENCE, SEEDS_DIR, Rows
from tests.indicators.recompute.handoffs import handoffs
from tests.indicators.recompute.milestones import Tables, milestones


def contract_columns(table: str) -> dict[str, str]:
    """Delivered columns with the type they have when landed."""
    text = (CONTRACTS_DIR / f"{table}.odcs.yaml").read_text(encoding="utf-8")
    types = {}
    for column in yaml.safe_load(text)["schema"][0]["properties"]:
        custom = {
            custom_property["property"]: custom_property["value"]
            for custom_property in column.get("customProperties", [])
        }
        is_coarse = custom.get("granularity") in {"week", "month"}
        types[column.get("physicalName", column["name"])] = (
            "date" if is_coarse else column["logicalType"]
        )
    types.pop("mutatie", None)
    return types


def table_names() -> list[str]:
    return sorted(path.name.removesuffix(".odcs.yaml") for path in CONTRACTS_DIR.glob("*.yaml"))


def all_rows() -> Rows:
    rows: Rows = {}
    for _, _, _, parts, *_ in [*CASES, *NET]:
        for part in parts:
            for table, more in part.items():
                rows.setdefault(table, []).extend(more)
    return rows


def value_of(text: object, kind: str) -> object:
    if not isinstance(text, str):
        return text
    if kind == "timestamp":
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if kind == "date" else text


@pytest.fixture(scope="module")
def recomputed() -> pd.DataFrame:
    rows = all_rows()
    tables: Tables = {}
    for name in table_names():
        kinds = contract_columns(name)
        cells = {
            column: [value_of(row.get(column), kind) for row in rows.get(name, [])]
            for column, kind in kinds.items()
        }
        tables[name] = pd.DataFrame(
            {
                column: (
                    pd.to_datetime(pd.Series(values, dtype=object), utc=True)
                    if kinds[column] == "timestamp"
                    else pd.Series(values, dtype=object)
                )
                for column, values in cells.items()
            }
        )
    long = milestones(tables, SEEDS_DIR, REFERENCE)
    result = handoffs(tables, long, SEEDS_DIR, REFERENCE)
    result["started_at"] = result["start"]
    return result


@pytest.fixture(scope="module")
def built_by_dbt(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The same rows as landed tables, and `fct_handoff` built from them by dbt."""
    from tests.warehouse.conftest import Warehouse, fill

    settings = replace(Settings(), home=tmp_path_factory.mktemp("paper"))
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    known = {name: contract_columns(name) for name in table_names()}
    fill(
        settings.warehouse_path,
        {
            table: [{name: row[name] for name in known[table] if name in row} for row in rows]
            for table, rows in all_rows().items()
        },
    )
    warehouse = Warehouse(settings, REFERENCE.date.isoformat())
    warehouse.build("--select", "+fct_handoff", "--exclude-resource-type", "test", "unit_test")
    with warehouse.connect() as connection:
        return connection.execute("from marts.fct_handoff").df()


def lengths(rows: pd.DataFrame, handoff: str, key: str) -> list[tuple[str, float | None]]:
    is_key = (rows["case_key"] == key) | (rows["record_key"] == key) | (rows["person_key"] == key)
    mine = rows[(rows["handoff_id"] == handoff) & is_key].sort_values("started_at")
    durations = [
        None if np.isnan(duration) else float(duration)
        for duration in mine["duration"].astype(float)
    ]
    return list(zip(mine["status"], durations, strict=True))


PARAMETERS = [pytest.param(*case[1:3], case[4], id=case[0].replace(" ", "_")) for case in CASES]


@pytest.mark.parametrize(("handoff", "key", "expected"), PARAMETERS)
def test_recomputed_as_on_paper(recomputed, handoff, key, expected):
    assert lengths(recomputed, handoff, key) == expected


@pytest.mark.parametrize(("handoff", "key", "expected"), PARAMETERS)
def test_built_by_dbt_as_on_paper(built_by_dbt, handoff, key, expected):
    assert lengths(built_by_dbt, handoff, key) == expected


@pytest.mark.parametrize(
    ("handoff", "key", "length", "in_norm"),
    [
        pytest.param(*paper_case[1:3], *paper_case[4:], id=paper_case[0].replace(" ", "_"))
        for paper_case in NET
    ],
)
def test_without_its_pauses_as_on_paper(recomputed, built_by_dbt, handoff, key, length, in_norm):
    for rows, name in ((recomputed, "net_norm"), (built_by_dbt, "net_norm_duration")):
        [row] = rows[(rows["case_key"] == key) & (rows["handoff_id"] == handoff)].to_dict("records")
        assert (float(row["net_duration"]), float(row[name])) == (length, in_norm)


@pytest.mark.parametrize(
    ("key", "handoff", "norm", "length"),
    [
        # The illustrative norm of triage is 10 days from 2026 on: done on day 10 is in time.
        ("z01", "K13", 10, 10),
        # The norm in force when the clock started counts: K12 has none.
        ("z08", "K12", None, None),
        # Five working days; 30 April to 18 May without weekends, 5 May and Ascension Day
        # (14 May): 1, 4, 6, 7, 8, 11, 12, 13, 15 and 18 May are 10.
        ("z12", "K20", 5, 10),
        ("z11", "K20", 5, 0),
        ("z22", "K23", 0, 0),
    ],
)
def test_the_norm_and_the_length_in_its_own_unit(
    recomputed, built_by_dbt, key, handoff, norm, length
):
    for rows, name in ((recomputed, "norm"), (built_by_dbt, "norm_value")):
        [row] = rows[(rows["case_key"] == key) & (rows["handoff_id"] == handoff)].to_dict("records")
        if norm is None:
            assert np.isnan(row[name])
        else:
            assert (float(row[name]), float(row["norm_duration"])) == (norm, length)
