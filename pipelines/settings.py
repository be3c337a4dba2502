"""Where everything lives and which ports are used: paths and options from one place.

Here: the `Settings`, read from the environment and an optional file, and checked.
Not here: what the files mean, and any reading or writing at import. No other Python module
reads these `KWALITEITSMONITOR_*` variables.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.access.sign_in import SignIn, SignInError, read_sign_in

ENVIRONMENT_PREFIX = "KWALITEITSMONITOR_"
CONFIG_FILE_NAME = "kwaliteitsmonitor.toml"
BUILT_IN_CHAIN = "bewaken_beveiligen"
DEFAULT_PORTS: Mapping[str, int] = MappingProxyType(
    {"researcher": 8501, "platform": 8502, "advisory": 8503}
)
# Who may sign the steps of a release: names of roles, never of people. One that stands in both
# lists may do both, never with the same release.
DEFAULT_SUBMITTERS = ("analist", "methodoloog")
DEFAULT_APPROVERS = ("methodoloog", "hoofd kenniscentrum")
# So many people look at one dashboard at once; whoever comes next is asked to wait.
DEFAULT_READERS = 40
# Below 1024 needs root, above 65535 does not exist.
LOWEST_PORT, HIGHEST_PORT = 1024, 65535

# In the path of a database the first three begin what is no part of its name, and the fourth is
# read as a slash. Dagster looks for its configuration by a pattern and for its history by an
# address: with one of the others in it, it finds none. All else that prints works: quotes, braces.
_UNFIT = frozenset(";#?\\*[%")

_PARTS = ("chain", "ports", "release", "papers", "readers", "sign_in")
_ROLES = ("submitters", "approvers")

_PROJECT_ROOT = Path(__file__).resolve().parents[1]


class SettingsError(ValueError):
    """A setting is wrong; the message names the setting, what is wrong and the remedy."""


@dataclass(frozen=True)
class Settings:
    """Where everything lives. Checked on construction, so also by `dataclasses.replace`.

    Attributes:
        home: Folder for all state; absolute. Need not exist yet.
        chain: Folder with `seeds/` and `contracts/` of another chain; None for the built-in one.
        ports: Preferred port of the dashboard of each audience, on 127.0.0.1.
        release_submitters: Roles that draft and submit a release for the advisory body.
        release_approvers: Roles that approve, publish and withdraw one.
        papers: What a person fills in of the papers (`pipelines.papers`), by name; of a table in it
            by `table.name`.
        readers: How many people may look at one dashboard at the same time.
        sign_in: How people are signed in; None where only this machine is served.

    Raises:
        SettingsError: A setting is wrong.
    """

    home: Path = _PROJECT_ROOT / "var"
    chain: Path | None = None
    # No part of the hash: a mapping has none.
    ports: Mapping[str, int] = field(default_factory=lambda: DEFAULT_PORTS, hash=False)
    release_submitters: tuple[str, ...] = DEFAULT_SUBMITTERS
    release_approvers: tuple[str, ...] = DEFAULT_APPROVERS
    papers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    readers: int = DEFAULT_READERS
    sign_in: SignIn | None = None

    def __post_init__(self) -> None:
        """Make the paths absolute and check every setting."""
        object.__setattr__(self, "home", _folder(self.home, "HOME"))
        if self.chain is not None:
            object.__setattr__(self, "chain", _folder(self.chain, "CHAIN"))
        object.__setattr__(self, "ports", MappingProxyType(dict(self.ports)))
        object.__setattr__(self, "papers", MappingProxyType(dict(self.papers)))
        for problem in (*self._problems_of_home(), *self._problems_of_chain()):
            raise SettingsError(problem)
        for problem in (*self._problems_of_ports(), *self._problems_of_roles()):
            raise SettingsError(problem)
        if self.readers < 1:
            raise SettingsError(f"readers: {self.readers} lets nobody in; choose 1 or more")

    @property
    def project_root(self) -> Path:
        """The checkout: the folder that holds `pyproject.toml`."""
        return _PROJECT_ROOT

    @property
    def chain_name(self) -> str:
        """Name of the chain: the built-in one, or the name of the given folder."""
        return BUILT_IN_CHAIN if self.chain is None else self.chain.name

    @property
    def seeds_dir(self) -> Path:
        """Organisations, milestones, hand-offs, norms, calendar and codebook of the chain."""
        if self.chain is None:
            return self.dbt_project_dir / "seeds" / BUILT_IN_CHAIN
        return self.chain / "seeds"

    @property
    def contracts_dir(self) -> Path:
        """Delivery specifications of the chain, one file a table."""
        if self.chain is None:
            return self.project_root / "expectations" / "contracts" / BUILT_IN_CHAIN
        return self.chain / "contracts"

    @property
    def dbt_project_dir(self) -> Path:
        """The dbt project. Holds code only: no state is ever written here."""
        return self.project_root / "dbt_project"

    @property
    def inbox_dir(self) -> Path:
        """Where chain partners' deliveries arrive."""
        return self.home / "inbox"

    @property
    def landing_dir(self) -> Path:
        """Accepted deliveries as Parquet; immutable, every version kept."""
        return self.home / "landing"

    @property
    def quarantine_dir(self) -> Path:
        """Refused deliveries."""
        return self.home / "quarantine"

    @property
    def feedback_dir(self) -> Path:
        """Reports to chain partners on what they delivered."""
        return self.home / "feedback"

    @property
    def warehouse_path(self) -> Path:
        """The pipeline's own database; no reader ever opens it while a build may run."""
        return self.home / "warehouse.duckdb"

    @property
    def published_dir(self) -> Path:
        """Published files, one folder an audience."""
        return self.home / "published"

    @property
    def releases_dir(self) -> Path:
        """Releases for the advisory body and their ledger; kept for good."""
        return self.home / "releases"

    @property
    def register_path(self) -> Path:
        """The platform's register of decisions; append-only, kept beside what is published."""
        return self.home / "register" / "decisions.sqlite"

    @property
    def access_dir(self) -> Path:
        """The access log of the dashboards: who looked at what, and when."""
        return self.home / "access"

    @property
    def sign_in_dir(self) -> Path:
        """Secrets of signing in, and which sessions were ended before their time."""
        return self.home / "sign_in"

    @property
    def dagster_home(self) -> Path:
        """Run history of Dagster (`DAGSTER_HOME`)."""
        return self.home / "dagster"

    @property
    def dbt_target_dir(self) -> Path:
        """What dbt compiles (`DBT_TARGET_PATH`)."""
        return self.home / "dbt" / "target"

    @property
    def dbt_log_dir(self) -> Path:
        """What dbt logs (`DBT_LOG_PATH`)."""
        return self.home / "dbt" / "logs"

    @property
    def lock_path(self) -> Path:
        """File locked (`flock`) while a command changes state: one writer at a time."""
        return self.home / "writer.lock"

    def _problems_of_home(self) -> Iterator[str]:
        name = f"{ENVIRONMENT_PREFIX}HOME"
        if self.home.exists() and not self.home.is_dir():
            yield f"{name}: {self.home} is a file; name a folder, or a place where one can be made"
        unfit = sorted(
            {sign for sign in str(self.home) if sign in _UNFIT or not sign.isprintable()}
        )
        if unfit:
            yield (
                f"{name}: {str(self.home)!r} has {', '.join(map(repr, unfit))} in it, which "
                "DuckDB, dbt or Dagster reads as something else; choose a folder without"
            )
        if self.home.is_relative_to(self.dbt_project_dir):
            yield (
                f"{name}: {self.home} lies inside the dbt project, which dbt copies and scans; "
                "choose a folder outside it"
            )
        if self.home == self.project_root:
            yield f"{name}: {self.home} is the checkout itself; choose a folder in it, such as var"

    def _problems_of_chain(self) -> Iterator[str]:
        if self.chain is None:
            return
        for folder in (self.seeds_dir, self.contracts_dir):
            if not folder.is_dir():
                yield (
                    f"{ENVIRONMENT_PREFIX}CHAIN: {self.chain} has no folder {folder.name}/; "
                    "name a folder that holds seeds/ and contracts/, or leave the setting out "
                    f"for the built-in chain {BUILT_IN_CHAIN}"
                )

    def _problems_of_ports(self) -> Iterator[str]:
        missing_or_unknown = sorted(set(self.ports) ^ set(DEFAULT_PORTS))
        if missing_or_unknown:
            yield (
                f"ports: {', '.join(missing_or_unknown)} missing or unknown; "
                f"give one port for each of {', '.join(DEFAULT_PORTS)}"
            )
        for audience, port in self.ports.items():
            if not LOWEST_PORT <= port <= HIGHEST_PORT:
                yield (
                    f"ports.{audience}: {port} is not usable; "
                    f"choose a number from {LOWEST_PORT} to {HIGHEST_PORT}"
                )
        if len(set(self.ports.values())) < len(self.ports):
            used = ", ".join(f"{audience} {port}" for audience, port in self.ports.items())
            yield f"ports: two audiences share a port ({used}); give each its own"

    def _problems_of_roles(self) -> Iterator[str]:
        lists = {"submitters": self.release_submitters, "approvers": self.release_approvers}
        for name, roles in lists.items():
            if not roles or not all(role.strip() and role.isprintable() for role in roles):
                yield (
                    f"release.{name}: {list(roles)!r} is no list of roles; "
                    'name at least one, such as "analist"'
                )


