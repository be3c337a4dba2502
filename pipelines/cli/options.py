"""Options that several commands share, and the settings that follow from them.

Here: each option once, with its help.
Not here: options of one command only.
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.settings import Settings, load_settings


class AudienceName(StrEnum):
    """The audiences, as an option."""

    researcher = "researcher"
    platform = "platform"
    advisory = "advisory"


Chain = Annotated[Path | None, typer.Option(help="Map met seeds/ en contracts/ van een keten.")]
Explain = Annotated[
    bool, typer.Option(help="Leg uit wat er veranderde sinds de vorige publicatie.")
]
Inbox = Annotated[Path | None, typer.Option(help="Map met leveringen; anders de inbox.")]
KnownAt = Annotated[
    str | None, typer.Option(help="Bouw met wat op dit moment bekend was (ISO 8601); anders nu.")
]
ReferenceDate = Annotated[
    str | None, typer.Option(help="Peildatum, bijvoorbeeld 2026-10-31; anders de laatste.")
]


def settings_of(chain: Path | None) -> Settings:
    """The settings of the environment, with the chain of the option where one is given.

    Raises:
        SettingsError: A setting is wrong.
    """
    environment = dict(os.environ)
    if chain is not None:
        environment["KWALITEITSMONITOR_CHAIN"] = str(chain)
    return load_settings(environment)
