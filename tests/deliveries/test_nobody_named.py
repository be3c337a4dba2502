"""Outside quarantine nothing a partner typed is shown or kept that is not in the contract.

A name or number is planted wherever a format lets somebody type: in the name of the file or of what
is packed in it, a heading, a type, a sheet, a comment, a property, metadata. Then everything under
the home folder is searched, and all that was printed or logged.
"""

import gzip
import io
import json
import logging
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.cli.screen import plain
from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.deliveries.current_state import load_current_state
from pipelines.deliveries.samples import file_name, sample_cells, write_sample
from pipelines.settings import Settings
from tests.deliveries.conftest import NOW, Door

DAY = date(2026, 9, 30)
CHAIN = Path(__file__).parents[1] / "chains" / "bpi2013"
# Each holds one of the two; some are also what a terminal or a spreadsheet would obey.
NEEDLES = ("zeldenrust", "111222333")
TYPED = [
    "Jan Zeldenrust",
    "zeldenrust",
    "111222333",
    "[red]Zeldenrust[/red]",
    "=Zeldenrust",
    "<b>Zeldenrust",
]
HEADING = {"xes": "org:group"}


@dataclass(frozen=True)
class Planted:
    """A file with something typed in it: its name after the agreed stem, and its content."""

    ending: str
    content: bytes
    stem: str | None = None


def contract_of(form: str) -> Contract:
    """A table that is agreed in any of the formats; an event log for XES."""
    if form == "xes":
        log = load_contracts(CHAIN / "contracts")["volvo_it_incidents"]
        return replace(log, file_format="xes")
    contract = load_contracts(Settings().contracts_dir)["om_casus"]
    table = f"casus{form}"
    return replace(contract, id=f"om_{table}", table=table, file_format=form, sheet="levering")


CONTRACTS = {form: contract_of(form) for form in ("csv", "jsonl", "parquet", "xlsx", "xes")}


@cache
def clean(form: str) -> bytes:
    contract = CONTRACTS[form]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample"
        write_sample(sample_cells(contract, 6, DAY), contract, path)
        return path.read_bytes()


def heading(form: str, typed: str) -> bytes:
    content, agreed = clean(form), HEADING.get(form, "parket")
    if form == "csv":
        return content.replace(agreed.encode(), typed.encode(), 1)
    if form == "jsonl":
        return content.replace(json.dumps(agreed).encode(), json.dumps(typed).encode())
    if form == "xes":
        return content.replace(f'key="{agreed}"'.encode(), f"key={quoteattr(typed)}".encode())
    if form == "parquet":
        table = pq.read_table(io.BytesIO(content))
        return parquet(
            table.rename_columns([typed if name == agreed else name for name in table.column_names])
        )
    return workbook(lambda book: rename_heading(book, agreed, typed))


def rename_heading(book: Workbook, agreed: str, typed: str) -> None:
    for cell in next(book.active.iter_rows(max_row=1)):
        if cell.value == agreed:
            cell.value, cell.data_type = typed, "s"


def parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def part_of_type(typed: str) -> bytes:
    table = pq.read_table(io.BytesIO(clean("parquet")))
    place = table.column_names.index("parket")
    return parquet(table.set_column(place, "parket", pa.array([{typed: 1}] * len(table))))


def metadata(typed: str) -> bytes:
    table = pq.read_table(io.BytesIO(clean("parquet")))
    return parquet(table.replace_schema_metadata({"auteur": typed, typed: "x"}))


def workbook(change: Callable[[Workbook], object]) -> bytes:
    book = load_workbook(io.BytesIO(clean("xlsx")))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def hidden_sheet(book: Workbook, typed: str) -> None:
    page = book.create_sheet("Blad2")
    page.append([typed])
    page.sheet_state = "hidden"


def header_of_page(book: Workbook, typed: str) -> None:
    book.active.oddHeader.center.text = typed


def in_workbook(typed: str) -> dict[str, Callable[[Workbook], object]]:
    return {
        "title of the only sheet": lambda book: setattr(book.active, "title", sheet_name(typed)),
        "title of another sheet": lambda book: book.create_sheet(sheet_name(typed)),
        "hidden sheet": lambda book: hidden_sheet(book, typed),
        "comment": lambda book: setattr(book.active["A2"], "comment", Comment(typed, typed)),
        "author": lambda book: setattr(book.properties, "creator", typed),
        "subject": lambda book: setattr(book.properties, "subject", typed),
        "defined name": lambda book: book.defined_names.add(
            DefinedName("naam", comment=typed, attr_text="1")
        ),
        "header of the page": lambda book: header_of_page(book, typed),
    }


