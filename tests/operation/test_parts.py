"""The list of parts is what the runtime lock installs, each under a licence that is allowed."""

import csv
import json
import re
import tomllib
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from pipelines.settings import Settings
from pipelines.supply.parts import (
    PartsError,
    licences,
    list_parts,
    validate,
    write_licences,
)
from pipelines.supply.pins import read_pins

LOCK = Settings().project_root / "requirements.lock"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return list_parts(LOCK)


def test_every_pin_of_the_lock_is_a_part_and_nothing_else(document):
    pins = {(pin.name, str(pin.version)) for pin in read_pins(LOCK) if pin.is_for_here}
    parts = {(canonicalize_name(part["name"]), part["version"]) for part in document["components"]}

    assert parts == pins
    assert document["metadata"]["component"]["name"] == "kwaliteitsmonitor"


def test_a_part_names_its_files_and_what_it_rests_on(document):
    parts = {part["name"]: part for part in document["components"]}
    hashes = {
        each["content"]
        for reference in parts["duckdb"]["externalReferences"]
        for each in reference.get("hashes", ())
    }
    [pin] = [pin for pin in read_pins(LOCK) if pin.name == "duckdb"]
    assert hashes == set(pin.sha256)

    rests_on = {each["ref"]: each["dependsOn"] for each in document["dependencies"]}
    assert parts["duckdb"]["bom-ref"] in rests_on[parts["dbt-duckdb"]["bom-ref"]]
    # What only tests need is nobody's part.
    assert not [ref for ref in rests_on if ref.startswith(("pytest", "ruff"))]


def test_it_says_nothing_of_the_machine_that_made_it(document):
    assert '"file:' not in json.dumps(document)


@pytest.mark.long
def test_it_is_what_the_schema_asks(document):
    assert validate(document) == ""
    assert "bomFormat" in validate({**document, "bomFormat": "other"})


def test_what_is_not_installed_as_locked_makes_no_list(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("duckdb==1.0.0\n")
    with pytest.raises(PartsError, match=r"duckdb: .* is installed, not 1\.0\.0"):
        list_parts(lock)
    lock.write_text("geen-pakket==1.0.0\n")
    with pytest.raises(PartsError, match="not installed: geen-pakket"):
        list_parts(lock)


def test_what_counts_as_compatible_stands_in_the_appendix_of_the_licence_itself():
    root = Settings().project_root
    rules = tomllib.loads((root / "pipelines/supply/licences.toml").read_text("utf-8"))
    appendix = (root / "LICENSE").read_text("utf-8").partition("‘Compatible Licences’")[2]
    for name in rules["allowed"]["compatible"]:
        family, version = name.removesuffix("-or-later").split("-")
        [line] = [line for line in appendix.splitlines() if f"({family}) v. " in line]
        assert version.removesuffix(".0") in re.findall(r"v\. ([0-9.]+)", line), name
    assert not any(
        f"({name.partition('-')[0]})" in appendix for name in rules["allowed"]["permissive"]
    )


def test_every_part_has_a_licence_that_is_allowed(document, tmp_path):
    found = licences(document)
    assert [each for each in found if each.problem] == []

    write_licences(found, tmp_path / "licences.csv")
    rows = list(csv.DictReader((tmp_path / "licences.csv").read_text("utf-8").splitlines()))
    assert len(rows) == len(document["components"])
    assert {"package": "odfpy", "version": "1.4.1", "problem": "",
            "licence": "Apache-2.0 OR GPL-2.0-or-later OR LGPL-2.1-or-later"} in rows  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expression", "problem"),
    [
        ([{"license": {"id": "MIT"}}], "MIT", ""),
        ([{"expression": "MIT OR AGPL-3.0-only"}], "MIT OR AGPL-3.0-only", ""),
        ([{"expression": "MIT AND AGPL-3.0-only"}], "MIT AND AGPL-3.0-only", "not allowed"),
        ([{"expression": "MIT AND (ISC OR MIT)"}], "MIT AND (ISC OR MIT)", ""),
        ([{"expression": "MIT AND (MIT OR AGPL-3.0-only)"}], "MIT AND (MIT OR AGPL-3.0-only)",
         "not allowed"),
        ([{"license": {"id": "SSPL-1.0"}}], "SSPL-1.0", "not allowed"),
        # What is exact goes before a classifier that is not.
        ([{"license": {"id": "BSD-2-Clause"}},
          {"license": {"name": "License :: OSI Approved :: BSD License"}}], "BSD-2-Clause", ""),
        ([{"license": {"name": "See website"}}], "unknown", "unknown"),
        ([], "unknown", "unknown"),
    ],
)  # fmt: skip
def test_what_is_unknown_or_not_allowed_is_named(said, expression, problem):
    [found] = licences({"components": [{"name": "deel", "version": "1", "licenses": said}]})

    assert found.expression == expression
    assert problem in found.problem
    assert bool(found.problem) == bool(problem)
