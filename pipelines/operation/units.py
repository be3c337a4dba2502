"""The units of systemd and what goes with them, filled in for this installation.

Here: the list, and writing them as a folder that is laid over `/etc`.
Not here: what stands in them (`units/`), and installing them (`OPERATE.md`).
"""

import sys
from pathlib import Path
from string import Template

from pipelines.atomic import write_text
from pipelines.settings import Settings, SettingsError, offline_environment

_TEMPLATES = Path(__file__).with_name("units")
_HARDENING = "hardening.conf"
# In a unit these begin something else than a path.
_UNFIT = frozenset("%\"'\\$:")
# Below these `ProtectHome` would hide the code or the home from the services themselves.
_HIDDEN = (Path("/home"), Path("/root"), Path("/run/user"))
# What lies in `/etc` is read by every administrator and service, and none of it is secret.
_READ_BY_ALL = 0o644
_ENTERED_BY_ALL = 0o755


def write_units(settings: Settings, to: Path) -> list[Path]:
    """Write every unit, user, folder and the environment file.

    Args:
        settings: The installation they are for.
        to: Folder to write them in, made when missing; its content belongs in `/etc`.

    Returns:
        The files, in order.

    Raises:
        SettingsError: A path has a space or a sign that systemd reads as something else.
    """
    known = {
        "bin": str(Path(sys.executable).parent),
        "code": str(settings.project_root),
        "home": str(settings.home),
        "chain": str(settings.chain or ""),
    }
    paths = [Path(path) for path in known.values() if path]
    for path in paths:
        if any(sign.isspace() or sign in _UNFIT for sign in str(path)):
            raise SettingsError(f"{path}: systemd leest dit pad anders; kies er een zonder spatie")
    is_hidden = any(
        Path(path).is_relative_to(place) for path in known.values() for place in _HIDDEN
    )
    known["protect_home"] = "read-only" if is_hidden else "yes"
    switches = offline_environment().items()
    known["offline"] = "\n".join(f"{name}={value}" for name, value in switches)
    known["hardening"] = _filled(_TEMPLATES / _HARDENING, known).strip()
    written = []
    for template in sorted(_TEMPLATES.rglob("*")):
        if template.is_file() and template.name != _HARDENING:
            path = to / template.relative_to(_TEMPLATES)
            write_text(path, _filled(template, known))
            path.chmod(_READ_BY_ALL)
            written.append(path)
    for folder in {folder for path in written for folder in path.parents}:
        if folder.is_relative_to(to):
            folder.chmod(_ENTERED_BY_ALL)
    return written


def _filled(template: Path, known: dict[str, str]) -> str:
    return Template(template.read_text(encoding="utf-8")).substitute(known)
