"""The door in, in Dagster: the landing zone and the current state of every delivered table.

Here: the partitioned asset that takes in the inbox, the assets `raw/<table>`, the check at the
door and the sensor on the inbox.
Not here: reading, guarding, checking or landing a file (`pipelines.deliveries`).
"""

import logging
from collections.abc import Iterator

import dagster as dg

from pipelines.assets.monitor import Monitor
from pipelines.build import Landed, resolve_dates
from pipelines.decisions.recorded import TABLE as RECORDED
from pipelines.decisions.recorded import load_recorded
from pipelines.deliveries.arrivals import delivered_files
from pipelines.deliveries.contract import load_contracts
from pipelines.deliveries.current_state import counts, load_current_state
from pipelines.deliveries.intake import DeliveryReport, deliver
from pipelines.deliveries.landing import read_registry
from pipelines.deliveries.naming import parse_name
from pipelines.intake_note import write_intake_note
from pipelines.progress import step
from pipelines.settings import Settings
from pipelines.warehouse import one_transaction, open_warehouse, store_build_dates

log = logging.getLogger("kwaliteitsmonitor")

LANDING = dg.AssetKey(["landing", "deliveries"])
DOOR_IN = "door_in"
# Tables the intake itself keeps, beside the delivered ones. What is known of deliveries changes
# with every one of them, the one table of all event logs only with an event log.
ABOUT_DELIVERIES = {
    "delivery": "Every delivery that was expected or came, with its state.",
    "finding": "Every finding at the door, in numbers of rows.",
    "linkage": "Pseudonyms that suppliers share, per pair of suppliers and of tables.",
    "suspected_double": "Pairs of pseudonyms that may be one, and those the merge list made one.",
}
EVENT_LOG = "event_log"
_KEPT = {
    **ABOUT_DELIVERIES,
    EVENT_LOG: "Events of partners that deliver an event log, all in one table.",
}
REGISTER_TABLES = {
    RECORDED: "Every revision of a decision the platform recorded itself, known by the build.",
}
# What is watched in them: check, table, what should not occur, why.
_WATCHED = (
    ("none_missing", "delivery", ("missing",), "Every expected delivery has come."),
    ("none_refused", "delivery", ("refused",), "No delivered file was refused."),
    ("no_rows_set_aside", "finding", ("quarantine",), "No rows had to be set aside."),
    ("no_suspected_doubles", "suspected_double", ("suspected",), "No case goes under two keys."),
)
# Deliveries older than this are still taken in; they only have no partition of their own.
_FIRST_MONTH = "2022-01-01"
_FILES_PER_LINE = 100


def delivery_partitions(settings: Settings) -> dg.MultiPartitionsDefinition:
    """Month of the reference date × delivering organisation."""
    contracts = load_contracts(settings.contracts_dir)
    return dg.MultiPartitionsDefinition(
        {
            "month": dg.MonthlyPartitionsDefinition(start_date=_FIRST_MONTH, end_offset=1),
            "organisation": dg.StaticPartitionsDefinition(
                sorted({one.supplier for one in contracts.values()})
            ),
        }
    )


def build_landing_asset(settings: Settings) -> dg.AssetsDefinition:
    """Make the asset that takes in what lies in the inbox."""

    @dg.asset(
        key=LANDING,
        group_name="landing",
        partitions_def=delivery_partitions(settings),
        # Many files in one run, not a run per file.
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=[
            dg.AssetCheckSpec(
                DOOR_IN,
                asset=LANDING,
                blocking=True,
                description=(
                    "Contract, anonymity guard and Great Expectations over every delivered file. "
                    "A refused file stays out and warns; it never stops the others."
                ),
            )
        ],
        description="Accepted deliveries as immutable Parquet, every version kept.",
        owners=["team:kenniscentrum"],
        kinds={"parquet", "greatexpectations"},
    )
    def deliveries(
        context: dg.AssetExecutionContext, monitor: Monitor
    ) -> Iterator[dg.MaterializeResult[None]]:
        current = monitor.settings
        wanted = set(context.partition_keys)
        paths = [path for path in delivered_files(monitor.inbox_dir) if _belongs(path.name, wanted)]
        with step(f"Inlezen van {len(paths)} bestanden"):
            report = deliver(paths, current, progress=_report_progress)
        write_intake_note(current, report)
        yield dg.MaterializeResult(
            metadata=_counts(report),
            check_results=[
                dg.AssetCheckResult(
                    check_name=DOOR_IN,
                    passed=not report.refused,
                    # Never an error: what was refused is not in the landing zone.
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata=_counts(report),
                )
            ],
        )

    return deliveries


