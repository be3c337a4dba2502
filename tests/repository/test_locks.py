"""The locks install the same bytes everywhere, from whichever index the machine uses."""

import re
import tomllib
from pathlib import Path

import pytest

LOCKS = ["requirements.lock", "requirements-dev.lock"]


def entries(lock: Path) -> list[str]:
    """One text per package: the pin and the hashes that continue it."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins(lock: Path) -> dict[str, str]:
    found = [re.match(r"([a-z0-9-]+)\S*?==(\S+)", entry) for entry in entries(lock)]
    return {match[1]: match[2] for match in found if match}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_and_hashed(root, name):
    unpinned = [
        entry
        for entry in entries(root / name)
        if not re.match(r"[a-z0-9-]+(\[[a-z,-]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)
    ]
    assert entries(root / name)
    assert not unpinned


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_and_no_option_beside_the_hashes(root, name):
    text = (root / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith("-")]


def test_the_development_lock_holds_all_of_the_runtime_lock(root):
    runtime, dev = (pins(root / name) for name in LOCKS)
    assert runtime.items() <= dev.items()


def test_every_declared_dependency_is_locked(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[^A-Za-z0-9-]", text, maxsplit=1)[0].lower() for text in declared}
    assert names <= set(pins(root / "requirements-dev.lock"))
