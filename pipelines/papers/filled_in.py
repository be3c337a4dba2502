"""What only a person can say of the processing: asked for by name, and marked where it is missing.

Here: the names in the table `[papers]` of the settings with what each asks for, and the mark.
Not here: where the settings are read (`pipelines.settings`), and what stands in the contracts.
"""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from markupsafe import Markup

from pipelines.settings import CONFIG_FILE_NAME, SettingsError

ASKED: Mapping[str, str] = MappingProxyType(
    {
        "controller": "verwerkingsverantwoordelijke: naam en contactgegevens",
        "joint_controllers": "gezamenlijke verwerkingsverantwoordelijken, of dat er geen zijn",
        "processor": "verwerker die de installatie beheert, of dat er geen is",
        "privacy_officer": "functionaris voor gegevensbescherming: naam en contactgegevens",
        "security_officer": "verantwoordelijke voor informatiebeveiliging",
        "legal_basis": "grondslag van de verwerking (AVG, Wpg, of beide)",
        "law_confirmed": "jurist die gronden en bewaartermijnen heeft bevestigd, en wanneer",
        "data_subjects": "betrokkenen: over wie de zaken gaan",
        "special_categories": "bijzondere en strafrechtelijke gegevens: oordeel en uitzondering",
        "necessity": "noodzaak, proportionaliteit en subsidiariteit",
        "risks": "risico's voor betrokkenen en het restrisico na maatregelen",
        "opinion": "advies van de functionaris, en of voorafgaande raadpleging nodig is",
        "address": "adres waarop de dashboards te bereiken zijn",
        "accessibility_research": "onafhankelijk onderzoek volgens WCAG-EM: door wie, wanneer",
        "accessibility_contact": "waar een lezer een toegankelijkheidsprobleem meldt",
        "accessibility_signed": "wie de verklaring tekent, functie en datum",
    }
)
"""What a person is asked to say, by its name in the settings."""

BASIS = "basis"


class Said:
    """What a person filled in, asked for by name; what is missing is marked and remembered.

    Attributes:
        missing: What was asked for and is not there, in the order in which it was asked.
    """

    def __init__(self, papers: Mapping[str, str], suppliers: Collection[str]) -> None:
        """Take the table of the settings.

        Args:
            papers: What is filled in, by name; of a supplier by `basis.<supplier>`.
            suppliers: Codes of the suppliers.

        Raises:
            SettingsError: A name is not one that is asked for.
        """
        known = [*ASKED, *(f"{BASIS}.{supplier}" for supplier in suppliers)]
        for name in papers:
            if name not in known:
                raise SettingsError(
                    f"{CONFIG_FILE_NAME}: papers.{name} wordt nergens gevraagd; "
                    f"kies uit {', '.join(known)}"
                )
        self._papers = papers
        self.missing: dict[str, str] = {}

    def of(self, name: str) -> str:
        """What is filled in under a name, or the mark that it is missing."""
        return self._said(name, ASKED[name])

    def basis_of(self, supplier: str) -> str:
        """On what ground a supplier hands over its data."""
        return self._said(f"{BASIS}.{supplier}", "grondslag van de verstrekking, zoals Wpg art. 22")

    def _said(self, name: str, asked: str) -> str:
        if text := self._papers.get(name, "").strip():
            return text
        self.missing[name] = asked
        return to_fill_in(f"{asked} (papers.{name})")


def to_fill_in(what: str) -> Markup:
    """The mark that something is missing, so that no field is empty in silence."""
    return Markup("<mark>in te vullen: {}</mark>").format(what)


def given(text: str, what: str) -> str:
    """A text of a contract, or the mark that its writer left it out."""
    return text.strip() or to_fill_in(what)


def as_settings(missing: Mapping[str, str]) -> Iterator[str]:
    """What is missing as lines of the settings file, ready to be filled in."""
    if not missing:
        return
    named = {name: asked for name, asked in missing.items() if "." not in name}
    if named:
        yield "[papers]"
        yield from (f'{name} = ""  # {asked}' for name, asked in named.items())
    suppliers = [name.removeprefix(f"{BASIS}.") for name in missing if name not in named]
    if suppliers:
        yield f"[papers.{BASIS}]"
        yield from (f'{supplier} = ""' for supplier in suppliers)
