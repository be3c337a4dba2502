"""What every asset is given: the settings and the dates of the build.

Here: the resource.
Not here: how dates are chosen (`pipelines.build`), and where those of the current build are kept
(`pipelines.warehouse`).
"""

import os
from datetime import datetime
from pathlib import Path

import dagster as dg

from pipelines.settings import Settings, load_settings


class Monitor(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings of the monitor, and the dates somebody asked for.

    Attributes:
        home: Folder for all state; empty for the one of the environment.
        chain: Folder of another chain; empty for the one of the environment.
        inbox: Folder with deliveries; empty for the one in the home folder.
        reference_date: Reference date asked for; empty for the latest that is due.
        known_at: Moment asked for, ISO 8601; empty for now.
        explain: Explain what changed since the previous publication.
    """

    home: str = ""
    chain: str = ""
    inbox: str = ""
    reference_date: str = ""
    known_at: str = ""
    explain: bool = True

    @property
    def settings(self) -> Settings:
        """Settings, read when first needed and never on import."""
        environment = dict(os.environ)
        if self.home:
            environment["KWALITEITSMONITOR_HOME"] = self.home
        if self.chain:
            environment["KWALITEITSMONITOR_CHAIN"] = self.chain
        return load_settings(environment)

    @property
    def inbox_dir(self) -> Path:
        """Folder the deliveries are read from."""
        return Path(self.inbox) if self.inbox else self.settings.inbox_dir

    @property
    def known_at_moment(self) -> datetime | None:
        """The moment asked for; None for now."""
        return datetime.fromisoformat(self.known_at) if self.known_at else None
