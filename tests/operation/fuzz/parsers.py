"""The parsers that are tried in process: names, contracts, cells, ledgers, settings, parameters.

Here: each with its seeds and refusals; what they read from files lies in one folder that is used
again and again.
Not here: whole readers, the SQL box and pages (`whole`).
"""

import hashlib
import json
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import yaml

from pipelines.access import verification
from pipelines.access.entry import Act, Event
from pipelines.access.entry import Entry as AccessEntry
from pipelines.access.summary import is_month, summarise
from pipelines.build import BuildError
from pipelines.chain.rules import broken_rules
from pipelines.chain.seeds import Seed, described_seeds, read_seeds
from pipelines.decisions.draft import Choices, Draft, RefusedError, check, read_contract
from pipelines.deliveries.accepted import read_accepted
from pipelines.deliveries.contract import Contract, ContractError, load_contract, load_contracts
from pipelines.deliveries.conversion import convert, unreadable
from pipelines.deliveries.forms import FormError, form_of
from pipelines.deliveries.guard.cells import inspect_cells
from pipelines.deliveries.guard.values import find_in_text
from pipelines.deliveries.linkage.merges import read_merges
from pipelines.deliveries.manifest import hash_in_manifest
from pipelines.deliveries.naming import parse_name
from pipelines.deliveries.samples import sample_cells
from pipelines.evaluation.codebook import Codebook, CodebookError
from pipelines.pack.quarters import QuarterError, quarter_asked
from pipelines.releases.ledger import HEAD, LEDGER, Entry, Ledger
from pipelines.releases.shelf import read_shelf
from pipelines.releases.states import ReleaseError, Step
from pipelines.road.dates import Landed, resolve_dates
from pipelines.settings import Settings, SettingsError, load_settings
from tests.operation.fuzz.mutate import changed_tree
from tests.operation.fuzz.tried import SEPARATOR, Parser

DAY = date(2026, 9, 30)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLIC_LOG = Path(__file__).parents[2] / "chains" / "bpi2013"


def parsers(folder: Path) -> Iterator[Parser]:
    """All of them.

    Args:
        folder: A folder of their own.
    """
    yield Parser(
        "name of a delivery", _NAMES, lambda content: parse_name(_text(content)), share=300
    )
    yield from _dates(folder)
    yield _manifest(folder)
    yield from _contracts(folder)
    yield from _cells()
    yield from _registers(folder)
    yield from _settings(folder)
    yield _ledger(folder)
    yield _access_log(folder)
    yield _draft()


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


_NAMES = (
    b"om_casus_2026-09-30_v1.csv",
    b"politie_leo_inzet_2026-10-31_v12.parquet.gz",
    b"volvo_it_incidents_2012-05-31_v9999.xes.zip",
)


def _dates(folder: Path) -> Iterator[Parser]:
    landed = [Landed(date(2026, 10, 31), NOW), Landed(DAY, NOW)]

    def reference_date(content: bytes) -> None:
        resolve_dates(
            landed, 15, timezone="Europe/Amsterdam", reference_date=_text(content), now=NOW
        )

    def known_at(content: bytes) -> None:
        resolve_dates(landed, 15, timezone="Europe/Amsterdam", known_at=_text(content), now=NOW)

    yield Parser(
        "reference date",
        (b"2026-10-31", b"2026-10-31T12:00:00+01:00", b"20261031", b"2026-W44-6"),
        reference_date,
        (BuildError,),
        share=200,
    )
    yield Parser(
        "moment known at",
        (b"2026-11-20T12:00:00+01:00", b"2026-12-01", b"2026-10-25T02:30:00", b"2026-11-20 12:00Z"),
        known_at,
        (BuildError,),
        share=200,
    )
    yield Parser(
        "quarter",
        (b"2026Q3", b"2026-K3", b" 2026 q4 "),
        lambda content: quarter_asked(_text(content)),
        (QuarterError,),
        share=60,
    )
    months = [AccessEntry(1, NOW, Event(Act.signed_in, "a", "platform", "", ""), "0" * 64)]

    def month(content: bytes) -> None:
        if is_month(_text(content)):
            summarise(months, _text(content), UTC)

    yield Parser("month of the access log", (b"2026-10", b"2026-11"), month, share=60)


