"""What a year of meetings and releases leaves behind: the history of the demonstration chain.

Here: builds as of earlier days, decisions taken between two of them, and releases made of them, by
the same steps as any other. The clock of those steps is set to the day that is shown: figures of a
synthetic chain are about nobody, and of a real chain nobody may sign for another day.
Not here: simulating and taking in, and the last build, which is like any other (`walk`).

Only what is looked at later is built: of the first day the advisory body's file, of the second the
platform's as well.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

from pipelines.decisions.desk import Desk as Secretary
from pipelines.decisions.draft import DECISION, OPEN, Draft
from pipelines.releases.build import open_build
from pipelines.releases.desk import Desk
from pipelines.releases.shelf import Comment, published, shelf
from pipelines.releases.states import ReleaseError
from pipelines.road import walk
from pipelines.settings import Settings

log = logging.getLogger("kwaliteitsmonitor")

# What is shown of each day: the first in the calendar year before, the second a quarter back.
_EARLIER = ((date(2025, 10, 31), ("advisory",)), (date(2026, 7, 31), ("platform", "advisory")))
# By then the deliveries of a month are in, the late ones too.
_KNOWN_AFTER = timedelta(days=26)
_DECIDED_ON = date(2026, 9, 15)
_DECISIONS = (
    Draft(
        kind=DECISION,
        noted_on=_DECIDED_ON,
        question="Waarom wachten onvolledige formulieren op triage?",
        text="OM en NCTV spreken af welke velden een formulier volledig maken.",
        handoff_id="K13",
        owner="om",
        due_on=date(2026, 12, 15),
        outcome=OPEN,
    ),
    Draft(
        kind=DECISION,
        noted_on=_DECIDED_ON,
        question="Komt het dossier later omdat er meer in moet?",
        text="Het OM meet een kwartaal lang waar het dossier op wacht.",
        handoff_id="K20",
        owner="om",
        due_on=date(2027, 1, 31),
        outcome=OPEN,
    ),
)
_COMMENT = Comment(
    indicator="dossier_sent_lead_time",
    organisation="om",
    text="In dit kwartaal ging de verzending over op een nieuw systeem; de duur is de echte.",
    period="2026-Q2",
)


def run_with_history(settings: Settings) -> walk.Walk:
    """Take in the inbox, leave a history where there is none yet, build, publish and release.

    What was done in an earlier run, whole or in part, is not done again.

    Args:
        settings: Where everything lives. A chain of somebody's own gets no history.

    Returns:
        How the intake and the builds ended.
    """
    taken = walk.take_in(settings, settings.inbox_dir)
    if settings.chain is not None:
        return replace(walk.run(settings), report=taken.report)
    failed: list[str] = []
    for day, audiences in _EARLIER:
        if not _is_released(settings, day):
            failed += _earlier(settings, day, audiences)
    secretary = Secretary(settings)
    if not secretary.register.current():
        for decision in _DECISIONS:
            secretary.record(decision, _EARLIER[-1][0])
    built = walk.run(settings)
    if built.dates is not None and not _is_released(settings, built.dates.day):
        failed += _release(settings, built.dates.known_at, _COMMENT)
    return replace(built, report=taken.report, failed=(*failed, *built.failed))


def _earlier(settings: Settings, day: date, audiences: tuple[str, ...]) -> Sequence[str]:
    """Build as of a day, with what was known some weeks after it, and release."""
    known_at = datetime.combine(day + _KNOWN_AFTER, time(12), UTC)
    built = walk.build(
        settings,
        reference_date=day.isoformat(),
        known_at=known_at.isoformat(),
        explain=False,
        audiences=audiences,
    )
    return built.failed or _release(settings, known_at + timedelta(days=1))


def _is_released(settings: Settings, day: date) -> bool:
    return any(release.reference_date == day for release in published(shelf(settings)))


def _release(settings: Settings, at: datetime, comment: Comment | None = None) -> Sequence[str]:
    """Draft, submit, approve and publish the current build; a line where a step is refused."""
    pairs = product(settings.release_submitters, settings.release_approvers)
    submitter, approver = next((pair for pair in pairs if len(set(pair)) > 1), ("", ""))
    if not approver:
        return [
            "niemand kan een release goedkeuren die een ander opstelde; noem bij release.approvers "
            "een rol die niet bij release.submitters staat"
        ]
    try:
        with open_build(settings) as build:
            release_id = Desk(settings, submitter, now=at).draft(build).id
        if comment is not None:
            Desk(settings, submitter, now=at).comment(release_id, comment)
        Desk(settings, submitter, now=at).submit(release_id)
        Desk(settings, approver, now=at).approve(release_id)
        Desk(settings, approver, now=at).publish(release_id)
    except ReleaseError as refused:
        return [str(refused)]
    log.info("Release %s is uitgebracht.", release_id)
    return []
