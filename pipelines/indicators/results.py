"""All figures of a build, in one long table.

Here: the order of work, and the columns every figure has in common.
Not here: the figures of one kind (`lead_times`, `counts`, `incidence`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd

from pipelines.build import BuildDates, BuildError
from pipelines.evaluation.tables import prevalence_figures, read_series
from pipelines.indicators.bases import base_of_indicators, own_bases
from pipelines.indicators.counts import counted_figures
from pipelines.indicators.differences import QUANTILES as DIFFERENCES
from pipelines.indicators.differences import difference_figures
from pipelines.indicators.followed import (
    EVERYBODY,
    TOO_RECENT,
    as_followed,
    of_everybody,
    read_followed,
    read_lateness,
)
from pipelines.indicators.horizons import horizons
from pipelines.indicators.incidence import incidence_figures
from pipelines.indicators.inputs import feeding_tables
from pipelines.indicators.lead_time_cells import GROSS
from pipelines.indicators.lead_times import (
    HandoffFacts,
    coarse_lengths,
    lead_time_figures,
    read_handoffs,
)
from pipelines.indicators.made_from import contents_of_indicators
from pipelines.indicators.open_cases import AGE_BANDS
from pipelines.indicators.provisional import COLUMNS as PROVISIONAL
from pipelines.indicators.provisional import (
    GROWS,
    Registered,
    growing_since,
    provisional_limits,
)
from pipelines.indicators.quality import quality_of_indicators
from pipelines.indicators.register import Indicator, complete_register, theme_entries
from pipelines.indicators.register_of_chain import own_register
from pipelines.indicators.rolling import RollingYears
from pipelines.indicators.smallest_difference import smallest_difference
from pipelines.memo import FORGETFUL, Memo, digest
from pipelines.periods import first_day
from pipelines.settings import Settings
from pipelines.warehouse import manifest_path, stored_destroyed_until, write_table

# What makes a figure the same figure in two builds. Its version is not part of it: a new version is
# a change of definition. A figure in another unit is another figure.
KEY = (
    "indicator",
    "statistic",
    "view",
    "clock",
    "side",
    "unit",
    "period_grain",
    "period",
    "dimension",
    "member",
)
CONTRACT = [
    KEY[0],
    "version",
    *KEY[1:],
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    *PROVISIONAL,
    "n_at_risk",
    "status",
    "reference_date",
    "known_at",
]
_ESTIMATE = ["value", "lower", "upper", "n_at_risk", *PROVISIONAL]
_NUMBERS = ["numerator", "denominator", *_ESTIMATE]
# Statistics of a lead-time indicator that are not in the unit of its clock.
_UNITS = {
    "share_within_norm": "share",
    "started": "count",
    "completed": "count",
    "open": "count",
    "competing": "count",
    "negative": "count",
    "stop_only": "count",
    "stop_unknown": "count",
    "median_age_days": "calendar_days",
    "paused": "count",
    **dict.fromkeys(AGE_BANDS, "count"),
}


def compute_results(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    dates: BuildDates,
    memo: Memo = FORGETFUL,
) -> tuple[list[Indicator], pd.DataFrame]:
    """Compute every figure and write the tables of the schema `indicators` but for the signals.

    Returns:
        The register, and every figure in the long contract.
    """
    register = read_register(connection, settings, dates)
    feeding = feeding_tables(connection, register, manifest_path(settings))
    followed = read_followed(connection, register, feeding, dates.day)
    registered = Registered(connection)
    made_from = contents_of_indicators(connection, register, feeding, followed, registered)

    def with_bands(names: Sequence[str]) -> pd.DataFrame:
        entries = [entry for entry in register if entry.id in set(names)]
        own = followed[followed["indicator"].isin(names)]
        found = all_figures(connection, entries, own, dates)
        limits = provisional_limits(connection, entries, feeding, found, registered)
        return found.assign(**limits[[*PROVISIONAL, GROWS]])

    figures = _remembered(memo, "figures", made_from, with_bands, dates)
    if figures.empty:
        raise BuildError(
            f"op peildatum {dates.reference_date} is er niets te tellen: in wat geleverd is, komt "
            "geen mijlpaal van een koppelvlak voor; vergelijk de mijlpalen in het contract en in "
            "handoffs.csv met de levering"
        )
    growing = growing_since(figures, figures.pop(GROWS))
    quality = quality_of_indicators(connection, register, feeding, growing, dates.day)
    clusters = read_clusters(connection)

    def in_coarse_cells(names: Sequence[str]) -> pd.DataFrame:
        entries = [entry for entry in register if entry.id in set(names)]
        own = followed[followed["indicator"].isin(names)]
        return coarse_figures(connection, entries, own, dates)

    lengths = [entry.id for entry in register if entry.kind == "lead_time"]
    coarse = _remembered(
        memo,
        "coarse figures",
        {name: digest(made_from[name], clusters) for name in lengths},
        in_coarse_cells,
        dates,
    )
    base_of, bases = base_of_indicators(register, own_bases(settings))
    entries = _register_frame(connection, register, followed)
    connection.execute("create schema if not exists indicators")
    for name, frame in [
        ("indicator_results", figures),
        ("coarse_results", coarse),
        ("indicator", entries.assign(base=entries["indicator"].map(base_of))),
        ("base", bases),
        ("indicator_quality", quality),
    ]:
        write_table(connection, f"indicators.{name}", frame)
    return register, figures


def _remembered(
    memo: Memo,
    room: str,
    made_from: Mapping[str, str],
    figures_of: Callable[[Sequence[str]], pd.DataFrame],
    dates: BuildDates,
) -> pd.DataFrame:
    """Figures of indicators, those made from the same taken over; without columns when none is."""

    def make(names: Sequence[str]) -> dict[str, pd.DataFrame]:
        found = figures_of(names)
        rows = dict(iter(found.groupby("indicator")))
        return {name: rows.get(name, found.iloc[:0]) for name in names}

    by_name = memo.recall(room, made_from, make)
    filled = [by_name[name] for name in sorted(by_name) if not by_name[name].empty]
    if not filled:
        return pd.DataFrame(columns=CONTRACT)
    # When it was looked at is no part of a figure.
    return pd.concat(filled, ignore_index=True).assign(known_at=pd.Timestamp(dates.known_at))


def read_register(
    connection: duckdb.DuckDBPyConnection, settings: Settings, dates: BuildDates
) -> list[Indicator]:
    """The register of the chain, with a generic entry for every other hand-off."""
    handoffs = connection.execute("select * from marts.dim_handoff order by handoff_id").df()
    rows = [
        {str(name): value for name, value in row.items() if isinstance(value, str)}
        for row in handoffs.to_dict("records")
    ]
    own = own_register(settings)
    # The circulaire of 2026 is the first source of these clocks.
    complete = complete_register(
        own, rows, min([entry.valid_from for entry in own], default=dates.day)
    )
    return complete + theme_entries(own, read_series(connection))


def all_figures(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    followed: pd.DataFrame,
    dates: BuildDates,
) -> pd.DataFrame:
    """Every figure of some indicators in the long contract: those of one depend on no other's.

    Args:
        connection: Open warehouse.
        register: The indicators.
        followed: Until when each is followed, as `read_followed` gives it.
        dates: Dates of the build.

    Returns:
        One row per figure with the columns of `CONTRACT`; none where nothing is to be counted,
        which a build in between may come to and one that is published may not.
    """
    years = RollingYears.of_chain(connection)
    lateness = read_lateness(connection, followed, dates.day)
    parts = [
        _lead_times(
            connection,
            register,
            lambda handoffs: lead_time_figures(connection, handoffs, lateness),
        ),
        _counts(connection, register, followed, years),
        prevalence_figures(connection, read_series(connection)),
        difference_figures(connection),
    ]
    parts += [
        incidence_figures(
            connection,
            indicator.mart or "",
            indicator.dimensions,
            years,
            lateness.of(indicator.id, GROSS.name, EVERYBODY, "calendar_days"),
        ).assign(indicator=indicator.id)
        for indicator in register
        if indicator.kind == "cumulative_incidence"
    ]
    ids = [entry.id for entry in register]
    own = [part[part["indicator"].isin(ids)] for part in parts if not part.empty]
    filled = [part for part in own if not part.empty]
    if not filled:
        return pd.DataFrame(columns=CONTRACT)
    found = _in_contract(pd.concat(filled, ignore_index=True), register, followed, dates)
    return _recomputable(connection, found)


def _recomputable(connection: duckdb.DuckDBPyConnection, figures: pd.DataFrame) -> pd.DataFrame:
    """Leave out periods of which rows were destroyed at the end of their term.

    What is left of such a period are the cases that something happened in since: a figure of those
    would pass for that of all. What was published of it stays as it was.
    """
    until = stored_destroyed_until(connection)
    if until is None:
        return figures
    is_whole = [first_day(str(period)) > until for period in figures["period"]]
    return figures.loc[is_whole].reset_index(drop=True)


def coarse_figures(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    followed: pd.DataFrame,
    dates: BuildDates,
) -> pd.DataFrame:
    """Lengths of time of coarser cells than a researcher needs, in the long contract.

    Whoever may not see few has them instead of those of the cells of `all_figures`: half-years, and
    members in groups. Counts need none, since they add up.
    """
    lateness = read_lateness(connection, followed, dates.day)
    clusters = read_clusters(connection)
    figures = _lead_times(
        connection,
        register,
        lambda handoffs: coarse_lengths(connection, handoffs, lateness, clusters),
    )
    if figures.empty:
        return pd.DataFrame(columns=CONTRACT)
    return _recomputable(connection, _in_contract(figures, register, followed, dates))


def read_clusters(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Cluster by member, by dimension; a chain may have none."""
    members = connection.execute("from marts.dim_dimension_member").df()
    found: dict[str, dict[str, str]] = {}
    if "cluster" in members:
        grouped = members[members["cluster"].fillna("") != ""]
        for dimension, member, cluster in grouped[["dimension", "member", "cluster"]].itertuples(
            index=False, name=None
        ):
            found.setdefault(str(dimension), {})[str(member)] = str(cluster)
    return found