def _manifest(folder: Path) -> Parser:
    delivered = folder / "om_casus_2026-09-30_v1.csv"
    manifest = folder / f"{delivered.name}.sha256"
    line = f"{hashlib.sha256(b'').hexdigest()}  {delivered.name}\n".encode()

    def read(content: bytes) -> None:
        manifest.write_bytes(content)
        assert hash_in_manifest(delivered) is not None

    return Parser(
        "manifest (.sha256)", (line, line.replace(b"  ", b" *"), line[:64]), read, share=30
    )


def _contracts(folder: Path) -> Iterator[Parser]:
    own = folder / "contracts"
    shutil.copytree(Settings().seeds_dir, folder / "seeds")
    shutil.copytree(Settings().contracts_dir, own)
    seeds = tuple(
        path.read_bytes()
        for path in (
            own / "lcc_weerbaarheid.odcs.yaml",
            own / "kc_aantekening.odcs.yaml",
            PUBLIC_LOG / "contracts" / "volvo_it_incidents.odcs.yaml",
        )
    )

    def structured(random: Random, content: bytes) -> bytes:
        tree = changed_tree(random, yaml.safe_load(content))
        return yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass")

    path = own / "om_fuzz.odcs.yaml"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        contract = load_contract(path)
        # What a contract allows must be fit to read cells by.
        sample_cells(contract, 2, DAY)

    yield Parser("contract", seeds, read, (ContractError,), share=4, structured=structured)
    for kind, written in (
        ("day", (b"dd-MM-yyyy", b"yyyyMMdd", b"dd/MM/yy")),
        ("moment", (b"yyyy-MM-dd'T'HH:mm:ssXXX", b"yyyyMMdd HH:mm:ss.SSS")),
    ):
        yield Parser(
            f"form of a {kind}",
            written,
            lambda content, kind=kind: form_of(_text(content), kind),
            (FormError,),
            share=10,
        )


def _cells() -> Iterator[Parser]:
    contracts = {**load_contracts(Settings().contracts_dir)}
    contracts |= load_contracts(Settings(chain=PUBLIC_LOG).contracts_dir)
    connection = duckdb.connect(config={"threads": "1"})
    for name in ("om_casus", "nctv_triage", "lcc_maatregel", "aivd_product", "volvo_it_incidents"):
        yield _cells_of(contracts[name], connection)
    yield Parser(
        "typed text, looked at for names",
        (b"Werkafspraak over dossiers van 12-03-2026.", b"jan de vries 06-12345678"),
        lambda content: find_in_text(content.decode("utf-8", "replace"), DAY),
        share=4,
    )


def _cells_of(contract: Contract, connection: duckdb.DuckDBPyConnection) -> Parser:
    """Rows of cells, a line a cell: read by their contract and looked at by the guard."""
    names = [column.name for column in contract.columns]
    rows = sample_cells(contract, 4, DAY).to_pylist()
    seeds = tuple("\n".join(row[name] or "" for name in names).encode() for row in rows)

    def read(content: bytes) -> None:
        typed = [row.decode("utf-8", "replace").split("\n") for row in content.split(SEPARATOR)]
        cells = pa.table(
            {
                name: pa.array(
                    [row[place] if place < len(row) else None for row in typed], pa.string()
                )
                for place, name in enumerate(names)
            }
        )
        converted = convert(connection, cells, contract)
        for name in names:
            unreadable(cells, converted, name)
        inspect_cells(cells, np.arange(1, cells.num_rows + 1), contract, DAY)

    return Parser(f"cells of {contract.id}", seeds, read, share=20, at_once=40)


