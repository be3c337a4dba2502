"""The operator's guide can be followed: every command, option, target and service in it exists.

And what it has somebody write is read: blocks by a shell, settings by the monitor.
"""

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pipelines.access.sign_in import Method, read_sign_in
from pipelines.cli import app
from pipelines.operation.units import write_units
from pipelines.publication.audiences import AUDIENCES
from pipelines.settings import Settings

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "pipelines" / "OPERATE.md"
LONGEST_LINES = 280
# What stands for a word of one's own.
_OWN_WORD = re.compile(r"[A-Z]+|…")


def blocks() -> list[str]:
    """What is to be typed or written, as it is copied from the page."""
    found = re.findall(r"(?:^ {4}.*\n)+", GUIDE.read_text(encoding="utf-8"), flags=re.M)
    return [re.sub(r"^ {4}", "", block, flags=re.M) for block in found]


def commands() -> Iterator[str]:
    """Every line of a block, and every code span, that gives a command."""
    lines = "".join(blocks()).splitlines()
    for given in (*lines, *re.findall(r"`([^`\n]+)`", GUIDE.read_text(encoding="utf-8"))):
        yield from (part.strip() for part in given.split("&&"))


def given_to(program: str) -> list[list[str]]:
    """The words after a program, in every command that has some: as root or not."""
    found = []
    for given in commands():
        words = shlex.split(given)
        while words and (words[0] == "sudo" or "=" in words[0]):
            words = words[1:]
        if words[:1] == ["kwaliteitsmonitor_of"]:
            # The same command, for the home of the audience that is named first.
            words = ["kwaliteitsmonitor", *words[2:]]
        if words and words[0].rpartition("/")[2] == program and len(words) > 1:
            found.append(words[1:])
    return found


def problems(words: list[str], command: Any) -> Iterator[str]:
    """What is wrong with the words after a program, read as click would."""
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        name, words = words[0], words[1:]
        if name not in command.commands:
            yield f"no command {name}"
            return
        command = command.commands[name]
    options = {option: part for part in command.params for option in part.opts}
    if hasattr(command, "commands") and words[:1] != ["--help"]:
        yield "names no command"
    for at, word in enumerate(words):
        if word.startswith("--") and word != "--help":
            if word not in options:
                yield f"no option {word}"
            elif not options[word].is_flag and at + 1 == len(words):
                yield f"{word} without a value"


def test_every_command_of_the_monitor_exists_with_its_options():
    program = get_command(app)
    given = [words for words in given_to("kwaliteitsmonitor") if not _OWN_WORD.fullmatch(words[0])]
    assert len(given) >= 20
    wrong = {" ".join(words): list(problems(words, program)) for words in given}
    assert {command: found for command, found in wrong.items() if found} == {}


def test_a_command_or_option_that_is_not_there_is_found():
    program = get_command(app)
    assert list(problems(["herstel"], program)) == ["no command herstel"]
    assert list(problems(["release", "draft", "--door"], program)) == ["no option --door"]
    assert list(problems(["units", "--to"], program)) == ["--to without a value"]


def test_every_make_target_exists():
    makefile = (GUIDE.parents[1] / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.M))
    given = {words[0] for words in given_to("make")}
    assert given
    assert given <= targets


@pytest.mark.parametrize("program", ["systemctl", "journalctl"])
def test_every_service_is_one_that_is_written(program, tmp_path):
    written = {path.name for path in write_units(Settings(home=tmp_path / "x"), tmp_path)}
    given = {
        word.removeprefix("--unit=") for words in given_to(program) for word in words
        if "kwaliteitsmonitor" in word
    }  # fmt: skip
    assert given
    names = {re.sub(r"@\w+", "@", name) for name in given}
    assert [name for name in names if not any(fnmatchcase(unit, name) for unit in written)] == []


def test_every_block_of_commands_is_read_by_a_shell():
    given = [block for block in blocks() if not block.startswith("[")]
    assert len(given) >= 10
    for block in given:
        read = subprocess.run(
            ["bash", "-n"], input=block, capture_output=True, text=True, check=False
        )
        assert (read.returncode, read.stderr) == (0, ""), block


def test_the_settings_of_both_ways_to_sign_in_are_read():
    written = re.findall(
        r"kwaliteitsmonitor\.toml <<'END'\n(.*?)\nEND\n", "".join(blocks()), flags=re.S
    )
    read = [read_sign_in(tomllib.loads(text)["sign_in"], frozenset(AUDIENCES)) for text in written]
    assert [sign_in.method for sign_in in read] == [Method.proxy, Method.openid]
    assert {*read[0].addresses.items()} == {*read[1].addresses.items()}


def test_a_proxy_before_a_provider_says_of_nobody_who_they_are(tmp_path):
    """What the guide has taken out of the example is all that signs people in."""
    example = tmp_path / "nginx.conf"
    example.write_text((ROOT / "dashboard" / "access" / "nginx.conf").read_text(encoding="utf-8"))
    [[*words, _]] = [words for words in given_to("sed") if words[0] == "-i"]
    subprocess.run(["sed", *words, example], check=True)
    left = [line.strip() for line in example.read_text().splitlines()]
    assert not [line for line in left if line.startswith(("auth_basic", "include"))]
    assert {line for line in left if line.startswith("proxy_set_header X-")} == set()
    assert 'proxy_set_header Authorization "";' in left


def test_it_is_read_in_one_sitting_and_no_chapter_waits_for_its_text():
    text = GUIDE.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_LINES
    assert "<!--" not in text
    runbook = text.partition("## Runbook")[2]
    assert len(re.findall(r"^\| (?!you see|---)", runbook, flags=re.M)) >= 10
