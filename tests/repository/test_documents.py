"""What the documents name exists: paths, commands and make targets."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.cli import app

# A code span that begins like a path of the repository or ends like one of its files.
_FILE = re.compile(r"[\w./<>*-]+\.(?:py|md|sql|yml|yaml|csv|toml|lock|typ|env)")
_SPAN = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"(?:^ *|`)kwaliteitsmonitor ([a-z-]+)", re.M)
_LINK = re.compile(r"\]\(([^)#]+)\)")
# Made while it runs, or a place of the machine it runs on: part of no checkout.
_STATE = (
    "/",
    "./var",
    "var/",
    "inbox/",
    "landing/",
    "register/",
    "quarantine/",
    "feedback/",
    "published/<",
)


@pytest.fixture(scope="module")
def documents(repository_files: list[Path]) -> list[Path]:
    found = [file for file in repository_files if file.suffix == ".md"]
    assert {Path("README.md"), Path("pipelines/OPERATE.md")} <= set(found)
    return found


def spans(text: str) -> list[str]:
    return [span.strip() for span in _SPAN.findall(text)]


def is_path(span: str, root: Path) -> bool:
    """Whether a code span means a place in the repository."""
    if span.startswith(_STATE) or " " in span or "<" in span:
        return False
    top = span.split("/", maxsplit=1)[0]
    return bool(_FILE.fullmatch(span)) or ("/" in span and (root / top).is_dir())


def exists(span: str, document: Path, root: Path, names: set[str]) -> bool:
    """Whether it is there: from the root, from the document's folder, or under that bare name."""
    if "/" not in span and span in names:
        return True
    return any((place / span).exists() for place in (root, root / document.parent))


def test_every_path_a_document_names_exists(root, repository_files, documents):
    names = {file.name for file in repository_files}
    missing = [
        f"{document}: {span}"
        for document in documents
        for span in spans((root / document).read_text("utf-8"))
        if is_path(span, root) and not exists(span, document, root, names)
    ]
    assert missing == []


def test_every_link_of_a_document_leads_somewhere(root, documents):
    broken = [
        f"{document}: {target}"
        for document in documents
        for target in _LINK.findall((root / document).read_text("utf-8"))
        if "://" not in target and not (root / document.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("folder", ["pipelines", "dashboard"])
def test_a_map_names_every_room_and_every_loose_module(root, folder):
    named = {Path(span).stem for span in spans((root / folder / "README.md").read_text("utf-8"))}
    there = {path.parent.name for path in (root / folder).glob("*/*.py")}
    there |= {path.stem for path in (root / folder).glob("*.py")} - {"__init__"}
    assert there - named == set()


def test_every_package_the_map_of_the_pipelines_names_exists(root):
    text = (root / "pipelines" / "README.md").read_text("utf-8")
    named = {span for span in spans(text) if re.fullmatch(r"[a-z_]+/", span)}
    lost = {
        span
        for span in named
        if not any((root / "pipelines" / place / span).is_dir() for place in ("", "deliveries"))
    }
    assert named
    assert lost - {"landing/", "published/", "register/", "releases/", "access/"} == set()


def test_every_command_a_document_names_exists(root, documents):
    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    named = {
        command
        for document in documents
        for command in _COMMAND.findall((root / document).read_text("utf-8"))
    }
    assert named
    assert named <= known


def test_every_make_target_a_document_names_exists(root, documents):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.M))
    # At the start of a line or a code span: in running text "make" is also an English verb.
    named = {
        target
        for document in documents
        for target in re.findall(
            r"(?:^ +|`)make ([a-z][a-z-]*)", (root / document).read_text("utf-8"), flags=re.M
        )
    }
    assert named
    assert named <= targets
