"""The three audiences and what their file may hold.

Here: per audience the tables, the cut of the figures and the rule for small numbers.
Not here: how the file is written, or the pages that show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipelines.disclosure.catalogue import catalogue_of
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
    "base",
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
# Which lines an audience that does not see everything may see, and what became of them.
_CATALOGUE = "catalogue"
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
        is_protected: Its figures are those of its catalogue (`pipelines.disclosure.catalogue`);
            otherwise it sees all.
        threshold: Its rule for small numbers.
        withholds_unfit: It gets no figures on data that are not fit; otherwise they are marked.
        is_provisional: Every page says "voorlopig".
    """

    name: str
    tables: tuple[str, ...]
    is_protected: bool
    threshold: ThresholdRule
    withholds_unfit: bool
    is_provisional: bool

    @property
    def rounding_base(self) -> int:
        """Step between the counts it sees; 1 where it sees every count."""
        return catalogue_of(self.name).rounding_base if self.is_protected else 1


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
                False,
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
                    _CATALOGUE,
                ),
                True,
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
                (*_REFERENCE_TABLES, _CATALOGUE),
                True,
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