def _registers(folder: Path) -> Iterator[Parser]:
    contracts, seeds = folder / "contracts", folder / "seeds"
    yield Parser(
        "accepted_findings.csv",
        (
            b"organisation,table,rule,column,valid_from,valid_to,reason\n"
            b"om,casus,leesbaar,gemeld_op,2026-01-01,,Bekend\n",
        ),
        _written(contracts / "accepted_findings.csv", lambda: read_accepted(contracts)),
        (ContractError,),
        share=20,
    )
    yield Parser(
        "merges.csv",
        (b"from_key,to_key,valid_from,reason\na,b,2026-01-01,Dubbel\nb,c,2026-02-01,Ook\n",),
        _written(folder / "merges.csv", lambda: read_merges(folder, DAY)),
        (ContractError,),
        share=20,
    )
    described = described_seeds(Settings().dbt_project_dir)
    for name in ("milestones", "handoffs", "norms", "codebook"):
        path = seeds / f"{name}.csv"
        yield Parser(
            f"seed {name}.csv",
            (path.read_bytes(),),
            _written(path, lambda: list(broken_rules(read_seeds(seeds, described))), put_back=True),
            share=1,
        )
    yield _codebook(seeds, described)


def _codebook(folder: Path, described: Mapping[str, Seed]) -> Parser:
    """A codebook that its seeds allow, read as themes and what became of them."""
    path = folder / "codebook.csv"

    def themes() -> None:
        files = read_seeds(folder, described)
        if files.problems:
            raise CodebookError(files.problems[0])
        frames = [
            pd.DataFrame(
                [
                    {name: _typed(name, row[name]) for name in described[seed].columns}
                    for row in rows
                ],
                columns=list(described[seed].columns),
            )
            for seed in ("codebook", "codebook_mapping")
            for rows in [files.rows[seed]]
        ]
        Codebook.from_frames(*frames)

    return Parser(
        "codebook", (path.read_bytes(),), _written(path, themes, put_back=True), (CodebookError,), 1
    )


def _typed(name: str, text: str) -> object:
    if not text:
        return None
    if name.startswith("valid_"):
        return date.fromisoformat(text)
    return int(text) if name == "version" else text


def _written(
    path: Path, read: Callable[[], object], *, put_back: bool = False
) -> Callable[[bytes], None]:
    """Write an input where it is read from."""
    before = path.read_bytes() if put_back else b""

    def written(content: bytes) -> None:
        path.write_bytes(content)
        try:
            read()
        finally:
            if put_back:
                path.write_bytes(before)

    return written


def _settings(folder: Path) -> Iterator[Parser]:
    home = folder / "home"
    home.mkdir()
    path = home / "kwaliteitsmonitor.toml"
    tree = {
        "ports": {"researcher": 8601, "platform": 8602},
        "release": {"submitters": ["analist"], "approvers": ["hoofd"]},
        "papers": {"controller": "Ministerie", "basis": {"om": "Wjsg"}},
    }

    def as_toml(value: dict[str, Any], within: str = "") -> str:
        plain = {key: each for key, each in value.items() if not isinstance(each, dict)}
        lines = [f"{json.dumps(key)} = {json.dumps(each)}" for key, each in plain.items()]
        text = (f"[{within}]\n" if within else "") + "\n".join(lines) + "\n"
        for key, each in value.items():
            if isinstance(each, dict):
                text += as_toml(each, f"{within}.{json.dumps(key)}" if within else json.dumps(key))
        return text

    def structured(random: Random, content: bytes) -> bytes:
        changed = changed_tree(random, tomllib.loads(content.decode()))
        return (
            as_toml(changed).encode("utf-8", "surrogatepass") if isinstance(changed, dict) else b""
        )

    def read(content: bytes) -> None:
        path.write_bytes(content)
        load_settings({"KWALITEITSMONITOR_HOME": str(home)})

    def variables(content: bytes) -> None:
        name, _, value = content.decode("utf-8", "replace").partition("=")
        load_settings({f"KWALITEITSMONITOR_{name}": value})

    good = (b"PORT_PLATFORM=8502", b"RELEASE_APPROVERS=hoofd, analist", b"CHAIN=dbt_project")
    yield Parser(
        "kwaliteitsmonitor.toml", (as_toml(tree).encode(),), read, (SettingsError,), 10, structured
    )
    yield Parser("variables of the settings", (*good, b"HOME=var"), variables, (SettingsError,), 20)


