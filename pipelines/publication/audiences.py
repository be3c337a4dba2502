"""The three audiences and what their file may hold.

Here: per audience what its file says of itself, and the tables of the researcher; those of the
others, with their columns and thresholds, stand in their catalogues.
Not here: how the file is written, or the pages that show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pipelines.disclosure.catalogue import catalogue_of
from pipelines.settings import Settings

# Description of the figures.
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
# What evaluations and experiences say.
_EVALUATION_TABLES = (
    "theme",
    "theme_mapping",
    "theme_series",
    "theme_cooccurrence",
    "theme_agreement",
    "experience_result",
    "theme_course",
)
# Rows of cases.
_ROW_TABLES = ("fct_handoff", "fct_case", "event_log", "suspected_double")
# What everybody may know of deliveries, and what is counted of them.
_DELIVERY_TABLES = (
    "delivery_month",
    "finding_month",
    "registration_share",
    "linkage_share",
    "delivery",
    "finding",
    "input",
    "linkage",
    "registration",
    "suspected_double_count",
)
SIGNAL_TABLES = ("signal", "signal_point")
CHANGE_TABLES = ("change_basis", "change_factor", "change")
_SIGNALS = (*SIGNAL_TABLES, "listing", "rebase", "funnel")
# What was recommended and decided, and whether it helped.
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
        whole_tables: Tables its file holds whole, besides `publication`, `result` and `table_hash`;
            empty where a catalogue names its tables and columns, and its figures are protected.
    """

    name: str
    whole_tables: tuple[str, ...]

    @property
    def is_protected(self) -> bool:
        """Whether its file is made by a catalogue, and holds no figures on data that are not fit.

        Otherwise it sees all, and what is not fit is marked.
        """
        return not self.whole_tables

    @property
    def threshold(self) -> int:
        """Least number of cases it may be told of; 0 where it sees every number."""
        return catalogue_of(self.name).threshold if self.is_protected else 0

    @property
    def rounding_base(self) -> int:
        """Step between the counts it sees; 1 where it sees every count."""
        return catalogue_of(self.name).rounding_base if self.is_protected else 1

    @property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """Columns its file may have, by table; none where it holds its tables whole."""
        return catalogue_of(self.name).tables if self.is_protected else {}

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables its file may hold."""
        return tuple(self.columns or self.whole_tables)


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
            ),
            Audience("platform", ()),
            Audience("advisory", ()),
        )
    }
)


def home_of(settings: Settings, audience: str) -> Path:
    """The home its readers get copies in: beside that of the pipeline, under its name."""
    return settings.home.with_name(f"{settings.home.name}-{audience}")
