"""Great Expectations at the door in: the rules of a contract, over many deliveries at once.

Here: the suite derived from a contract, and which rows break which rule.
Not here: the rules themselves (the contracts hold them), and what a broken rule leads to
(`intake`).

One validation serves all deliveries of a table in a run, since starting one costs more than
running it: a column with the number of the delivery keeps them apart, and row positions lead back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.deliveries.contract import Column, Contract, Rule
from pipelines.deliveries.findings import Finding, Refusal
from pipelines.deliveries.rule_texts import TEXTS

DELIVERY_COLUMN = "_delivery"
# The local day of a column of moments, for a rule that compares it with a column of days.
DAY_SUFFIX = "@day"
_MOMENT = "TIMESTAMP WITH TIME ZONE"
# Rules that judge a delivery as a whole: no row of it can be named as the wrong one.
_WHOLE_DELIVERY = ("expect_compound_columns_to_be_unique", "expect_column_values_to_be_unique")

Positions = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Check:
    """One rule to be judged.

    Attributes:
        rule: Name of the rule.
        column: Column it is about; empty for several.
        effect: What breaking it leads to: `critical` (refuse the delivery), `quarantine` (set the
            row aside) or `warning` (keep the row, tell the supplier).
        reason_nl: Why it matters, in Dutch.
        reason_en: The same in English; empty when the contract gives only Dutch.
        remedy_nl: How to mend it, in Dutch.
        expectation: Type of the expectation.
        arguments: Its arguments.
    """

    rule: str
    column: str
    effect: str
    reason_nl: str
    reason_en: str
    remedy_nl: str
    expectation: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of_door(
        rule: str,
        column: str,
        effect: str = "quarantine",
        expectation: str = "",
        arguments: Mapping[str, Any] | None = None,
    ) -> "Check":
        """A rule of the door itself, in its own words; without an expectation it is judged here."""
        text = TEXTS[rule]
        return Check(
            rule,
            column,
            effect,
            text.reason_nl,
            text.reason_en,
            text.remedy_nl,
            expectation,
            arguments or {},
        )

    @property
    def finding(self) -> Finding:
        """What is told when it is broken, still without rows."""
        return Finding(
            self.rule,
            self.effect,
            self.column,
            reason_nl=self.reason_nl,
            reason_en=self.reason_en,
            remedy_nl=self.remedy_nl,
        )


def checks_of(contract: Contract) -> list[Check]:
    """Derive the rules of a contract: from its columns, then from its `quality`."""
    return [check for column in contract.columns for check in _checks_of_column(column)] + [
        _check_of_rule(contract, rule) for rule in contract.rules
    ]


def _checks_of_column(column: Column) -> Iterator[Check]:
    def check(rule: str, expectation: str, **arguments: Any) -> Check:
        return Check.of_door(
            rule, column.name, "quarantine", expectation, {"column": column.name, **arguments}
        )

    if column.required:
        yield check("verplicht", "expect_column_values_to_not_be_null")
    if column.enum:
        allowed = list(column.enum)
        yield check("toegestane_waarde", "expect_column_values_to_be_in_set", value_set=allowed)
    if column.pattern and column.landing_type == "VARCHAR":
        # Python's $ lets a line break pass.
        whole = column.pattern.removesuffix("$") + r"\Z"
        yield check("vorm", "expect_column_values_to_match_regex", regex=whole)
    if column.max_length is not None:
        expectation = "expect_column_value_lengths_to_be_between"
        yield check("lengte", expectation, min_value=0, max_value=column.max_length)
    if column.minimum is not None:
        yield check("minimum", "expect_column_values_to_be_between", min_value=column.minimum)
    if column.maximum is not None:
        yield check("maximum", "expect_column_values_to_be_between", max_value=column.maximum)


def _check_of_rule(contract: Contract, rule: Rule) -> Check:
    arguments = dict(rule.arguments)
    if rule.expectation == "expect_compound_columns_to_be_unique":
        arguments["column_list"] = [DELIVERY_COLUMN, *arguments["column_list"]]
    arguments.update(_comparable(contract, arguments))
    is_whole = rule.expectation in _WHOLE_DELIVERY
    named = [rule.arguments.get(key) for key in ("column", "column_A", "column_B")]
    columns = dict.fromkeys(str(name) for name in named if name)
    return Check(
        rule.name,
        ", ".join(columns or rule.arguments.get("column_list", ())),
        rule.severity if rule.severity == "warning" or is_whole else "quarantine",
        rule.reason,
        "",
        "Herstel de rijen in de bron en lever opnieuw.",
        rule.expectation,
        arguments,
    )


def _comparable(contract: Contract, arguments: Mapping[str, Any]) -> dict[str, str]:
    """Compare a moment and a day as days: nothing on the day itself is before or after it."""
    pair = {key: arguments[key] for key in ("column_A", "column_B") if key in arguments}
    types = {contract.column(name).landing_type for name in pair.values()}
    if types != {_MOMENT, "DATE"}:
        return {}
    return {
        key: name + DAY_SUFFIX
        for key, name in pair.items()
        if contract.column(name).landing_type == _MOMENT
    }


def broken_rows(
    contract: Contract, typed: pa.Table, deliveries: Positions
) -> list[tuple[Check, Positions]]:
    """Judge rows by the rules of their contract.

    Args:
        contract: Contract of the rows.
        typed: Converted rows, of one or more deliveries.
        deliveries: Which delivery each row belongs to.

    Returns:
        The rules that are broken, each with the positions of the rows that break it.

    Raises:
        Refusal: A rule cannot be judged: the contract asks something impossible.
    """
    import great_expectations as gx

    checks = checks_of(contract)
    if not checks or typed.num_rows == 0:
        return []
    expectations = [_expectation(index, check) for index, check in enumerate(checks)]
    batch = _batch_definition().get_batch(
        batch_parameters={"dataframe": _frame(contract, checks, typed, deliveries)}
    )
    result = batch.validate(
        gx.ExpectationSuite(name=contract.id, expectations=expectations), result_format="COMPLETE"
    )
    broken: list[tuple[Check, Positions]] = []
    for judged in result.results:
        check = checks[judged.expectation_config.meta["index"]]
        if _raised(judged.exception_info):
            # An error looks like a failure; it is neither the partner's fault nor a pass.
            raise Refusal(
                "niet_te_beoordelen",
                f"regel {check.rule} ({check.expectation}) van het contract kan niet worden "
                "uitgevoerd",
                "vraag de beheerder de argumenten in het contract te herstellen; lever daarna "
                "opnieuw",
            )
        if not judged.success:
            positions = np.array(judged.result["unexpected_index_list"], dtype=np.int64)
            broken.append((check, np.sort(positions)))
    return broken


def _raised(info: Mapping[str, Any]) -> bool:
    """Whether judging itself went wrong; told per rule, or per metric the rule needs."""
    return bool(info.get("raised_exception")) or any(
        isinstance(error, dict) and error.get("raised_exception") for error in info.values()
    )


def _frame(
    contract: Contract, checks: list[Check], typed: pa.Table, deliveries: Positions
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
