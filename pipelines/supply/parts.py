"""The list of parts (SBOM, CycloneDX) of what the runtime lock installs here, and their licences.

Here: making both from the lock and the metadata of what is installed, and holding the licences to
those that are allowed.
Not here: which licences are allowed, and what is known of a package that does not say
(`licences.toml`).

`python -m pipelines.supply.parts FOLDER` writes both, and ends with 1 where a licence is unknown or
not allowed. Needs the development environment.
"""

import csv
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from pipelines.atomic import write_text
from pipelines.supply.pins import Pin, read_pins

SBOM, LICENCES = "sbom.cdx.json", "licences.csv"
UNKNOWN = "unknown"
_SPECIFICATION = "1.6"
_ROOT = Path(__file__).resolve().parents[2]
_RULES = Path(__file__).with_name("licences.toml")
_JOINED = re.compile(r"\s+(AND|OR)\s+|[()]")

Document = dict[str, Any]


class PartsError(RuntimeError):
    """What is installed is not what the lock says; the message names the package."""


@dataclass(frozen=True)
class Licence:
    """Under which licence a part may be used, and what is wrong with that.

    Attributes:
        name: The package.
        version: The version installed.
        expression: As SPDX writes it; `unknown` where nothing is said.
        problem: Why it may not be used as it is; empty where it may.
    """

    name: str
    version: str
    expression: str
    problem: str


def list_parts(lock: Path) -> Document:
    """Make the list of parts of what a lock installs on this platform.

    Args:
        lock: The lock. What is installed beside it, such as to test, is no part.

    Returns:
        A CycloneDX document: each package with licence, dependencies and the hashes of its files.

    Raises:
        PartsError: A pinned package is not installed, or in another version.
    """
    pins = {pin.name: pin for pin in read_pins(lock) if pin.is_for_here}
    document = _installed()
    root = document["metadata"]["component"]
    parts = {}
    for component in document["components"]:
        pin = pins.get(canonicalize_name(component["name"]))
        if pin is not None and component["name"] != root["name"]:
            parts[pin.name] = _with_files(component, pin)
    _require_all(pins, parts)
    kept = {part["bom-ref"] for part in parts.values()} | {root["bom-ref"]}
    dependencies = [
        {**each, "dependsOn": sorted(kept.intersection(each.get("dependsOn", ())))}
        for each in document["dependencies"]
        if each["ref"] in kept
    ]
    return {**document, "components": [*parts.values()], "dependencies": dependencies}


@cache
def _installed() -> Document:
    made = subprocess.run(
        [
            *(sys.executable, "-m", "cyclonedx_py", "environment", "--no-validate"),
            *("--output-reproducible", "--spec-version", _SPECIFICATION),
            *("--pyproject", str(_ROOT / "pyproject.toml"), sys.executable),
        ],
        check=True,
        capture_output=True,
    )
    document: Document = json.loads(made.stdout)
    return document


def _with_files(component: Document, pin: Pin) -> Document:
    if Version(component["version"]) != pin.version:
        raise PartsError(f"{pin.name}: {component['version']} is installed, not {pin.version}")
    files = {
        "type": "distribution",
        "url": component["purl"],
        "comment": "hashes of the files that the lock lets be installed",
        "hashes": [{"alg": "SHA-256", "content": sha256} for sha256 in pin.sha256],
    }
    return {**component, "externalReferences": [*_known(component), files]}


def _known(component: Document) -> list[Document]:
    """What a component refers to, without where on this machine it was installed from."""
    references: list[Document] = component.get("externalReferences", [])
    return [each for each in references if not each["url"].startswith("file:")]


def _require_all(pins: Mapping[Any, Pin], parts: Mapping[Any, Document]) -> None:
    missing = sorted(set(pins) - set(parts))
    if missing:
        raise PartsError(f"not installed: {', '.join(missing)}; run `make env-dev`")


def validate(document: Document) -> str:
    """Hold a document to the CycloneDX schema; returns what is wrong, or nothing."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document))
    return str(wrong) if wrong else ""


def licences(document: Document) -> list[Licence]:
    """Return the licence of every part, with what is wrong with it."""
    rules = tomllib.loads(_RULES.read_text(encoding="utf-8"))
    return [_licence(part, rules) for part in document["components"]]


def _licence(part: Document, rules: Document) -> Licence:
    name = str(canonicalize_name(part["name"]))
    told = rules["told"].get(name)
    expression = told["licence"] if told else _expression(part, rules["spelled"])
    allowed = {name for names in rules["allowed"].values() for name in names}
    problem = ""
    if expression == UNKNOWN:
        problem = "its licence is unknown: look it up and say so in licences.toml"
    elif not _is_allowed(expression, allowed):
        problem = "its licence is not allowed"
    return Licence(name, part["version"], expression, problem)


def _expression(part: Document, spelled: Mapping[str, str]) -> str:
    """What a package says of itself, as SPDX writes it: what is exact before what is not."""
    said = part.get("licenses", ())
    exact = [each.get("expression") or each["license"].get("id") for each in said]
    loose = [spelled.get(each.get("license", {}).get("name", "")) for each in said]
    found = list(filter(None, exact)) or list(filter(None, loose))
    return " AND ".join(dict.fromkeys(found)) or UNKNOWN


def _is_allowed(expression: str, allowed: set[str]) -> bool:
    """Whether a part may be used: all of its licences, and of a choice one.

    A choice between brackets that are joined by AND is read as its strictest reading: all.
    """
    alternatives = expression.split(" OR ") if "AND" not in expression else [expression]
    return any(
        all(name.strip() in allowed for name in _JOINED.sub("\n", alternative).split("\n") if name)
        for alternative in alternatives
    )


def write_licences(found: Sequence[Licence], path: Path) -> None:
    """Write the licence of every part as a table."""

    def lines() -> Iterator[str]:
        rows = csv.writer(_Line(), lineterminator="\n")
        yield rows.writerow(("package", "version", "licence", "problem"))
        for each in found:
            yield rows.writerow((each.name, each.version, each.expression, each.problem))

    write_text(path, "".join(lines()))


class _Line:
    """What a csv writer writes to: it hands back the line."""

    def write(self, line: str) -> str:
        return line


def main(arguments: Sequence[str]) -> int:
    """Write the list of parts and the licences into a folder."""
    [folder] = map(Path, arguments)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        document = list_parts(_ROOT / "requirements.lock")
    except PartsError as error:
        print(error, file=sys.stderr)
        return 1
    wrong = validate(document)
    if wrong:
        print(wrong, file=sys.stderr)
        return 1
    write_text(folder / SBOM, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    found = licences(document)
    write_licences(found, folder / LICENCES)
    problems = [each for each in found if each.problem]
    for each in problems:
        print(f"{each.name} {each.version} ({each.expression}): {each.problem}", file=sys.stderr)
    print(f"{len(found)} parts in {folder / SBOM}, their licences in {folder / LICENCES}")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
