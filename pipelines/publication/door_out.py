"""The door out: no file becomes current before its tables hold what they must.

Here: the suites of `expectations/published/` and their evaluation on a candidate file.
Not here: how the candidate was made, and switching to it (`publish`).
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.audit import Apart, Published, examine, read_published
from pipelines.frames import to_frame
from pipelines.gx import has_raised, outcomes
from pipelines.memo import FORGETFUL, Memo, digest
from pipelines.plain_yaml import read_yaml
from pipelines.publication.audiences import Audience
from pipelines.publication.plain_rules import holds
from pipelines.publication.publish import Candidate

_ALWAYS = {"publication", "result", "table_hash"}


@dataclass(frozen=True)
class Rule:
    """One rule of the door out, as written in its suite."""

    table: str
    name: str
    severity: str
    reason: str
    expectation_type: str
    kwargs: dict[str, Any]
    where: dict[str, list[str]]


_NOTHING_TO_PROVE = Rule(
    "result",
    "nothing_to_prove_about_small_groups",
    "critical",
    "Whoever adds and subtracts what is shown must not find a group under the threshold.",
    "audit",
    {},
    {},
)


@dataclass(frozen=True)
class Verdict:
    """How one rule ended on one file.

    Attributes:
        rule: The rule.
        n_rows: Rows it looked at.
        n_broken: Rows that broke it (at least 1 when it failed).
        error: Why it could not be evaluated, if so; counts as failed.
    """

    rule: Rule
    n_rows: int
    n_broken: int
    error: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the rule held."""
        return self.n_broken == 0 and self.error is None


def load_rules(folder: Path, audience: Audience) -> list[Rule]:
    """Read the suites that hold for an audience.

    Args:
        folder: `expectations/published`.
        audience: Whose file will be checked.

    Returns:
        The rules in the order written; a rule over `columns` gives one rule a column. Suites of
        tables the audience does not get are left out.
    """
    rules: list[Rule] = []
    for path in sorted(folder.glob("*.yaml")):
        suite = read_yaml(path.read_text(encoding="utf-8"))
        if suite["table"] not in {*_ALWAYS, *audience.tables}:
            continue
        for entry in suite["rules"]:
            if audience.name not in entry.get("audiences", [audience.name]):
                continue
            variants = [{"column": column} for column in entry.get("columns", [])] or [{}]
            rules.extend(
                Rule(
                    suite["table"],
                    f"{entry['name']}:{variant['column']}" if variant else entry["name"],
                    entry["severity"],
                    entry["reason"],
                    entry["expectation_type"],
                    {**entry.get("kwargs", {}), **variant},
                    entry.get("where", {}),
                )
                for variant in variants
            )
    return rules


def check_candidate(
    candidate: Candidate, audience: Audience, suites: Path, memo: Memo = FORGETFUL
) -> list[Verdict]:
    """Evaluate the door out on a candidate.

    Args:
        candidate: The file.
        audience: Its audience.
        suites: Folder with the suites.
        memo: What passed before: the same rows pass the same rules.

    Returns:
        A verdict per rule; the first is on the list of tables itself.
    """
    connection = duckdb.connect(str(candidate.path), read_only=True)
    try:
        columns = {
            (str(table), str(column))
            for table, column in connection.execute(
                "select table_name, column_name from duckdb_columns() where not internal"
            ).fetchall()
        }
        tables = {table for table, _ in columns}
        frames: dict[str, pd.DataFrame] = {}

        def frame_of(table: str) -> pd.DataFrame:
            if table not in frames:
                frames[table] = to_frame(connection.sql(f"select * from {table}"))
            return frames[table]

        groups = {
            f"{table} {where}": rules
            for (table, where), rules in _grouped(load_rules(suites, audience)).items()
            # Nothing of another kind in this audience's file: a chain without evaluations.
            if table in tables or table in _ALWAYS
        }
        hashes = dict(connection.execute("select table_name, sha256 from table_hash").fetchall())
        made_from = {
            name: digest(rules, hashes.get(rules[0].table) or frame_of(rules[0].table))
            for name, rules in groups.items()
        }
        verdicts = memo.recall(
            f"door out {audience.name}",
            made_from,
            lambda names: {
                name: _evaluate(groups[name], frame_of(groups[name][0].table)) for name in names
            },
            keeps=lambda found: all(verdict.passed for verdict in found),
        )
        held = [
            _check_tables(columns, audience),
            *(verdict for found in verdicts.values() for verdict in found),
        ]
    finally:
        connection.close()
    if not audience.is_protected:
        # Researchers see rows: of what a reader could prove there is nothing to ask.
        return held
    # The audit opens the file itself, shut off from all else.
    return [*held, check_audit(read_published(candidate.path), audience, memo)]


