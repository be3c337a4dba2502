"""The folder of a proposed chain: seeds, contract, and the log as its first delivery.

Here: every file of it, written so that it runs at once, and the proof of that: the delivery goes
through the real door, in a home that is thrown away.
Not here: what is proposed (`proposal`).
"""

import csv
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.chain.check import require_whole_chain
from pipelines.chain.log import LogError
from pipelines.chain.proposal import Milestone, Proposal
from pipelines.chain.seeds import Seed, described_seeds
from pipelines.deliveries.contract import SUFFIX
from pipelines.deliveries.intake.deliver import deliver
from pipelines.deliveries.intake.outcome import REFUSED
from pipelines.dimensions import NATIONAL
from pipelines.settings import BUILT_IN_CHAIN, Settings

TABLE = "log"
INBOX = "inbox"
PHASE = "proces"
_RETENTION_YEARS, _QUARANTINE_DAYS = 10, 30
# Those of the other event logs: a log with more of these is another log.
_MOST_ROWS_ASIDE, _MOST_SHARE_ASIDE = 50, 0.1

Rows = Iterable[Mapping[str, object]]


def write_chain(proposal: Proposal, folder: Path, *, name: str) -> tuple[Path, int]:
    """Write the folder of a chain, whole or not at all.

    Args:
        proposal: The chain.
        folder: Folder to make; it may exist when it is empty.
        name: Name of the chain for readers.

    Returns:
        The delivery (the log without the columns that do not count, in `inbox/`), and how many of
        its rows landed when it was tried.

    Raises:
        LogError: The folder holds something, or the door refuses the delivery.
        ChainError: What was written is no whole chain.
    """
    if folder.name == BUILT_IN_CHAIN:
        raise LogError(
            f"{folder.name} is de naam van de ingebouwde keten; noem een andere met --to"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LogError(f"{folder} bestaat al en is niet leeg; noem een andere map met --to")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".chain-") as scratch:
        # Under its own name: the name of the folder is the name of the chain.
        made = Path(scratch) / folder.name
        for part in ("seeds", "contracts", INBOX):
            (made / part).mkdir(parents=True)
        _write_seeds(proposal, made / "seeds", name)
        _write_contract(proposal, made / "contracts", name)
        delivery = made / INBOX / delivery_name(proposal)
        _write_delivery(proposal, delivery)
        landed = _prove(made, delivery, Path(scratch) / "home")
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    return folder / INBOX / delivery.name, landed


def delivery_name(proposal: Proposal) -> str:
    """Name of the file a supplier delivers, with the last day of the log."""
    return f"{proposal.organisation}_{TABLE}_{proposal.last_day}_v1.csv"


def _prove(chain: Path, delivery: Path, home: Path) -> int:
    """Take in the delivery in a home of its own; return how many rows landed."""
    settings = Settings(home=home, chain=chain)
    require_whole_chain(settings)
    # A copy: what is refused is put away.
    inbox = home / INBOX
    inbox.mkdir(parents=True)
    shutil.copyfile(delivery, inbox / delivery.name)
    [outcome] = deliver([inbox], settings).outcomes
    if outcome.status == REFUSED:
        raise LogError(f"de levering zou worden geweigerd: {outcome.line}")
    return outcome.rows_landed


# --- Seeds -------------------------------------------------------------------------------------


def _write_seeds(proposal: Proposal, folder: Path, name: str) -> None:
    settings = Settings()
    rows: dict[str, Rows] = {
        "chain": [{"label_nl": name, "label_en": name}],
        "organisations": _organisations(proposal),
        "milestones": _milestones(proposal),
        "handoffs": _handoffs(proposal),
        "dimension_members": _members(proposal),
    }
    for seed in described_seeds(settings.dbt_project_dir).values():
        if seed.name == "calendar":
            # Public holidays are those of the country, whatever the chain.
            shutil.copyfile(settings.seeds_dir / seed.file, folder / seed.file)
        else:
            _write_seed(seed, folder / seed.file, rows.get(seed.name, ()))


