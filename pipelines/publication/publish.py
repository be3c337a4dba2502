"""Writing a published file and making it current.

Here: the candidate file of an audience, the pointer to the current one, and pruning of old ones.
Not here: the checks at the door out (`door_out`), nor the choice of tables (`audiences`).

A dashboard opens the file the pointer names. A new publication is a new file under a new name, and
the pointer is switched with one rename: a reader sees the old file or the new one, never half of
either, and a file once published never changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.atomic import write_text
from pipelines.build import BuildDates
from pipelines.deliveries.contract import load_contracts, timezone_of
from pipelines.disclosure.counts import protect_counts, protect_findings
from pipelines.disclosure.evaluations import (
    protect_agreement,
    protect_distributions,
    protect_pairs,
)
from pipelines.disclosure.thresholds import ThresholdRule
from pipelines.disclosure.unfit import TABLES as BESIDE_RESULTS
from pipelines.disclosure.unfit import withhold_unfit_beside
from pipelines.evaluation.course import TABLE as TABLE_OF_COURSES
from pipelines.evaluation.course import theme_course
from pipelines.indicators.funnels import TABLE as TABLE_OF_FUNNELS
from pipelines.indicators.funnels import funnels_of
from pipelines.memo import FORGETFUL, Memo
from pipelines.publication.audiences import SIGNAL_TABLES, Audience
from pipelines.publication.changes.basis import definition_hash, remember_merges
from pipelines.publication.changes.published import CHANGE_TABLES, write_change_tables
from pipelines.publication.content import content_hash, table_hashes
from pipelines.publication.dictionary import TABLE as TABLE_OF_DICTIONARY
from pipelines.publication.dictionary import data_dictionary
from pipelines.publication.figures import figures_of, fitness, show_register
from pipelines.publication.provenance import Provenance, chain_labels, is_synthetic
from pipelines.settings import Settings
from pipelines.signals.background import read_background
from pipelines.signals.charted import signals_of
from pipelines.signals.effect import judged_effects, store_effects
from pipelines.signals.tables import write_signals
from pipelines.warehouse import code_version, manifest_path, relation_exists

POINTER = "CURRENT"
EFFECTS = "effect"
TABLE_OF_CATALOGUE = "catalogue"
# Enough to look back several meetings; the current one is always kept.
KEPT_PUBLICATIONS = 24

# Tables made of the figures of the very file.
_MADE_OF_FIGURES = frozenset({TABLE_OF_CATALOGUE, TABLE_OF_DICTIONARY, TABLE_OF_COURSES})

# Where in the warehouse each published table comes from: a relation and what is taken from it.
_SOURCES = {
    "handoff": ("marts.dim_handoff", "from marts.dim_handoff"),
    "norm": ("marts.dim_norm", "from marts.dim_norm"),
    "dimension_member": ("marts.dim_dimension_member", "from marts.dim_dimension_member"),
    "organisation": ("marts.dim_organisation", "from marts.dim_organisation"),
    "milestone": ("marts.dim_milestone", "from marts.dim_milestone"),
    "theme": ("marts.dim_theme", "from marts.dim_theme"),
    "theme_mapping": ("marts.dim_theme_mapping", "from marts.dim_theme_mapping"),
    "theme_series": ("indicators.theme_series", "from indicators.theme_series"),
    "theme_cooccurrence": ("indicators.theme_cooccurrence", "from indicators.theme_cooccurrence"),
    "theme_agreement": ("indicators.theme_agreement", "from indicators.theme_agreement"),
    "experience_result": ("indicators.experience_result", "from indicators.experience_result"),
    "indicator": ("indicators.indicator", "from visible_indicator"),
    "base": (
        "indicators.base",
        "from indicators.base semi join visible_indicator using (base)",
    ),
    "quality": (
        "indicators.indicator_quality",
        "from indicators.indicator_quality semi join visible_indicator using (indicator)",
    ),
    "signal": ("indicators.signal", "from indicators.signal"),
    "signal_point": ("indicators.signal_point", "from indicators.signal_point"),
    "rebase": ("indicators.rebase", "from indicators.rebase"),
    "delivery": (
        "marts.fct_delivery",
        # The day of arrival and not the moment: deliveries that come in another order on one day
        # make the same publication.
        "select organisation, table_name, reference_date, version, status, due_on, received_on, "
        '"rows", rows_quarantined, sha256, contract_version, is_used from marts.fct_delivery',
    ),
    "finding": (
        "marts.fct_finding",
        "select * exclude (is_new, is_persisting) from marts.fct_finding",
    ),
    "linkage": (
        "marts.fct_linkage_rate",
        "select * exclude (share_linked) from marts.fct_linkage_rate",
    ),
    "suspected_double": ("marts.fct_suspected_double", "from marts.fct_suspected_double"),
    "suspected_double_count": (
        "marts.fct_suspected_double",
        "select key_kind, ground, is_merged, count(*) as n_pairs "
        "from marts.fct_suspected_double group by all",
    ),
    "registration": (
        "raw.registration",
        # What happened before the first delivery of a table came with it, whenever it was recorded.
        """
        select
            organisation,
            table_name,
            strftime(happened_on, '%Y-%m') as period,
            count(*) as n_events,
            count(*) filter (where is_first_due) as n_first_due,
            median(carried_on - happened_on) as median_lag_days
        from raw.registration
        inner join (
            select organisation, table_name, min(reference_date) as first_on
            from raw.delivery
            where status in ('on_time', 'late')
            group by all
        ) using (organisation, table_name)
        where happened_on > first_on
        group by all
        order by all
        """,
    ),
    "recommendation": ("marts.fct_recommendation", "from marts.fct_recommendation"),
    "recommendation_state": (
        "marts.fct_recommendation_state",
        "from marts.fct_recommendation_state",
    ),
    "decision": ("marts.fct_decision", "from marts.fct_decision"),
    "decision_revision": ("marts.fct_decision_revision", "from marts.fct_decision_revision"),
    "effect": ("indicators.effect", "from indicators.effect"),
    "fct_handoff": ("marts.fct_handoff", "from marts.fct_handoff"),
    "event_log": ("marts.event_log", "from marts.event_log"),
    "fct_case": ("marts.fct_case", "from marts.fct_case"),
    "input": (
        "raw.delivery",
        "select organisation, table_name, reference_date, version, sha256, contract_version "
        "from raw.delivery where is_used",
    ),
}
# Tables with figures outside the long contract, and how small numbers in them are protected.
_PROTECTION: Mapping[str, Callable[[pd.DataFrame, ThresholdRule], pd.DataFrame]] = {
    "theme_cooccurrence": protect_pairs,
    "theme_agreement": protect_agreement,
    "experience_result": protect_distributions,
    "finding": protect_findings,
    "linkage": protect_counts,
    # Deliveries and findings are no cases.
    "quality": partial(protect_counts, columns=("suspected_missing_stops",)),
    "suspected_double_count": protect_counts,
    "registration": partial(protect_counts, rests_on_them=("median_lag_days",)),
}


@dataclass(frozen=True)
class Candidate:
    """A written file that is not current yet.

    Attributes:
        audience: Name of its audience.
        publication_id: Its name, without extension.
        path: The file; read-only on disk.
        content_hash: Hash of all it shows.
        rows: Number of rows per table.
    """

    audience: str
    publication_id: str
    path: Path
    content_hash: str
    rows: dict[str, int]


def write_candidate(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    audience: Audience,
    dates: BuildDates,
    memo: Memo = FORGETFUL,
    *,
    now: datetime | None = None,
) -> Candidate:
    """Write the file of an audience beside the current one.

    Args:
        warehouse: Open warehouse with marts and indicators.
        settings: Where published files live.
        audience: Whose file.
        dates: Dates of the build.
        memo: What was worked out before.
        now: The clock; for tests.

    Returns:
        The candidate.
    """
    folder = settings.published_dir / audience.name
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / ".candidate.duckdb"
    temporary.unlink(missing_ok=True)
    show_register(warehouse, audience)

    def protected(relation: str) -> pd.DataFrame:
        return figures_of(warehouse, settings, audience, relation, dates.day).result

    figures = figures_of(warehouse, settings, audience, "indicators.indicator_results", dates.day)
    results = figures.result
    quoted = str(temporary).replace("'", "''")
    warehouse.execute(f"attach '{quoted}' as candidate")
    try:
        _write(warehouse, "result", results)
        if figures.catalogue is not None:
            _write(warehouse, TABLE_OF_CATALOGUE, figures.catalogue)
        made_here = _write_protected_signals(warehouse, audience, results, dates, memo)
        if made_here:
            made_here |= _write_protected_effects(warehouse, audience)
        for table in audience.tables:
            if table in {*made_here, *_MADE_OF_FIGURES, *CHANGE_TABLES}:
                continue
            if table == TABLE_OF_FUNNELS:
                _write_funnels(warehouse, results)
                continue
            relation, query = _SOURCES[table]
            if relation_exists(warehouse, *relation.split(".")):
                _copy(warehouse, table, query, audience)
        if TABLE_OF_COURSES in audience.tables:
            _write_courses(warehouse, results)
        previous = current_path(settings, audience.name)
        if set(CHANGE_TABLES) <= set(audience.tables):
            write_change_tables(
                warehouse,
                audience.name,
                previous,
                results,
                protected,
            )
        # Last, when the tables it describes are there.
        if TABLE_OF_DICTIONARY in audience.tables:
            _write_dictionary(warehouse, settings)
        tables = warehouse.execute(
            "select table_name from duckdb_tables() where database_name = 'candidate' order by 1"
        ).fetchall()
        # The same inputs give the same content, whatever was published before it.
        counted = [table for (table,) in tables if table not in CHANGE_TABLES]
        hashes = table_hashes(warehouse, "candidate", counted)
        digest = content_hash({table: sha256 for table, (_, sha256) in hashes.items()})
        publication_id = _publication_id(dates, digest)
        label_nl, label_en = chain_labels(warehouse, settings.chain_name)
        Provenance(
            publication_id=publication_id,
            audience=audience.name,
            chain_name=settings.chain_name,
            chain_label_nl=label_nl,
            chain_label_en=label_en,
            reference_date=dates.day,
            known_at=dates.known_at,
            timezone=timezone_of(load_contracts(settings.contracts_dir)),
            built_at=now or datetime.now(UTC),
            code_version=code_version(),
            content_hash=digest,
            is_synthetic=is_synthetic(warehouse),
            is_provisional=audience.is_provisional,
            previous_publication_id=previous.stem if previous is not None else None,
            threshold=audience.threshold.minimum,
            rounding_base=audience.rounding_base,
            shows_true_zero=audience.threshold.shows_true_zero,
            definition_hash=definition_hash(settings),
            merge_hash=remember_merges(settings, dates.day),
        ).write(warehouse, "candidate")
        _write_hashes(warehouse, hashes)
    finally:
        warehouse.execute("detach candidate")
    path = folder / f"{publication_id}.duckdb"
    temporary.chmod(0o400)
    if path.exists():
        # Same dates and same content: the file that is already there is this file.
        temporary.unlink()
    else:
        temporary.replace(path)
    return Candidate(
        audience.name,
        publication_id,
        path,
        digest,
        {table: n_rows for table, (n_rows, _) in hashes.items()},
    )


def promote(settings: Settings, audience: str, publication_id: str) -> None:
    """Make a candidate the current publication of its audience, atomically."""
    folder = settings.published_dir / audience
    name = f"{publication_id}.duckdb"
    write_text(folder / POINTER, name)
    _prune(folder, keep=name)


def discard(candidate: Candidate, settings: Settings) -> None:
    """Remove a candidate that failed at the door out, unless it is the current publication."""
    if current_path(settings, candidate.audience) != candidate.path:
        candidate.path.unlink(missing_ok=True)


def current_path(settings: Settings, audience: str) -> Path | None:
    """The current publication of an audience; None when there is none yet."""
    pointer = settings.published_dir / audience / POINTER
    if not pointer.exists():
        return None
    return pointer.parent / pointer.read_text(encoding="utf-8").strip()


def _publication_id(dates: BuildDates, digest: str) -> str:
    known = dates.known_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{dates.day.isoformat()}_{known}_{digest[:12]}"


def _copy(warehouse: duckdb.DuckDBPyConnection, table: str, query: str, audience: Audience) -> None:
    withholds = audience.withholds_unfit and table in BESIDE_RESULTS
    if table not in _PROTECTION and not withholds:
        warehouse.execute(f"create table candidate.{table} as {query}")
        return
    protected, is_empty = warehouse.execute(query).df(), False
    if withholds:
        protected, is_empty = withhold_unfit_beside(table, protected, fitness(warehouse))
    if table in _PROTECTION and not is_empty:
        protected = _PROTECTION[table](protected, audience.threshold)
    warehouse.register("protected_table", protected)
    warehouse.execute(f"create table candidate.{table} as from protected_table")
    warehouse.unregister("protected_table")


def _write(warehouse: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    warehouse.register("rows_to_write", rows)
    warehouse.execute(f"create table candidate.{table} as from rows_to_write")
    warehouse.unregister("rows_to_write")


def _write_courses(warehouse: duckdb.DuckDBPyConnection, results: pd.DataFrame) -> None:
    """Say whether themes moved, from the figures and signals of this very file."""
    present = {
        name
        for (name,) in warehouse.execute(
            "select table_name from duckdb_tables() where database_name = 'candidate'"
        ).fetchall()
    }
    if not {"theme_series", "signal"} <= present:
        return
    courses = theme_course(
        warehouse.execute("from candidate.theme_series").df(),
        results,
        warehouse.execute("from candidate.signal").df(),
    )
    warehouse.register("courses", courses)
    warehouse.execute(f"create table candidate.{TABLE_OF_COURSES} as from courses")
    warehouse.unregister("courses")


def _write_protected_signals(
    warehouse: duckdb.DuckDBPyConnection,
    audience: Audience,
    results: pd.DataFrame,
    dates: BuildDates,
    memo: Memo,
) -> frozenset[str]:
    """Chart the figures of an audience that does not see all of them, and say which tables it made.

    A limit rests on every point of its series. So that none rests on a withheld one, the charts of
    such an audience are made of what it sees, withheld periods being gaps.
    """
    tables = frozenset(SIGNAL_TABLES) & frozenset(audience.tables)
    if not tables or not audience.threshold.minimum:
        return frozenset()
    background = read_background(warehouse, dates.day)
    charts = signals_of(results, background, memo=memo, audience=audience.name)
    write_signals(warehouse, "candidate", charts)
    return tables


def _write_protected_effects(
    warehouse: duckdb.DuckDBPyConnection, audience: Audience
) -> frozenset[str]:
    """Say whether things helped by the figures and charts of this very file, as with its limits."""
    if EFFECTS not in audience.tables or not relation_exists(warehouse, "indicators", EFFECTS):
        return frozenset()
    effects = judged_effects(warehouse, "candidate", "result")
    if audience.withholds_unfit:
        effects, _ = withhold_unfit_beside(EFFECTS, effects, fitness(warehouse))
    store_effects(warehouse, effects, "candidate")
    return frozenset({EFFECTS})


def _write_funnels(warehouse: duckdb.DuckDBPyConnection, results: pd.DataFrame) -> None:
    """Set members against the country, by the figures of this very file."""
    warehouse.register("funnels", funnels_of(results))
    warehouse.execute(f"create table candidate.{TABLE_OF_FUNNELS} as from funnels")
    warehouse.unregister("funnels")


def _write_dictionary(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Describe the columns of the candidate in a table of its own."""
    manifest = manifest_path(settings)
    # Without dbt's description of its project only the figures could be described.
    if not manifest.exists():
        return
    relations = {table: relation for table, (relation, _) in _SOURCES.items()}
    dictionary = data_dictionary(
        warehouse,
        "candidate",
        relations,
        manifest,
        settings.project_root / "expectations" / "published",
        load_contracts(settings.contracts_dir),
    )
    warehouse.register("described_columns", dictionary)
    warehouse.execute(
        f"create table candidate.{TABLE_OF_DICTIONARY} as select * from described_columns"
    )
    warehouse.unregister("described_columns")


def _write_hashes(warehouse: duckdb.DuckDBPyConnection, hashes: dict[str, tuple[int, str]]) -> None:
    warehouse.execute(
        "create table candidate.table_hash (table_name varchar, n_rows bigint, sha256 varchar)"
    )
    warehouse.executemany(
        "insert into candidate.table_hash values (?, ?, ?)",
        [(table, n_rows, sha256) for table, (n_rows, sha256) in sorted(hashes.items())],
    )


def _prune(folder: Path, *, keep: str) -> None:
    files = sorted(folder.glob("*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[KEPT_PUBLICATIONS:]:
        if path.name != keep and not path.name.startswith("."):
            path.unlink()
            path.with_suffix(".pdf").unlink(missing_ok=True)
