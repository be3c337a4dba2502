"""The road walked in one process: take in, build and publish, as a command does.

Here: the order of the steps, under the lock, and how a walk ended.
Not here: the steps (`steps`); under Dagster its assets take the same ones.
"""

import gc
import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelines import memo
from pipelines.build import BuildDates, BuildError, read_last_build, write_last_build
from pipelines.deliveries.contract import ContractError
from pipelines.deliveries.intake.outcome import DeliveryReport
from pipelines.failure import is_interrupted, sentence_of
from pipelines.pack.place import AUDIENCE as PACK_AUDIENCE
from pipelines.progress import FAILED, event, name_of
from pipelines.publication.audiences import AUDIENCES
from pipelines.retention.withdraw import let_in as allow
from pipelines.road import steps
from pipelines.road.lock import one_writer
from pipelines.road.plan import make_plan
from pipelines.settings import Settings

log = logging.getLogger("kwaliteitsmonitor")


@dataclass(frozen=True)
class Walk:
    """How a walk ended.

    Attributes:
        report: What each file of the intake came to.
        dates: Dates of the build; None when nothing was built.
        failed: One line for everything that failed.
    """

    report: DeliveryReport = field(default_factory=lambda: DeliveryReport(()))
    dates: BuildDates | None = None
    failed: tuple[str, ...] = ()

    @property
    def refused(self) -> list[str]:
        """One line for all that lay there and could not land: refused, or no file to read."""
        return [outcome.line for outcome in (*self.report.refused, *self.report.left)]

    @property
    def held(self) -> list[str]:
        """One line for every file that waits for confirmation."""
        return [outcome.line for outcome in self.report.held]

    @property
    def is_clean(self) -> bool:
        """Nothing refused, nothing held, nothing failed."""
        return not self.refused and not self.held and not self.failed


def take_in(settings: Settings, inbox: Path) -> Walk:
    """Take in what lies in an inbox.

    Args:
        settings: Where the landing zone is.
        inbox: Folder with deliveries, or one file.

    Raises:
        BuildError: Another command is at work.
    """
    with one_writer(settings):
        return Walk(steps.take_in(settings, inbox))


def confirm(settings: Settings, name: str, reason: str, by: str) -> str:
    """Let a held delivery count from now on; as `steps.confirm`.

    Returns:
        The delivery by name.

    Raises:
        BuildError: Another command is at work.
        ConfirmationError: It does not wait, or a text cannot be kept.
    """
    with one_writer(settings):
        return steps.confirm(settings, name, reason, by).delivery_id


def build(
    settings: Settings,
    *,
    reference_date: str | None = None,
    known_at: str | None = None,
    explain: bool = True,
    audiences: Collection[str] = tuple(AUDIENCES),
) -> Walk:
    """Build what changed and publish it.

    Args:
        settings: Where everything lives.
        reference_date: ISO date (or moment) as of which cases are shown; the latest due when None.
        known_at: ISO moment; deliveries known by then count. Now when None.
        explain: Explain what changed since the previous publication.
        audiences: For whom; the others keep what they had.

    Returns:
        The dates, and what failed at the door out.

    Raises:
        BuildError: It cannot start or go on; the message names the cause and the remedy.
    """
    with one_writer(settings), _seldom_collected():
        return _build(settings, reference_date, known_at, explain, audiences)


def run(
    settings: Settings,
    *,
    inbox: Path | None = None,
    reference_date: str | None = None,
    known_at: str | None = None,
    explain: bool = True,
) -> Walk:
    """Take in the inbox, build and publish.

    Args:
        settings: Where everything lives.
        inbox: Folder with deliveries; the inbox of the settings when None.
        reference_date: As in `build`.
        known_at: As in `build`.
        explain: As in `build`.

    Returns:
        What was refused, built and failed.

    Raises:
        BuildError: Nothing could be taken in. A build that cannot go on is in the outcome, beside
            what the intake came to.

    A refused file never stops the others.
    """
    with one_writer(settings), _seldom_collected():
        report = steps.take_in(settings, inbox or settings.inbox_dir)
        acts = steps.destroy_expired(settings)
        try:
            built = _build(settings, reference_date, known_at, explain)
        except BuildError as error:
            event("build", FAILED, error=type(error).__name__)
            built = Walk(failed=(str(error),))
        built = _destroyed(settings, acts, built)
    return replace(built, report=report)


