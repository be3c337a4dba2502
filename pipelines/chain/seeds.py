"""Seed files, read and checked by the yml that describes them.

Here: the rules `dbt_project/models/_seeds.yml` states of each seed and column, reading a seed file,
and every way in which a file, a row or a value breaks those rules.
Not here: what no single column can say (`rules`), and contracts (`check`).

A rule stands in the yml alone. One this module does not know is an error here, so that a typing
error there cannot switch a rule off.
"""

import csv
import io
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

SEEDS_YML = Path("models") / "_seeds.yml"
PROJECT_YML = Path("dbt_project.yml")
# More legal values than this are not listed: the nearest are, and where all of them stand.
_MOST_LISTED = 20
_NEAREST = 3


@dataclass(frozen=True)
class SeedColumn:
    """One column of a seed; the rules are explained at the top of the yml."""

    name: str
    kind: str
    description: str
    required: bool = False
    optional: bool = False
    unique: bool = False
    values: tuple[str, ...] = ()
    form: str | None = None
    refers_to: str | None = None
    separator: str | None = None
    least: float | None = None

    def parts(self, value: str) -> list[str]:
        """The single values a cell holds; none of an empty one."""
        if not value:
            return []
        return value.split(self.separator) if self.separator else [value]


@dataclass(frozen=True)
class Seed:
    """One seed: its columns by name, and the rules of its rows."""

    name: str
    description: str
    columns: Mapping[str, SeedColumn]
    rows: str = "any"
    unique_together: tuple[tuple[str, ...], ...] = ()
    is_silent: bool = False

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"


@dataclass(frozen=True)
class Row:
    """One row of a seed file.

    Attributes:
        place: File, line and key of the row, as a message names it.
        cells: Values by column; empty where there is none.
    """

    place: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The value of a column; empty where an optional column was left out."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class SeedFiles:
    """The seeds of a chain as far as they could be read, and what was wrong with them.

    Attributes:
        rows: Rows by seed; none of a file that could not be read.
        problems: One line each, in Dutch.
    """

    rows: Mapping[str, tuple[Row, ...]]
    problems: list[str] = field(default_factory=list)

    def column(self, seed: str, column: str) -> list[str]:
        """All values of a column, in order."""
        return [row[column] for row in self.rows.get(seed, ())]


def described_seeds(dbt_project_dir: Path) -> dict[str, Seed]:
    """The seeds every chain has, by name, from the yml that describes them.

    Raises:
        TypeError: The yml states a rule this module does not know.
    """
    lists = _yaml(dbt_project_dir / PROJECT_YML)["vars"]
    seeds = _yaml(dbt_project_dir / SEEDS_YML)["seeds"]
    return {described["name"]: _seed(described, lists) for described in seeds}


