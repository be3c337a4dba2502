"""The contract as a document: one YAML file of Open Data Contract Standard v3 per delivered table.

Here: reading the files of a chain, and the refusal of one that is not right by the standard.
Not here: what a single part says (`properties`), and what parts and files say together (`checks`).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft201909Validator

from pipelines.deliveries.codelists import CodelistError, codes_of
from pipelines.deliveries.contract.checks import (
    SUFFIX,
    check_one_timezone,
    check_whole,
    with_earlier,
)
from pipelines.deliveries.contract.model import FORMATS, MODES, Contract, ContractError
from pipelines.deliveries.contract.properties import (
    CONTRACT_PROPERTIES,
    SERVER_PROPERTIES,
    custom_properties,
    delivered_name,
    one_of,
    read_column,
    read_day,
    read_event_log,
    read_rule,
    read_timezone,
    share,
    whole,
)
from pipelines.plain_yaml import read_yaml

EARLIER_FOLDER = "earlier"
_LONGEST_COMPLAINT = 200


def load_contract(path: Path) -> Contract:
    """Read and check one contract.

    Args:
        path: A file `<supplier>_<table>.odcs.yaml`.

    Returns:
        The contract, without its earlier versions.

    Raises:
        ContractError: The file is not right.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"{path.name}: kan niet worden gelezen ({error})") from error
    folder = path.parent.parent if path.parent.name == EARLIER_FOLDER else path.parent
    return _with_codes(path.name, _parse(path.name, text), folder)


def _with_codes(name: str, contract: Contract, folder: Path) -> Contract:
    """The contract with the codes of its lists: what is in no list is not allowed."""
    columns = []
    for column in contract.columns:
        if column.codelist is None:
            columns.append(column)
            continue
        try:
            columns.append(replace(column, enum=codes_of(column.codelist, folder)))
        except CodelistError as error:
            raise ContractError(
                f"{name}: {column.canonical}.customProperties.codelist: {error}"
            ) from error
    return replace(contract, columns=tuple(columns))


def load_contracts(folder: Path) -> dict[str, Contract]:
    """Read and check all contracts of a chain.

    Earlier versions lie in the folder `earlier`, under any name that ends in `.odcs.yaml`.

    Args:
        folder: Folder with one contract per table.

    Raises:
        ContractError: A file is not right, two files describe the same table, or there are none.
    """
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    if not paths:
        raise ContractError(f"{folder}: geen contracten gevonden; verwacht bestanden *{SUFFIX}")
    contracts: dict[str, Contract] = {}
    for path in paths:
        contract = load_contract(path)
        if path.name != f"{contract.id}{SUFFIX}":
            raise ContractError(
                f"{path.name}: id is '{contract.id}'; noem het bestand {contract.id}{SUFFIX}"
            )
        contracts[contract.id] = contract
    check_one_timezone(contracts)
    for path in sorted((folder / EARLIER_FOLDER).glob(f"*{SUFFIX}")):
        earlier = load_contract(path)
        current = contracts.get(earlier.id)
        if current is None:
            raise ContractError(f"{path.name}: id '{earlier.id}' heeft geen geldend contract")
        contracts[earlier.id] = with_earlier(path, current, earlier)
    return contracts


# One process reads the same contracts many times over.
@lru_cache(maxsize=1024)
def _parse(name: str, text: str) -> Contract:
    try:
        document = read_yaml(text)
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise ContractError(f"{name}: is geen YAML ({problem[:_LONGEST_COMPLAINT]})") from error
    if not isinstance(document, dict):
        raise ContractError(f"{name}: is geen contract; verwacht de velden van ODCS v3")
    document = _as_json(name, document)
    for complaint in _complaints(document):
        raise ContractError(f"{name}: {complaint}")
    return _build(name, document)


