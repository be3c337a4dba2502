"""The register of indicators: what each figure means, checked when it is read.

Here: reading `dim_indicator.yml`, refusing an entry that is not whole, and the entry every hand-off
and every theme without one of its own gets.
Not here: how a figure is counted or estimated.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

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
from pipelines.evaluation.codebook import Series
from pipelines.plain_yaml import read_yaml

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Kind = Literal[
    "lead_time",
    "cumulative_incidence",
    "share",
    "count",
    "flow",
    "stock",
    "rate",
    "reconciliation",
    "distribution",
]
Audience = Literal["researcher", "platform", "advisory"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
# The entry every theme's own entry is made from.
THEMES = "theme_prevalence"
# The entry that speaks for all answers to experience questions.
ANSWERS = "experience_answers"
# The kinds that are clocked by a hand-off; every other kind counts rows of a mart.
_OF_A_HANDOFF = {"lead_time", "reconciliation"}
# The kinds counted in SQL, and the fields without which their count cannot be written.
_COUNTED: Mapping[str, tuple[str, ...]] = {
    "share": ("numerator_column",),
    "count": ("numerator_column",),
    "flow": ("numerator_column",),
    "stock": ("numerator_column",),
    "rate": ("numerator_column", "denominator_column"),
}
# Columns a mart has for some kinds without an entry naming them.
_IMPLIED: Mapping[str, frozenset[str]] = {
    "stock": frozenset({"is_quarter_end", "is_year_end"}),
    "cumulative_incidence": frozenset({"start_quarter", "start_year", "duration_days", "cause"}),
}
_COLUMN_FIELDS = ("date_column", "numerator_column", "denominator_column", "filter_column")
# What pydantic finds, as whoever wrote the entry has to read it.
_SAID: Mapping[str, str] = {
    "missing": "ontbreekt; vul het in",
    "extra_forbidden": "is geen veld van het register; haal het weg of kies een veld dat bovenaan "
    "dim_indicator.yml staat",
    "string_too_short": "is leeg; vul het in",
    "greater_than_equal": "is negatief; noem 0 of meer",
}


class RegisterError(BuildError):
    """An entry of the register is not whole; the message names the entry and the field."""


class Indicator(BaseModel):
    """One entry of the register. The fields are explained at the top of `dim_indicator.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    version: int
    valid_from: date
    kind: Kind
    family: Text
    handoff: str | None = None
    phase: Text | None = None
    mart: str | None = None
    date_column: str | None = None
    numerator_column: str | None = None
    denominator_column: str | None = None
    filter_column: str | None = None
    side: str | None = None
    label_nl: Text
    label_en: Text
    question_nl: Text
    question_en: Text
    why_nl: Text
    why_en: Text
    numerator_nl: Text
    numerator_en: Text
    denominator_nl: Text
    denominator_en: Text
    unit: Text
    direction: Literal["lower", "higher", "neutral"]
    paragraph: str
    dimensions: tuple[str, ...] = ()
    balancing_indicator: str | None = None
    is_of_today: bool = False
    judged_after_days: Annotated[int, Field(ge=0)] = 0
    minimum_base: int = 0
    smallest_difference: float | None = None
    smallest_difference_nl: Text | None = None
    smallest_difference_en: Text | None = None
    audiences: tuple[Audience, ...] = ("researcher", "platform", "advisory")
    owner: Text
    author: Text
    checker: Text
    next_review: date
    is_generic: bool = False

    @property
    def columns(self) -> set[str]:
        """Columns of its mart that make the figure, dimensions left out."""
        return {name for field in _COLUMN_FIELDS if (name := getattr(self, field))}

    @property
    def norm_handoff(self) -> str | None:
        """Hand-off whose norms it is judged by; None where no norm of a clock plays a part."""
        return self.handoff if self.kind == "lead_time" or self.mart == "fct_handoff" else None

    @model_validator(mode="after")
    def _is_whole(self) -> "Indicator":
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        # A hand-off of another chain has no paragraph of the circulaire.
        if not self.paragraph.strip() and not self.is_generic:
            yield "paragraph is leeg; noem de paragraaf van de circulaire"
        if self.checker == self.author:
            yield "checker is de author zelf; laat een ander de indicator controleren"
        if self.kind in _OF_A_HANDOFF and not self.handoff and not self.mart:
            yield f"soort {self.kind} vraagt een handoff; noem een koppelvlak uit handoffs.csv"
        if self.kind not in _OF_A_HANDOFF:
            for field in ("mart", "date_column", *_COUNTED.get(self.kind, ())):
                if not getattr(self, field):
                    yield f"soort {self.kind} vraagt {field}; vul het in"
        if self.direction != "neutral" and not self.balancing_indicator and not self.is_generic:
            yield (
                f"direction is {self.direction}, dus balancing_indicator mag niet leeg zijn; noem "
                "de indicator waarmee snelheid of hoogte betaald wordt"
            )
        if self.balancing_indicator == self.id:
            yield "balancing_indicator is de indicator zelf; noem een andere"
        yield from self._problems_of_smallest_difference()
        if self.next_review <= self.valid_from:
            yield "next_review ligt niet na valid_from; noem een latere dag"

    def _problems_of_smallest_difference(self) -> Iterator[str]:
        if self.smallest_difference is not None and self.smallest_difference < 0.0:
            yield "smallest_difference is negatief; noem een verschil van 0 of meer"
        if self.smallest_difference is not None and self.kind == "lead_time":
            yield (
                "smallest_difference van een doorlooptijd staat in handoffs.csv; haal het hier weg"
            )
        reasons = (self.smallest_difference_nl, self.smallest_difference_en)
        if (self.smallest_difference is None) != (None in reasons):
            yield (
                "smallest_difference en de reden ervan, smallest_difference_nl en "
                "smallest_difference_en, horen bij elkaar; vul ze alle drie in, of geen van drie"
            )


@dataclass(frozen=True)
class ChainFacts:
    """What an entry may name.

    Attributes:
        handoffs: Rows of the seed `handoffs` by id.
        dimensions: Dimensions with members.
        columns: Columns of each mart, as its yml has them.
        counted: Marts the counts are made from.
    """

    handoffs: Mapping[str, Mapping[str, str]]
    dimensions: frozenset[str]
    columns: Mapping[str, Sequence[str]]
    counted: frozenset[str]


def load_register(path: Path) -> list[Indicator]:
    """Read and check the register.

    Args:
        path: `dbt_project/models/indicators/dim_indicator.yml`.

    Returns:
        The entries in the order written.

    Raises:
        RegisterError: An unknown or missing field, a double id, a checker who is the author, or a
            balancing measure that does not exist.
    """
    [model] = described_models(path)
    register = [_entry(entry) for entry in model["config"]["meta"]["indicators"]]
    ids = [entry.id for entry in register]
    for entry in register:
        if ids.count(entry.id) > 1:
            raise RegisterError(f"indicator {entry.id}: id komt twee keer voor; kies een ander")
        if entry.balancing_indicator and entry.balancing_indicator not in ids:
            raise RegisterError(
                f"indicator {entry.id}: balancing_indicator {entry.balancing_indicator} staat niet "
                "in het register; voeg die toe of noem een andere"
            )
    return register


def described_models(path: Path) -> list[dict[str, Any]]:
    """The models a yml of the dbt project describes.

    Raises:
        RegisterError: The file is not YAML; the message names file and line.
    """
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise RegisterError(f"{path.name} is geen YAML: {where}; herstel het bestand") from error
    models: list[dict[str, Any]] = document["models"]
    return models


def check_against_chain(register: Iterable[Indicator], chain: ChainFacts) -> None:
    """Refuse an entry that names what the chain does not have.

    Raises:
        RegisterError: An unknown hand-off, dimension, mart or column, or a lead time whose unit or
            dimensions are not those of its hand-off; the message names entry, field and choice.
    """
    for entry in register:
        for problem in (*_problems_of_handoff(entry, chain), *_problems_of_mart(entry, chain)):
            raise RegisterError(f"indicator {entry.id}: {problem}")


def _problems_of_handoff(entry: Indicator, chain: ChainFacts) -> Iterator[str]:
    handoff = chain.handoffs.get(entry.handoff or "")
    if entry.handoff and handoff is None:
        yield (
            f"handoff {entry.handoff} staat niet in handoffs.csv; "
            f"{_choice(chain.handoffs, 'voeg het koppelvlak toe')}"
        )
    phases = dict.fromkeys(row.get("phase", "") for row in chain.handoffs.values())
    if entry.phase and entry.phase not in phases:
        yield (
            f"phase {entry.phase} staat niet in handoffs.csv; "
            f"{_choice(phases, 'geef een koppelvlak die fase')}"
        )
    if unknown := [name for name in entry.dimensions if name not in chain.dimensions]:
        yield (
            f"dimensions: {unknown[0]} staat niet in dimension_members.csv; "
            f"{_choice(sorted(chain.dimensions), 'voeg de dimensie toe')}"
        )
    if entry.kind == "lead_time" and handoff is not None:
        if entry.unit != handoff["unit"]:
            yield f"unit {entry.unit} is niet die van {entry.handoff}; kies {handoff['unit']}"
        allowed = handoff.get("dimensions", "").split("|")
        if beyond := [name for name in entry.dimensions if name not in allowed]:
            yield (
                f"dimensions: {beyond[0]} mag bij {entry.handoff} niet; "
                f"{_choice(allowed, f'voeg de dimensie bij {entry.handoff} toe in handoffs.csv')}"
            )


def _problems_of_mart(entry: Indicator, chain: ChainFacts) -> Iterator[str]:
    if not entry.mart or entry.kind in _OF_A_HANDOFF:
        return
    columns = chain.columns.get(entry.mart)
    if columns is None:
        yield f"mart {entry.mart} bestaat niet; {_choice(sorted(chain.columns), 'maak het model')}"
        return
    if entry.kind in _COUNTED and entry.mart not in chain.counted:
        yield (
            f"mart {entry.mart} is er geen om te tellen; "
            f"{_choice(sorted(chain.counted), 'zet haar bij counted_marts in dbt_project.yml')}"
        )
    named = [(field, getattr(entry, field)) for field in _COLUMN_FIELDS]
    named += [("dimensions", name) for name in entry.dimensions]
    for field, name in named:
        if name and name not in columns:
            remedy = f"voeg de kolom toe aan {entry.mart} en haar yml"
            yield f"{field}: {entry.mart} heeft geen kolom {name}; {_choice(columns, remedy)}"
    if absent := sorted(_IMPLIED.get(entry.kind, frozenset()) - set(columns)):
        yield f"soort {entry.kind} vraagt een mart met {', '.join(absent)}; {entry.mart} mist die"


def _choice(there: Iterable[str], otherwise: str) -> str:
    """The remedy: what there is to choose from, or what else to do."""
    return f"kies uit {', '.join(there)}, of {otherwise}"


def _entry(fields: dict[str, object]) -> Indicator:
    try:
        return Indicator.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RegisterError(
            f"indicator {fields.get('id', 'zonder id')}: {_said(field, first)}"
        ) from error


def _said(field: str, found: "ErrorDetails") -> str:
    """What is wrong with a field, and the remedy."""
    kind, context = found["type"], found.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"{field}: {found['input']!r} kan niet; kies uit {context['expected']}"
    return f"{field}: {_SAID.get(kind, found['msg'] + '; herstel het veld')}"


def generic_indicator(handoff: dict[str, str], known_since: date) -> Indicator:
    """The entry of a hand-off nobody wrote one for: its lead time, from its row in the seeds.

    Args:
        handoff: Row of `dim_handoff` with labels, unit, milestones, dimensions and paragraph.
        known_since: Date from which the definition holds.

    Returns:
        An entry with id `lead_time_<handoff>`.
    """
    name_nl, name_en = handoff["label_nl"], handoff["label_en"]
    return Indicator(
        id=f"lead_time_{handoff['handoff_id'].lower()}",
        version=1,
        valid_from=known_since,
        kind="lead_time",
        family=handoff.get("phase", "koppelvlak"),
        handoff=handoff["handoff_id"],
        label_nl=f"Doorlooptijd: {name_nl}",
        label_en=f"Lead time: {name_en}",
        question_nl=f"Hoe lang duurt het koppelvlak ‘{name_nl}’?",
        question_en=f"How long does the hand-off '{name_en}' take?",
        why_nl="Elk koppelvlak wordt op dezelfde manier gemeten, zodat vertraging zichtbaar wordt "
        "waar zij ontstaat.",
        why_en="Every hand-off is measured in the same way, so that delay shows where it arises.",
        numerator_nl="Overdrachten die binnen de tijd zijn voltooid",
        numerator_en="Hand-offs completed within the time",
        denominator_nl="Overdrachten die in de periode begonnen, ook als zij nog openstaan",
        denominator_en="Hand-offs that started in the period, also when still open",
        unit=handoff["unit"],
        direction="lower",
        paragraph=handoff.get("paragraph", ""),
        dimensions=tuple(part for part in handoff.get("dimensions", "").split("|") if part),
        owner="Kenniscentrum bewaken en beveiligen",
        author="analist kwaliteitsmonitor",
        checker="methodoloog kwaliteitsmonitor",
        next_review=date(known_since.year + 1, known_since.month, 1),
        is_generic=True,
    )


def generic_reconciliation(handoff: dict[str, str], known_since: date) -> Indicator:
    """The entry of a two-sided hand-off: whether sender and receiver recorded the same.

    Args:
        handoff: Row of `dim_handoff`, as for `generic_indicator`.
        known_since: Date from which the definition holds.

    Returns:
        An entry with id `reconciliation_<handoff>`.
    """
    name_nl, name_en = handoff["label_nl"], handoff["label_en"]
    return generic_indicator(handoff, known_since).model_copy(
        update={
            "id": f"reconciliation_{handoff['handoff_id'].lower()}",
            "kind": "reconciliation",
            "label_nl": f"Overeenstemming: {name_nl}",
            "label_en": f"Consistency: {name_en}",
            "question_nl": f"Zijn verzender en ontvanger het eens over ‘{name_nl}’?",
            "question_en": f"Do sender and receiver agree on '{name_en}'?",
            "why_nl": "Wat de een verzond en de ander nooit ontving, valt tussen twee stoelen.",
            "why_en": "What one sent and the other never received falls between two organisations.",
            "numerator_nl": "Overdrachten die beide kanten binnen de tolerantie vastlegden",
            "numerator_en": "Transfers both sides recorded within the tolerance",
            "denominator_nl": "Overdrachten die een van beide kanten vastlegde, niet meer onderweg",
            "denominator_en": "Transfers either side recorded, no longer in transit",
            "unit": "share",
            "direction": "higher",
        }
    )


def theme_entries(register: Iterable[Indicator], series: Iterable[Series]) -> list[Indicator]:
    """The entries of the themes of the codebook, one per series, after the entry `THEMES`.

    Args:
        register: The register; without an entry `THEMES` no theme has one.
        series: Of the codebook.
    """
    template = next((entry for entry in register if entry.id == THEMES), None)
    if template is None:
        return []
    return [
        template.model_copy(
            update={
                "id": theme.indicator,
                # Codings alone: which cases they belong to does not matter for a theme.
                "mart": "fct_evaluation_theme",
                "numerator_column": None,
                "label_nl": f"Thema: {theme.label_nl}",
                "label_en": f"Theme: {theme.label_en}",
                "question_nl": f"In welk deel van de evaluaties komt ‘{theme.label_nl}’ terug?",
                "question_en": f"In what part of the evaluations is '{theme.label_en}' found?",
                "numerator_nl": "Evaluaties waarin de eerste codeur het thema vond, eenmaal geteld",
                "numerator_en": "Evaluations in which the first coder found the theme, each once",
                "denominator_nl": "Gecodeerde evaluaties, gehouden in de periode, uit versies van "
                "het codeboek waarin het thema bestond",
                "denominator_en": "Coded evaluations held in the period, of versions of the "
                "codebook in which the theme existed",
                "dimensions": ("handoff_id",),
                "balancing_indicator": None,
                "is_generic": True,
            }
        )
        for theme in series
    ]


def complete_register(
    register: Iterable[Indicator], handoffs: Iterable[dict[str, str]], known_since: date
) -> list[Indicator]:
    """Add the generic entries: lead times nobody wrote one for, and two-sided reconciliations."""
    entries = list(register)
    own = {entry.handoff for entry in entries if entry.kind == "lead_time"}
    rows = list(handoffs)
    lead_times = [
        generic_indicator(handoff, known_since)
        for handoff in rows
        if handoff["handoff_id"] not in own
    ]
    reconciliations = [
        generic_reconciliation(handoff, known_since)
        for handoff in rows
        if handoff.get("sent_milestone") and handoff.get("received_milestone")
    ]
    return entries + lead_times + reconciliations
