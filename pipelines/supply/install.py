"""Installs the monitor from the folder this stands in: no index is asked, no network is needed.

Here: what an unpacked archive carries in its own top folder, as `install.py`. It runs on a Python
without any library, so nothing of the product is imported.
Not here: making the archive (`bundle.py`).

`python3 install.py` can be interrupted and run again.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

DESCRIPTION, SUMS, WHEELS = "bundle.json", "SHA256SUMS", "wheels"
REQUIREMENTS = f"{WHEELS}/requirements.txt"
_BLOCK_BYTES = 2**20


def python_here() -> str:
    """Which wheels this Python takes: `3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def platform_here() -> str:
    """And this machine: `linux_x86_64`."""
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def sha256_of(path: Path) -> str:
    """Hash of a file, however large."""
    hashed = hashlib.sha256()
    with path.open("rb") as opened:
        while block := opened.read(_BLOCK_BYTES):
            hashed.update(block)
    return hashed.hexdigest()


def problems(folder: Path) -> list[str]:
    """Say, in Dutch, why this folder cannot be installed here; nothing where it can."""
    try:
        described = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        sums = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        python, machine, glibc = (described[key] for key in ("python", "platform", "glibc"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"{DESCRIPTION} of {SUMS} is niet te lezen ({error}); pak het archief opnieuw uit"]
    found = []
    if python != python_here():
        found.append(
            f"dit archief is voor Python {python} en dit is {python_here()}; "
            f"draai het met python{python}, of maak daar een archief voor met `make bundle`"
        )
    if machine != platform_here():
        found.append(f"dit archief is voor {machine} en dit is {platform_here()}")
    if _is_older(platform.libc_ver()[1], glibc):
        found.append(f"dit systeem heeft glibc {platform.libc_ver()[1]}; nodig is {glibc} of later")
    return [*found, *_damaged(folder, sums)]


def _is_older(here: str, needed: str) -> bool:
    """Whether one version of the C library comes before another; not where there is none."""
    try:
        parts = [tuple(map(int, version.split("."))) for version in (here, needed)]
    except ValueError:
        return False
    return parts[0] < parts[1]


def _damaged(folder: Path, sums: list[str]) -> list[str]:
    found = []
    for line in sums:
        sha256, _, name = line.partition("  ")
        path = folder / name
        if not path.is_file():
            found.append(f"{name} ontbreekt; pak het archief opnieuw uit")
        elif sha256_of(path) != sha256:
            found.append(f"{name} is veranderd; pak het archief opnieuw uit")
    return found


def install(folder: Path) -> None:
    """Make the environment in `.venv`, of what lies in the folder alone."""
    home = folder / ".venv"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True, symlinks=True)
    # Nothing that somebody set for pip on this machine may reach for an index.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment = kept | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        environment.pop(name, None)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    for arguments in (
        ["--require-hashes", "--find-links", WHEELS, "--requirement", REQUIREMENTS],
        # The chain's SQL, contracts and texts are read where they lie.
        ["--no-build-isolation", "--editable", "."],
    ):
        subprocess.run([*pip, *arguments], check=True, cwd=folder, env=environment)
    # So that `make` knows it is there.
    (home / ".runtime-installed").touch()


def main() -> int:
    """Check the folder, install it and say what comes next."""
    folder = Path(__file__).resolve().parent
    found = problems(folder)
    for problem in found:
        print(f"Fout: {problem}", file=sys.stderr)
    if found:
        return 1
    print("Alle bestanden zijn heel. Installeren duurt een minuut of twee.", flush=True)
    try:
        install(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(
            f"Fout: {error}; ontbreekt venv, dan op Debian: apt-get install python3-venv",
            file=sys.stderr,
        )
        return 1
    print(f"Klaar. Nu: {folder / '.venv' / 'bin' / 'kwaliteitsmonitor'} --help")
    return 0


if __name__ == "__main__":
    sys.exit(main())
