"""Great Expectations at the door in: the rules of a contract that the scan does not know.

Here: a suite of checks, and which rows break which of them.
Not here: the checks (`checks`), those that are compiled (`scan`), and what a broken rule leads to
(`intake`).

One validation serves all deliveries of a table in a run, since starting one costs more than
running it: a column with the number of the delivery keeps them apart, and row positions lead back.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.deliveries.checks import DAY_SUFFIX, DELIVERY_COLUMN, Check, Positions
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Refusal
from pipelines.gx import has_raised, outcomes


def judge(
    contract: Contract, checks: Sequence[Check], typed: pa.Table, deliveries: Positions
) -> list[Positions]:
    """Judge rows by checks.

    Args:
        contract: Contract of the rows.
        checks: Checks that follow from it, at least one.
        typed: Converted rows, of one or more deliveries; at least one row.
        deliveries: Which delivery each row belongs to.

    Returns:
        Of each check the positions of the rows that break it.

    Raises:
        Refusal: A rule cannot be judged: the contract asks something impossible.
    """
    ended = outcomes(
        _frame(contract, checks, typed, deliveries),
        [(check.expectation, check.arguments) for check in checks],
        "COMPLETE",
    )
    broken = []
    for check, outcome in zip(checks, ended, strict=True):
        if has_raised(outcome):
            # An error looks like a failure; it is neither the partner's fault nor a pass.
            raise Refusal(
                "niet_te_beoordelen",
                f"regel {check.rule} ({check.expectation}) van het contract kan niet worden "
                "uitgevoerd",
                "vraag de beheerder de argumenten in het contract te herstellen; lever daarna "
                "opnieuw",
            )
        found = [] if outcome.success else outcome.result["unexpected_index_list"]
        broken.append(np.sort(np.array(found, np.int64)))
    return broken


def _frame(
    contract: Contract, checks: Sequence[Check], typed: pa.Table, deliveries: Positions
) -> pd.DataFrame:
    """Rows as Great Expectations takes them: positions as index, dates that can be compared.

    Moments become UTC without saying so: Great Expectations drops the zone, with a warning.
    """
    arrays = [_plain(values) for values in typed.columns]
    frame: pd.DataFrame = pa.table(arrays, names=typed.column_names).to_pandas()
    frame[DELIVERY_COLUMN] = deliveries
    for check in checks:
        for name in check.arguments.values():
            if isinstance(name, str) and name.endswith(DAY_SUFFIX) and name not in frame:
                moments = frame[name.removesuffix(DAY_SUFFIX)]
                local = moments.dt.tz_localize("UTC").dt.tz_convert(contract.timezone)
                frame[name] = local.dt.tz_localize(None).dt.normalize()
    return frame


def _plain(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_date(values.type):
        return values.cast(pa.timestamp("s"))
    if pa.types.is_timestamp(values.type):
        return values.cast(pa.timestamp("us"))
    return values
