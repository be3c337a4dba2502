"""The register against the chain it is built for: what an entry names has to be there.

Here: the register a chain has, and the hand-offs, dimensions and columns its seeds and its dbt
project name. All of it is read from files, so that a wrong entry is refused before any work.
Not here: what makes an entry whole in itself (`register`).

The columns of a mart have one home, its yml. An entry may name those; that the yml and the model
agree is tested (`tests/warehouse/test_indicator_rows.py`).
"""

import csv
from functools import lru_cache
from pathlib import Path

from pipelines.chain.check import require_whole_chain
from pipelines.indicators.register import (
    ChainFacts,
    Indicator,
    check_against_chain,
    described_models,
    load_register,
)
from pipelines.plain_yaml import read_yaml
from pipelines.settings import BUILT_IN_CHAIN, Settings

# `dim_dimension_member` makes a dimension of the hand-offs themselves.
_HANDOFFS = "handoff_id"


def own_register(settings: Settings) -> list[Indicator]:
    """The entries written for the chain; only the built-in one has any.

    Seeds and contracts are checked before them, so that whoever asks for the register first of all
    has asked for a chain that is whole.

    Raises:
        ChainError: Seeds or contracts are not right; a line for everything that is wrong.
        RegisterError: An entry is not whole, or names what the chain does not have; the message
            names the entry, the field and the remedy.
    """
    return list(_register_of(settings, _as_they_are(settings)))


@lru_cache(maxsize=1)
def _register_of(settings: Settings, _files: tuple[tuple[str, int, int], ...]) -> list[Indicator]:
    """Read and checked once by a process, and again when a file changed: a build asks thrice."""
    require_whole_chain(settings)
    if settings.chain_name != BUILT_IN_CHAIN:
        return []
    register = load_register(
        settings.dbt_project_dir / "models" / "indicators" / "dim_indicator.yml"
    )
    check_against_chain(register, chain_facts(settings))
    return register


def _as_they_are(settings: Settings) -> tuple[tuple[str, int, int], ...]:
    """Every file a chain and its register are read from, with its time and size."""
    folders = (settings.dbt_project_dir, settings.seeds_dir, settings.contracts_dir)
    files = sorted({path for folder in folders for path in folder.rglob("*.*")})
    found = [(str(path), path.stat()) for path in files]
    return tuple((path, state.st_mtime_ns, state.st_size) for path, state in found)


def chain_facts(settings: Settings) -> ChainFacts:
    """What an entry of the register may name.

    Args:
        settings: Where the seeds and the dbt project are.
    """
    project = read_yaml((settings.dbt_project_dir / "dbt_project.yml").read_text(encoding="utf-8"))
    marts = settings.dbt_project_dir / "models" / "marts"
    return ChainFacts(
        handoffs={row["handoff_id"]: row for row in _seed(settings, "handoffs")},
        dimensions=frozenset(
            {row["dimension"] for row in _seed(settings, "dimension_members")} | {_HANDOFFS}
        ),
        columns={
            model["name"]: tuple(column["name"] for column in model.get("columns", []))
            for path in sorted(marts.rglob("*.yml"))
            for model in described_models(path)
        },
        counted=frozenset(project["vars"]["counted_marts"]),
    )


def _seed(settings: Settings, name: str) -> list[dict[str, str]]:
    path: Path = settings.seeds_dir / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))