def load_settings(
    environ: Mapping[str, str] | None = None, config_file: Path | None = None
) -> Settings:
    """Read the settings from the environment and the optional file.

    The environment goes before the file, the file before the defaults. Variables:
    `KWALITEITSMONITOR_HOME`, `KWALITEITSMONITOR_CHAIN` (relative to the working folder) and
    `KWALITEITSMONITOR_PORT_RESEARCHER`, `…_PLATFORM`, `…_ADVISORY`,
    `KWALITEITSMONITOR_RELEASE_SUBMITTERS` and `…_APPROVERS` (roles, with commas between them),
    `KWALITEITSMONITOR_READERS`; an empty one counts as absent. The file is TOML: an optional
    `chain` (relative to the file) and `readers`, and optional tables `[ports]`, `[release]` with
    `submitters` and `approvers`, `[papers]` of texts, and `[sign_in]`
    (`pipelines/access/sign_in.py`).

    Args:
        environ: Variables to read; the process environment when None.
        config_file: File to read; it must exist. `kwaliteitsmonitor.toml` in the home folder, if
            there, when None.

    Returns:
        The checked settings.

    Raises:
        SettingsError: A setting or the file is wrong; the message names it and the remedy.
    """
    variables = {
        name.removeprefix(ENVIRONMENT_PREFIX): value
        for name, value in (os.environ if environ is None else environ).items()
        if name.startswith(ENVIRONMENT_PREFIX) and value.strip()
    }
    home = _folder(Path(variables.get("HOME", Settings.home)), "HOME")
    chain, ports, roles, own = _read_config_file(home / CONFIG_FILE_NAME, config_file)
    if "CHAIN" in variables:
        chain = Path(variables["CHAIN"])
    for audience in DEFAULT_PORTS:
        name = f"PORT_{audience.upper()}"
        if name in variables:
            ports[audience] = _port(variables[name], f"{ENVIRONMENT_PREFIX}{name}")
    for part in _ROLES:
        if named := variables.get(f"RELEASE_{part.upper()}"):
            roles[part] = tuple(role.strip() for role in named.split(","))
    if "READERS" in variables:
        own["readers"] = _whole(variables["READERS"], f"{ENVIRONMENT_PREFIX}READERS")
    return Settings(
        home=home,
        chain=chain,
        ports={**DEFAULT_PORTS, **ports},
        **{f"release_{part}": names for part, names in roles.items()},
        **own,
    )


