"""Whether a chain is whole, before anything is taken in or built by it.

Here: seeds, contracts and the registers beside them read together, everything that is wrong with
them as one Dutch line each, and the refusal of a chain with such lines.
Not here: rules of a seed (`seeds`, `rules`), of a contract (`pipelines.deliveries.contract`), or of
the indicator register (`pipelines.indicators.register_of_chain`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from pipelines.build import BuildError
from pipelines.chain.rules import broken_rules, competing_milestones
from pipelines.chain.seeds import Row, SeedFiles, choice, described_seeds, read_seeds
from pipelines.deliveries.accepted import read_accepted
from pipelines.deliveries.contract import (
    GRANULARITIES,
    LIFECYCLE_OF_ROW,
    SUFFIX,
    Contract,
    ContractError,
    EventLogMapping,
    load_contract,
    load_contracts,
)
from pipelines.deliveries.linkage.merges import read_merges
from pipelines.settings import BUILT_IN_CHAIN, Settings

_EVENT_LOG = "event_log"


class ChainError(BuildError):
    """A chain is not whole; the message holds a line for everything that is wrong."""


def require_whole_chain(settings: Settings) -> None:
    """Refuse a chain whose seeds and contracts are not right.

    Raises:
        ChainError: Something is wrong; each line of the message names the file, the row, the value
            and the remedy.
    """
    if problems := problems_of_chain(settings):
        raise ChainError("\n".join(problems))


def problems_of_chain(settings: Settings) -> list[str]:
    """Everything that is wrong with the seeds and contracts of a chain, one line each, in Dutch."""
    files = read_seeds(settings.seeds_dir, described_seeds(settings.dbt_project_dir))
    problems = [*files.problems, *broken_rules(files), *_problems_of_registers(settings, files)]
    try:
        contracts = load_contracts(settings.contracts_dir)
    except ContractError as first:
        # All of them, and not only the first; what else a folder can have wrong is a single line.
        return problems + (list(_problems_of_contracts(settings)) or [str(first)])
    problems += _problems_of_suppliers(contracts, files)
    problems += _problems_of_homes(contracts, files)
    problems += _problems_of_mappings(contracts, files)
    problems += _problems_of_event_log_chain(contracts, files)
    if settings.chain_name == BUILT_IN_CHAIN:
        problems += _problems_of_terms(settings, files)
    else:
        problems += _problems_of_other_chain(contracts, files)
    return problems


def _problems_of_contracts(settings: Settings) -> Iterator[str]:
    for path in sorted(settings.contracts_dir.rglob(f"*{SUFFIX}")):
        try:
            load_contract(path)
        except ContractError as error:
            yield str(error)


def _problems_of_registers(settings: Settings, files: SeedFiles) -> Iterator[str]:
    """What the readers of lists find that have more to say than their columns."""
    from pipelines.evaluation.codebook import Codebook, CodebookError

    wrong = {problem.partition(".csv")[0] for problem in files.problems}
    try:
        read_accepted(settings.contracts_dir)
        if "merges" not in wrong:
            read_merges(settings.seeds_dir, date.max)
    except ContractError as error:
        yield str(error)
    if not wrong & {"codebook", "codebook_mapping"} and files.rows["codebook"]:
        import pandas as pd

        themes, mapping = (
            pd.DataFrame([{name: cell or None for name, cell in row.cells.items()} for row in rows])
            for rows in (files.rows["codebook"], files.rows["codebook_mapping"])
        )
        try:
            Codebook.from_frames(themes, mapping)
        except CodebookError as error:
            yield str(error)


def _problems_of_suppliers(contracts: Mapping[str, Contract], files: SeedFiles) -> Iterator[str]:
    if "organisations" not in files.rows:
        return
    delivers = {row["organisation"]: row for row in files.rows["organisations"]}
    for contract in contracts.values():
        row = delivers.get(contract.supplier)
        name = f"{contract.id}{SUFFIX}"
        if row is None:
            yield (
                f"{name}: supplier '{contract.supplier}' staat niet in organisations.csv; "
                f"{choice(contract.supplier, delivers, 'organisations.csv')}, of voeg toe"
            )
        elif row["delivers"].lower() == "false":
            yield f"{name}: {row.place} zegt delivers false; maak er true van"
    suppliers = {contract.supplier for contract in contracts.values()}
    for organisation, row in delivers.items():
        if row["delivers"].lower() == "true" and organisation not in suppliers:
            yield (
                f"{row.place}: delivers true, maar geen contract heeft supplier "
                f"'{organisation}'; voeg een contract toe, of maak er false van"
            )


def _problems_of_homes(contracts: Mapping[str, Contract], files: SeedFiles) -> Iterator[str]:
    """Every milestone that is delivered has a column, or an activity, that is its home."""
    tables = {(contract.supplier, contract.table): contract for contract in contracts.values()}
    for row in files.rows.get("milestones", ()):
        contract = tables.get((row["organisation"], row["table_name"]))
        if contract is None:
            names = [table for supplier, table in tables if supplier == row["organisation"]]
            yield (
                f"{row.place}: table_name '{row['table_name']}' van '{row['organisation']}' heeft "
                f"geen contract; {choice(row['table_name'], names, 'contracts/')}"
            )
        elif row["is_derived"].lower() != "true":
            yield from _problems_of_home(row, contract)


def _problems_of_home(row: Row, contract: Contract) -> Iterator[str]:
    file = f"{contract.id}{SUFFIX}"
    if contract.event_log is not None:
        if row["milestone"] not in contract.event_log.milestones.values():
            yield (
                f"{row.place}: geen activiteit van {file} wordt '{row['milestone']}'; vul "
                "activityMilestones aan, of haal de rij weg"
            )
        name = contract.event_log.moment
    else:
        name = row["column_name"]
    columns = {column.name: column for column in contract.columns}
    if name not in columns:
        yield (
            f"{row.place}: column_name '{name}' staat niet in {file}; {choice(name, columns, file)}"
        )
        return
    wanted = f"{row['milestone']}_at"
    if contract.event_log is None and columns[name].canonical != wanted:
        yield (
            f"{row.place}: kolom '{name}' van {file} heeft als name '{columns[name].canonical}'; "
            f"de kolom van een mijlpaal heet daar naar: maak er {wanted} van"
        )
    delivered, said = columns[name].granularity, row["granularity"]
    if delivered is None:
        yield f"{row.place}: kolom '{name}' van {file} is geen moment; geef die een granularity"
    elif said in GRANULARITIES[: GRANULARITIES.index(delivered)]:
        yield (
            f"{row.place}: granularity '{said}' is fijner dan de '{delivered}' van {file}; "
            f"kies uit {', '.join(GRANULARITIES[GRANULARITIES.index(delivered) :])}"
        )


def _problems_of_mappings(contracts: Mapping[str, Contract], files: SeedFiles) -> Iterator[str]:
    """Every activity a contract maps can occur, and becomes a milestone the chain knows."""
    if "milestones" not in files.rows:
        return
    homes = defaultdict(list)
    for row in files.rows["milestones"]:
        homes[row["organisation"], row["table_name"]].append(row["milestone"])
    for contract in contracts.values():
        if contract.event_log is None:
            continue
        known = homes[contract.supplier, contract.table]
        place = f"{contract.id}{SUFFIX}: activityMilestones"
        for activity, milestone in contract.event_log.milestones.items():
            if milestone not in known:
                where = f"milestones.csv bij {contract.supplier} en {contract.table}"
                yield (
                    f"{place}: milestone '{milestone}' staat niet in {where}; "
                    f"{choice(milestone, known, where)}"
                )
            possible = _activities(contract, contract.event_log)
            if possible and activity not in possible:
                yield (
                    f"{place}: activity '{activity}' kan niet voorkomen; "
                    f"{choice(activity, possible, 'de enum van de kolom')}"
                )


def _activities(contract: Contract, mapping: EventLogMapping) -> list[str]:
    """The names a mapping may give, where the columns are enumerated; none when they are not."""
    activities = contract.column(mapping.activity).enum
    if mapping.start is not None:
        return [activity + step for activity in activities for step in LIFECYCLE_OF_ROW]
    if mapping.lifecycle is None or not activities:
        return list(activities)
    steps = contract.column(mapping.lifecycle).enum
    return [
        *activities,
        *(f"{activity}/{step}" for activity in activities for step in steps),
    ] * bool(steps)


def _problems_of_terms(settings: Settings, files: SeedFiles) -> Iterator[str]:
    """Without its term an outcome would stay empty without a word."""
    seed = described_seeds(settings.dbt_project_dir)["terms"]
    given = {row["term"] for row in files.rows.get("terms", ())}
    for term in seed.columns["term"].values:
        if term not in given:
            yield f"{seed.file}: term '{term}' ontbreekt; geef haar een rij"


def _problems_of_event_log_chain(
    contracts: Mapping[str, Contract], files: SeedFiles
) -> Iterator[str]:
    """An event of a log has a case and no person or record to pair by."""
    logs = {
        (contract.supplier, contract.table)
        for contract in contracts.values()
        if contract.mode == _EVENT_LOG
    }
    homes = defaultdict(set)
    for row in files.rows.get("milestones", ()):
        home = (row["organisation"], row["table_name"])
        for name in (row["milestone"], f"{row['organisation']}.{row['milestone']}"):
            homes[name].add(home)
    for row in files.rows.get("handoffs", ()):
        if row["match_on"] in {"", "case_key"}:
            continue
        for name in _named(row):
            if homes[name] and homes[name] <= logs:
                yield (
                    f"{row.place}: match_on '{row['match_on']}' kan niet: '{name}' komt uit een "
                    "gebeurtenissenlogboek, dat alleen zaken kent; kies case_key"
                )


def _named(handoff: Row) -> list[str]:
    return [handoff["start_milestone"], handoff["stop_milestone"], *competing_milestones(handoff)]


def _problems_of_other_chain(contracts: Mapping[str, Contract], files: SeedFiles) -> Iterator[str]:
    """What only the built-in chain has models for; elsewhere it would stay empty without a word."""
    for contract in contracts.values():
        if contract.mode != _EVENT_LOG:
            yield (
                f"{contract.id}{SUFFIX}: physicalType '{contract.mode}' leest alleen de keten "
                f"{BUILT_IN_CHAIN}; lever een event_log"
            )
    for row in files.rows.get("milestones", ()):
        if row["is_derived"].lower() == "true":
            yield (
                f"{row.place}: is_derived true kent alleen de keten {BUILT_IN_CHAIN}; koppel een "
                "activiteit en maak er false van"
            )
    for row in files.rows.get("handoffs", ()):
        if row["has_net_clock"].lower() == "true":
            yield (
                f"{row.place}: has_net_clock true kan niet: pauzes levert alleen de keten "
                f"{BUILT_IN_CHAIN}; maak er false van"
            )
