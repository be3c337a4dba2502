"""Running Great Expectations in this process, as both doors do.

Here: how each of a list of expectations ended on some rows.
Not here: the rules (`pipelines.deliveries.checks`, `pipelines.publication.door_out`), and what a
broken one leads to.

It is imported late, since that takes seconds and most commands never come here.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd


def outcomes(
    rows: pd.DataFrame, expectations: Sequence[tuple[str, Mapping[str, Any]]], result_format: str
) -> list[Any]:
    """How each expectation ended, in their order.

    Args:
        rows: At least one row; positions in what is found are those of its index.
        expectations: Name, as `expect_column_values_to_be_in_set`, and arguments of each.
        result_format: How much Great Expectations tells: `BOOLEAN_ONLY`, `BASIC` or `COMPLETE`.

    Raises:
        RuntimeError: There is no expectation of that name.
    """
    import great_expectations as gx

    suite = gx.ExpectationSuite(
        "rules",
        expectations=[
            _class_of(name)(**arguments, meta={"position": position})
            for position, (name, arguments) in enumerate(expectations)
        ],
    )
    batch = batches().get_batch(batch_parameters={"dataframe": rows})
    ended = batch.validate(suite, result_format=result_format).results
    by_position = {outcome.expectation_config.meta["position"]: outcome for outcome in ended}
    return [by_position[position] for position in range(len(expectations))]


def has_raised(outcome: Any) -> bool:
    """Whether judging itself went wrong, which looks like a failure: told per rule or metric."""
    info = outcome.exception_info or {}
    return bool(info.get("raised_exception")) or any(
        isinstance(told, dict) and told.get("raised_exception") for told in info.values()
    )


def _class_of(name: str) -> Any:
    import great_expectations.expectations as gxe

    # Names such as ExpectColumnPairValuesAToBeGreaterThanB keep their single letters.
    kind = getattr(gxe, "".join(word.capitalize() for word in name.split("_")), None)
    if kind is None:
        raise RuntimeError(f"{name} bestaat niet")
    return kind


@cache
def batches() -> Any:
    """Where Great Expectations finds rows; made once, since making it costs as much as a rule."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("door").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all")
