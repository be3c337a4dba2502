"""Which hand-offs a researcher chose: one hand-off, a period of its start, and members.

Here: the choice, and the rows it is as a question to a published file.
Not here: what is worked out from them (`cohort`, `process`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALL = "all"
# Column that holds a period of each length of its code: 2026, 2026-Q3, 2026-08.
_PERIOD_COLUMN = {4: "start_year", 7: "start_quarter"}


@dataclass(frozen=True)
class Choice:
    """A cohort as it is chosen.

    Attributes:
        handoff: Code of the hand-off.
        period: Period in which it started, such as 2026, 2026-Q3 or 2026-08; `all` for the whole
            history.
        members: Member by dimension; a dimension that is not in it is not looked at.
    """

    handoff: str
    period: str = ALL
    members: Mapping[str, str] = field(default_factory=dict)

    @property
    def period_column(self) -> str:
        """Column of the period; empty for the whole history."""
        if self.period == ALL:
            return ""
        is_month = len(self.period) == len("2026-08") and "Q" not in self.period
        return "start_month" if is_month else _PERIOD_COLUMN[len(self.period)]

    def condition(self, prefix: str = "") -> tuple[str, dict[str, Any]]:
        """Return what the rows of `fct_handoff` meet, as SQL with named parameters.

        Args:
            prefix: Before the name of each parameter, where two choices meet in one question.
        """
        column = self.period_column
        wanted = {"handoff_id": self.handoff, **({column: self.period} if column else {})}
        parameters = {}
        parts = []
        for number, (name, value) in enumerate([*wanted.items(), *self.members.items()]):
            key = f"{prefix}p{number}"
            quoted = name.replace('"', '""')
            parts.append(f'"{quoted}" = ${key}')
            parameters[key] = value
        return " and ".join(parts), parameters
