"""The catalogue of an audience: what may be released to it, and by which rules.

Here: reading `platform.yaml` and `advisory.yaml`, and refusing one that is not whole.
Not here: which rung a line takes (`pipelines.disclosure.ladder`), and whether it holds (`lines`).

What a catalogue does not name cannot leave: `protect` makes the figures of an audience from its
lines alone, and the door out holds every table and column of a file against it.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from pipelines.build import BuildError
from pipelines.dimensions import NATIONAL
from pipelines.indicators.register import Kind
from pipelines.periods import MONTHS
from pipelines.plain_yaml import read_yaml

FOLDER = Path(__file__).parent
# The grains of a ladder, finest first.
LADDER_GRAINS = tuple(MONTHS)
_CLUSTERS = "_clusters"
Shape = Literal["count", "share", "rate", "quantile", "difference", "tail", "incidence", "stock"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class CatalogueError(BuildError):
    """A catalogue is not whole; the message names file and field."""


class Rung(BaseModel):
    """One level of a ladder.

    Attributes:
        grain: Length of its periods.
        is_clustered: Groups of members instead of members.
    """

    model_config = ConfigDict(frozen=True)

    grain: str
    is_clustered: bool = False

    @classmethod
    def named(cls, name: str) -> "Rung":
        """The rung a catalogue calls `quarter` or `quarter_clusters`."""
        grain = name.removesuffix(_CLUSTERS)
        if grain not in LADDER_GRAINS:
            raise ValueError(
                f"trede {name} bestaat niet; kies uit {', '.join(LADDER_GRAINS)}, zo nodig met "
                f"{_CLUSTERS} erachter"
            )
        return cls(grain=grain, is_clustered=name.endswith(_CLUSTERS))


class Lines(BaseModel):
    """Lines of one form: some statistics of some kinds of indicators.

    Attributes:
        statistics: They stand or fall together where there are several that split one whole.
        shape: What is counted: see `pipelines.disclosure.lines`.
        kinds: Kinds of indicators.
        view: View of the figures.
        national: Name of the ladder of the national line; empty: there is none.
        members: Name of the ladder by dimension; empty: the country only.
        is_together: The statistics split one whole and stand or fall together.
        has_rolling: The country also has rolling years, sums of its shown quarters.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    statistics: tuple[Name, ...]
    shape: Shape
    kinds: tuple[Kind, ...]
    view: Literal["cohort", "completed", "open"]
    national: str | None = None
    members: str | None = None
    is_together: bool = False
    has_rolling: bool = False


class Catalogue(BaseModel):
    """All an audience may see, and the parameters of its protection.

    Attributes:
        audience: Whose.
        threshold: Least number of cases, and of those in or outside a numerator, of a shown line.
        rounding_base: Step between counts.
        floor: Least expected number in the smallest cell of a rung.
        years_of_volume: Earlier calendar years the expected numbers are taken from.
        shows_limits: Whether lengths of time have their limits.
        not_of_people: Units of bases that are no people, cases or measures: shown as they are.
        should_not_occur: Counts of what should not occur: rounded, without threshold.
        coarser: Grains a finer rung is added up to, beside its own.
        ladders: Rungs by name of the ladder, finest first.
        lines: What may be shown.
        excluded: Indicators of which nothing is shown.
        tables: Columns of every other table of the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    audience: Name
    threshold: int = Field(ge=2)
    rounding_base: int = Field(ge=2)
    floor: float
    years_of_volume: int = Field(ge=1)
    shows_limits: bool
    not_of_people: frozenset[str] = frozenset()
    should_not_occur: frozenset[str] = frozenset()
    coarser: tuple[str, ...]
    ladders: Mapping[str, tuple[str, ...]]
    lines: tuple[Lines, ...]
    excluded: frozenset[str] = frozenset()
    tables: Mapping[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _is_whole(self) -> "Catalogue":
        if self.floor < self.threshold:
            raise ValueError("floor ligt onder threshold; kies er een van minstens threshold")
        if self.rounding_base >= self.threshold:
            raise ValueError("rounding_base is niet kleiner dan threshold; kies een kleinere")
        for name in self.ladders:
            self.rungs(name)
        for line in self.lines:
            for ladder in (line.national, line.members):
                if ladder is not None and ladder not in self.ladders:
                    raise ValueError(
                        f"ladder {ladder} van {', '.join(line.statistics)} staat niet onder "
                        f"ladders; kies uit {', '.join(self.ladders)}"
                    )
        return self

    def rungs(self, ladder: str) -> tuple[Rung, ...]:
        """The rungs of a ladder, finest first."""
        return tuple(Rung.named(name) for name in self.ladders[ladder])

    def ladder_of(self, line: Lines, dimension: str) -> tuple[Rung, ...]:
        """The rungs of the lines of a form in a dimension; none where it may not be split."""
        name = line.national if dimension == NATIONAL else line.members
        return self.rungs(name) if name else ()


@cache
def catalogue_of(audience: str) -> Catalogue:
    """The catalogue of an audience.

    Raises:
        CatalogueError: It is no YAML, or not whole.
    """
    return read_catalogue(FOLDER / f"{audience}.yaml")


def read_catalogue(path: Path) -> Catalogue:
    """Read and check a catalogue.

    Raises:
        CatalogueError: It is no YAML, or not whole; the message names the file and the field.
    """
    try:
        fields = read_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise CatalogueError(f"{path.name} is geen YAML: {where}; herstel het bestand") from error
    try:
        return Catalogue.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        said = str(first.get("ctx", {}).get("error", first["msg"]))
        raise CatalogueError(
            f"catalogus {path.name}: {field + ': ' if field else ''}{said}; herstel het bestand"
        ) from error
