"""The note that passes a checked candidate on to the step that makes it current.

Here: writing and reading that note, one per audience.
Not here: the candidate itself (`publish`). The note exists because two steps of a run share no
memory, and a later run may do the second step alone.
"""

import json
from dataclasses import asdict
from pathlib import Path

from pipelines.atomic import write_text
from pipelines.publication.publish import Candidate
from pipelines.settings import Settings


def write_candidate_note(settings: Settings, candidate: Candidate) -> None:
    """Note the candidate that passed the door out."""
    note = {**asdict(candidate), "path": candidate.path.name}
    write_text(_path(settings, candidate.audience), json.dumps(note))


def read_candidate(settings: Settings, audience: str) -> Candidate:
    """The candidate that passed the door out last.

    Raises:
        LookupError: None passed yet.
    """
    path = _path(settings, audience)
    if not path.exists():
        raise LookupError(f"voor {audience} is nog geen bestand goedgekeurd; draai eerst de bouw")
    note = json.loads(path.read_text())
    return Candidate(**{**note, "path": path.parent / note["path"]})


def _path(settings: Settings, audience: str) -> Path:
    return settings.published_dir / audience / ".candidate.json"
