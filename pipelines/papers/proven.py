"""What is claimed of the product, each with the tests that prove it, or the word that nobody did.

Here: reading `measures.yaml` and `accessibility.yaml`, and refusing one that is not whole.
Not here: the claims themselves, and whether a test is there (`tests/operation/test_papers.py`).
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from pipelines.plain_yaml import read_yaml

FOLDER = Path(__file__).parent
Whose = Literal["product", "together", "organisation"]


class Claim(BaseModel):
    """One thing that is claimed, and what proves it.

    Attributes:
        what: What is so, in Dutch.
        tests: Tests that prove it, as pytest names them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str
    tests: tuple[str, ...]


class Measure(BaseModel):
    """One control of ISO/IEC 27002:2022, which BIO2 takes over with its numbers.

    Attributes:
        number: Its number.
        title: Its name, in Dutch.
        binding: Measures of BIO2 that bind every public body.
        by: Whose it is: the product's, the organisation's, or both, each a part.
        claims: What the product does.
        left: What is left to the organisation.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    title: str
    binding: tuple[str, ...] = ()
    by: Whose = "organisation"
    claims: tuple[Claim, ...] = ()
    left: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "Measure":
        if (self.by == "organisation") == bool(self.claims):
            raise ValueError(f"{self.number}: claims, and only those, say that the product does it")
        if self.by == "together" and not self.left:
            raise ValueError(f"{self.number}: left must say which part is the organisation's")
        if any(not claim.tests for claim in self.claims):
            raise ValueError(f"{self.number}: a claim without a test is none")
        return self


class Accessibility(BaseModel):
    """What was looked at of the accessibility of screens and papers, and what was not.

    Attributes:
        looked_at: What tests look at.
        gaps: What no test looks at, or is known not to be right.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    looked_at: tuple[Claim, ...]
    gaps: tuple[str, ...]


def read_measures() -> tuple[Measure, ...]:
    """The controls of BIO2, in their order."""
    return TypeAdapter(tuple[Measure, ...]).validate_python(_read("measures.yaml"))


def read_accessibility() -> Accessibility:
    """What was looked at of accessibility."""
    return Accessibility.model_validate(_read("accessibility.yaml"))


def _read(name: str) -> object:
    read: object = read_yaml((FOLDER / name).read_text(encoding="utf-8"))
    return read
