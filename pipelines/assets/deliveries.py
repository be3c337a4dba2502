"""The door in, in Dagster: the landing zone and the current state of every delivered table.

Here: the asset that takes in the inbox, the assets `raw/<table>`, and the checks on both.
Not here: reading, guarding, checking or landing a file (`pipelines.deliveries`), and the steps
(`pipelines.road`).

The landing zone has no partitions: a file whose month or organisation is none of them would be
hidden. Month × organisation is metadata of every intake.
"""

from collections import Counter
from collections.abc import Iterator

import dagster as dg

from pipelines.assets.monitor import Monitor
from pipelines.decisions.recorded import TABLE as RECORDED
from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.deliveries.intake.outcome import DeliveryReport
from pipelines.road.plan import EVENT_LOG, SET_ASIDE, make_plan
from pipelines.road.steps import destroy_expired, load_tables, note_unchanged, take_in
from pipelines.settings import Settings

LANDING = dg.AssetKey(["landing", "deliveries"])
DOOR_IN = "door_in"
_DESCRIBED = {
    "delivery": "Every delivery that was expected or came, with its state.",
    "finding": "Every finding at the door, in numbers of rows.",
    "linkage": "Pseudonyms that suppliers share, per pair of suppliers and of tables.",
    "suspected_double": "Pairs of pseudonyms that may be one, and those the merge list made one.",
    SET_ASIDE: "Moments that are known to be, but not when: of rows that were set aside.",
    EVENT_LOG: "Events of partners that deliver an event log, all in one table.",
    RECORDED: "Every revision of a decision the platform recorded itself, known by the build.",
}
# What is watched in them: check, table, what should not occur, why.
_WATCHED = (
    ("none_missing", "delivery", ("missing",), "Every expected delivery has come."),
    ("none_refused", "delivery", ("refused",), "No delivered file was refused."),
    ("no_rows_set_aside", "finding", ("quarantine",), "No rows had to be set aside."),
    ("no_suspected_doubles", "suspected_double", ("suspected",), "No case goes under two keys."),
)


def build_landing_asset() -> dg.AssetsDefinition:
    """Make the asset that takes in what lies in the inbox."""

    @dg.asset(
        key=LANDING,
        group_name="landing",
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
        report = take_in(monitor.settings, monitor.inbox_dir)
        destroy_expired(monitor.settings)
        for outcome in (*report.refused, *report.held, *report.left):
            context.log.warning(outcome.line)
        yield dg.MaterializeResult(
            metadata={**_counts(report), "per_month": _per_month(report)},
            check_results=[
                dg.AssetCheckResult(
                    check_name=DOOR_IN,
                    passed=not (report.refused or report.held or report.left),
                    # Never an error: what was refused is not in the landing zone.
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata=_counts(report),
                )
            ],
        )

    return deliveries


def _counts(report: DeliveryReport) -> dict[str, int]:
    by_status = Counter(outcome.status for outcome in report.outcomes)
    return {
        "files": len(report.outcomes),
        **by_status,
        "rows_landed": sum(outcome.rows_landed for outcome in report.outcomes),
        "rows_quarantined": sum(outcome.rows_quarantined for outcome in report.outcomes),
    }


def _per_month(report: DeliveryReport) -> dg.TableMetadataValue:
    """How many files each month and organisation came to what; of names that tell neither, too."""
    counted = Counter(
        (
            f"{outcome.reference_date:%Y-%m}" if outcome.reference_date else "",
            outcome.organisation,
            outcome.status,
        )
        for outcome in report.outcomes
    )
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {"month": month, "organisation": organisation, "status": status, "files": n}
            )
            for (month, organisation, status), n in sorted(counted.items())
        ],
        # An intake of nothing has a table all the same.
        dg.TableSchema(
            [
                *(dg.TableColumn(name) for name in ("month", "organisation", "status")),
                dg.TableColumn("files", "int"),
            ]
        ),
    )


def _spec_of(contract: Contract) -> dg.AssetSpec:
    """A delivered table with its columns, as its contract describes them."""
    columns = [
        dg.TableColumn(column.canonical, column.landing_type, column.description)
        for column in contract.data_columns
    ]
    return _spec(
        contract.id,
        f"{contract.title} ({contract.supplier}), as of the reference date of the build.",
        contract.supplier,
    ).merge_attributes(metadata={"dagster/column_schema": dg.TableSchema(columns)})


def _spec(name: str, description: str, team: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["raw", name],
        deps=[LANDING],
        group_name="raw",
        description=description,
        owners=[f"team:{team}"],
        kinds={"duckdb"},
        # When nothing changed, nothing is made, and nothing after it.
        skippable=True,
    )


def build_raw_assets(settings: Settings) -> dg.AssetsDefinition:
    """Make one asset per delivered table: its state as of the dates of the build."""
    contracts = load_contracts(settings.contracts_dir)
    specs = [
        *(_spec_of(contract) for contract in contracts.values()),
        *(
            _spec(name, description, "kwaliteitsmonitor")
            for name, description in _DESCRIBED.items()
        ),
    ]
    checks = [
        dg.AssetCheckSpec(check, asset=dg.AssetKey(["raw", table]), description=why)
        for check, table, _, why in _WATCHED
    ]

    @dg.multi_asset(specs=specs, check_specs=checks, can_subset=True, name="raw")
    def raw(
        context: dg.AssetExecutionContext, monitor: Monitor
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        plan = make_plan(
            monitor.settings,
            reference_date=monitor.reference_date or None,
            known_at=monitor.known_at or None,
        )
        context.log.info(plan.sentence)
        if plan.is_empty:
            note_unchanged(monitor.settings, plan)
            return
        loaded = load_tables(monitor.settings, plan)
        for key in context.selected_asset_keys:
            name = key.path[-1]
            yield dg.MaterializeResult(
                asset_key=key,
                metadata=loaded.about.get(name)
                or {
                    "rows": (
                        loaded.recorded if name == RECORDED else loaded.state.rows.get(name, 0)
                    ),
                    "deliveries": loaded.state.deliveries.get(name, 0),
                },
            )
        for check, table, unwanted, _ in _WATCHED:
            key = dg.AssetKey(["raw", table])
            if key in context.selected_asset_keys:
                found = {name: loaded.about[table].get(name, 0) for name in unwanted}
                yield dg.AssetCheckResult(
                    check_name=check,
                    asset_key=key,
                    passed=not any(found.values()),
                    # What is there can be used; the figures it feeds say what is not.
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata=found,
                )

    return raw
