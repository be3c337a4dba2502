"""A rule that is seen to hold is one that Great Expectations finds unbroken, whatever the rows."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.gx import outcomes
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.door_out import check_candidate, load_rules
from pipelines.publication.plain_rules import holds
from pipelines.publication.publish import write_candidate
from tests.examples import as_many
from tests.publication.conftest import DATES

EITHER = "either_value_is_missing"
BOTH = "both_values_are_missing"
NAMES = ("text", "number", "other", "whole", "flag", "nothing")
ORDERED = "expect_column_pair_values_a_to_be_greater_than_b"


def of_one_column(name: str) -> list[tuple[str, dict[str, Any]]]:
    about = {"column": name}
    return [
        ("expect_column_values_to_not_be_null", about),
        ("expect_column_values_to_be_null", about),
        ("expect_column_values_to_be_unique", about),
        ("expect_column_values_to_be_in_set", {**about, "value_set": ["a", "b"]}),
        ("expect_column_values_to_be_in_set", {**about, "value_set": [0, 0.5, 1]}),
    ]


RULES: list[tuple[str, dict[str, Any]]] = [
    *(rule for name in NAMES for rule in of_one_column(name)),
    *(
        ("expect_column_values_to_be_between", {"column": name, **limits})
        for name in ("number", "whole")
        for limits in ({"min_value": 0}, {"max_value": 2}, {"min_value": 0, "max_value": 2})
    ),
    *(
        (ORDERED, {"column_A": "number", "column_B": "other", "or_equal": is_equal, **ignored})
        for is_equal in (True, False)
        for ignored in ({}, {"ignore_row_if": EITHER}, {"ignore_row_if": BOTH})
    ),
    *(
        ("expect_compound_columns_to_be_unique", {"column_list": names})
        for names in (["text", "number"], ["text", "whole", "flag"], ["number", "nothing"])
    ),
]


def drawn(rng: np.random.Generator) -> pd.DataFrame:
    """A few rows, in which anything may be missing, alike, or out of bounds."""
    size, missing = int(rng.integers(1, 6)), float(rng.choice([0.0, 0.3]))

    def some(values: "np.ndarray[Any, Any]") -> "pd.Series[Any]":
        return pd.Series(values).mask(rng.random(size) < missing)

    return pd.DataFrame(
        {
            "text": some(rng.choice(["a", "b", "c"], size, p=[0.6, 0.3, 0.1])),
            "number": some(rng.integers(-1, 12, size) / 4),
            "other": some(rng.integers(-2, 6, size) / 4),
            "whole": rng.integers(0, 4, size),
            "flag": rng.random(size) < 0.5,
            "nothing": pd.Series([None] * size, dtype=object),
        }
    )


def test_what_is_seen_to_hold_is_found_unbroken():
    rng = np.random.default_rng(4)
    n_seen = n_broken = 0
    for _ in range(as_many(5, 200)):
        rows = drawn(rng)
        found = outcomes(rows, RULES, "BOOLEAN_ONLY")
        for (expectation, arguments), outcome in zip(RULES, found, strict=True):
            is_seen = holds(expectation, arguments, rows)
            n_seen, n_broken = n_seen + is_seen, n_broken + (not outcome.success)
            assert outcome.success or not is_seen, (expectation, arguments, rows)
    assert min(n_seen, n_broken) > len(RULES)


@pytest.mark.parametrize(
    ("expectation", "arguments"),
    [
        ("expect_column_values_to_be_in_set", {"column": "whole", "value_set": [1, 2, "3"]}),
        ("expect_column_values_to_be_in_set", {"column": "text", "value_set": [1, 2, 3]}),
        ("expect_column_values_to_be_between", {"column": "text", "min_value": 0}),
        ("expect_column_values_to_not_be_null", {"column": "absent"}),
        ("expect_column_values_to_not_be_null", {"column": "whole", "mostly": 0.5}),
        ("expect_column_values_to_match_regex", {"column": "text", "regex": "a"}),
    ],
)
def test_what_asks_for_more_than_a_glance_is_left_to_great_expectations(expectation, arguments):
    rows = pd.DataFrame({"text": ["a", "a"], "whole": [1, 2]})
    assert not holds(expectation, arguments, rows)


def test_of_a_sound_file_every_rule_is_seen_to_hold(warehouse, settings, monkeypatch):
    """So that no ordinary build waits for Great Expectations to start."""

    def asked(*_: object) -> None:
        raise AssertionError("Great Expectations was asked")

    monkeypatch.setattr("pipelines.publication.door_out.outcomes", asked)
    suites = settings.project_root / "expectations" / "published"
    for audience in AUDIENCES.values():
        candidate = write_candidate(warehouse, settings, audience, DATES)
        verdicts = check_candidate(candidate, audience, suites)
        assert len(verdicts) > len(load_rules(suites, audience)) / 3
