"""One archive installs the product where there is no index and no network; it says for whom."""

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.supply.bundle import Bundle, oldest_glibc, seal
from pipelines.supply.install import platform_here, problems, python_here
from tests.operation.commands import new_user
from tests.operation.small_chain import CHAIN, deliver_month
from tests.operation.watching import contacts, only_loopback, traced

ROOT = Settings().project_root
HERE = Bundle("1.2.0", "0123456789abcdef", 1_700_000_000, python_here(), platform_here())


def tree_of(folder: Path) -> Path:
    """A small checkout with one wheel."""
    tree = folder / HERE.name
    (tree / "wheels").mkdir(parents=True)
    with zipfile.ZipFile(tree / "wheels" / "deel-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(zipfile.ZipInfo("deel.py"), "x = 1\n")
    (tree / "README.md").write_text("Lees mij.\n", encoding="utf-8")
    (tree / "run.sh").write_text("true\n", encoding="utf-8")
    (tree / "run.sh").chmod(0o700)
    return tree


def unpacked(archive: Path, folder: Path) -> Path:
    subprocess.run(["tar", "-xf", str(archive), "-C", str(folder)], check=True)
    return folder / archive.stem


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    return unpacked(seal(tree_of(tmp_path / "made"), HERE, tmp_path), tmp_path)


def test_its_name_says_of_what_and_for_whom_it_is():
    bundle = replace(HERE, python="3.11", platform="linux_x86_64")
    assert bundle.name == "kwaliteitsmonitor-1.2.0-0123456789ab-cp311-linux_x86_64"


def test_it_holds_hashes_of_all_it_holds_and_a_lock_of_its_wheels(sealed):
    listed = {line.split("  ")[1] for line in (sealed / "SHA256SUMS").read_text().splitlines()}
    there = {path.relative_to(sealed).as_posix() for path in sealed.rglob("*") if path.is_file()}

    assert listed == there - {"SHA256SUMS"}
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=sealed, check=True)
    lock = (sealed / "wheels" / "requirements.txt").read_text(encoding="utf-8")
    assert re.fullmatch(r"deel==1\.0 --hash=sha256:[0-9a-f]{64}\n", lock)
    described = json.loads((sealed / "bundle.json").read_text(encoding="utf-8"))
    assert (described["python"], described["platform"]) == (python_here(), platform_here())
    assert (sealed / "run.sh").stat().st_mode & 0o100


def test_the_same_files_give_the_same_bytes(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    made = [seal(tree_of(folder), HERE, folder) for folder in (first, second)]

    assert made[0].read_bytes() == made[1].read_bytes()
    sums = [path.with_name(f"{path.name}.sha256").read_text() for path in made]
    assert sums[0] == sums[1]
    assert sums[0].endswith(f"  {HERE.name}.tar\n")


def test_what_is_whole_and_for_this_machine_has_no_problem(sealed):
    assert problems(sealed) == []


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("python", "3.9", "dit archief is voor Python 3.9 en dit is"),
        ("platform", "linux_riscv64", "dit archief is voor linux_riscv64 en dit is"),
        ("glibc", "99.1", "nodig is 99.1 of later"),
    ],
)
def test_what_is_for_another_machine_says_so(sealed, key, value, told):
    path = sealed / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    assert told in problems(sealed)[0]


def test_a_changed_or_missing_file_is_named(sealed):
    wheel = sealed / "wheels" / "deel-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"!")
    (sealed / "README.md").unlink()

    assert problems(sealed) == [
        "README.md ontbreekt; pak het archief opnieuw uit",
        "wheels/deel-1.0-py3-none-any.whl is veranderd; pak het archief opnieuw uit",
    ]


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_description_that_cannot_be_read_is_one_line(sealed, content):
    (sealed / "bundle.json").unlink()
    if content is not None:
        (sealed / "bundle.json").write_text(content)
    [problem] = problems(sealed)
    assert "pak het archief opnieuw uit" in problem


@pytest.mark.parametrize(
    ("wheels", "glibc"),
    [
        ([], ""),
        (["a-1-py3-none-any.whl"], ""),
        (["a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
          "b-1-cp311-cp311-manylinux_2_28_x86_64.whl"], "2.28"),
        # Of two names of one wheel the older will do.
        (["b-1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"], "2.27"),
        (["c-1-cp36-abi3-manylinux1_x86_64.whl", "d-1-cp311-cp311-manylinux2014_x86_64.whl"],
         "2.17"),
    ],
)  # fmt: skip
def test_it_says_which_c_library_it_needs(wheels, glibc):
    assert oldest_glibc(wheels) == glibc


@pytest.mark.long
def test_it_installs_and_works_where_there_is_nothing_and_nobody(tmp_path):
    """Made with an index; unpacked, installed and run in a network of nobody."""
    subprocess.run(
        [sys.executable, "-m", "pipelines.supply.bundle", str(tmp_path)], check=True, cwd=ROOT
    )
    [archive] = tmp_path.glob("*.tar")
    subprocess.run(["sha256sum", "--check", f"{archive.name}.sha256"], check=True, cwd=tmp_path)
    folder = unpacked(archive, tmp_path)
    home = tmp_path / "var"
    deliver_month(home / "inbox")
    program = str(folder / ".venv" / "bin" / "kwaliteitsmonitor")
    chain = str(folder / CHAIN.relative_to(ROOT))
    # The Python of the system, not of this environment.
    python = str(Path(sys.base_prefix, "bin", f"python{python_here()}"))
    environment = {**new_user(tmp_path, home), "PATH": os.defpath}
    with only_loopback() as inside:
        for command in (
            [python, str(folder / "install.py")],
            [program, "--help"],
            [program, "run", "--chain", chain],
            [program, "query", "from publication", "--chain", chain],
            # Again: nothing that is there is in the way.
            [python, str(folder / "install.py")],
        ):
            trace = tmp_path / "trace"
            done = subprocess.run(
                [*inside, *traced(trace), *command],
                check=False,
                capture_output=True,
                text=True,
                cwd=tmp_path,
                env=environment,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert contacts(trace, by=" ".join(command)) == []
