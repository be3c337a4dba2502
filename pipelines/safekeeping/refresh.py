"""Bringing backups up to date once something was destroyed: what left the home leaves them too.

Here: every backup this home made, and the ones that are out of reach.
Not here: making a backup (`backup`), and what was destroyed (`pipelines.retention`).

A backup that cannot be reached is named in the record of destruction, and tried again every next
time until it is.
"""

from pipelines.build import BuildError
from pipelines.retention.record import REACHED, WAITS, Record
from pipelines.safekeeping.backup import back_up, is_of, places, read_backup
from pipelines.settings import Settings


def refresh_backups(settings: Settings, *, is_due: bool) -> list[str]:
    """Bring backups of this home up to what is kept now.

    Args:
        settings: Whose home; hold the writer's lock.
        is_due: Something was destroyed; otherwise only backups that were out of reach before.

    Returns:
        Every backup that could not be reached, in Dutch.
    """
    record = Record(settings)
    waiting, told = record.waiting_backups(), []
    for place in places(settings):
        if not is_due and str(place) not in waiting:
            continue
        try:
            if not is_of(settings, read_backup(place)):
                raise BuildError("van een andere map")
            back_up(settings, place)
        except BuildError:
            if str(place) not in waiting:
                record.note_backup(WAITS, str(place))
            told.append(
                f"de back-up in {place} is niet bereikbaar en houdt nog wat is vernietigd; sluit "
                "haar aan en doe 'kwaliteitsmonitor retention --execute'"
            )
        else:
            if str(place) in waiting:
                record.note_backup(REACHED, str(place))
    return told