def sheet_name(typed: str) -> str:
    return "".join(character for character in typed if character not in "[]/\\?*:")


def packed(form: str, typed: str) -> Iterator[Planted]:
    content = clean(form)
    stream = io.BytesIO()
    with gzip.GzipFile(filename=typed, fileobj=stream, mode="wb") as target:
        target.write(content)
    yield Planted(f"{form}.gz", stream.getvalue())
    for members, remark in (([typed], ""), ([typed, "b"], ""), (["a"], typed), ([], typed)):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for member in members:
                archive.writestr(member, content)
            archive.comment = remark.encode()
        yield Planted(f"{form}.zip", stream.getvalue())


def in_xes(typed: str) -> Iterator[bytes]:
    content = clean("xes").decode()
    safe = escape(typed).replace("--", "")
    for text in (
        f"<!-- {safe} -->",
        f"<?bron {safe}?>",
        f'<string key="auteur" value={quoteattr(typed)}/>',
        f"<extension name={quoteattr(typed)} prefix='x' uri='x'/>",
    ):
        at = content.index(">", content.index("<log")) + 1
        yield (content[:at] + text + content[at:]).encode()


def plants(typed: str) -> Iterator[tuple[str, Planted]]:
    """Every place where something can be typed, by the format of the table."""
    word = "".join(character for character in typed.lower() if character.isalnum())
    for form in CONTRACTS:
        yield form, Planted(form, heading(form, typed))
        for packed_file in packed(form, typed):
            yield form, packed_file
    for stem in (typed, f"om_{word}_2026-09-30_v1", f"x{word}_casus_2026-09-30_v1"):
        yield "csv", Planted("csv", clean("csv"), stem.replace("/", "_"))
    yield "csv", Planted("csv", clean("csv"), f"\x1b[31m{word}\n")
    yield "csv", Planted(word, clean("csv"))
    yield "csv", Planted(f"csv.{word}", clean("csv"))
    yield "csv", Planted("csv", typed.encode())
    yield "parquet", Planted("parquet", part_of_type(typed))
    yield "parquet", Planted("parquet", metadata(typed))
    for change in in_workbook(typed).values():
        yield "xlsx", Planted("xlsx", workbook(change))
    for content in in_xes(typed):
        yield "xes", Planted("xes", content)


@pytest.mark.parametrize(
    "typed", [TYPED[0], *(pytest.param(text, marks=pytest.mark.long) for text in TYPED[1:])]
)
def test_what_a_partner_typed_in_any_place_stays_in_quarantine(typed):
    assert shown_or_kept(list(plants(typed))) == set()


def shown_or_kept(planted: Sequence[tuple[str, Planted]]) -> set[str]:
    """Where something that was planted can be found, once all of it has been taken in."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        settings = Settings(home=Path(folder))
        contracts = {contract.id: contract for contract in CONTRACTS.values()}
        patch.setattr("pipelines.deliveries.intake.deliver.load_contracts", lambda _: contracts)
        # Whose home and inbox these are, is no question here, and takes longer than all the rest.
        patch.setattr("pipelines.road.steps.require_own_home", lambda *_: None)
        patch.setattr("pipelines.road.steps.require_own_inbox", lambda *_: None)
        settings.inbox_dir.mkdir(parents=True)
        for place, (form, planted_file) in enumerate(planted):
            agreed = file_name(CONTRACTS[form], DAY + timedelta(days=place))
            stem = planted_file.stem or agreed.removesuffix(f".{form}")
            (settings.inbox_dir / f"{stem}.{planted_file.ending}").write_bytes(planted_file.content)
        said = told(settings)
        # What was found in a delivery comes back in the feedback on the next one, so each has one.
        for place, (form, _) in enumerate(planted):
            later = file_name(CONTRACTS[form], DAY + timedelta(days=place), version=2)
            (settings.inbox_dir / later).write_bytes(clean(form))
        said += told(settings)
        left = {str(path): text for path, text in kept(settings)}
        left |= {"console and log": said, "warehouse": loaded(settings, contracts)}
        return {where for where, text in left.items() if holds_needle(where + text)}


def holds_needle(text: str) -> bool:
    return any(needle in text.lower() for needle in NEEDLES)


def told(settings: Settings) -> str:
    """Take in the inbox as a command does: all it prints, and every line of any log."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    arguments = ["deliver", str(settings.inbox_dir)]
    environment = {"KWALITEITSMONITOR_HOME": str(settings.home)}
    try:
        result = CliRunner().invoke(app, arguments, env=environment)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert result.exit_code in {0, 1}, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output + result.stderr + stream.getvalue()


