"""The register of bases: each counted set of people, cases or events, declared once.

Here: the declarations of a chain read and checked, and the base of every indicator: a declared one,
or one of its own.
Not here: what may be shown of a base (`pipelines.disclosure`).

Two figures that rest on one set name one base, so that their n is one number wherever it stands. A
base says within which others it lies: two printed sizes of nested sets give the group between them.
What it holds is per cell: the cases of a base in a period, of a member, are among those of the
larger base in that period, of that member.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.indicators.register import (
    THEMES,
    Identifier,
    Indicator,
    RegisterError,
    Text,
    described_models,
)
from pipelines.settings import BUILT_IN_CHAIN, Settings

COLUMNS = ("base", "unit", "label_nl", "label_en", "within")
_OF_PEOPLE = "cases"


class Base(BaseModel):
    """A counted set, as declared; the fields are explained at the top of `dim_indicator.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    unit: Text | None = None
    label_nl: Text | None = None
    label_en: Text | None = None
    indicators: tuple[Identifier, ...] = ()
    numerator_of: tuple[Identifier, ...] = ()
    whole_of: tuple[tuple[Identifier, ...], ...] = ()
    within: tuple[Identifier, ...] = ()


def own_bases(settings: Settings) -> list[Base]:
    """The bases declared for the chain; only the built-in one has any."""
    if settings.chain_name != BUILT_IN_CHAIN:
        return []
    return load_bases(settings.dbt_project_dir / "models" / "indicators" / "dim_indicator.yml")


def load_bases(path: Path) -> list[Base]:
    """Read the declarations beside the register.

    Args:
        path: `dbt_project/models/indicators/dim_indicator.yml`.

    Returns:
        The bases in the order written.

    Raises:
        RegisterError: A declaration is not whole; the message names the base and the field.
    """
    [model] = described_models(path)
    bases = [_base(fields) for fields in model["config"]["meta"].get("bases", [])]
    ids = [base.id for base in bases]
    if double := sorted({name for name in ids if ids.count(name) > 1}):
        raise RegisterError(f"grondslag {double[0]}: id komt twee keer voor; kies een ander")
    return bases


def _base(fields: Mapping[str, object]) -> Base:
    try:
        return Base.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RegisterError(
            f"grondslag {fields.get('id', 'zonder id')}: {field}: {first['msg']}; herstel het veld "
            "onder bases in dim_indicator.yml"
        ) from error


def base_of_indicators(
    register: Iterable[Indicator], bases: Iterable[Base]
) -> tuple[dict[str, str], pd.DataFrame]:
    """Which base every indicator rests on, and the table of bases.

    Returns:
        Base by indicator, and one row per base with the columns of `COLUMNS`, `within` separated by
        `|`; a base nobody declared is the set of its one indicator, and has its id.

    Raises:
        RegisterError: A declaration names an indicator or base that is not there, or two bases
            claim one indicator.
    """
    entries = {entry.id: entry for entry in register}
    declared = {base.id: base for base in bases}
    of: dict[str, str] = {}
    for base in declared.values():
        for indicator in _indicators(base, entries):
            if indicator in of:
                raise RegisterError(
                    f"grondslag {base.id}: {indicator} hoort al bij {of[indicator]}; laat de "
                    "indicator bij een van beide staan"
                )
            of[indicator] = base.id
    for entry in entries.values():
        # A theme is counted among the evaluations its entry was made for.
        themes = of.get(THEMES) if entry.id.startswith("theme_") else None
        of.setdefault(entry.id, themes or entry.id)
    there = set(of.values())
    rows = []
    for name in dict.fromkeys(of.values()):
        base = declared.get(name, Base(id=name))
        for larger in base.within:
            if larger not in there:
                raise RegisterError(
                    f"grondslag {name}: within {larger} is geen grondslag; noem er een onder bases "
                    "in dim_indicator.yml, of de id van een indicator zonder eigen grondslag"
                )
        rows.append(_row(base, entries[next(key for key, value in of.items() if value == name)]))
    return of, pd.DataFrame(rows, columns=list(COLUMNS))


def _indicators(base: Base, entries: Mapping[str, Indicator]) -> list[str]:
    named = base.indicators or (base.id,)
    for indicator in (
        *named,
        *base.numerator_of,
        *(name for part in base.whole_of for name in part),
    ):
        if indicator not in entries:
            raise RegisterError(
                f"grondslag {base.id}: indicator {indicator} staat niet in het register; voeg die "
                "toe of haal de naam weg"
            )
    return list(named)


def _row(base: Base, entry: Indicator) -> tuple[str, str, str, str, str]:
    """A row of the table; what a declaration leaves out its first indicator says."""
    is_counted = entry.kind in {"count", "flow", "stock"}
    return (
        base.id,
        base.unit or (entry.unit if is_counted else _OF_PEOPLE),
        base.label_nl or (entry.numerator_nl if is_counted else entry.denominator_nl),
        base.label_en or (entry.numerator_en if is_counted else entry.denominator_en),
        "|".join(base.within),
    )
