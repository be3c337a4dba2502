"""Every command of the command line as somebody would give it, in an order in which each has work.

Here: a line a command; a new command gets one, or `test_offline_commands` fails.
Not here: what a command does (its own tests), and who watches it (`watching`).
"""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from typer.main import get_command

from pipelines.cli import app

PROGRAM = Path(sys.executable).with_name("kwaliteitsmonitor")
# These show pages until somebody stops them; `test_offline_served` does.
SERVING = ("serve", "demo")
_RELEASE = "2026-K3.1"
# {home}: all state, at first empty. {log}: an event log. A relative path is in a folder beside it.
ARGUMENTS: Mapping[str, str] = {
    "contract validate": "",
    "contract show": "om_casus",
    "contract render": "specifications --name om_casus",
    "chain check": "",
    "chain init": "{log} --yes",
    "simulate": "--seed 5 --scale 0.02",
    "run": "",
    "status": "",
    "deliver": "{home}/inbox",
    "build": "--reference-date 2026-10-31",
    "dbt": "ls --resource-type source",
    "query": "'from result limit 5'",
    "export": "--table handoff --format parquet",
    "pack": "",
    "decisions list": "--all",
    "decisions export": "register",
    "decisions import": "register/kc_aantekening_2026-10-31_v1.xlsx",
    "release draft": "--by analist",
    "release comment": f"{_RELEASE} --by analist --indicator inflow --organisation om --text Ja.",
    "release submit": f"{_RELEASE} --by analist",
    "release approve": f"{_RELEASE} --by methodoloog",
    "release publish": f"{_RELEASE} --by methodoloog",
    "audit": "{home}/releases/" + _RELEASE + "/release.duckdb",
    "release list": "",
    "release show": _RELEASE,
    "release diff": f"{_RELEASE} {_RELEASE}",
    "release verify": "",
    "release withdraw": f"{_RELEASE} --by methodoloog --reason Proef.",
    "withdraw": "--reason Ingetrokken.",
    "access verify": "",
    "access summary": "--month 2026-10",
    "papers": "--to papers",
    "units": "--to units",
    "hand-over": "",
    "verify": "",
    "backup": "copy",
    "restore": "copy --home restored",
    "retention": "",
    "forget": "",
}


def all_commands() -> set[str]:
    """Names of every command there is, with its group."""

    def below(command: Any, path: str) -> Iterator[str]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield path.strip()
            return
        for name, part in inner.items():
            yield from below(part, f"{path} {name}")

    return set(below(get_command(app), ""))


def command_line(name: str, *, home: Path, log: Path) -> list[str]:
    """A command with its arguments, ready to be run."""
    arguments = shlex.split(ARGUMENTS.get(name, ""))
    return [
        *(str(PROGRAM), *name.split()),
        *(argument.format(home=home, log=log) for argument in arguments),
    ]


def typed(name: str, home: Path) -> str:
    """What a command asks for at the terminal: a case that was delivered."""
    if name != "withdraw":
        return ""
    delivered = max((home / "inbox").glob("om_casus_*.csv"))
    return delivered.read_text(encoding="utf-8").splitlines()[1].split(";")[1] + "\n"


def new_user(folder: Path, home: Path) -> dict[str, str]:
    """The environment of somebody who never ran anything here, and set nothing.

    No switch of a library stands in it: the monitor sets those itself. Nor a proxy, by which
    whoever is contacted would look like this machine.
    """
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "KWALITEITSMONITOR_HOME": str(home),
    }