def retain(settings: Settings) -> Walk:
    """Destroy what is past its term, and build what is left.

    Args:
        settings: Where everything lives.

    Returns:
        What was built, and one line for everything that could not be destroyed yet.

    Raises:
        BuildError: Another command is at work, or the record of destruction is not whole.
    """
    with one_writer(settings), _seldom_collected():
        acts = steps.destroy_expired(settings)
        try:
            built = _build(settings, None, None, explain=False) if acts else Walk()
        except BuildError as error:
            built = Walk(failed=(str(error),))
        return _destroyed(settings, acts, built)


def withdraw(settings: Settings, pseudonym: str, reason: str) -> Walk:
    """Take a case or person out of all that was delivered, and build what is left.

    Args:
        settings: Where everything lives.
        pseudonym: Whose rows go.
        reason: Why, without persons.

    Returns:
        As `retain`.

    Raises:
        BuildError: Another command is at work, or the order cannot be carried out as given.
    """
    with one_writer(settings), _seldom_collected():
        act = steps.withdraw(settings, pseudonym, reason)
        try:
            built = _build(settings, None, None, explain=False)
        except BuildError as error:
            built = Walk(failed=(str(error),))
        return _destroyed(settings, [act], built)


def let_in(settings: Settings, pseudonym: str, reason: str) -> None:
    """Let a withdrawn case or person come in again; as `retention.withdraw.let_in`.

    Raises:
        BuildError: Another command is at work, or the order cannot be carried out as given.
    """
    with one_writer(settings):
        allow(settings, pseudonym, reason)


def _destroyed(settings: Settings, acts: Sequence[dict[str, Any]], built: Walk) -> Walk:
    """End a destruction once what is left is published; before that readers keep what they have."""
    waits = list(steps.end_destruction(settings, acts, is_built=not built.failed))
    if acts and built.failed:
        waits.append(
            "wat is vernietigd, staat nog in wat eerder voor onderzoekers werd gepubliceerd; "
            "herstel de bouw en doe de opdracht opnieuw"
        )
    return replace(built, failed=(*built.failed, *waits))


def forget(settings: Settings) -> None:
    """Throw away what was worked out before, so that the next build does everything.

    Raises:
        BuildError: Another command is at work.
    """
    with one_writer(settings):
        memo.forget(settings)
        last = read_last_build(settings)
        if last is not None:
            write_last_build(settings, replace(last, code=""))


def _build(
    settings: Settings,
    reference_date: str | None,
    known_at: str | None,
    explain: bool,
    audiences: Collection[str] = tuple(AUDIENCES),
) -> Walk:
    plan = make_plan(settings, reference_date=reference_date, known_at=known_at)
    log.info(plan.sentence)
    if plan.is_empty:
        steps.note_unchanged(settings, plan)
        return Walk(dates=plan.dates)
    with _part("tables"):
        steps.load_tables(settings, plan)
    with _part("models"):
        steps.refuse_failures(settings, steps.build_models(settings, plan.selection))
    with _part("figures"):
        is_charted = any(not AUDIENCES[name].is_protected for name in audiences)
        steps.count_figures(settings, is_charted=is_charted)
        steps.count_evaluations(settings)
        steps.judge_effects(settings)
    with _part("changes"):
        steps.explain_changes(settings, explain=explain)
    failed = []
    for audience in (AUDIENCES[name] for name in AUDIENCES if name in audiences):
        with _part("publication", audience.name):
            _, verdicts = steps.prepare(settings, audience)
            if broken := steps.held_back(verdicts):
                failed.append(
                    f"{audience.name}: tegengehouden bij de deur uit ({', '.join(broken)}); "
                    "de vorige publicatie blijft staan"
                )
            else:
                steps.publish(settings, audience.name)
            if audience.name == PACK_AUDIENCE and not broken:
                steps.write_platform_pack(settings)
    with _part("traces"):
        steps.leave_no_trace(settings)
    return Walk(dates=plan.dates, failed=tuple(failed))


@contextmanager
def _part(code: str, of: str = "") -> Iterator[None]:
    """Let whatever goes wrong in a part of the build be one line that names the part."""
    try:
        yield
    except (BuildError, ContractError):
        raise
    except Exception as error:
        if is_interrupted(error):
            raise KeyboardInterrupt from error
        raise BuildError(f"{name_of(code, of).lower()}: {sentence_of(error)}") from error


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let Python look for cycles a hundred times less often than it does of itself.

    A run makes some millions of objects that live until its end, in figures and in what dbt knows
    of the project; going through them over and over frees next to nothing.
    """
    before = gc.get_threshold()
    gc.set_threshold(100 * before[0], *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
