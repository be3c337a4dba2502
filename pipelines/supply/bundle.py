"""One archive from which the product is installed on a machine without a network.

Here: gathering the wheels of the runtime lock, laying them beside the checkout of HEAD with the
list of parts and a description, and packing that so that the same commit gives the same files.
Not here: installing it (`install.py`, which the archive carries).

`python -m pipelines.supply.bundle FOLDER` writes the archive and a file with its hash. Needs an
index, as making an environment does; what it makes needs none.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import parse_wheel_filename

from pipelines.supply import parts
from pipelines.supply.install import (
    DESCRIPTION,
    REQUIREMENTS,
    SUMS,
    WHEELS,
    platform_here,
    python_here,
    sha256_of,
)
from pipelines.supply.pins import read_pins

_ROOT = Path(__file__).resolve().parents[2]
_MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)")
# What the older names of the same thing mean.
_OLDER = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}


class BundleError(RuntimeError):
    """The archive cannot be made; the message says why."""


@dataclass(frozen=True)
class Bundle:
    """What an archive is, as it says of itself.

    Attributes:
        product: Version of the product.
        commit: The commit whose files it holds.
        committed_at: Moment of that commit, in seconds since 1970: the date of every file.
        python: Version of Python that its wheels are for, such as `3.11`.
        platform: Machine that they are for, such as `linux_x86_64`.
        glibc: Oldest C library they run on; empty where none is named.
    """

    product: str
    commit: str
    committed_at: int
    python: str
    platform: str
    glibc: str = ""

    @property
    def name(self) -> str:
        """Name of the folder it unpacks to; that of the archive without its ending."""
        python = self.python.replace(".", "")
        return f"kwaliteitsmonitor-{self.product}-{self.commit[:12]}-cp{python}-{self.platform}"


def make_bundle(folder: Path) -> Path:
    """Make the archive of HEAD for this Python and this machine.

    Returns:
        The archive; beside it lies its hash, under the same name and `.sha256`.

    Raises:
        BundleError: No checkout, or a package of the lock has no wheel.
    """
    bundle = Bundle(
        product=version("kwaliteitsmonitor"),
        commit=_git("rev-parse", "HEAD"),
        committed_at=int(_git("log", "-1", "--format=%ct")),
        python=python_here(),
        platform=platform_here(),
    )
    with TemporaryDirectory(dir=_made(folder)) as work:
        tree = Path(work) / bundle.name
        _lay_checkout(tree, Path(work))
        _gather_wheels(tree / WHEELS, bundle.committed_at)
        _lay_parts(tree)
        return seal(tree, bundle, folder)


def seal(tree: Path, bundle: Bundle, folder: Path) -> Path:
    """Describe and pack what lies in a folder; of the same files the same bytes."""
    wheels = sorted((tree / WHEELS).glob("*.whl"))
    lines = [_requirement(wheel) for wheel in wheels]
    (tree / REQUIREMENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    described = {**asdict(bundle), "glibc": oldest_glibc([wheel.name for wheel in wheels])}
    (tree / DESCRIPTION).write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    installer = Path(__file__).with_name("install.py")
    (tree / installer.name).write_bytes(installer.read_bytes())
    files = sorted(path for path in tree.rglob("*") if path.is_file() and path.name != SUMS)
    sums = [f"{sha256_of(path)}  {path.relative_to(tree).as_posix()}\n" for path in files]
    (tree / SUMS).write_text("".join(sums), encoding="utf-8")
    return _pack(tree, bundle, folder)


def _pack(tree: Path, bundle: Bundle, folder: Path) -> Path:
    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = bundle.committed_at
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    archive = folder / f"{bundle.name}.tar"
    half = archive.with_suffix(".half")
    # Wheels are packed already.
    with tarfile.open(half, "w", format=tarfile.PAX_FORMAT) as packed:
        for path in [tree, *sorted(tree.rglob("*"))]:
            name = path.relative_to(tree.parent).as_posix()
            packed.add(path, arcname=name, recursive=False, filter=plain)
    half.replace(archive)
    told = f"{sha256_of(archive)}  {archive.name}\n"
    archive.with_name(f"{archive.name}.sha256").write_text(told, encoding="utf-8")
    return archive


def _requirement(wheel: Path) -> str:
    name, released, _, _ = parse_wheel_filename(wheel.name)
    return f"{name}=={released} --hash=sha256:{sha256_of(wheel)}"


def oldest_glibc(wheels: Sequence[str]) -> str:
    """Oldest C library on which all wheels run, by their names; empty where none needs one."""
    needed = []
    for wheel in wheels:
        named = [(int(major), int(minor)) for major, minor in _MANYLINUX.findall(wheel)]
        named += [glibc for older, glibc in _OLDER.items() if older in wheel]
        if named:
            needed.append(min(named))
    return "{}.{}".format(*max(needed)) if needed else ""


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _lay_checkout(tree: Path, work: Path) -> None:
    packed = work / "checkout.tar"
    _git("archive", "--format=tar", f"--output={packed}", "HEAD")
    tree.mkdir()
    _run(["tar", "-xf", str(packed), "-C", str(tree)])
    packed.unlink()


def _gather_wheels(wheels: Path, moment: int) -> None:
    """Download what the lock pins, by its hashes, and make wheels of what has none."""
    lock = _ROOT / "requirements.lock"
    pip = [sys.executable, "-m", "pip", "--quiet"]
    only = ["--no-deps", "--require-hashes", "--requirement", str(lock)]
    _run([*pip, "download", *only, "--dest", str(wheels)])
    # With one date in them, they are the same each time.
    dated = {**os.environ, "SOURCE_DATE_EPOCH": str(moment)}
    for source in [path for path in wheels.iterdir() if path.suffix != ".whl"]:
        build = ["wheel", "--no-deps", "--no-index", "--no-build-isolation"]
        _run([*pip, *build, "--wheel-dir", str(wheels), str(source)], dated)
        source.unlink()
    pinned = {(pin.name, pin.version) for pin in read_pins(lock) if pin.is_for_here}
    there = {parse_wheel_filename(path.name)[:2] for path in wheels.iterdir()}
    if pinned != there:
        wrong = ", ".join(sorted(name for name, _ in pinned ^ there))
        raise BundleError(f"not one wheel of each package of the lock: {wrong}")


def _lay_parts(tree: Path) -> None:
    if parts.main([str(tree)]):
        raise BundleError("the list of parts or their licences are not in order; see `make sbom`")


def _git(*arguments: str) -> str:
    return _run(["git", "-C", str(_ROOT), *arguments])


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise BundleError(f"{' '.join(command[:6])} …: {done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


def main(arguments: Sequence[str]) -> int:
    """Make the archive and say where it is and how it is installed."""
    [folder] = map(Path, arguments)
    try:
        if _git("status", "--porcelain", "--untracked-files=no"):
            print("Changes that are not committed are not in it.", file=sys.stderr)
        archive = make_bundle(folder)
    except BundleError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{archive} ({archive.stat().st_size / 2**20:.0f} MiB), its hash beside it. There:")
    print(f"  sha256sum --check {archive.name}.sha256 && tar -xf {archive.name}")
    print(f"  python{python_here()} {archive.stem}/install.py")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
