"""The three audiences and what their file may hold.

Here: per audience the tables, the cut of the figures and the rule for small numbers.
Not here: how the file is written, or the pages that show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipelines.disclosure.thresholds import ThresholdRule
from pipelines.indicators.funnels import TABLE as TABLE_OF_FUNNELS
from pipelines.publication.changes.published import CHANGE_TABLES

# Description of the figures, the same for everybody.
_REFERENCE_TABLES = (
    "handoff",
    "norm",
    "dimension_member",
    "organisation",
    "milestone",
    "indicator",
    "quality",
)
# What evaluations and experiences say; the advisory body gets nothing of it for now.
_EVALUATION_TABLES = (
    "theme",
    "theme_mapping",
    "theme_series",
    "theme_cooccurrence",
    "theme_agreement",
    "experience_result",
    "theme_course",
)
# Rows of cases, for researchers only.
_ROW_TABLES = ("fct_handoff", "fct_case", "event_log", "suspected_double")
# Rolling years differ by quarters: never for a released table.
_INTERNAL_GRAINS = frozenset({"month", "quarter", "year", "all", "rolling_12m"})
_INTERNAL_CLOCKS = frozenset({"gross", "net"})
_DELIVERY_TABLES = (
    "delivery",
    "finding",
    "input",
    "linkage",
    "registration",
    "suspected_double_count",
)
# The advisory body has none: with a threshold of ten hardly a series of its figures has limits.
SIGNAL_TABLES = ("signal", "signal_point")
_SIGNALS = (*SIGNAL_TABLES, "rebase", TABLE_OF_FUNNELS)
# What was recommended and decided, and whether it helped. Texts of decisions are never released.
_LOOP_TABLES = (
    "recommendation",
    "recommendation_state",
    "decision",
    "decision_revision",
    "effect",
)


@dataclass(frozen=True)
class Audience:
    """One audience.

    Attributes:
        name: Name of its folder and process.
        tables: Tables its file holds besides `publication`, `result` and `table_hash`.
        period_grains: Period lengths its figures may have.
        dimensions: Dimensions its figures may be split by; None for all an indicator allows.
        statistics: Statistics it may see, per view; None for all.
        clocks: Clocks it may see.
        threshold: Its rule for small numbers.
        withholds_unfit: It gets no figures on data that are not fit; otherwise they are marked.
        is_provisional: Every page says "voorlopig".
    """

    name: str
    tables: tuple[str, ...]
    period_grains: frozenset[str]
    dimensions: frozenset[str] | None
    statistics: Mapping[str, frozenset[str]] | None
    clocks: frozenset[str]
    threshold: ThresholdRule
    withholds_unfit: bool
    is_provisional: bool


# What is left out here would give a withheld figure away by subtraction: started is completed
# plus open; a stock is the stock before plus inflow minus outflow. And a P90 of ten cases is one
# case's time.
_ADVISORY_STATISTICS = MappingProxyType(
    {
        "cohort": frozenset(
            {
                "median",
                "share",
                "share_within_norm",
                "cumulative_incidence_6m",
                "cumulative_incidence_12m",
                "cumulative_incidence_24m",
            }
        ),
        # Of the counted kinds; a lead time's completed view has other statistics.
        "completed": frozenset({"count", "rate"}),
    }
)

AUDIENCES: Mapping[str, Audience] = MappingProxyType(
    {
        audience.name: audience
        for audience in (
            Audience(
                "researcher",
                (
                    *_REFERENCE_TABLES,
                    *_DELIVERY_TABLES,
                    *_SIGNALS,
                    *_EVALUATION_TABLES,
                    *_LOOP_TABLES,
                    *CHANGE_TABLES,
                    *_ROW_TABLES,
                    "data_dictionary",
                ),
                _INTERNAL_GRAINS,
                None,
                None,
                _INTERNAL_CLOCKS,
                ThresholdRule(
                    minimum=0,
                    guards_complement=False,
                    shows_true_zero=True,
                    shows_interval=True,
                    whole_units=False,
                ),
                withholds_unfit=False,
                is_provisional=False,
            ),
            Audience(
                "platform",
                (
                    *_REFERENCE_TABLES,
                    *_DELIVERY_TABLES,
                    *_SIGNALS,
                    *_EVALUATION_TABLES,
                    *_LOOP_TABLES,
                    *CHANGE_TABLES,
                ),
                _INTERNAL_GRAINS,
                None,
                None,
                _INTERNAL_CLOCKS,
                # 5: the usual threshold inside a closed circle that works with the cases itself.
                ThresholdRule(
                    minimum=5,
                    guards_complement=False,
                    shows_true_zero=True,
                    shows_interval=True,
                    whole_units=False,
                    # It has the tables `finding` and `recommendation` whole.
                    listed_units=frozenset({"findings", "recommendations"}),
                ),
                withholds_unfit=True,
                is_provisional=False,
            ),
            Audience(
                "advisory",
                _REFERENCE_TABLES,
                # Quarters only: a year beside its quarters would give a withheld quarter away.
                frozenset({"quarter"}),
                frozenset({"national"}),
                _ADVISORY_STATISTICS,
                # Two clocks over the same cases differ by the few that stood still.
                frozenset({"gross"}),
                ThresholdRule(
                    minimum=10,
                    guards_complement=True,
                    shows_true_zero=False,
                    shows_interval=False,
                    whole_units=True,
                ),
                withholds_unfit=True,
                is_provisional=True,
            ),
        )
    }
)
