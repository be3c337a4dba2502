"""The smallest difference that matters to an indicator: below it a signal is drawn, never listed.

Here: what holds where an entry of the register says nothing itself, with the reason in both
languages, and what holds of a lead time, whose hand-off says it.
Not here: how a signal is measured against it (`pipelines.signals.agenda`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.indicators.register import Indicator

# Also of the share within norm of a lead time, which is no length of time.
SMALLEST_SHARE = 0.05
# Gaps between single rare events: each event matters, so every difference does.
EVERY_DIFFERENCE = 0.0
_GAPS = frozenset({"days_between", "cases_between"})


@dataclass(frozen=True)
class SmallestDifference:
    """A difference in the unit of a figure (a share as .05), and why it is that."""

    value: float
    reason_nl: str
    reason_en: str


_SHARE = SmallestDifference(
    SMALLEST_SHARE,
    "Vijf procentpunt: bij de aantallen van deze keten een handvol zaken per jaar. Om minder wordt "
    "geen werkwijze veranderd.",
    "Five percentage points: at the numbers of this chain a handful of cases a year. For less no "
    "way of working is changed.",
)
_COUNT = SmallestDifference(
    3.0,
    "Drie: een of twee meer of minder is het toeval van een enkele zaak, met of zonder gezin.",
    "Three: one or two more or fewer is the chance of a single case, with or without a family.",
)
_RATE = SmallestDifference(
    1.0,
    "Eén op de honderd persoonsjaren: bij zeshonderd personen zes per jaar.",
    "One per hundred person years: six a year among six hundred persons.",
)
_OF_KIND: Mapping[str, SmallestDifference] = {
    "share": _SHARE,
    "reconciliation": _SHARE,
    "cumulative_incidence": _SHARE,
    "count": _COUNT,
    "flow": _COUNT,
    "stock": _COUNT,
    "rate": _RATE,
}
_OF_HANDOFF = (
    "Ongeveer een tiende van wat bij dit koppelvlak gewoon is, en nooit minder dan één stap van de "
    "klok; van het aandeel binnen norm vijf procentpunt.",
    "About a tenth of what is usual at this hand-off, and never less than one step of its clock; "
    "of the share within norm five percentage points.",
)
_NOTHING_AGREED = SmallestDifference(
    EVERY_DIFFERENCE,
    "Hierover is niets afgesproken: elk verschil telt.",
    "Nothing was agreed about this: every difference counts.",
)


def smallest_difference(
    indicator: Indicator, of_handoffs: Mapping[str, float]
) -> SmallestDifference:
    """Return the smallest difference that matters to an indicator.

    Args:
        indicator: Entry of the register.
        of_handoffs: What the seed says of the lead time of each hand-off, where it does.
    """
    if indicator.kind == "lead_time":
        value = of_handoffs.get(indicator.handoff or "")
        return _NOTHING_AGREED if value is None else SmallestDifference(value, *_OF_HANDOFF)
    if indicator.smallest_difference is not None:
        return SmallestDifference(
            indicator.smallest_difference,
            indicator.smallest_difference_nl or "",
            indicator.smallest_difference_en or "",
        )
    return _OF_KIND.get(indicator.kind, _NOTHING_AGREED)


def smallest_of_statistic(kind: str, statistic: str, smallest: float) -> float:
    """Return the smallest difference that matters to one statistic of an indicator, in its unit.

    Args:
        kind: Kind of the indicator.
        statistic: The statistic.
        smallest: What matters to the indicator, in its own unit.
    """
    if statistic in _GAPS:
        return EVERY_DIFFERENCE
    return SMALLEST_SHARE if kind == "lead_time" and statistic == "share_within_norm" else smallest
