"""Which release the reader looks at: the one in the address, or the current one.

Here: the releases that were ever published, the one that is shown, and whether its file is still
the one that was published.
Not here: its figures (`publication`, `queries`), and any step of a release (`pipelines.releases`).

A release that was never published is as unknown here as one that does not exist.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.publication import NoPublicationError
from dashboard.serve import RELEASES_VARIABLE
from pipelines.deliveries.landing.integrity import is_whole
from pipelines.releases.citation import RELEASE
from pipelines.releases.shelf import Release, current, find, published, read_shelf
from pipelines.releases.states import ReleaseError, State

_ASKED = "release"


class AlteredReleaseError(RuntimeError):
    """The file of a release is not the one that was published: nothing of it is shown."""


@dataclass(frozen=True)
class Shown:
    """The release on the page, among those that were published.

    Attributes:
        release: The one that is shown.
        seen: Every one that was ever published, in that order.
    """

    release: Release
    seen: Sequence[Release]

    @property
    def newer(self) -> Release | None:
        """The one readers get now, where it is not the one that is shown."""
        newest = current(self.seen)
        return None if newest is None or newest.id == self.release.id else newest

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was withdrawn after it was published: its reason is told, and no figure."""
        return self.release.state is State.withdrawn

    @property
    def others(self) -> list[Release]:
        """What it can be compared with: every other one that still stands as it was published."""
        return [
            release
            for release in self.seen
            if release.id != self.release.id
            and release.state is not State.withdrawn
            and is_as_published(release, release.path)
        ]


def shown_release() -> Shown | None:
    """Return the release the reader asked for, or the current one; its id goes into the address.

    Returns:
        None in a process that serves publications.

    Raises:
        NoPublicationError: Nothing was published yet, or what was is withdrawn, or the ledger
            cannot be read.
        UnknownReleaseError: No release of that id was ever published.
        AlteredReleaseError: Its file is not the one that was published.
    """
    named = os.environ.get(RELEASES_VARIABLE, "")
    if not named:
        return None
    try:
        seen = published(read_shelf(Path(named)))
    except ReleaseError as error:
        raise NoPublicationError(str(error)) from error
    asked = st.query_params.get(RELEASE) or st.session_state.get(_ASKED)
    release = find(seen, asked) if asked else current(seen)
    if release is None:
        raise NoPublicationError("no release is current")
    if not is_as_published(release, release.path):
        raise AlteredReleaseError(release.id)
    # Whatever a reader copies out of the address bar leads to this release for good.
    st.session_state[_ASKED] = release.id
    st.query_params[RELEASE] = release.id
    return Shown(release, seen)


def is_as_published(release: Release, path: Path) -> bool:
    """Whether a file of a release is, byte by byte, the one the ledger speaks of."""
    signed = release.files.get(path.name)
    return signed is not None and is_whole(path, signed)