def _yaml(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return document


def read_seeds(folder: Path, seeds: Mapping[str, Seed]) -> SeedFiles:
    """Read all seed files of a folder and hold them against their description.

    Returns:
        The rows, and one line for everything that is wrong with them.
    """
    problems: list[str] = []
    rows: dict[str, tuple[Row, ...]] = {}
    names = {seed.file for seed in seeds.values()}
    for path in sorted(folder.glob("*.csv")):
        if path.name not in names:
            problems.append(f"{path.name}: hoort niet in seeds; bekend zijn {_all(sorted(names))}")
    for seed in seeds.values():
        path = folder / seed.file
        if path.is_file():
            before = len(problems)
            found = tuple(_read(path, seed, problems))
            # What could not be read at all says nothing about what it lacks.
            if found or len(problems) == before:
                rows[seed.name] = found
        else:
            problems.append(
                f"{seed.file}: ontbreekt in {folder}; een lege bevat alleen de kopregel "
                f"{','.join(name for name, column in seed.columns.items() if not column.optional)}"
            )
    files = SeedFiles(rows, problems)
    for seed in seeds.values():
        problems += _broken_rules(seed, files)
    return files


def choice(value: str, legal: Collection[str], where: str) -> str:
    """The remedy for a value that is not among the legal ones."""
    if len(legal) <= _MOST_LISTED:
        return f"kies uit {_all(legal)}" if legal else f"{where} is leeg; vul die aan"
    near = get_close_matches(value, legal, _NEAREST)
    meant = f"bedoelde u {_all(near)}? " if near else ""
    return f"{meant}alle {len(legal)} staan in {where}"


def _seed(described: Mapping[str, Any], lists: Mapping[str, Any]) -> Seed:
    config = described["config"]
    kinds = config["column_types"]
    meta = dict(config.get("meta", {}))
    together = meta.pop("unique_together", [])
    columns = [_column(column, kinds[column["name"]], lists) for column in described["columns"]]
    return Seed(
        described["name"],
        described["description"],
        {column.name: column for column in columns},
        unique_together=tuple(tuple(names) for names in together),
        **meta,
    )


def _column(described: Mapping[str, Any], kind: str, lists: Mapping[str, Any]) -> SeedColumn:
    rules = dict(described.get("config", {}).get("meta", {}))
    if (listed := rules.pop("values_of", None)) is not None:
        rules["values"] = [member["name"] for member in lists[listed]]
    rules["values"] = tuple(rules.get("values", ()))
    return SeedColumn(described["name"], kind, described["description"], **rules)


def _read(path: Path, seed: Seed, problems: list[str]) -> Iterator[Row]:
    """The rows of a file, for as far as its form is right."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problems.append(f"{seed.file}: is geen UTF-8 (byte {error.start}); bewaar het als UTF-8")
        return
    except OSError as error:
        problems.append(f"{seed.file}: kan niet worden gelezen ({error.strerror})")
        return
    if text.startswith("\ufeff"):
        problems.append(f"{seed.file}: begint met een BOM; bewaar het als UTF-8 zonder BOM")
        return
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        if wrong := list(_wrong_header(header, seed)):
            problems += wrong
            return
        start = lines.line_num + 1
        for cells in lines:
            place = f"{seed.file} regel {start}"
            start = lines.line_num + 1
            if len(cells) != len(header):
                if cells:
                    problems.append(
                        f"{place}: {len(cells)} waarden voor {len(header)} kolommen; een waarde "
                        "met een komma staat tussen aanhalingstekens"
                    )
                continue
            row = dict(zip(header, cells, strict=True))
            key = row[header[0]]
            yield Row(place if seed.is_silent or not key else f"{place} ({key})", row)
    except csv.Error as error:
        problems.append(f"{seed.file} regel {lines.line_num}: is geen CSV ({error})")


def _wrong_header(header: list[str], seed: Seed) -> Iterator[str]:
    wanted = [name for name, column in seed.columns.items() if not column.optional]
    if len(header) == 1 and re.search("[;\t]", header[0]):
        yield f"{seed.file}: de kolommen zijn niet gescheiden door een komma; bewaar het zo"
        return
    for name in wanted:
        if name not in header:
            yield f"{seed.file}: kolom {name} ontbreekt; verwacht {','.join(wanted)}"
    for name in dict.fromkeys(header):
        if name not in seed.columns:
            yield (
                f"{seed.file}: kolom '{name}' is onbekend; "
                f"{choice(name, list(seed.columns), '_seeds.yml')}"
            )
        elif header.count(name) > 1:
            yield f"{seed.file}: kolom {name} staat er twee keer; verwijder er een"


def _broken_rules(seed: Seed, files: SeedFiles) -> Iterator[str]:
    if seed.name not in files.rows:
        return
    rows = files.rows[seed.name]
    if seed.rows == "one" and len(rows) != 1:
        yield f"{seed.file}: heeft {len(rows)} rijen; verwacht er precies één"
    if seed.rows == "some" and not rows:
        yield f"{seed.file}: heeft geen rijen; zonder kan niets worden gemeten"
    for column in seed.columns.values():
        seen: set[str] = set()
        for row in rows:
            value = row[column.name]
            shown = "waarde" if seed.is_silent else f"'{value}'"
            for problem in _problems_of(column, value, shown, files):
                yield f"{row.place}: {column.name} {problem}"
            if column.unique and value:
                if value.casefold() in seen:
                    yield f"{row.place}: {column.name} {shown} staat er al; geef elke rij een eigen"
                seen.add(value.casefold())
    for columns in seed.unique_together:
        pairs: set[tuple[str, ...]] = set()
        for row in rows:
            together = tuple(row[name] for name in columns)
            if together in pairs:
                yield f"{row.place}: {' en '.join(columns)} komen samen al voor; verwijder er een"
            pairs.add(together)


def _problems_of(column: SeedColumn, value: str, shown: str, files: SeedFiles) -> Iterator[str]:
    if not value.strip():
        if column.required or value:
            yield "is leeg; vul het in" if column.required else "is een spatie; maak het leeg"
        return
    if value != value.strip():
        yield "begint of eindigt met een spatie; haal die weg"
        return
    parts = column.parts(value)
    if column.separator and len(set(parts)) < len(parts):
        yield f"{shown} noemt iets twee keer"
    for part in parts:
        said = shown if len(parts) == 1 else f"{shown}: '{part}'"
        if problem := _wrong_kind(column, part):
            yield f"{said} {problem}"
        elif column.values and part not in column.values:
            yield f"{said} kan niet; {choice(part, column.values, '_seeds.yml')}"
        elif column.form and not re.fullmatch(column.form, part):
            yield f"{said} heeft niet de vorm {column.form}"
        elif column.refers_to:
            yield from _dangling(column.refers_to, part, said, files)


def _dangling(target: str, value: str, said: str, files: SeedFiles) -> Iterator[str]:
    seed, name = target.split(".")
    if seed not in files.rows:
        return  # Said already: that file is not there.
    legal = dict.fromkeys(files.column(seed, name))
    known = set(legal)
    if seed == "milestones":
        # Where two organisations record a milestone, `organisation.milestone` is the one's.
        known |= {f"{row['organisation']}.{row[name]}" for row in files.rows[seed]}
    if value not in known:
        where = f"{seed}.csv"
        yield f"{said} staat niet in {where}; {choice(value, legal, where)}"


def _wrong_kind(column: SeedColumn, value: str) -> str | None:
    if column.kind == "boolean" and value.lower() not in {"true", "false"}:
        return "kan niet; kies uit true, false"
    if column.kind == "date" and _day(value) is None:
        return "is geen datum jjjj-mm-dd die bestaat"
    if column.kind == "integer" and not re.fullmatch(r"-?\d{1,9}", value):
        return "is geen geheel getal"
    if column.kind == "double" and not _is_number(value):
        return "is geen getal met een punt"
    if column.least is not None and float(value) < column.least:
        return f"is te klein; het minste is {column.least:g}"
    return None


def _day(value: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _is_number(value: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", value)) and math.isfinite(float(value))


def _all(values: Collection[str]) -> str:
    return ", ".join(values)