def _in_contract(
    figures: pd.DataFrame, register: list[Indicator], followed: pd.DataFrame, dates: BuildDates
) -> pd.DataFrame:
    """Figures with all that every figure has, sorted by their keys."""
    by_id = {entry.id: entry for entry in register}
    figures["version"] = figures["indicator"].map(
        {entry.id: str(entry.version) for entry in register}
    )
    measures = figures[["indicator", "statistic"]].drop_duplicates()
    measures["unit"] = [
        _unit(by_id[indicator], statistic)
        for indicator, statistic in measures.itertuples(index=False, name=None)
    ]
    figures = figures.merge(measures, how="left", validate="many_to_one")
    if "clock" not in figures:
        # Lead times alone have several.
        figures["clock"] = GROSS.name
    figures["clock"] = figures["clock"].fillna(GROSS.name)
    figures["reference_date"] = dates.reference_date
    figures["known_at"] = pd.Timestamp(dates.known_at)
    figures[PROVISIONAL] = np.nan
    figures[_NUMBERS] = figures[_NUMBERS].astype(float)
    figures = as_followed(figures, followed, dates.day)
    # What still grows is no figure yet, whoever reads it; what it rests on so far may be seen.
    figures.loc[figures["status"] == TOO_RECENT, _ESTIMATE] = np.nan
    keys = [column for column in CONTRACT if column not in {*_NUMBERS, "status"}]
    return figures[CONTRACT].sort_values(keys, ignore_index=True)


