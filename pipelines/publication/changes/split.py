"""The split of every difference between two publications into parts that add up to it.

Here: pure arithmetic on figures in the long contract. Not here: where the figures come from.

A figure is a decimal in steps of 10⁻⁹ of its unit: what binary fractions differ by in their last
digits is no change, and differences add up exactly, which those of binary fractions do not.

A part is the difference of two neighbouring figures and exists only when both are shown. Whoever
may see the two figures may see their difference; who may not see one of them gets the two parts
around it as one sum, which tells no more than the figures on either side do. So the parts an
audience gets must be computed from figures protected by that audience's own rule, those of the
builds in between included. Where the first or the last figure is not shown there are no parts at
all, only the word what happened and through which factor.
"""

from collections.abc import Sequence

import duckdb
import pandas as pd
import pyarrow as pa

from pipelines.indicators.results import KEY
from pipelines.publication.changes.factors import Factor

# A row that is not there has this status.
ABSENT = "absent"
# Data that are not fit are judged as they are today, not per build in between: such a figure comes
# or goes through the state of the deliveries, and no factor is named.
UNFIT = ("withheld", "not_delivered")
NUMBER = "decimal(38, 9)"


def split_changes(figures: Sequence[pd.DataFrame], state_of_factor: Sequence[int]) -> pa.Table:
    """Split the difference of every figure that differs.

    Args:
        figures: Figures in the long contract, protected by the rule of the audience: of the
            previous publication first, of today last, of the builds between them in order.
        state_of_factor: Per factor, in order, which of `figures` it leads to. Equal to the one
            before where the factor did not change.

    Returns:
        One row per figure that differs: the columns of `indicators.results.KEY`; `old_status`,
        `new_status` (`absent` where there is no row); `kind`: `number` (both are numbers),
        `appears` or `disappears` (one is), `status` (neither, and the status differs); `old_value`,
        `new_value`, `difference`;
        `part_<factor>` per factor, null where it cannot be told apart; `part_joint`, the sum of
        those, with their names in `joint_factors`; `unexplained`, what is left of a difference,
        which is zero; and `cause`, the factor that made a figure
        appear, disappear or change its status, null where the data are or were not fit. For a
        `number`,
        `old_value + sum of parts + part_joint = new_value`, exactly.

    Raises:
        ValueError: The two arguments do not fit together.
    """
    states = [0, *state_of_factor]
    if len(state_of_factor) != len(Factor) or sorted(set(states)) != list(range(len(figures))):
        raise ValueError(f"{len(figures)} tables of figures do not fit factors {state_of_factor}")
    columns = [*KEY, "status", "value"]
    with duckdb.connect() as connection:
        for at, frame in enumerate(figures):
            connection.register(f"figures_{at}", frame[columns])
        return connection.sql(_sql(states, len(figures))).to_arrow_table()


def _sql(states: Sequence[int], n_figures: int) -> str:
    last = n_figures - 1
    keys = ", ".join(f'"{column}"' for column in KEY)
    union = " union all ".join(
        f"select {keys}, {at} as state, status, "
        f"case when status = 'ok' and isfinite(value) then cast(value as {NUMBER}) end as value "
        f"from figures_{at}"
        for at in range(n_figures)
    )
    per_state = ", ".join(
        f"max(value) filter (state = {at}) as v{at}, "
        f"coalesce(max(status) filter (state = {at}), '{ABSENT}') as s{at}"
        for at in range(n_figures)
    )
    moves = [
        (factor, before, after)
        for factor, before, after in zip(Factor, states, states[1:], strict=False)
    ]
    parts = ", ".join(
        f"case when kind = 'number' then {_part(before, after)} end as part_{factor}"
        for factor, before, after in moves
    )
    shown = " + ".join(f"coalesce(part_{factor}, 0)" for factor in Factor)
    names = ", ".join(
        f"case when kind = 'number' and part_{factor} is null then '{factor}' end"
        for factor in Factor
    )
    return f"""
        with figure as ({union}),
        compared as (select {keys}, {per_state} from figure group by all),
        named as (
            select *,
                case
                    when v0 is not null and v{last} is not null then 'number'
                    when v{last} is not null then 'appears'
                    when v0 is not null then 'disappears'
                    else 'status'
                end as kind
            from compared
        ),
        changed as (
            select * from named
            where case kind
                when 'number' then v0 <> v{last}
                -- A row without a number that comes or goes tells nothing.
                when 'status' then s0 <> s{last} and '{ABSENT}' not in (s0, s{last})
                else true
            end
        ),
        divided as (select *, {parts} from changed),
        joined as (
            select *,
                nullif(concat_ws('|', {names}), '') as joint_factors,
                case when joint_factors is not null then v{last} - v0 - ({shown}) end as part_joint
            from divided
        )
        select {keys},
            kind, s0 as old_status, s{last} as new_status,
            v0 as old_value, v{last} as new_value, v{last} - v0 as difference,
            {", ".join(f"part_{factor}" for factor in Factor)},
            joint_factors, part_joint,
            v{last} - v0 - ({shown}) - coalesce(part_joint, 0) as unexplained,
            case
                when kind <> 'number' and not list_has_any([s0, s{last}], {list(UNFIT)})
                    then {_cause(moves)}
            end as cause
        from joined
        order by all
    """


def _part(before: int, after: int) -> str:
    """The part of one factor; null where one of its two figures is not shown."""
    return f"cast(0 as {NUMBER})" if before == after else f"v{after} - v{before}"


def _cause(moves: Sequence[tuple[Factor, int, int]]) -> str:
    """The last factor that changed whether there is a number, or what stands in its place."""
    tests = " ".join(
        f"when (v{before} is null) <> (v{after} is null) "
        f"or (v{after} is null and s{before} <> s{after}) then '{factor}'"
        for factor, before, after in reversed(moves)
        if before != after
    )
    return f"case {tests} end" if tests else "cast(null as varchar)"
