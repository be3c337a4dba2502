"""The audit of a release, which blocks: with its record, or not at all.

Here: laying a release beside all that was published before, and refusing it.
Not here: the audit itself (`pipelines.audit`), which knows nothing of how figures were protected.
"""

from collections.abc import Sequence
from pathlib import Path

from pipelines.audit import examine, read_published
from pipelines.audit.examine import Examined
from pipelines.audit.record import record_of, with_periods, write_record
from pipelines.releases.shelf import Release
from pipelines.releases.states import ReleaseError


def write_audit(path: Path, release_id: str, file: Path, before: Sequence[Release]) -> None:
    """Audit the file of a release and write the record, read-only.

    Args:
        path: Where the record comes.
        release_id: Which release, for the message.
        file: Its database.
        before: Every release published so far, oldest first.

    Raises:
        ReleaseError: Something about a small group can be proven, or whether it can is undecided;
            no record is kept.
    """
    new = read_published(file)
    predecessors = [read_published(each.path) for each in before]
    examined = examine(new, predecessors)
    if not examined.passes:
        files = " ".join(str(each) for each in (*(release.path for release in before), file))
        raise ReleaseError(
            f"de audit houdt release {release_id} tegen: {_why_not(examined)}; bekijk het met "
            f"'kwaliteitsmonitor audit {files}'"
        )
    temporary = path.with_name(f".{path.name}")
    write_record(record_of(examined, new, predecessors), temporary)
    temporary.chmod(0o400)
    temporary.replace(path)


def _why_not(examined: Examined) -> str:
    found = with_periods(examined.findings)
    if found.empty:
        return f"{examined.n_undecided} vragen bleven binnen de tijd onbeslist"
    first = found.iloc[0]
    return (
        f"van {len(found)} kleine groepen is iets te bewijzen, zoals {first['quantity']} in "
        f"{first['period']}"
    )
