"""A choice as a question: which rows of hand-offs it is."""

import duckdb
import pytest

from pipelines.workbench.choice import ALL, Choice


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice("K13"), [1, 2, 3]),
        (Choice("K13", "2026"), [2, 3]),
        (Choice("K13", "2026-Q3"), [3]),
        (Choice("K13", "2026-02"), [2]),
        (Choice("K13", ALL, {"route": "direct"}), [1, 2]),
        (Choice("K13", "2026", {"route": "direct", "parket": "den_haag"}), [2]),
        (Choice("K99"), []),
        # What somebody types stays a value, and a name stays a name.
        (Choice("K13' or true --"), []),
    ],
)
def test_the_rows_are_those_of_hand_off_period_and_members(choice, expected):
    connection = duckdb.connect()
    connection.execute(
        """
        create table fct_handoff as
        from (values
            (1, 'K13', '2025', '2025-Q4', '2025-11', 'direct', 'rotterdam'),
            (2, 'K13', '2026', '2026-Q1', '2026-02', 'direct', 'den_haag'),
            (3, 'K13', '2026', '2026-Q3', '2026-08', 'table', 'den_haag'),
            (4, 'K20', '2026', '2026-Q3', '2026-08', 'direct', 'den_haag')
        ) as row(n, handoff_id, start_year, start_quarter, start_month, route, parket)
        """
    )
    condition, parameters = choice.condition("a_")
    found = connection.execute(
        f"select n from fct_handoff where {condition} order by n", parameters
    )
    assert [n for (n,) in found.fetchall()] == expected