def offline_environment() -> dict[str, str]:
    """Return the variables that switch off every library's telemetry (`offline.env`).

    Whoever starts a process or imports one of these libraries sets them first.
    """
    text = Path(__file__).with_name("offline.env").read_text(encoding="utf-8")
    assignments = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {name: value for name, separator, value in assignments if separator}


def _folder(path: Path, name: str) -> Path:
    """Return a path made absolute, if the system can have a folder of that name at all."""
    try:
        found = path.expanduser().resolve()
        found.exists()
    except (OSError, RuntimeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise SettingsError(
            f"{ENVIRONMENT_PREFIX}{name}: {str(path)!r} cannot be a folder ({why}); name another"
        ) from error
    return found


def _read_config_file(
    default_file: Path, config_file: Path | None
) -> tuple[Path | None, dict[str, int], dict[str, Any], dict[str, Any]]:
    """Return chain, ports, roles and the rest from the file; nothing when there is no file."""
    path = default_file if config_file is None else config_file
    if config_file is None and not path.is_file():
        return None, {}, {}, {}
    try:
        options: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); check the name") from error
    # No TOML or no text; or a number longer than Python reads, which TOML has no word for.
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: is not TOML ({error}); mend or remove it") from error

    unknown = sorted(set(options) - set(_PARTS))
    if unknown:
        raise SettingsError(
            f"{path}: unknown setting {', '.join(unknown)}; known: {', '.join(_PARTS)}"
        )
    chain, ports = options.get("chain"), options.get("ports", {})
    if chain is not None and not isinstance(chain, str):
        raise SettingsError(f"{path}: chain must be a text that names a folder")
    if not isinstance(ports, dict):
        raise SettingsError(f"{path}: ports must be a table, such as [ports] and researcher = 8501")
    return (
        None if chain is None else path.parent / chain,
        {audience: _port(value, f"{path}: ports.{audience}") for audience, value in ports.items()},
        _roles(options.get("release", {}), path),
        _rest(options, path),
    )


