"""The rules of a contract, compiled: the scan and Great Expectations find the same rows."""

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given

from pipelines.deliveries import suite
from pipelines.deliveries.checks import checks_of
from pipelines.deliveries.contract import Rule, load_contracts
from pipelines.deliveries.conversion import convert
from pipelines.deliveries.intake.judging import new_connection
from pipelines.deliveries.matching import matches
from pipelines.deliveries.samples import sample_cells
from pipelines.deliveries.scan import broken_rows, look_of
from pipelines.settings import Settings
from tests.deliveries.conftest import DAY, set_cell
from tests.examples import examples

CONTRACTS = load_contracts(Settings().contracts_dir)
ROWS = 12
CELLS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from(
        [
            *("-1", "0", "7", "100000000000000000", "1,5", "2026-02-28", "28-02-2026", "2026-W09"),
            *("2026-03-29T00:30:00+01:00", "2026-02-28T23:30:00Z", "ja", "z1_", "AB1234567"),
            *("AB1234567\n", "A" * 3000, "é", "\ud7ff"),
        ]
    ),
)
CHANGES = st.lists(
    st.one_of(
        # A cell of its own, or that of another row or column: doubles, and moments out of order.
        st.tuples(st.just("cell"), st.integers(0, 99), st.integers(0, ROWS - 1), CELLS),
        st.tuples(st.just("row"), st.integers(0, 99), st.integers(0, ROWS - 1), st.just(None)),
        st.tuples(st.just("column"), st.integers(0, 99), st.integers(0, ROWS - 1), st.just(None)),
    ),
    max_size=8,
)


def changed(cells, changes):
    columns = {name: cells[name].to_pylist() for name in cells.column_names}
    names = list(columns)
    for kind, place, row, value in changes:
        name = names[place % len(names)]
        if kind == "cell":
            columns[name][row] = value
        elif kind == "row":
            for column in columns.values():
                column[row] = column[place % ROWS]
        else:
            columns[name][row] = columns[names[(place + row) % len(names)]][row]
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def as_found(contract, typed, deliveries):
    """What the scan finds and what Great Expectations finds, by rule and column."""
    checks = checks_of(contract)
    assert all(look_of(contract, check) for check in checks)
    scanned = {
        (check.rule, check.column): positions.tolist()
        for check, positions in broken_rows(contract, typed, deliveries)
    }
    judged = zip(checks, suite.judge(contract, checks, typed, deliveries), strict=True)
    oracle = {
        (check.rule, check.column): positions.tolist()
        for check, positions in judged
        if len(positions)
    }
    return scanned, oracle


@examples(12)
@given(table=st.sampled_from(sorted(CONTRACTS)), changes=CHANGES, split=st.integers(0, ROWS))
def test_the_scan_and_great_expectations_find_the_same_rows(table, changes, split):
    contract = CONTRACTS[table]
    cells = changed(sample_cells(contract, ROWS, DAY), changes)
    typed = convert(new_connection(), cells, contract)
    deliveries = (np.arange(ROWS) >= split).astype(np.int64)
    scanned, oracle = as_found(contract, typed, deliveries)
    assert scanned == oracle


PATTERNS = ("^z1_[a-z2-7]{3}$", r"^[A-Z]{2}[0-9]\z", "^[A-Z]{2}[0-9]", "^ab?$", "a$b", r"^é[a-c]$",
            r"^a\$", "^(ab|ba)$", "^$")  # fmt: skip


@examples(200)
@given(
    pattern=st.sampled_from(PATTERNS),
    texts=st.lists(st.one_of(st.none(), st.text("zZ1_ab2é$\n", max_size=4),
                             st.sampled_from(["z1_abc", "AB1", "ZA2", "éa", "ab", "a$", "a"]))),
    alike=st.integers(0, 3),
)  # fmt: skip
def test_a_pattern_seen_by_bytes_is_what_its_expression_says(pattern, texts, alike):
    texts += texts[:1] * alike
    values = pa.chunked_array([texts[::2], texts[1::2]], pa.string())
    for some in (values, values.chunk(1), values.chunk(1)[1:]):
        assert matches(some, pattern).equals(pc.match_substring_regex(some, pattern))


def test_every_rule_of_the_chain_is_compiled():
    left = [
        (contract.id, check.rule)
        for contract in CONTRACTS.values()
        for check in checks_of(contract)
        if look_of(contract, check) is None
    ]
    assert left == []


PAIR = {"column_A": "besluit_op", "column_B": "gemeld_op"}


@pytest.mark.parametrize(
    ("expectation", "arguments", "rows"),
    [
        ("expect_column_values_to_not_be_in_set", {"column": "parket", "value_set": ["limburg"]},
         [1]),
        ("expect_column_pair_values_to_be_equal",
         {**PAIR, "ignore_row_if": "either_value_is_missing"}, [0, 1, 3]),
        # What is missing from one of the two breaks it, where it is not to be ignored.
        ("expect_column_pair_values_a_to_be_greater_than_b", PAIR, [2]),
    ],
)  # fmt: skip
def test_what_the_scan_does_not_know_goes_to_great_expectations(expectation, arguments, rows):
    rule = Rule("eigen", expectation, arguments, "warning", "Omdat het zo is afgesproken.")
    contract = replace(CONTRACTS["om_casus"], rules=(*CONTRACTS["om_casus"].rules, rule))
    cells = set_cell(sample_cells(contract, 4, DAY), "besluit_op", 3, None)
    for row, parket in enumerate(["amsterdam", "limburg", "rotterdam", "rotterdam"], start=1):
        cells = set_cell(cells, "parket", row, parket)
    typed = convert(new_connection(), cells, contract)
    found = {
        check.rule: positions.tolist()
        for check, positions in broken_rows(contract, typed, np.zeros(4, np.int64))
    }
    assert found["eigen"] == rows
