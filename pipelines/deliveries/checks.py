"""The rules of a contract as checks: the expectation of each, and what breaking it leads to.

Here: the checks that follow from a contract, in the vocabulary of Great Expectations.
Not here: judging rows by them (`scan`, `suite`), and what follows (`intake`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.deliveries.contract import Column, Contract, Rule
from pipelines.deliveries.findings import Finding
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