def _as_json(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """The same in the values of the standard's schema: a day, which YAML knows, is a text there."""
    try:
        written: dict[str, Any] = json.loads(json.dumps(document, default=str, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ContractError(
            f"{name}: past niet in ODCS v3 (een sleutel of waarde die JSON niet kent, of een "
            "verwijzing naar zichzelf)"
        ) from error
    return written


@lru_cache(maxsize=1)
def _validator() -> Draft201909Validator:
    schema = json.loads((files("open_data_contract_standard") / "schema.json").read_text("utf-8"))
    return Draft201909Validator(schema)


def _complaints(document: dict[str, Any]) -> Iterator[str]:
    """What is wrong by the standard, unknown keys included; the deepest first."""
    errors = sorted(_validator().iter_errors(document), key=lambda error: -len(error.instance_path))
    for error in errors:
        place = _place(error.instance_path) or "contract"
        yield f"{place}: past niet in ODCS v3 ({error.message[:_LONGEST_COMPLAINT]})"


def _place(path: Sequence[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _build(name: str, document: dict[str, Any]) -> Contract:
    custom = custom_properties(name, "customProperties", document, CONTRACT_PROPERTIES)
    server = _only(name, "servers", document.get("servers"))
    server_custom = custom_properties(
        name, "servers[0].customProperties", server, SERVER_PROPERTIES
    )
    table = _only(name, "schema", document.get("schema"))
    mode = one_of(name, "schema[0].physicalType", table.get("physicalType"), MODES)
    agreed = {term["property"]: term.get("value") for term in document.get("slaProperties", [])}
    for wanted in ("supplier", "table", "quarantineMaxRows", "quarantineMaxShare"):
        if wanted not in custom:
            raise ContractError(f"{name}: customProperties: {wanted} ontbreekt; vul het in")
    for wanted in ("dueDay", "retention", "quarantineRetention"):
        if wanted not in agreed:
            raise ContractError(f"{name}: slaProperties: {wanted} ontbreekt; vul het in")
    columns = tuple(
        read_column(name, f"schema[0].properties[{index}]", written)
        for index, written in enumerate(table.get("properties", []))
    )
    keyed = [written for written in table.get("properties", []) if written.get("primaryKey")]
    keyed.sort(key=lambda written: written.get("primaryKeyPosition", 0))
    description = document.get("description") or {}
    contract = Contract(
        id=document["id"],
        version=document["version"],
        supplier=str(custom["supplier"]),
        table=str(custom["table"]),
        title=table.get("businessName") or str(custom["table"]),
        grain=table.get("dataGranularityDescription", ""),
        mode=mode,
        file_format=one_of(name, "servers[0].format", server.get("format"), FORMATS),
        columns=columns,
        key=tuple(delivered_name(written) for written in keyed),
        rules=tuple(
            read_rule(
                name, f"schema[0].quality[{index}]", written, {column.name for column in columns}
            )
            for index, written in enumerate(table.get("quality", []))
        ),
        due_day=whole(name, "slaProperties.dueDay", agreed["dueDay"]),
        agreement=str(custom.get("agreement", "")),
        timezone=read_timezone(name, custom.get("timezone")),
        quarantine_days=whole(
            name, "slaProperties.quarantineRetention", agreed["quarantineRetention"]
        ),
        retention_months=whole(name, "slaProperties.retention", agreed["retention"]),
        quarantine_max_rows=whole(
            name, "customProperties.quarantineMaxRows", custom["quarantineMaxRows"]
        ),
        quarantine_max_share=share(
            name, "customProperties.quarantineMaxShare", custom["quarantineMaxShare"]
        ),
        delimiter=str(server_custom.get("delimiter", ",")),
        encoding=str(server.get("encoding", "utf-8")),
        decimal=str(server_custom.get("decimalSeparator", ".")),
        sheet=server_custom.get("sheet"),
        is_periodic="frequency" in agreed,
        valid_from=read_day(name, "customProperties.validFrom", custom.get("validFrom")),
        event_log=read_event_log(name, table, columns) if mode == "event_log" else None,
        purpose=description.get("purpose", ""),
        limitations=description.get("limitations", ""),
        retention_ground=next(
            (
                str(term.get("description", ""))
                for term in document.get("slaProperties", [])
                if term["property"] == "retention"
            ),
            "",
        ),
        usage=description.get("usage", ""),
    )
    check_whole(name, contract)
    return contract


def _only(name: str, place: str, listed: Any) -> dict[str, Any]:
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], dict):
        raise ContractError(
            f"{name}: {place}: verwacht precies één; een contract beschrijft één tabel"
        )
    only: dict[str, Any] = listed[0]
    return only
