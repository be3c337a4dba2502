"""The figures of an audience, out of those of a build.

Here: what of the warehouse the protection needs: register, bases, clusters and key.
Not here: the protection itself (`pipelines.disclosure.protect`), and writing the file (`publish`).
"""

from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from pipelines.disclosure.catalogue import catalogue_of
from pipelines.disclosure.key import rounding_key
from pipelines.disclosure.protect import protect
from pipelines.disclosure.true_cells import Bases, Facts
from pipelines.disclosure.unfit import withhold_unfit
from pipelines.frames import to_frame
from pipelines.indicators.bases import own_bases
from pipelines.indicators.results import read_clusters
from pipelines.publication.audiences import Audience
from pipelines.publication.provenance import is_synthetic
from pipelines.settings import Settings


@dataclass(frozen=True)
class Figures:
    """What an audience sees of the figures of a build.

    Attributes:
        result: Figures in the long contract.
        catalogue: Its lines; None for an audience that sees everything.
    """

    result: pd.DataFrame
    catalogue: pd.DataFrame | None = None


def show_register(warehouse: duckdb.DuckDBPyConnection, audience: Audience) -> None:
    """Make the view `visible_indicator`: the register as far as an audience may see it."""
    warehouse.execute(
        "create or replace temporary view visible_indicator as from indicators.indicator "
        f"where list_contains(string_split(audiences, '|'), '{audience.name}')"
    )


def figures_of(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    audience: Audience,
    relation: str,
    day: date,
    predecessor: pd.DataFrame | None = None,
    *,
    revises: bool = True,
) -> Figures:
    """Figures of an audience out of a relation in the long contract.

    Args:
        warehouse: Open warehouse, with the view `visible_indicator` of the audience.
        settings: Where the register and the key are.
        audience: Whose figures.
        relation: True figures.
        day: Reference day.
        predecessor: Figures published before, whose counts stay.
        revises: Of those, make anew what the truth moved from.
    """
    visible = "semi join visible_indicator using (indicator)"
    shown = to_frame(warehouse.sql(f"from {relation} {visible}"))
    if not audience.is_protected:
        return Figures(shown)
    coarse = to_frame(warehouse.sql(f"from indicators.coarse_results {visible}"))
    shown = pd.concat([shown, coarse], ignore_index=True) if len(coarse) else shown
    shown = withhold_unfit(shown, fitness(warehouse))
    register = warehouse.execute(
        "select indicator, kind, minimum_base from indicators.indicator"
    ).fetchall()
    protected = protect(
        shown,
        catalogue_of(audience.name),
        Facts(
            read_bases(warehouse, settings),
            {str(indicator): str(kind) for indicator, kind, _ in register},
            {str(indicator): float(base) for indicator, _, base in register if base},
            {
                (dimension, member): cluster
                for dimension, of in read_clusters(warehouse).items()
                for member, cluster in of.items()
            },
        ),
        reference=day,
        key=rounding_key(settings.home, is_synthetic=is_synthetic(warehouse)),
        predecessor=predecessor,
        revises=revises,
    )
    return Figures(protected.result, protected.catalogue)


def fitness(warehouse: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """What the figures of each indicator become for an audience that sees none on unfit data."""
    return warehouse.execute("select indicator, status from indicators.indicator_quality").df()


def read_bases(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> Bases:
    """The register of bases, with what is declared of their numerators."""
    rows = warehouse.execute("select base, unit, within from indicators.base").fetchall()
    of_indicator = warehouse.execute("select indicator, base from indicators.indicator").fetchall()
    declared = own_bases(settings)
    pairs = [(base, larger) for base, _, within in rows for larger in within.split("|") if larger]
    return Bases(
        {str(indicator): str(base) for indicator, base in of_indicator},
        {str(base): str(unit) for base, unit, _ in rows},
        pd.DataFrame(pairs, columns=["smaller", "larger"], dtype=object),
        {indicator: base.id for base in declared for indicator in base.numerator_of},
        {base.id: base.whole_of for base in declared if base.whole_of},
    )
