"""Great Expectations at the door in: the rules of a contract that the scan does not know.

Here: a suite of checks, and which rows break which of them.
Not here: the checks (`checks`), those that are compiled (`scan`), and what a broken rule leads to
(`intake`).

One validation serves all deliveries of a table in a run, since starting one costs more than
running it: a column with the number of the delivery keeps them apart, and row positions lead back.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.deliveries.checks import DAY_SUFFIX, DELIVERY_COLUMN, Check, Positions
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import Refusal


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
    import great_expectations as gx

    expectations = [_expectation(index, check) for index, check in enumerate(checks)]
    batch = _batch_definition().get_batch(
        batch_parameters={"dataframe": _frame(contract, checks, typed, deliveries)}
    )
    result = batch.validate(
        gx.ExpectationSuite(name=contract.id, expectations=expectations), result_format="COMPLETE"
    )
    broken = [np.array([], dtype=np.int64)] * len(checks)
    for judged in result.results:
        place = judged.expectation_config.meta["index"]
        if _raised(judged.exception_info):
            # An error looks like a failure; it is neither the partner's fault nor a pass.
            raise Refusal(
                "niet_te_beoordelen",
                f"regel {checks[place].rule} ({checks[place].expectation}) van het contract kan "
                "niet worden uitgevoerd",
                "vraag de beheerder de argumenten in het contract te herstellen; lever daarna "
                "opnieuw",
            )
        if not judged.success:
            broken[place] = np.sort(np.array(judged.result["unexpected_index_list"], np.int64))
    return broken


def _raised(info: Mapping[str, Any]) -> bool:
    """Whether judging itself went wrong; told per rule, or per metric the rule needs."""
    return bool(info.get("raised_exception")) or any(
        isinstance(error, dict) and error.get("raised_exception") for error in info.values()
    )


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


def _expectation(index: int, check: Check) -> Any:
    import great_expectations.expectations as gxe

    words = check.expectation.split("_")
    name = "".join(word.capitalize() for word in words)
    kind = getattr(gxe, name, None)
    if kind is None:
        # Names such as ExpectColumnPairValuesAToBeGreaterThanB keep their single letters.
        raise RuntimeError(f"regel {check.rule}: {check.expectation} bestaat niet")
    severity = "warning" if check.effect == "warning" else "critical"
    return kind(**check.arguments, severity=severity, meta={"index": index})


@lru_cache(maxsize=1)
def _batch_definition() -> Any:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    source = context.data_sources.add_pandas("deliveries")
    return source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
