"""The desk of the platform's secretary: check what is written, then keep it.

Here: the one way in which a person writes in the register. Whatever is kept went through `draft`.
Not here: forms (`dashboard`), files (`exchange`).
"""

from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from pipelines.decisions.draft import CONTRACT, Choices, Draft, check, read_contract
from pipelines.decisions.register import Register, Revision
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.known_from import known_from
from pipelines.settings import Settings


class Desk:
    """The register of one home folder, with the rules of its chain.

    Args:
        settings: Where register, contracts and the note of the last build are.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.register = Register(settings.register_path)

    @property
    def is_open(self) -> bool:
        """Whether the chain has a contract for decisions; without one nothing can be recorded."""
        return read_contract(self.settings.contracts_dir) is not None

    @cached_property
    def choices(self) -> Choices:
        """What may be chosen.

        Raises:
            LookupError: The chain has no contract for decisions.
        """
        return Choices.of(self._contract)

    @cached_property
    def _contract(self) -> Contract:
        contract = read_contract(self.settings.contracts_dir)
        if contract is None:
            raise LookupError(f"de keten {self.settings.chain_name} heeft geen contract {CONTRACT}")
        return contract

    def record(self, draft: Draft, reference_date: date) -> Revision:
        """Check and write down something new.

        Args:
            draft: What somebody wrote.
            reference_date: Reference date of the figures it was made on.

        Raises:
            RefusedError: It breaks a rule; nothing is kept.
        """
        check(draft, self.choices, (self._today(), reference_date))
        return self.register.record(draft, reference_date, known_from=self._known_from())

    def revise(
        self,
        number: str,
        draft: Draft,
        reference_date: date,
        *,
        expected: int,
        delivered: Revision | None = None,
    ) -> Revision:
        """Check and write a new revision on top of the one that was read.

        Args:
            number: Which decision.
            draft: What it says now.
            reference_date: Reference date of the figures it was made on.
            expected: The revision that was read.
            delivered: That revision, when it came with a delivery.

        Raises:
            RefusedError: It breaks a rule; nothing is kept.
            StaleError: Somebody else was first; nothing is kept.
        """
        check(draft, self.choices, (self._today(), reference_date))
        return self.register.revise(
            number,
            draft,
            reference_date,
            expected=expected,
            known_from=self._known_from(),
            delivered=delivered,
        )

    def _today(self) -> date:
        return datetime.now(ZoneInfo(self._contract.timezone)).date()

    def _known_from(self) -> datetime:
        return known_from(self.settings, datetime.now(UTC))
