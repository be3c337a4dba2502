"""Closed lists that a chain keeps in its seeds or register, as a contract refers to them by name.

Here: the codes of a list, read where they are kept, so that no contract repeats them.
Not here: what a contract does with them (`contract`).
"""

from functools import lru_cache
from pathlib import Path

from pipelines.deliveries.lists import ListError, read_list
from pipelines.plain_yaml import read_yaml
from pipelines.settings import Settings

# The list of indicators has no seed: it is the register, with the entries made for each hand-off
# and each theme.
INDICATORS = "indicator"
_REGISTER = Path("models") / "indicators" / "dim_indicator.yml"
_CONTRACTS_FOLDER, _SEEDS_FOLDER = "contracts", "seeds"


class CodelistError(ValueError):
    """A list is not there; the message names it and the remedy."""


def codes_of(name: str, contracts: Path) -> tuple[str, ...]:
    """The codes of a list.

    Args:
        name: `indicator`, or the name of a seed whose first column holds the codes.
        contracts: Folder of the contracts of the chain.

    Returns:
        The codes, each once, in the order in which they stand there.

    Raises:
        CodelistError: The chain has no such list.
    """
    seeds = _seeds_of(contracts)
    if not name.isidentifier():
        raise CodelistError(f"'{name}' is geen naam van een lijst; noem een seed van de keten")
    if name != INDICATORS:
        return _first_column(seeds / f"{name}.csv")
    handoffs = [handoff.lower() for handoff in _first_column(seeds / "handoffs.csv")]
    themes = _themes(seeds / "codebook.csv")
    return tuple(
        dict.fromkeys(
            [
                *_entries(Settings().dbt_project_dir / _REGISTER),
                *(f"lead_time_{handoff}" for handoff in handoffs),
                *(f"reconciliation_{handoff}" for handoff in handoffs),
                *(f"theme_{theme}" for theme in themes),
            ]
        )
    )


def _seeds_of(contracts: Path) -> Path:
    """A chain has its seeds beside its contracts; those of the built-in one lie where dbt looks."""
    if contracts.name == _CONTRACTS_FOLDER:
        return contracts.parent / _SEEDS_FOLDER
    return Settings().dbt_project_dir / _SEEDS_FOLDER / contracts.name


def _first_column(path: Path) -> tuple[str, ...]:
    rows = _rows(path)
    return tuple(dict.fromkeys(next(iter(row.values())) for row in rows))


def _themes(path: Path) -> tuple[str, ...]:
    """Themes and the groups in which they can be compared."""
    rows, named = _rows(path), ("theme", "comparable_group")
    if rows and not set(named) <= set(rows[0]):
        raise CodelistError(f"{path.name}: verwacht de kolommen {' en '.join(named)}")
    return tuple(dict.fromkeys(row[name] for row in rows for name in named))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise CodelistError(f"{path.name} ontbreekt in {path.parent.name}; voeg de lijst toe")
    try:
        return [row for _, row in read_list(path)]
    except ListError as error:
        raise CodelistError(str(error)) from error


@lru_cache(maxsize=1)
def _entries(path: Path) -> tuple[str, ...]:
    document = read_yaml(path.read_text(encoding="utf-8"))
    return tuple(
        str(indicator["id"]) for indicator in document["models"][0]["config"]["meta"]["indicators"]
    )