def kept(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Every file outside the folder of refused files, with all text in it."""
    for path in settings.home.rglob("*"):
        if path.is_file() and not path.is_relative_to(settings.quarantine_dir / "_refused"):
            yield path.relative_to(settings.home), "\n".join(texts_in(path.name, path.read_bytes()))


def texts_in(name: str, content: bytes) -> Iterator[str]:
    """A file as text, and what is packed in it."""
    yield name
    yield content.decode("latin-1")
    if content.startswith(b"\x1f\x8b"):
        yield from texts_in("", gzip.decompress(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from texts_in(member, archive.read(member))
    if content.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(content))
        yield str(table.schema) + str(table.schema.metadata) + str(table.to_pylist())


def loaded(settings: Settings, contracts: dict[str, Contract]) -> str:
    """What a build would know of these deliveries, and publish."""
    connection = duckdb.connect()
    load_current_state(connection, settings, contracts, date(2027, 6, 1), NOW.replace(year=2100))
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw'"
    ).fetchall()
    rows = {name: connection.execute(f"from raw.{name}").fetchall() for (name,) in tables}
    assert {"delivery", "finding"} <= set(rows)
    return str(rows)


def test_a_refused_heading_is_told_by_its_place_and_what_lacks_by_its_name(door):
    cells = door.cells("om_casus")
    names = ["Jan Zeldenrust" if name == "parket" else name for name in cells.column_names]
    outcome = door.take_one(door.put("om_casus", cells.rename_columns(names)))

    place = names.index("Jan Zeldenrust") + 1
    assert outcome.reason == (
        f"kolom nummer {place} staat niet in de specificatie, en kolom parket ontbreekt"
    )
    assert [finding.column for finding in outcome.findings] == [f"nummer {place}"]


def test_a_file_without_an_agreed_name_is_called_by_its_number_in_the_inbox(door):
    door.put("om_casus")
    door.put_bytes("jan_zeldenrust_2026-09-30_v1.csv", b"x")
    door.put_bytes("Jan Zeldenrust.csv", b"y")

    called = [outcome.file_name for outcome in door.take().outcomes]

    assert called == [
        "nummer 1 van de inbox, op naam geordend",
        "nummer 2 van de inbox, op naam geordend",
        "om_casus_2026-09-30_v1.csv",
    ]


def test_the_mark_of_a_refused_file_cannot_be_found_by_trying(door, tmp_path):
    other = Door(Settings(home=tmp_path / "other"), door.contracts)

    [first, again, elsewhere] = [
        home.take_one(home.put_bytes("nummer.csv", b"111222333")).mark
        for home in (door, door, other)
    ]

    assert first == again != elsewhere


def test_a_workbook_leaves_our_own_inbox_once_landed_and_nobody_elses(door, tmp_path):
    own = door.put("kc_aantekening")
    theirs = tmp_path / "elders" / own.name
    theirs.parent.mkdir()
    theirs.write_bytes(own.read_bytes())

    assert door.take_one(own).status == "accepted"
    assert not own.exists()
    assert door.take_one(theirs).status == "already_known"
    assert theirs.exists()
    # An intake that was cut short between landing and this is finished by the next.
    own.write_bytes(theirs.read_bytes())
    assert door.take_one(own).status == "already_known"
    assert not own.exists()
    assert not list((door.settings.landing_dir / ".incoming").glob("*/*"))


def test_what_a_terminal_would_obey_is_written_out():
    assert plain("\x1b[31mrood\r\u202e[bold]").plain == "\\x1b[31mrood\\r\\u202e[bold]"
