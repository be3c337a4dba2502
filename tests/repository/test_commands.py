"""The README's commands exist, and CI runs them in its words."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from pipelines.settings import offline_environment


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def test_ci_finds_its_commands_in_the_readme(readme):
    marked = "".join(re.findall(r"<!-- ci:begin -->(.*?)<!-- ci:end -->", readme, flags=re.S))
    commands = set(re.findall(r"^ *(make [a-z-]+)", marked, flags=re.M))
    assert commands >= {"make run", "make test", "make test-browser", "make lint"}


def test_ci_is_a_script_that_parses(root):
    subprocess.run(["bash", "-n", root / ".ci" / "run"], check=True)


def test_every_recipe_runs_with_telemetry_off(root):
    recipe = "include Makefile\nshow:\n\t@env\n"
    shown = subprocess.run(
        ["make", "--no-print-directory", "--file=-", "show"],
        cwd=root,
        input=recipe,
        env={"PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
    )
    environment = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
    assert offline_environment().items() <= environment.items()


def test_publiccode_keeps_to_the_standard(root):
    # Lengths: publiccode.yml 0.4, description.*.shortDescription and longDescription.
    described = yaml.safe_load((root / "publiccode.yml").read_text(encoding="utf-8"))
    assert described["legal"]["license"] == "EUPL-1.2"
    assert set(described["description"]) == {"nl", "en"}
    for text in described["description"].values():
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert len(text["genericName"]) <= 35