def _write_seed(seed: Seed, path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(seed.columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _organisations(proposal: Proposal) -> Rows:
    own = proposal.organisation
    yield {
        "organisation": own, "label_nl": _spelled(own), "label_en": _spelled(own),
        "kind": "partner", "delivers": "true", "sort_order": 1,
    }  # fmt: skip
    for place, (code, group) in enumerate(proposal.groups.items(), start=2):
        yield {
            "organisation": code, "label_nl": group.strip(), "label_en": group.strip(),
            "kind": "part", "parent": own, "delivers": "false", "sort_order": place,
        }  # fmt: skip


def _milestones(proposal: Proposal) -> Rows:
    for milestone in proposal.milestones:
        yield {
            "milestone": milestone.code,
            "label_nl": milestone.activity.strip(),
            "label_en": milestone.activity.strip(),
            "organisation": proposal.organisation,
            "table_name": TABLE,
            "column_name": milestone.activity.strip(),
            "granularity": "day" if proposal.log.notation.is_day else "timestamp",
            "is_derived": "false",
        }


def _handoffs(proposal: Proposal) -> Rows:
    def whose(milestone: Milestone) -> str:
        return milestone.organisation or proposal.organisation

    for handoff in proposal.handoffs:
        start, stop = handoff.start.activity.strip(), handoff.stop.activity.strip()
        yield {
            "handoff_id": handoff.code,
            "phase": PHASE,
            "label_nl": f"{start} tot {stop}",
            "label_en": f"{start} to {stop}",
            "from_organisation": whose(handoff.start),
            "to_organisation": whose(handoff.stop),
            "start_milestone": handoff.start.code,
            "stop_milestone": handoff.stop.code,
            "subject": "case",
            "match_on": "case_key",
            "occurrence": handoff.occurrence,
            "early_stop": "finding",
            "unit": handoff.unit,
            "clock_side": "sender",
            "is_assumption": "false",
            "has_net_clock": "false",
        }


def _members(proposal: Proposal) -> Rows:
    own = proposal.organisation
    yield {"dimension": NATIONAL, "member": NATIONAL, "label_nl": "Alle", "label_en": "All",
           "sort_order": 1}  # fmt: skip
    yield {"dimension": "phase", "member": PHASE, "label_nl": "Proces", "label_en": "Process",
           "sort_order": 1}  # fmt: skip
    yield {"dimension": "organisation", "member": own, "label_nl": _spelled(own),
           "label_en": _spelled(own), "sort_order": 1}  # fmt: skip


def _spelled(code: str) -> str:
    return code.replace("_", " ").capitalize()


# --- Contract ----------------------------------------------------------------------------------


def _write_contract(proposal: Proposal, folder: Path, name: str) -> None:
    document = contract_of(proposal, name)
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    (folder / f"{document['id']}{SUFFIX}").write_text(text, encoding="utf-8")


def contract_of(proposal: Proposal, name: str) -> dict[str, Any]:
    """The contract of the log, as the standard writes it."""
    own, log = proposal.organisation, proposal.log
    contract_id = f"{own}_{TABLE}"
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": contract_id,
        "name": contract_id,
        "version": "1.0.0",
        "status": "active",
        "domain": own,
        "dataProduct": own,
        "description": {
            "purpose": f"{name}: gebeurtenissen van zaken. Eén rij is een gebeurtenis.",
            "limitations": "Alleen de kolommen die de figuren nodig hebben; wie iets deed en vrije "
            "tekst horen er niet in.",
            "usage": "Doorlooptijden van koppelvlakken.",
        },
        "servers": [
            {
                "server": "levering",
                "type": "local",
                "path": f"{contract_id}_{{peildatum}}_v{{versie}}.csv",
                "format": "csv",
                "encoding": log.encoding,
                "customProperties": _properties(
                    {"delimiter": log.delimiter, "decimalSeparator": "."}
                ),
            }
        ],
        "schema": [_schema(proposal)],
        "slaProperties": [
            {"property": "dueDay", "value": 1},
            {
                "property": "retention",
                # Counted from the reference date: of an old log ten years from now on.
                "value": 12 * (_RETENTION_YEARS + max(0, _years_ago(proposal.last_day))),
                "unit": "month",
            },
            {"property": "quarantineRetention", "value": _QUARANTINE_DAYS, "unit": "day"},
        ],
        "customProperties": _agreements(own, log.zone),
    }


def _years_ago(day: str) -> int:
    return date.today().year - date.fromisoformat(day).year


def _schema(proposal: Proposal) -> dict[str, object]:
    return {
        "name": TABLE,
        "businessName": "Gebeurtenissen",
        "logicalType": "object",
        "physicalType": "event_log",
        "dataGranularityDescription": "Eén rij is een gebeurtenis van een zaak.",
        "customProperties": _properties(_mapping(proposal)),
        "properties": list(_columns(proposal)),
    }


def _agreements(organisation: str, zone: str) -> list[dict[str, object]]:
    today = date.today().isoformat()
    return [
        *_properties(
            {"supplier": organisation, "table": TABLE, "agreement": "chain init", "timezone": zone}
        ),
        {
            "property": "quarantineMaxRows",
            "value": _MOST_ROWS_ASIDE,
            "description": f"{today}: gelijk aan de andere gebeurtenissenlogboeken.",
        },
        {
            "property": "quarantineMaxShare",
            "value": _MOST_SHARE_ASIDE,
            "description": f"{today}: gelijk aan de andere contracten.",
        },
    ]


def _properties(values: Mapping[str, object]) -> list[dict[str, object]]:
    return [{"property": name, "value": value} for name, value in values.items()]


def _mapping(proposal: Proposal) -> dict[str, object]:
    return {
        "activityMilestones": [
            {"activity": milestone.activity, "milestone": milestone.code}
            for milestone in proposal.milestones
        ]
    }


def _columns(proposal: Proposal) -> Iterable[dict[str, Any]]:
    log, roles = proposal.log, proposal.log.roles
    is_day = log.notation.is_day
    moment = {
        "logicalType": "date" if is_day else "timestamp",
        "logicalTypeOptions": {"format": log.notation.form},
        "customProperties": _properties({"granularity": "day" if is_day else "timestamp"}),
    }
    # An activity that has not ended has no end yet.
    is_whole = roles.start is None
    time = "Moment" if is_whole else "Einde van de activiteit"
    # In the order of the delivery.
    for name, column, description, required, form in (
        ("case_key", roles.case, "Zaak", True,
         {"logicalTypeOptions": {"pattern": log.case_pattern}}),
        ("activity", roles.activity, "Activiteit", True, _enum(log.values(roles.activity))),
        ("happened_at", roles.time, time, is_whole, moment),
        ("started_at", roles.start, "Begin van de activiteit", False, moment),
        ("lifecycle", roles.lifecycle, "Stap van de activiteit", False,
         _enum(log.values(roles.lifecycle))),
        ("org_group", roles.group, "Groep die het deed", False, _enum(log.values(roles.group))),
    ):  # fmt: skip
        if column is not None:
            yield {
                "name": name,
                "physicalName": column,
                "logicalType": "string",
                "required": required,
                "classification": "intern",
                "description": description,
                **form,
            }


def _enum(values: Sequence[str]) -> dict[str, Any]:
    return {"enum": [{"value": value} for value in values]}


# --- Delivery ----------------------------------------------------------------------------------


def _write_delivery(proposal: Proposal, path: Path) -> None:
    log = proposal.log
    with path.open("w", encoding=log.encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=log.delimiter, lineterminator="\n")
        writer.writerow(log.columns)
        writer.writerows(zip(*log.columns.values(), strict=True))
