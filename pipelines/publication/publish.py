"""Writing a published file and making it current.

Here: the candidate file of an audience, switching the pointer to it, and pruning of old ones.
Not here: the checks at the door out (`door_out`), the choice of tables (`audiences`), nor which
file counts when it is read (`current`).

A dashboard opens the file the pointer names. A new publication is a new file under a new name, and
the pointer is switched with one rename: a reader sees the old file or the new one, never half of
either, and a file once published never changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.atomic import write_text
from pipelines.build import BuildDates
from pipelines.deliveries.contract import load_contracts, timezone_of
from pipelines.disclosure.answers import protect_distributions
from pipelines.disclosure.catalogue import catalogue_of
from pipelines.disclosure.evaluations import (
    SideRule,
    protect_pairs,
)
from pipelines.disclosure.fitness import coarse_quality
from pipelines.disclosure.key import rounding_key
from pipelines.disclosure.unfit import TABLES as BESIDE_RESULTS
from pipelines.disclosure.unfit import withhold_unfit_beside
from pipelines.evaluation.course import TABLE as TABLE_OF_COURSES
from pipelines.evaluation.course import theme_course
from pipelines.indicators.funnels import TABLE as TABLE_OF_FUNNELS
from pipelines.indicators.funnels import funnels_of
from pipelines.memo import FORGETFUL, Memo
from pipelines.publication.audiences import CHANGE_TABLES, SIGNAL_TABLES, Audience
from pipelines.publication.changes.basis import (
    definition_hash,
    remember_deliveries,
    remember_merges,
)
from pipelines.publication.changes.factors import Delivery
from pipelines.publication.changes.tables import write_change_tables
from pipelines.publication.content import content_hash, table_hashes
from pipelines.publication.current import is_intact, last_good, published_in
from pipelines.publication.dictionary import TABLE as TABLE_OF_DICTIONARY
from pipelines.publication.dictionary import data_dictionary
from pipelines.publication.figures import figures_of, fitness, show_register
from pipelines.publication.listing import TABLE as TABLE_OF_LISTING
from pipelines.publication.listing import list_before, listing
from pipelines.publication.named import take_named
from pipelines.publication.provenance import Provenance, chain_labels, is_synthetic
from pipelines.publication.recorded import POINTER, record
from pipelines.publication.sources import SOURCES
from pipelines.settings import Settings
from pipelines.signals.background import read_background
from pipelines.signals.charted import signals_of
from pipelines.signals.effect import judged_effects, store_effects
from pipelines.signals.tables import write_signals
from pipelines.warehouse import code_version, manifest_path, relation_exists, write_table

EFFECTS = "effect"
TABLE_OF_CATALOGUE = "catalogue"
# Enough to look back several meetings; the current one is always kept.
KEPT_PUBLICATIONS = 24
# How much of the hash of its content stands in the name of a publication.
_SIGNS = 12

# Tables with figures outside the long contract, and how they are protected.
_PROTECTION: Mapping[str, Callable[[pd.DataFrame, SideRule], pd.DataFrame]] = {
    "theme_cooccurrence": protect_pairs,
    "experience_result": protect_distributions,
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
) -> Candidate:
    """Write the file of an audience beside the current one.

    Args:
        warehouse: Open warehouse with marts and indicators.
        settings: Where published files live.
        audience: Whose file.
        dates: Dates of the build.
        memo: What was worked out before.

    Returns:
        The candidate.
    """
    folder = settings.published_dir / audience.name
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / ".candidate.duckdb"
    temporary.unlink(missing_ok=True)
    show_register(warehouse, audience)
    _sweep(folder)
    previous = last_good(folder)
    quoted = str(temporary).replace("'", "''")
    # A file of which a catalogue says what is in it is drafted in memory first.
    warehouse.execute(f"attach '{':memory:' if audience.is_protected else quoted}' as candidate")
    try:
        _write_tables(warehouse, settings, audience, dates, previous, memo)
        if audience.is_protected:
            warehouse.execute(f"attach '{quoted}' as released")
            take_named(warehouse, "candidate", "released", audience.columns)
            warehouse.execute("detach candidate")
            warehouse.execute("detach released")
            warehouse.execute(f"attach '{quoted}' as candidate")
        # The same inputs give the same content, whatever was published before it.
        beside = {*CHANGE_TABLES, TABLE_OF_LISTING}
        counted = [table for table in _tables_of_candidate(warehouse) if table not in beside]
        hashes = table_hashes(warehouse, "candidate", counted)
        digest = content_hash({table: sha256 for table, (_, sha256) in hashes.items()})
        publication_id = _publication_id(folder, dates, digest)
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
            built_at=datetime.now(UTC),
            code_version=code_version(),
            content_hash=digest,
            is_synthetic=is_synthetic(warehouse),
            previous_publication_id=previous.stem if previous is not None else None,
            threshold=audience.threshold,
            rounding_base=audience.rounding_base,
            definition_hash=definition_hash(settings),
            merge_hash=remember_merges(settings, dates.day),
            input_hash=remember_deliveries(settings, _used(warehouse)),
        ).write(warehouse, "candidate")
        _write_hashes(warehouse, hashes)
    finally:
        warehouse.execute("detach database if exists candidate")
    path = folder / f"{publication_id}.duckdb"
    temporary.chmod(0o400)
    if path in published_in(folder):
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


def _write_tables(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    audience: Audience,
    dates: BuildDates,
    previous: Path | None,
    memo: Memo,
) -> None:
    """Write all tables of an audience into the attached database `candidate`."""

    def protected(relation: str) -> pd.DataFrame:
        return figures_of(warehouse, settings, audience, relation, dates.day).result

    figures = figures_of(warehouse, settings, audience, "indicators.indicator_results", dates.day)
    results = figures.result
    _write(warehouse, "result", results)
    if figures.catalogue is not None:
        _write(warehouse, TABLE_OF_CATALOGUE, figures.catalogue)
    made_here = _write_protected_signals(warehouse, audience, results, dates, memo)
    if made_here:
        made_here |= _write_protected_effects(warehouse, audience)
    for table in audience.tables:
        relation, query = SOURCES.get(table, ("", ""))
        if table not in made_here and relation_exists(warehouse, *relation.rpartition(".")[::2]):
            _copy(warehouse, settings, table, query, audience)
    if TABLE_OF_FUNNELS in audience.tables:
        _write(warehouse, TABLE_OF_FUNNELS, funnels_of(results))
    if TABLE_OF_COURSES in audience.tables:
        _write_courses(warehouse, results)
    if TABLE_OF_LISTING in audience.tables:
        _write_listing(warehouse, settings.published_dir / audience.name, dates)
    if set(CHANGE_TABLES) <= set(audience.tables):
        write_change_tables(warehouse, audience.name, previous, results, protected)
    # Last, when the tables it describes are there.
    if TABLE_OF_DICTIONARY in audience.tables:
        _write_dictionary(warehouse, settings)


def promote(settings: Settings, audience: str, publication_id: str) -> None:
    """Make a candidate the current publication of its audience, atomically."""
    folder = settings.published_dir / audience
    name = f"{publication_id}.duckdb"
    record(folder / name)
    write_text(folder / POINTER, name)
    _prune(folder, keep=name)


def discard(candidate: Candidate, settings: Settings) -> None:
    """Remove a candidate that failed at the door out, unless it is the current publication."""
    if candidate.path not in published_in(settings.published_dir / candidate.audience):
        candidate.path.unlink(missing_ok=True)


def _publication_id(folder: Path, dates: BuildDates, digest: str) -> str:
    """Name by dates and content; one more sign where the file published under it is damaged.

    A dashboard may have that file open, and would go on reading it under the same name.
    """
    alike = (path for path in published_in(folder) if path.stem.startswith(dates.name))
    damaged = {path.stem for path in alike if not is_intact(path)}
    names = (f"{dates.name}_{digest[:length]}" for length in range(_SIGNS, len(digest)))
    return next(name for name in names if name not in damaged)


def _copy(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    table: str,
    query: str,
    audience: Audience,
) -> None:
    """Write a table of the warehouse into the candidate as the audience may see it."""
    if not audience.is_protected or table not in {*_PROTECTION, *BESIDE_RESULTS, "quality"}:
        warehouse.execute(f"create table candidate.{table} as {query}")
        return
    rows, is_empty = withhold_unfit_beside(table, warehouse.execute(query).df(), fitness(warehouse))
    if table == "quality":
        rows = coarse_quality(rows, _suppliers(warehouse))
    elif table in _PROTECTION and not is_empty:
        rows = _PROTECTION[table](rows, _side_rule(warehouse, settings, audience))
    _write(warehouse, table, rows)


def _side_rule(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings, audience: Audience
) -> SideRule:
    """How the audience's tables beside the long contract are protected."""
    catalogue = catalogue_of(audience.name)
    key = rounding_key(settings.home, is_synthetic=is_synthetic(warehouse))
    return SideRule(catalogue.threshold, catalogue.rounding_base, catalogue.floor, key)


