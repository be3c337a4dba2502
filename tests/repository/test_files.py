"""What the repository holds, and what it never holds."""

import ast
import re
from pathlib import Path
from zoneinfo import available_timezones

import pytest

# The agreed top level; what a tool demands there is in the second group.
TOP_LEVEL = {"pipelines", "dbt_project", "expectations", "dashboard", "tests"} | {
    ".ci",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    ".sqlfluff",
    ".streamlit",
    "LICENSE",
    "Makefile",
    "README.md",
    "publiccode.yml",
    "pyproject.toml",
    "requirements-dev.lock",
    "requirements.lock",
}
LARGEST_FILE_BYTES = 600 * 1024

PACKAGE_INDEX = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|index-url[= ]+\S*://", re.I
)
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|work|Users)/\w")


def lines_that_match(pattern: re.Pattern[str], root: Path, files: list[Path]) -> list[str]:
    found = []
    for file in files:
        content = (root / file).read_bytes()
        if b"\0" in content:
            continue  # not text
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{file}:{number}: {line.strip()[:100]}")
    return found


def test_no_file_names_a_package_index(root, repository_files):
    assert not lines_that_match(PACKAGE_INDEX, root, repository_files)


def test_no_file_names_a_place_on_one_machine(root, repository_files):
    assert not lines_that_match(MACHINE_PATH, root, repository_files)


def test_code_names_no_time_zone_but_the_one_it_proposes(root, repository_files):
    """The zone of a chain stands in its contracts; two of them in one chain disagree in silence."""
    zones = {zone for zone in available_timezones() if "/" in zone}
    found = {
        f"{file}: {node.value}"
        for file in repository_files
        if file.suffix == ".py" and file.parts[0] in {"pipelines", "dashboard"}
        for node in ast.walk(ast.parse((root / file).read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in zones
    }
    assert found == {"pipelines/cli/chain.py: Europe/Amsterdam"}


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (PACKAGE_INDEX, "--extra-index-url " + "https:" + "//example.org/simple"),
        (PACKAGE_INDEX, "from https://files." + "pythonhosted" + ".org/packages"),
        (MACHINE_PATH, "cd /" + "home/someone"),
        (MACHINE_PATH, '"/' + 'work/main"'),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern, line):
    assert pattern.search(line)


def test_top_level_holds_only_what_was_agreed(repository_files):
    assert {file.parts[0] for file in repository_files} <= TOP_LEVEL


def test_no_file_is_large(root, repository_files):
    sizes = {str(file): (root / file).stat().st_size for file in repository_files}
    assert not {file: size for file, size in sizes.items() if size > LARGEST_FILE_BYTES}


def test_no_module_is_a_drawer_for_anything(repository_files):
    drawers = {"utils", "common", "helpers", "misc"}
    assert not [file for file in repository_files if drawers & {*file.parts, file.stem}]