def _lead_times(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    figures_of: Callable[[list[HandoffFacts]], pd.DataFrame],
) -> pd.DataFrame:
    entry = {
        lead_time.handoff or "": lead_time
        for lead_time in register
        if lead_time.kind == "lead_time"
    }
    indicator = {handoff: lead_time.id for handoff, lead_time in entry.items()}
    if not entry:
        return pd.DataFrame()
    handoffs = [
        replace(facts, dimensions=entry[facts.handoff_id].dimensions)
        for facts in read_handoffs(connection, indicator)
    ]
    side = {facts.handoff_id: facts.side for facts in handoffs}
    figures = figures_of(handoffs)
    if figures.empty:
        return figures
    return figures.assign(
        indicator=figures["handoff_id"].map(indicator), side=figures["handoff_id"].map(side)
    ).drop(columns="handoff_id")


def _counts(
    connection: duckdb.DuckDBPyConnection,
    register: list[Indicator],
    followed: pd.DataFrame,
    years: RollingYears,
) -> pd.DataFrame:
    kinds = {indicator.id: str(indicator.kind) for indicator in register}
    n_counts = connection.execute("select count(*) from indicators.indicator_counts").fetchone()
    if not n_counts or not n_counts[0]:
        return pd.DataFrame()
    whole = of_everybody(followed)
    late: dict[str, date] = {
        str(indicator): day
        for indicator, day, waits_for in whole.itertuples(name=None)
        if waits_for
    }
    return counted_figures(connection, kinds, years, late)