def _rest(options: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return texts of papers, how many may read at once and how they are signed in."""
    found: dict[str, Any] = {"papers": dict(_papers(options.get("papers", {}), path))}
    if "readers" in options:
        found["readers"] = _whole(options["readers"], f"{path}: readers")
    if "sign_in" in options:
        try:
            found["sign_in"] = read_sign_in(options["sign_in"], frozenset(DEFAULT_PORTS))
        except SignInError as error:
            raise SettingsError(f"{path}: {error}") from error
    return found


def _roles(named: object, path: Path) -> dict[str, tuple[str, ...]]:
    """Return the lists of roles of the file; `Settings` checks what stands in them."""
    if not isinstance(named, dict) or not set(named) <= set(_ROLES):
        raise SettingsError(f"{path}: release must be a table with {' and '.join(_ROLES)}")
    for part, roles in named.items():
        if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            raise SettingsError(f'{path}: release.{part} must be a list, such as ["analist"]')
    return {part: tuple(roles) for part, roles in named.items()}


def _papers(named: object, path: Path, within: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of the table by name, and those of a table in it by `table.name`."""
    if not isinstance(named, dict):
        raise SettingsError(f'{path}: papers must be a table of texts, such as controller = "…"')
    for name, text in named.items():
        if isinstance(text, dict) and not within:
            yield from _papers(text, path, f"{name}.")
        elif isinstance(text, str):
            yield f"{within}{name}", text
        else:
            raise SettingsError(f"{path}: papers.{within}{name} must be a text between quotes")


def _port(value: object, name: str) -> int:
    """Return the value as a port number; the range is checked by `Settings`."""
    try:
        return int(str(value))
    except ValueError as error:
        raise SettingsError(f"{name}: {value!r} is not a port number, such as 8501") from error


def _whole(value: object, name: str) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise SettingsError(f"{name}: {value!r} is not a whole number, such as 40") from error
