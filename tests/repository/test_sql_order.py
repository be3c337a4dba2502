"""What depends on the order of rows names that order; DuckDB's threads bring them in any."""

import re
from collections.abc import Iterator

# Aggregates whose answer is another one when rows come in another order.
ORDERED = re.compile(r"\b(list|array_agg|string_agg|group_concat|first|last)\(")


def calls(sql: str) -> Iterator[str]:
    """The text of every call of such an aggregate, up to its own closing parenthesis."""
    for found in ORDERED.finditer(sql):
        depth, end = 1, found.end()
        while depth and end < len(sql):
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        yield sql[found.start() : end]


def test_an_aggregate_that_keeps_an_order_names_it(root):
    models = {path: path.read_text() for path in (root / "dbt_project").rglob("*.sql")}
    found = [(path.name, call) for path, sql in models.items() for call in calls(sql)]

    assert found
    assert [(name, call) for name, call in found if "order by" not in call] == []
