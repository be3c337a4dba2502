"""What every asset is given: the settings, the dates somebody asked for, and the writer's lock.

Here: the resource.
Not here: how dates are chosen (`pipelines.road.dates`), and where those of the current build are
kept (`pipelines.warehouse`).
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import dagster as dg

from pipelines.road.lock import one_writer
from pipelines.settings import Settings, load_settings


class Monitor(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings of the monitor, and the dates somebody asked for.

    A run holds the writer's lock from its first step to its last, and waits for it: every asset
    asks for this resource, so no run can do without.

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

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Self]:
        """Hold the lock for as long as the run takes."""
        say = context.log.info if context.log is not None else print
        with one_writer(self.settings, on_wait=say):
            yield self

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