def _ledger(folder: Path) -> Parser:
    own = folder / "releases"
    own.mkdir()
    ledger, entries = Ledger(own), []
    for step in (Step.draft, Step.submit, Step.approve, Step.publish):
        by = "analist" if step in {Step.draft, Step.submit} else "methodoloog"
        said = {"reference_date": "2026-09-30", "embargo": None, "content_hash": "c" * 64}
        ledger.add(entries, Entry(0, "2026-Q3", step, by, NOW, {"2026-Q3/a.csv": "d" * 64}, said))
    path, head = own / LEDGER, own / HEAD

    def structured(random: Random, content: bytes) -> bytes:
        """Lines that hang together, whatever stands in them."""
        lines, previous = [], "0" * 64
        for line in content.decode().partition("\n\n")[0].splitlines():
            tree = json.loads(line)
            if random.random() < 0.4:
                tree = changed_tree(random, tree)
            if isinstance(tree, dict):
                tree.pop("hash", None)
                tree["previous"] = previous
                text = _canonical(tree)
                previous = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
                text = _canonical({**tree, "hash": previous})
            else:
                text = _canonical(tree)
            lines.append(text)
        return ("\n".join(lines) + f"\n\n{previous}\n").encode("utf-8", "surrogatepass")

    def read(content: bytes) -> None:
        lines, _, told = content.partition(b"\n\n")
        path.write_bytes(lines + (b"\n" if told else b""))
        head.write_bytes(told)
        Ledger(own).problems()
        read_shelf(own)

    good = path.read_bytes() + b"\n" + head.read_bytes()
    return Parser("ledger of releases", (good,), read, (ReleaseError,), 8, structured)


def _canonical(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _access_log(folder: Path) -> Parser:
    from pipelines.access.log import AccessLog

    own = folder / "access"
    log = AccessLog(own)
    for act in (Act.signed_in, Act.page):
        log.add(Event(act, "iemand", "platform", "kwartaal", "K13"))
    [path] = [path for path in own.iterdir() if path.suffix == ".jsonl"]

    def read(content: bytes) -> None:
        path.write_bytes(content)
        verification.verify(own)
        summarise(verification.entries_of(own), "2026-11", UTC)

    def structured(random: Random, content: bytes) -> bytes:
        lines = [changed_tree(random, json.loads(line)) for line in content.splitlines()]
        return b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    return Parser("access log", (path.read_bytes(),), read, (), 10, structured)


def _draft() -> Parser:
    contract = read_contract(Settings().contracts_dir)
    assert contract is not None
    choices = Choices.of(contract)
    fields = (
        "kind",
        "question",
        "text",
        "handoff_id",
        "indicator",
        "signal_id",
        "owner",
        "outcome",
    )
    good = {
        "kind": "besluit",
        "question": "Waarom duurt de triage langer?",
        "text": "Werkafspraak maken over onvolledige formulieren.",
        "handoff_id": "K13",
        "owner": "om",
        "outcome": "open",
    }

    def read(content: bytes) -> None:
        typed = content.decode("utf-8", "replace").split("\n")
        said = {field: each or None for field, each in zip(fields, typed, strict=False)}
        said |= {field: said.get(field) or "" for field in ("kind", "text", "question")}
        draft = Draft(noted_on=DAY, due_on=date(2027, 2, 16), **said)
        check(draft, choices, (DAY, date(2026, 10, 31)))

    seed = "\n".join(good.get(field, "") for field in fields).encode()
    return Parser("typed decision", (seed,), read, (RefusedError,), share=4)
