"""What a dashboard serves, for whoever watches over it: current, intact and how old. No figure.

Here: the answer at `/gezondheid`, in JSON; 200 when readers get what they should, else 503.
Not here: whether the server is up at all, which Streamlit answers at `/_stcore/health`.
"""

import os
from datetime import UTC, date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from dashboard.publication import (
    LostPublicationError,
    NoPublicationError,
    current_publication,
)
from dashboard.releases import is_as_published
from dashboard.serve import RELEASES_VARIABLE
from pipelines.releases.shelf import current, published, read_shelf
from pipelines.releases.states import ReleaseError

PATH = "/gezondheid"
SERVED, DAMAGED, NOTHING = "ok", "damaged", "nothing"


def answer(_request: Request) -> JSONResponse:
    """Answer how it stands with what is served now."""
    releases = os.environ.get(RELEASES_VARIABLE, "")
    try:
        found = _release(Path(releases)) if releases else _publication()
    # Whatever is wrong with a file or a folder: it is told by this answer, and not by a traceback.
    except Exception:
        found = {"state": DAMAGED}
    is_well = found["state"] == SERVED
    return JSONResponse(found, HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE)


def _publication() -> dict[str, Any]:
    try:
        publication = current_publication()
    except LostPublicationError:
        return {"state": DAMAGED}
    except NoPublicationError:
        return {"state": NOTHING}
    is_itself = (publication.path.stem, publication.path.parent.name) == (
        publication.id,
        publication.audience,
    )
    # Who reads an earlier publication in place of a damaged one does not get what they should.
    is_well = is_itself and not publication.is_stand_in
    return {
        "state": SERVED if is_well else DAMAGED,
        "audience": publication.audience,
        "served": publication.id,
        **_age(publication.reference_date, publication.known_at),
    }


def _release(folder: Path) -> dict[str, Any]:
    try:
        release = current(published(read_shelf(folder)))
    except ReleaseError:
        return {"state": DAMAGED}
    if release is None or release.published_at is None:
        return {"state": NOTHING}
    return {
        "state": SERVED if is_as_published(release, release.path) else DAMAGED,
        "audience": "advisory",
        "served": release.id,
        **_age(release.reference_date, release.published_at),
    }


def _age(reference_date: date, since: datetime) -> dict[str, Any]:
    return {
        "reference_date": reference_date.isoformat(),
        "since": since.astimezone(UTC).isoformat(timespec="seconds"),
        "age_days": (datetime.now(UTC) - since).days,
    }