def _report_progress(done: int, total: int, what: str) -> None:
    """Say now and then how far the intake is; a line per file would say nothing."""
    if done % _FILES_PER_LINE == 0 or done == total:
        log.info("Ingelezen: %s van %s bestanden (%s)", done, total, what)


def _belongs(name: str, partitions: set[str]) -> bool:
    """Whether a file belongs to this run; a name that cannot be read belongs to every run."""
    parsed = parse_name(name)
    if parsed is None:
        return True
    key = f"{parsed.reference_date.replace(day=1).isoformat()}|{parsed.organisation}"
    return key in partitions or parsed.reference_date.isoformat() < _FIRST_MONTH


def _counts(report: DeliveryReport) -> dict[str, int]:
    return {
        "files": len(report.outcomes),
        "accepted": len(report.accepted),
        "already_known": len(report.already_known),
        "refused": len(report.refused),
        "rows_landed": sum(one.rows_landed for one in report.outcomes),
        "rows_quarantined": sum(one.rows_quarantined for one in report.outcomes),
    }


def build_raw_assets(settings: Settings) -> dg.AssetsDefinition:
    """Make one asset per delivered table: its state as of the dates of the build."""
    contracts = load_contracts(settings.contracts_dir)
    specs = [
        dg.AssetSpec(
            ["raw", name],
            deps=[LANDING],
            group_name="raw",
            description=f"{one.title} ({one.supplier}), as of the reference date of the build.",
            owners=[f"team:{one.supplier}"],
            kinds={"duckdb"},
        )
        for name, one in contracts.items()
    ] + [
        dg.AssetSpec(
            ["raw", name],
            deps=[LANDING],
            group_name="raw",
            description=description,
            owners=["team:kwaliteitsmonitor"],
            kinds={"duckdb"},
        )
        for name, description in (_KEPT | REGISTER_TABLES).items()
    ]

    checks = [
        dg.AssetCheckSpec(check, asset=dg.AssetKey(["raw", table]), description=why)
        for check, table, _, why in _WATCHED
    ]

    @dg.multi_asset(specs=specs, check_specs=checks, can_subset=True, name="raw")
    def raw(
        context: dg.AssetExecutionContext, monitor: Monitor
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        current = monitor.settings
        landed = read_registry(current)
        dates = resolve_dates(
            [Landed(one.reference_date, one.known_at) for one in landed],
            max(one.due_day for one in contracts.values()),
            reference_date=monitor.reference_date or None,
            known_at=monitor.known_at_moment,
        )
        with (
            step("Stand van de tabellen"),
            open_warehouse(current) as connection,
            one_transaction(connection),
        ):
            state = load_current_state(connection, current, contracts, dates.day, dates.known_at)
            n_recorded = load_recorded(connection, current, dates.day, dates.known_at)
            store_build_dates(connection, dates)
            kept = counts(connection)
        for key in context.selected_asset_keys:
            name = key.path[-1]
            yield dg.MaterializeResult(
                asset_key=key,
                metadata=kept.get(name)
                or {
                    "rows": n_recorded if name == RECORDED else state.rows.get(name, 0),
                    "deliveries": state.deliveries.get(name, 0),
                },
            )
        for check, table, unwanted, _ in _WATCHED:
            key = dg.AssetKey(["raw", table])
            if key in context.selected_asset_keys:
                found = {name: kept[table].get(name, 0) for name in unwanted}
                yield dg.AssetCheckResult(
                    check_name=check,
                    asset_key=key,
                    passed=not any(found.values()),
                    # What is there can be used; the figures it feeds say what is not.
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata=found,
                )

    return raw