def _unit(indicator: Indicator, statistic: str) -> str:
    if indicator.kind == "cumulative_incidence":
        return "share"
    if statistic in DIFFERENCES:
        return "hours"
    if indicator.kind == "lead_time":
        return _UNITS.get(statistic, indicator.unit)
    return indicator.unit


def _norms(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Norms of each hand-off by id, the earliest first, as `N13a|N13b`."""
    return dict(
        connection.execute(
            "select handoff_id, string_agg(norm_id, '|' order by valid_from) from marts.dim_norm "
            "group by handoff_id"
        ).fetchall()
    )


def _smallest_of_handoffs(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Smallest difference that matters per hand-off; another chain may leave the column out."""
    handoffs = connection.execute("select * from marts.dim_handoff").df()
    if "smallest_difference" not in handoffs:
        return {}
    said = handoffs.set_index("handoff_id")["smallest_difference"].dropna()
    return {str(handoff): float(value) for handoff, value in said.items()}


def _register_frame(
    connection: duckdb.DuckDBPyConnection, register: list[Indicator], followed: pd.DataFrame
) -> pd.DataFrame:
    """The register as a table of the published file.

    Args:
        connection: Open warehouse, for what follows from the hand-offs: how far restricted means
            look, the norms, and the smallest difference of a lead time that matters.
        register: The indicators.
        followed: Until when each is followed.
    """
    norms, of_handoffs = _norms(connection), _smallest_of_handoffs(connection)
    frame = pd.DataFrame([indicator.model_dump() for indicator in register])
    frame["indicator"] = frame.pop("id")
    frame["version"] = frame["version"].astype(str)
    for column in ("dimensions", "audiences"):
        frame[column] = frame[column].map("|".join)
    frame["handoff_id"] = frame.pop("handoff")
    frame["norm_ids"] = [norms.get(indicator.norm_handoff or "", "") for indicator in register]
    whole = of_everybody(followed)
    frame["followed_until"] = frame["indicator"].map(whole["followed_until"])
    frame["waits_for"] = frame["indicator"].map(whole["waits_for"])
    is_lead_time = frame["kind"] == "lead_time"
    horizon = frame["handoff_id"].map(horizons(connection))
    frame["horizon"] = horizon.where(is_lead_time).astype(float)
    smallest = [smallest_difference(indicator, of_handoffs) for indicator in register]
    frame["smallest_difference"] = [difference.value for difference in smallest]
    frame["smallest_difference_nl"] = [difference.reason_nl for difference in smallest]
    frame["smallest_difference_en"] = [difference.reason_en for difference in smallest]
    internal = [
        "is_of_today",
        "judged_after_days",
        "mart",
        "date_column",
        "numerator_column",
        "denominator_column",
        "filter_column",
        "side",
    ]
    return frame.drop(columns=internal)
