"""The steps of the road, each a plain function over what the step before it left.

Here: intake, tables, models, figures, explanation, candidates, publication, pack; and what is
remembered of a build, which begins with its tables and ends with its last publication.
Not here: the order in which a command takes them (`walk`) or Dagster does (its assets), and the
work itself (`pipelines.deliveries`, dbt, `pipelines.indicators`, `pipelines.publication`).

Whoever calls them holds the lock of the home folder.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.build import BuildError, LastBuild, read_last_build, write_last_build
from pipelines.dbt import Event, failures, run_dbt
from pipelines.decisions.recorded import load_recorded
from pipelines.deliveries.accepted import read_accepted
from pipelines.deliveries.calendar import check_calendar
from pipelines.deliveries.contract import load_contracts, timezone_of
from pipelines.deliveries.current_state import CurrentState, counts, load_current_state
from pipelines.deliveries.holding.confirmation import confirm as confirm_held
from pipelines.deliveries.intake.deliver import deliver
from pipelines.deliveries.intake.outcome import DeliveryReport
from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.refused import read_refusals
from pipelines.deliveries.landing.zone import read_registry
from pipelines.deliveries.partner.found_before import found_before, previous_delivery
from pipelines.deliveries.partner.report import Report
from pipelines.deliveries.partner.report_page import write_report
from pipelines.evaluation.tables import write_evaluation_tables
from pipelines.indicators.results import compute_results
from pipelines.memo import memo_of
from pipelines.pack.place import AUDIENCE as PACK_AUDIENCE
from pipelines.pack.shelf import write_beside
from pipelines.progress import DONE, FAILED, HELD_BACK, event, step
from pipelines.publication.audiences import AUDIENCES, CHANGE_TABLES, Audience
from pipelines.publication.changes.basis import current_inputs
from pipelines.publication.changes.between import Between, lay_out, store
from pipelines.publication.changes.scratch import scratch_figures
from pipelines.publication.current import current_path, last_good
from pipelines.publication.door_out import Verdict, check_candidate
from pipelines.publication.publish import (
    Candidate,
    discard,
    promote,
    write_candidate,
)
from pipelines.retention.destroy import begin as begin_destruction
from pipelines.retention.destroy import finish as finish_destruction
from pipelines.retention.record import Record
from pipelines.retention.terms import expired
from pipelines.retention.traces import leave_no_trace as leave_no_trace_of_cases
from pipelines.retention.withdraw import withdraw as take_out
from pipelines.road.plan import Plan, require_own_home, require_own_inbox
from pipelines.safekeeping.refresh import refresh_backups
from pipelines.settings import Settings
from pipelines.signals.charted import chart_results
from pipelines.signals.effect import write_effects
from pipelines.warehouse import (
    one_transaction,
    open_warehouse,
    store_build_dates,
    store_destroyed_until,
    stored_build_dates,
    throw_away,
)

log = logging.getLogger("kwaliteitsmonitor")

_FILES_PER_LINE = 100
_NODES_PER_LINE = 40


def take_in(settings: Settings, inbox: Path) -> DeliveryReport:
    """Take in everything that lies in an inbox.

    Args:
        settings: Where the landing zone is.
        inbox: Folder with deliveries, or one file.

    Returns:
        What each file came to.

    Raises:
        BuildError: The home or all of the inbox is that of another chain, the chain is not whole,
            or a folder that somebody named is not there.
    """
    # Said before the intake, which takes long, and not only before the build.
    require_own_home(settings)
    if inbox != settings.inbox_dir and not inbox.exists():
        raise BuildError(f"{inbox} bestaat niet; noem een map met leveringen, of laat --inbox weg")
    require_own_inbox(settings, inbox)
    # Of a single file the name is the partner's.
    with step("intake", f"van {inbox if inbox.is_dir() else 'één bestand'}"):
        report = deliver(
            [inbox],
            settings,
            progress=_report_intake,
            withdrawn=Record(settings).withdrawn(),
        )
    _note_outcomes(settings, report)
    if not report.outcomes:
        log.info("De inbox is leeg; er is niets in te lezen.")
    if report.in_transit:
        log.info("Nog onderweg: %s; die blijven liggen.", len(report.in_transit))
    return report


def confirm(settings: Settings, name: str, reason: str, by: str) -> Landed:
    """Let a held delivery count from now on, and tell its partner so.

    Args:
        settings: Where the landing zone is.
        name: Name of the file, or of the delivery.
        reason: Why it is right, in a sentence without persons.
        by: Role of whoever says so.

    Returns:
        The delivery as it counts.

    Raises:
        ConfirmationError: It does not wait, or a text cannot be kept.
    """
    contracts = load_contracts(settings.contracts_dir)
    held = confirm_held(settings, contracts, name, reason, by)
    landed = held.confirmed or held.landed
    previous = previous_delivery(landed, read_registry(settings))
    before = found_before(landed, previous, read_refusals(settings))
    report = Report(
        landed,
        timezone_of(contracts),
        read_accepted(settings.contracts_dir),
        previous,
        before,
        held.confirmation,
    )
    write_report(settings.feedback_dir, report, contracts[landed.contract_id])
    return landed


def destroy_expired(settings: Settings) -> list[dict[str, Any]]:
    """Destroy the rows of deliveries past their term, where they came in.

    Args:
        settings: Where everything lives.

    Returns:
        What is not destroyed everywhere yet: a build of what is left comes first.
    """
    today = datetime.now(UTC).date()
    past = expired(settings, load_contracts(settings.contracts_dir), today)
    if past:
        log.info("Bewaartermijn: %s leveringen worden vernietigd.", len(past))
    return begin_destruction(settings, past)


def open_destruction(settings: Settings) -> list[dict[str, Any]]:
    """What `destroy_expired` began in a step before, and is still read by somebody."""
    return [act for act in Record(settings).open_acts() if "withdrawn" not in act]


def withdraw(settings: Settings, pseudonym: str, reason: str) -> dict[str, Any]:
    """Take a case or person out of all that was delivered; as `retention.withdraw`."""
    with step("withdraw", is_told=False):
        return take_out(settings, pseudonym, reason)


def leave_no_trace(settings: Settings) -> None:
    """Remove what researchers still have of cases that are in no delivery any more."""
    with step("traces", is_told=False):
        removed = leave_no_trace_of_cases(settings)
    if removed:
        log.info("Ingetrokken: %s eerdere bestanden van onderzoekers zijn verwijderd.", removed)


def end_destruction(
    settings: Settings, acts: Sequence[dict[str, Any]], *, is_built: bool
) -> list[str]:
    """Destroy what readers and backups have of them; which backups were out of reach, in Dutch."""
    due = list(acts) if is_built else []
    if due:
        finish_destruction(settings, due)
    return refresh_backups(settings, is_due=bool(due))


@dataclass(frozen=True)
class Tables:
    """What was loaded for a build.

    Attributes:
        state: The delivered tables.
        recorded: Revisions of decisions recorded here.
        about: Counts of what is known of deliveries, per table and state.
    """

    state: CurrentState
    recorded: int
    about: dict[str, dict[str, int]]


def load_tables(settings: Settings, plan: Plan) -> Tables:
    """Begin a build: load the tables as of its dates.

    From here on the build is remembered, so that what lands later can never count as known by it,
    and as one that has published nothing yet.

    Raises:
        BuildError: No delivered table has a single row.
    """
    _remember(settings, plan)
    if plan.is_full:
        throw_away(settings)
    contracts = load_contracts(settings.contracts_dir)
    dates = plan.dates
    with (
        step("tables"),
        open_warehouse(settings) as connection,
        one_transaction(connection),
    ):
        state = load_current_state(connection, settings, contracts, dates.day, dates.known_at)
        check_calendar(connection, settings, contracts, dates.day)
        recorded = load_recorded(connection, settings, dates.day, dates.known_at)
        store_build_dates(connection, dates, timezone_of(contracts))
        store_destroyed_until(connection, Record(settings).destroyed_until())
        about = counts(connection)
    if not any(state.rows.values()):
        raise BuildError(
            f"op peildatum {dates.reference_date} heeft geen geleverde tabel een rij; lever "
            "bestanden met rijen, of kies een andere peildatum"
        )
    return Tables(state, recorded, about)


def build_models(settings: Settings, selection: Sequence[str] = ()) -> list[Event]:
    """Let dbt build what a build has to make anew.

    Args:
        settings: Where project and warehouse are.
        selection: Arguments of `dbt build`; none for the whole project.

    Returns:
        dbt's own event of every node that ended, well or not: ask `failures`.
    """
    with open_warehouse(settings) as connection:
        dates = stored_build_dates(connection)
    with step("models"):
        return run_dbt(settings, dates.reference_date, selection, _report_models)


def refuse_failures(settings: Settings, events: Sequence[Event]) -> None:
    """Stop a build of which a model or test failed.

    Raises:
        BuildError: One did.
    """
    if failed := failures(events):
        event("models", FAILED)
        raise BuildError(f"dbt: {', '.join(failed)}; zie {settings.dbt_log_dir}")


def count_figures(settings: Settings, *, is_charted: bool = True) -> int:
    """Work out every figure, and chart them.

    Args:
        settings: Where everything lives.
        is_charted: Chart them as they are, for a file that is not protected; others chart their
            own.

    Returns:
        The number of figures.
    """
    with (
        step("figures"),
        open_warehouse(settings) as connection,
        memo_of(settings) as memo,
    ):
        dates = stored_build_dates(connection)
        register, figures = compute_results(connection, settings, dates, memo)
        charted = figures if is_charted else figures.iloc[:0]
        chart_results(connection, register, charted, dates.day, memo)
    return len(figures)


def count_evaluations(settings: Settings) -> dict[str, int]:
    """Work out what evaluations and experiences say beside the figures; rows by table."""
    with step("evaluations"), open_warehouse(settings) as connection:
        return write_evaluation_tables(connection)


def judge_effects(settings: Settings) -> int:
    """Say whether recommendations and decisions were followed by a change; the number of them."""
    with step("effects"), open_warehouse(settings) as connection:
        return write_effects(connection)


def explain_changes(settings: Settings, *, explain: bool = True) -> tuple[list[Between], int]:
    """Prepare the explanation of what changed since the previous publication.

    Args:
        settings: Where everything lives.
        explain: Make the builds in between; otherwise the file says that nobody asked.

    Returns:
        How each audience's publication follows on its previous one, and the builds in between.
    """
    with open_warehouse(settings) as connection:
        dates = stored_build_dates(connection)
    previous = {
        audience.name: last_good(settings.published_dir / audience.name)
        for audience in AUDIENCES.values()
        if set(CHANGE_TABLES) <= set(audience.tables)
    }
    # The warehouse is closed in the meantime: a build in between begins as a copy of it.
    each, builds = lay_out(
        settings,
        current_inputs(settings, dates) if explain else None,
        previous,
        partial(scratch_figures, settings),
    )
    with open_warehouse(settings) as connection:
        store(connection, each, builds)
    return each, len(builds)


def prepare(settings: Settings, audience: Audience) -> tuple[Candidate, list[Verdict]]:
    """Write the file of an audience and hold it to the rules of the door out.

    What fails is removed; what passes is remembered, and may be published.

    Returns:
        The candidate, and the verdict of every rule.
    """
    with (
        step("publication", audience=audience.name),
        open_warehouse(settings) as connection,
        memo_of(settings) as memo,
    ):
        dates = stored_build_dates(connection)
        written = write_candidate(connection, settings, audience, dates, memo)
    with (
        step("door_out", audience=audience.name),
        memo_of(settings) as memo,
    ):
        verdicts = check_candidate(
            written, audience, settings.project_root / "expectations" / "published", memo
        )
    if held_back(verdicts):
        event("door_out", HELD_BACK, audience=audience.name)
        discard(written, settings)
        return written, verdicts
    last = _last_build(settings)
    passed = {**last.candidates, audience.name: written.publication_id}
    write_last_build(settings, replace(last, candidates=passed))
    return written, verdicts


def held_back(verdicts: Sequence[Verdict]) -> list[str]:
    """Names of the rules that keep a file inside."""
    return [
        verdict.rule.name
        for verdict in verdicts
        if not verdict.passed and verdict.rule.severity == "critical"
    ]


def publish(settings: Settings, audience: str) -> str:
    """Make the candidate that passed the door out the current publication of an audience.

    Returns:
        Its name.

    Raises:
        LookupError: None passed.
    """
    last = _last_build(settings)
    if audience not in last.candidates:
        raise LookupError(f"voor {audience} is nog geen bestand goedgekeurd; draai eerst de bouw")
    publication_id = last.candidates[audience]
    promote(settings, audience, publication_id)
    write_last_build(settings, replace(last, published=tuple(sorted({*last.published, audience}))))
    return publication_id


def write_platform_pack(settings: Settings) -> Path:
    """Write the meeting pack of the platform and its data annex beside its current publication.

    Raises:
        LookupError: The platform has none.
    """
    published = current_path(settings, PACK_AUDIENCE)
    if published is None:
        raise LookupError("voor het platform is nog niets gepubliceerd; draai eerst de bouw")
    with step("pack"):
        return write_beside(published)


def note_unchanged(settings: Settings, plan: Plan) -> None:
    """Remember that a build looked at this moment too, and found nothing new.

    What arrived before it and lands after it would otherwise change what it said.
    """
    last = _last_build(settings)
    write_last_build(settings, replace(last, known_at=max(last.known_at, plan.dates.known_at)))
    # Whatever went wrong before it, all there is was built.
    event("build", DONE)


def _remember(settings: Settings, plan: Plan) -> None:
    last = read_last_build(settings)
    known_at = plan.dates.known_at
    write_last_build(
        settings,
        LastBuild(
            known_at=max(known_at, last.known_at) if last else known_at,
            reference_date=plan.dates.reference_date,
            chain=str(settings.chain or ""),
            code=plan.code,
            inputs=plan.inputs,
        ),
    )


def _last_build(settings: Settings) -> LastBuild:
    last = read_last_build(settings)
    if last is None:
        raise LookupError("er is nog niet gebouwd; draai eerst de bouw")
    return last


def _note_outcomes(settings: Settings, report: DeliveryReport) -> None:
    """Note what every file came to; of one without a contract, not what it says it is."""
    contracts = load_contracts(settings.contracts_dir)
    for outcome in report.outcomes:
        table = f"{outcome.organisation}_{outcome.table}"
        event("delivery", outcome.status, table=table if table in contracts else "")


def _report_intake(done: int, total: int, what: str) -> None:
    """Say now and then how far the intake is; a line per file would say nothing."""
    if done % _FILES_PER_LINE == 0 or done == total:
        log.info("Ingelezen: %s van %s bestanden (%s)", done, total, what)


def _report_models(done: int, total: int) -> None:
    """Say now and then how far dbt is; a line per node would say nothing."""
    if done % _NODES_PER_LINE == 0:
        log.info("dbt: %s van %s stappen", done, total)