def check_audit(release: Published, audience: Audience, memo: Memo = FORGETFUL) -> Verdict:
    """What a reader could prove about small groups from this file alone.

    Args:
        release: The file.
        audience: Its audience, whose figures are protected.
        memo: Which parts of it passed before.

    Returns:
        A verdict of which what is proven and what is undecided are the broken rows.
    """
    file = Apart.of(release)
    n_open = memo.recall(
        f"audit {audience.name}",
        {name: digest(*file.content(name)) for name in file.names},
        lambda names: dict.fromkeys(names, _n_open(file.only(names), memo)),
        keeps=lambda number: number == 0,
    )
    return Verdict(_NOTHING_TO_PROVE, len(file.whole.result), max(n_open.values()))


def _n_open(part: Published, memo: Memo) -> int:
    """How much is proven or undecided in a file, or in some parts of it together."""
    examined = examine(part, memo=memo)
    return len(examined.findings) + examined.n_undecided


def _check_tables(columns: set[tuple[str, str]], audience: Audience) -> Verdict:
    """Hold tables and columns against what the audience's file may have."""
    tables = {table for table, _ in columns}
    surplus: set[object] = {*(tables - _ALWAYS - set(audience.tables))}
    if audience.is_protected:
        named = {(table, name) for table, names in audience.columns.items() for name in names}
        surplus |= columns - named
    rule = Rule(
        "*",
        "only_allowed_tables_and_columns",
        "critical",
        "A table or column outside the list of the audience may hold what it must not see.",
        "table_list",
        {},
        {},
    )
    return Verdict(rule, len(columns), len(surplus) + len(_ALWAYS - tables))


def _grouped(rules: list[Rule]) -> dict[tuple[str, str], list[Rule]]:
    """Rules that look at the same rows: each group is validated in one go."""
    groups: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        groups[rule.table, json.dumps(rule.where, sort_keys=True)].append(rule)
    return groups


def _evaluate(rules: list[Rule], frame: pd.DataFrame) -> list[Verdict]:
    rows = frame
    for column, members in rules[0].where.items():
        rows = rows[rows[column].isin(members)]
    if rows.empty:
        return [Verdict(rule, 0, 0) for rule in rules]
    rows = rows.reset_index(drop=True)
    is_plain = [holds(rule.expectation_type, rule.kwargs, rows) for rule in rules]
    asked = [
        (rule.expectation_type, rule.kwargs)
        for rule, held in zip(rules, is_plain, strict=True)
        if not held
    ]
    told = iter(outcomes(rows, asked, "BASIC") if asked else [])
    return [
        Verdict(rule, len(rows), 0) if held else _verdict(rule, len(rows), next(told))
        for rule, held in zip(rules, is_plain, strict=True)
    ]


def _verdict(rule: Rule, n_rows: int, outcome: Any) -> Verdict:
    if has_raised(outcome):
        return Verdict(rule, n_rows, 0, error="the rule could not be evaluated")
    broken = 0 if outcome.success else int(outcome.result.get("unexpected_count") or 1)
    return Verdict(rule, n_rows, broken)
