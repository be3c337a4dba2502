"""The register of indicators: what each figure means, checked when it is read.

Here: reading `dim_indicator.yml`, refusing an entry that is not whole, and the entry every hand-off
and every theme without one of its own gets.
Not here: how a figure is counted or estimated.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from pipelines.build import BuildError
from pipelines.evaluation.codebook import Series

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
# The kinds that are clocked by a hand-off; every other kind counts rows of a mart.
_OF_A_HANDOFF = {"lead_time", "reconciliation"}


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
    clock_start: str | None = None
    clock_stop: str | None = None
    unit: Text
    direction: Literal["lower", "higher", "neutral"]
    paragraph: str
    dimensions: tuple[str, ...] = ()
    balancing_indicator: str | None = None
    minimum_base: int = 0
    audiences: tuple[Audience, ...] = ("researcher", "platform", "advisory")
    owner: Text
    author: Text
    checker: Text
    next_review: date
    is_generic: bool = False

    @property
    def columns(self) -> set[str]:
        """Columns of its mart that make the figure, dimensions left out."""
        named = (
            self.date_column,
            self.numerator_column,
            self.denominator_column,
            self.filter_column,
        )
        return {one for one in named if one}

    @model_validator(mode="after")
    def _is_whole(self) -> "Indicator":
        # A hand-off of another chain has no paragraph of the circulaire.
        if not self.paragraph and not self.is_generic:
            raise ValueError("paragraph is empty; name the paragraph of the circulaire")
        if self.checker == self.author:
            raise ValueError("checker is the author; somebody else checks an indicator")
        if self.kind in _OF_A_HANDOFF and not self.handoff and not self.mart:
            raise ValueError(f"kind {self.kind} needs a handoff")
        if self.kind not in _OF_A_HANDOFF and not (self.mart and self.date_column):
            raise ValueError(f"kind {self.kind} needs a mart and its date_column")
        if self.kind == "lead_time" and not (self.clock_start and self.clock_stop):
            raise ValueError("a lead time needs clock_start and clock_stop")
        if self.direction != "neutral" and not self.balancing_indicator and not self.is_generic:
            raise ValueError("one side is better, so it needs a balancing_indicator")
        # A hand-off of another chain need not stand in the circulaire.
        if not self.paragraph.strip() and not self.is_generic:
            raise ValueError("paragraph is empty; name the one of the circulaire")
        if self.balancing_indicator == self.id:
            raise ValueError("balancing_indicator is the indicator itself; name another")
        if self.next_review <= self.valid_from:
            raise ValueError("next_review is not after valid_from")
        return self


@dataclass(frozen=True)
class ChainFacts:
    """What an entry may name.

    Attributes:
        handoffs: Rows of the seed `handoffs` by id, without their empty cells.
        dimensions: Dimensions with members.
        columns: Columns of each mart.
    """

    handoffs: Mapping[str, Mapping[str, str]]
    dimensions: frozenset[str]
    columns: Mapping[str, frozenset[str]]


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
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = document["models"][0]["config"]["meta"]["indicators"]
    register = [_entry(one) for one in entries]
    ids = [one.id for one in register]
    for one in register:
        if ids.count(one.id) > 1:
            raise RegisterError(f"indicator {one.id}: the id is used twice; choose another")
        if one.balancing_indicator and one.balancing_indicator not in ids:
            raise RegisterError(
                f"indicator {one.id}: balancing_indicator {one.balancing_indicator} is not in the "
                "register; add it or name another"
            )
    return register


def check_against_chain(register: Iterable[Indicator], chain: ChainFacts) -> None:
    """Refuse an entry that names what the chain does not have.

    Args:
        register: The entries.
        chain: Hand-offs, dimensions and columns there are.

    Raises:
        RegisterError: An unknown hand-off, dimension, mart or column, or a lead time whose unit or
            dimensions are not those of its hand-off; the message names the entry.
    """
    for one in register:
        for problem in _problems(one, chain):
            raise RegisterError(f"indicator {one.id}: {problem}")


def _problems(one: Indicator, chain: ChainFacts) -> Iterator[str]:
    handoff = chain.handoffs.get(one.handoff or "")
    if one.handoff and handoff is None:
        yield f"handoff {one.handoff} is not in handoffs.csv; add it or name another"
    if unknown := sorted(set(one.dimensions) - chain.dimensions):
        yield f"dimension {unknown[0]} is not in dimension_members.csv; add it or leave it out"
    if one.kind == "lead_time" and handoff is not None:
        if one.unit != handoff["unit"]:
            yield f"unit {one.unit} is not that of {one.handoff}, {handoff['unit']}"
        allowed = handoff.get("dimensions", "").split("|")
        if beyond := sorted(set(one.dimensions) - set(allowed)):
            yield f"dimension {beyond[0]} is not allowed for {one.handoff} in handoffs.csv"
    if one.mart and one.kind not in _OF_A_HANDOFF:
        columns = chain.columns.get(one.mart)
        if columns is None:
            yield f"mart {one.mart} does not exist; add the model or name another"
        elif missing := sorted((one.columns | set(one.dimensions)) - columns):
            yield f"column {missing[0]} is not in {one.mart}; add it there or name another"


def _entry(fields: dict[str, object]) -> Indicator:
    try:
        return Indicator.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "entry"
        raise RegisterError(
            f"indicator {fields.get('id', 'without id')}: {place}: {first['msg']}"
        ) from error


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
        clock_start=handoff["start_milestone"],
        clock_stop=handoff["stop_milestone"],
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
            "clock_start": handoff["sent_milestone"],
            "clock_stop": handoff["received_milestone"],
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
    template = next((one for one in register if one.id == THEMES), None)
    if template is None:
        return []
    return [
        template.model_copy(
            update={
                "id": one.indicator,
                # Codings alone: which cases they belong to does not matter for a theme.
                "mart": "fct_evaluation_theme",
                "numerator_column": None,
                "label_nl": f"Thema: {one.label_nl}",
                "label_en": f"Theme: {one.label_en}",
                "question_nl": f"In welk deel van de evaluaties komt ‘{one.label_nl}’ terug?",
                "question_en": f"In what part of the evaluations is '{one.label_en}' found?",
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
        for one in series
    ]


def complete_register(
    register: Iterable[Indicator], handoffs: Iterable[dict[str, str]], known_since: date
) -> list[Indicator]:
    """Add the generic entries: lead times nobody wrote one for, and two-sided reconciliations."""
    entries = list(register)
    own = {one.handoff for one in entries if one.kind == "lead_time"}
    rows = list(handoffs)
    lead_times = [
        generic_indicator(one, known_since) for one in rows if one["handoff_id"] not in own
    ]
    reconciliations = [
        generic_reconciliation(one, known_since)
        for one in rows
        if one.get("sent_milestone") and one.get("received_milestone")
    ]
    return entries + lead_times + reconciliations
