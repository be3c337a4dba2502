"""Starts and stops a case goes through again and again: which meet, also where one is missing.

Here: `int_handoff_moment_numbered` on rounds drawn at random, read again by a queue.
Not here: its cases by name (its own yml), and what follows from a pair (`test_handoff_clocks`).
"""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.settings import Settings
from tests.examples import examples

MODEL = "models/intermediate/handoffs/int_handoff_moment_numbered.sql"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
Numbers = list[tuple[str, int, bool]]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    written = (Settings().dbt_project_dir / MODEL).read_text(encoding="utf-8")
    select = written.replace("{{ ref('int_handoff_moment') }}", "moments")
    found = duckdb.connect()
    found.execute(
        "create table moments (part varchar, handoff_id varchar, pairing varchar, role varchar, "
        "match_key varchar, case_key varchar, person_key varchar, record_key varchar, milestone "
        "varchar, organisation varchar, moment timestamptz, moment_latest timestamptz, local_date "
        "date, is_set_aside boolean)"
    )
    found.execute(f"create view numbered as {select}")
    return found


def by_the_model(connection: duckdb.DuckDBPyConnection, roles: list[str]) -> Numbers:
    """Role, number and whether it is out of step, of each moment of one case in time."""
    connection.execute("delete from moments")
    connection.executemany(
        "insert into moments by name select 'clock' as part, 'K' as handoff_id, 'rank' as pairing, "
        "? as role, 'c' as match_key, ?::timestamptz as moment, moment as moment_latest, "
        "false as is_set_aside",
        [(role, BEGIN + timedelta(hours=hour)) for hour, role in enumerate(roles)],
    )
    return connection.execute(
        "select role, occurrence_in_key, is_out_of_step from numbered order by moment"
    ).fetchall()


def by_a_queue(roles: list[str]) -> Numbers:
    """The same, reading the moments one by one."""
    n_starts = roles.count("start")
    early, left_over, started, waiting = 0, set(), 0, 0
    for place, role in enumerate(roles):
        if role == "start":
            started += 1
            waiting += 1
            continue
        early += roles[: place + 1].count("stop") > started
        if waiting:
            waiting -= 1
        else:
            left_over.add(place)
    if early <= len(left_over):
        left_over = set()
    seen = {"start": 0, "stop": 0, "left": n_starts}
    numbers = []
    for place, role in enumerate(roles):
        kind = "left" if place in left_over else role
        seen[kind] += 1
        numbers.append(seen[kind])
    met = sum(role == "stop" and n <= n_starts for role, n in zip(roles, numbers, strict=True))
    last_stop = max((place for place, role in enumerate(roles) if role == "stop"), default=-1)
    return [
        (role, n, n > n_starts if role == "stop" else n > met and place < last_stop)
        for place, (role, n) in enumerate(zip(roles, numbers, strict=True))
    ]


@examples(60)
@given(roles=st.lists(st.sampled_from(["start", "stop"]), min_size=1, max_size=12))
def test_both_readings_number_alike(connection, roles):
    assert by_the_model(connection, roles) == by_a_queue(roles)


@examples(30)
@given(rounds=st.integers(2, 6), missing=st.integers(0, 5), is_open=st.booleans())
def test_one_missing_start_shifts_no_other_round(connection, rounds, missing, is_open):
    """One stop is left without its start and told; every other round keeps its own stop.

    A stop with one start behind it, and none missing after that, is as well one that came before
    its start: that pair is told as such, and there is nothing to shift.
    """
    missing %= rounds - is_open
    roles = [role for n in range(rounds) for role in ("start", "stop")]
    del roles[2 * missing]
    roles += ["start"] * is_open
    numbered = by_the_model(connection, roles)
    [alone] = [place for place, (_, _, is_out_of_step) in enumerate(numbered) if is_out_of_step]
    assert alone == 2 * missing and numbered[alone][0] == "stop"
    others = [n for place, (_, n, _) in enumerate(numbered) if place != alone]
    expected = [n for n in range(1, rounds) for _ in ("start", "stop")] + [rounds] * is_open
    assert others == expected
