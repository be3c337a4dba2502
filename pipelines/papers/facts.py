"""What the papers are made from: a whole chain, its contracts, audiences and settings.

Here: reading all of it once, and the few facts that more than one paper states.
Not here: what a single paper says (`processing_register`, `annex`, `statements`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipelines.chain.check import require_whole_chain
from pipelines.chain.seeds import SeedFiles, described_seeds, read_seeds
from pipelines.deliveries.contract import Contract, load_contracts
from pipelines.papers.filled_in import Said
from pipelines.papers.shown import Shown, read_shown
from pipelines.publication.audiences import AUDIENCES, Audience
from pipelines.settings import Settings
from pipelines.wording.language import DEFAULT_LANGUAGE, words_in

# The files, and what each paper is called.
REGISTER, ANNEX = "verwerkingsregister.html", "dpia_bijlage.html"
MEASURES, ACCESSIBILITY = "bio2_maatregelen.html", "toegankelijkheidsverklaring.html"


@dataclass(frozen=True)
class Facts:
    """What the papers are made from.

    Attributes:
        settings: Settings of the installation.
        contracts: Contracts by id.
        seeds: Seeds of the chain.
        shown: Where delivered tables show in published rows.
        said: What a person filled in.
    """

    settings: Settings
    contracts: Mapping[str, Contract]
    seeds: SeedFiles
    shown: Shown
    said: Said

    @property
    def chain(self) -> str:
        """The name of the chain."""
        return self.seeds.rows["chain"][0]["label_nl"]

    @property
    def suppliers(self) -> Mapping[str, str]:
        """Names of the suppliers by code, in the order of the seed."""
        delivering = {contract.supplier for contract in self.contracts.values()}
        return {
            row["organisation"]: row["label_nl"]
            for row in self.seeds.rows["organisations"]
            if row["organisation"] in delivering
        }

    def audiences(self) -> Iterator[tuple[str, str, str, str]]:
        """What each audience gets: whose rows, in which form figures, and data that are not fit."""
        for audience in AUDIENCES.values():
            yield (
                label_of(audience),
                self._rows_of(audience),
                form_of_figures(audience),
                "niet getoond" if audience.is_protected else "getoond, als zodanig gemerkt",
            )

    def _rows_of(self, audience: Audience) -> str:
        reaching = [
            contract
            for contract in self.contracts.values()
            if self.shown.tables_of(contract, audience)
        ]
        if not reaching:
            return "niets"
        if len(reaching) == len(self.contracts):
            return f"alle {len(reaching)} tabellen, gepseudonimiseerd"
        if audience.is_protected:
            return ", ".join(contract.id for contract in reaching)
        return f"{len(reaching)} van de {len(self.contracts)} tabellen, gepseudonimiseerd"


def read_facts(settings: Settings) -> Facts:
    """Read what the papers are made from.

    Raises:
        ChainError: The chain is not whole; a paper about it would not be either.
        SettingsError: What is filled in carries a name that nobody asks for.
    """
    require_whole_chain(settings)
    contracts = load_contracts(settings.contracts_dir)
    seeds = read_seeds(settings.seeds_dir, described_seeds(settings.dbt_project_dir))
    shown = read_shown(settings, contracts, seeds.rows["milestones"])
    suppliers = sorted({contract.supplier for contract in contracts.values()})
    return Facts(settings, contracts, seeds, shown, Said(settings.papers, suppliers))


def label_of(audience: Audience) -> str:
    """What readers call an audience."""
    return words_in(DEFAULT_LANGUAGE).name("audience", audience.name)


def form_of_figures(audience: Audience) -> str:
    """In which form an audience gets figures."""
    if not audience.is_protected:
        return "cijfers zonder drempel"
    return (
        f"cijfers over ten minste {audience.threshold} zaken, "
        f"aantallen afgerond op een veelvoud van {audience.rounding_base}"
    )