def _suppliers(warehouse: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Names of the organisations, by code and language: the short ones."""
    if not relation_exists(warehouse, "marts", "dim_dimension_member"):
        return {}
    found = warehouse.execute(
        "select member, label_nl, label_en from marts.dim_dimension_member "
        "where dimension = 'organisation'"
    ).fetchall()
    return {code: {"nl": label_nl, "en": label_en} for code, label_nl, label_en in found}


def _write(warehouse: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    write_table(warehouse, f"candidate.{table}", rows)


def _write_courses(warehouse: duckdb.DuckDBPyConnection, results: pd.DataFrame) -> None:
    """Say whether themes moved, from the figures and signals of this very file."""
    if not {"theme_series", "signal"} <= set(_tables_of_candidate(warehouse)):
        return
    courses = theme_course(
        warehouse.execute("from candidate.theme_series").df(),
        results,
        warehouse.execute("from candidate.signal").df(),
    )
    _write(warehouse, TABLE_OF_COURSES, courses)


def _write_listing(warehouse: duckdb.DuckDBPyConnection, folder: Path, dates: BuildDates) -> None:
    """Say since when what this very file lists stands on the list."""
    if "signal" not in _tables_of_candidate(warehouse):
        return
    signal = warehouse.execute("from candidate.signal").df()
    rows = listing(signal, dates.day, list_before(folder, dates))
    columns = "* replace (cast(listed_since as date) as listed_since)"
    write_table(warehouse, f"candidate.{TABLE_OF_LISTING}", rows, columns)


def _tables_of_candidate(warehouse: duckdb.DuckDBPyConnection) -> list[str]:
    found = warehouse.execute(
        "select table_name from duckdb_tables() where database_name = 'candidate' order by 1"
    )
    return [table for (table,) in found.fetchall()]


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
    if not tables or not audience.is_protected:
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
    if audience.is_protected:
        effects, _ = withhold_unfit_beside(EFFECTS, effects, fitness(warehouse))
    store_effects(warehouse, effects, "candidate")
    return frozenset({EFFECTS})


def _used(warehouse: duckdb.DuckDBPyConnection) -> list[Delivery]:
    """Deliveries the figures rest on."""
    return [
        Delivery(*fields)
        for fields in warehouse.execute(
            "select organisation, table_name, reference_date, version, sha256 "
            "from raw.delivery where is_used"
        ).fetchall()
    ]


def _write_dictionary(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Describe the columns of the candidate in a table of its own."""
    manifest = manifest_path(settings)
    # Without dbt's description of its project only the figures could be described.
    if not manifest.exists():
        return
    relations = {table: relation for table, (relation, _) in SOURCES.items()}
    dictionary = data_dictionary(
        warehouse,
        "candidate",
        relations,
        manifest,
        settings.project_root / "expectations" / "published",
        load_contracts(settings.contracts_dir),
    )
    _write(warehouse, TABLE_OF_DICTIONARY, dictionary)


def _write_hashes(warehouse: duckdb.DuckDBPyConnection, hashes: dict[str, tuple[int, str]]) -> None:
    warehouse.execute(
        "create table candidate.table_hash (table_name varchar, n_rows bigint, sha256 varchar)"
    )
    warehouse.executemany(
        "insert into candidate.table_hash values (?, ?, ?)",
        [(table, n_rows, sha256) for table, (n_rows, sha256) in sorted(hashes.items())],
    )


def _sweep(folder: Path) -> None:
    """Remove what a build left that was stopped before it published."""
    published = set(published_in(folder))
    for path in folder.glob("[!.]*.duckdb"):
        if path not in published:
            path.unlink()


def _prune(folder: Path, *, keep: str) -> None:
    files = sorted(folder.glob("*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[KEPT_PUBLICATIONS:]:
        if path.name != keep and not path.name.startswith("."):
            # With what lies beside it under its name, and its seal before itself: cut short, what
            # is left is a file that was never published.
            for own in sorted(folder.glob(f"{path.stem}.*"), key=lambda own: own == path):
                own.unlink()
