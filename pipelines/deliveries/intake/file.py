"""One file on its way in: where it lies, whose it is, and what was found in it so far.

Here: the file, the copy of it that is read, and its counts.
Not here: what is done with it (the neighbours of this module).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pipelines.deliveries.checks import Positions
from pipelines.deliveries.contract import Contract
from pipelines.deliveries.findings import ROWS_SHOWN, Finding, Refusal, Tally
from pipelines.deliveries.landing.copied import Copied, bring_in
from pipelines.deliveries.landing.landed import Identity, Landed
from pipelines.deliveries.landing.marks import mark_of
from pipelines.deliveries.landing.writer import LandingWriter
from pipelines.deliveries.naming import DeliveryName
from pipelines.deliveries.readers import Source
from pipelines.sealed import file_sha256
from pipelines.settings import Settings


@dataclass
class DeliveredFile:
    """One file on its way in.

    Attributes:
        settings: Where it is copied to.
        path: Where it lies.
        called: What may be printed and kept of its name.
        received_at: When it arrived.
        manifest: The hash that its sender gave; None without a manifest.
        name: What its name says; None while nobody knows whose it is.
        contract: Contract it falls under.
        copied: The copy that is read, as soon as there is one.
        source: The file, opened.
        writer: Where its rows go.
        refusal: Why it is refused.
        lost: The delivery that landed in its place and is damaged: the file mends it.
        follows: The delivery in its place that is the beginning of the file.
        attempt: Which file of its version it is.
        rows: Rows read.
        landed: Rows that land.
        aside: Rows set aside.
        withdrawn: Marks of cases and persons that were withdrawn.
        rows_withdrawn: Rows of those, which are in no other count.
        malformed_seen: Lines without cells that were counted already.
        tallies: Rows that break a rule, by rule and column.
        fill: Filled cells per column.
    """

    settings: Settings
    path: Path
    called: str
    received_at: datetime
    manifest: str | None = None
    name: DeliveryName | None = None
    contract: Contract | None = None
    copied: Copied | None = None
    source: Source | None = None
    writer: LandingWriter | None = None
    refusal: Refusal | None = None
    lost: Landed | None = None
    follows: Landed | None = None
    attempt: int = 0
    rows: int = 0
    landed: int = 0
    aside: int = 0
    withdrawn: frozenset[str] = frozenset()
    rows_withdrawn: int = 0
    malformed_seen: int = 0
    tallies: dict[tuple[str, str], tuple[Finding, Tally]] = field(default_factory=dict)
    fill: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _sha256_as_found(self) -> str:
        return file_sha256(self.path)

    @property
    def sha256(self) -> str:
        """Hash of its bytes: of the copy, as soon as there is one. Taken when first asked for."""
        return self.copied.sha256 if self.copied else self._sha256_as_found

    @property
    def mark(self) -> str:
        """Mark of the file; see `landing.marks`."""
        return mark_of(self.settings, self.sha256)

    @property
    def readable(self) -> Path:
        """What is read: the copy, as soon as there is one."""
        return self.copied.path if self.copied else self.path

    @property
    def agreed(self) -> tuple[DeliveryName, Contract]:
        """Name and contract, of a file that has both."""
        if self.name is None or self.contract is None:
            raise ValueError(f"{self.called} heeft geen contract")
        return self.name, self.contract

    @property
    def identity(self) -> Identity:
        """Which delivery it says to be, of a file that has a name."""
        name, _ = self.agreed
        return name.organisation, name.table, name.reference_date, name.version

    @property
    def is_as_manifest_says(self) -> bool:
        """Whether it is what its sender says; true without a manifest."""
        return self.manifest is None or self.manifest == self.sha256

    def bring_in(self) -> Copied:
        """Have a copy of a file that cannot change any more."""
        if self.copied is None:
            self.copied = bring_in(self.settings, self.path)
        return self.copied

    def count(
        self, finding: Finding, rows: Sequence[int] | Positions, number: int | None = None
    ) -> None:
        """Count rows that break a rule; as many as are given, or more."""
        _, tally = self.tallies.setdefault(finding.place, (finding, Tally(finding.severity)))
        tally.add((int(row) for row in rows[:ROWS_SHOWN]), len(rows) if number is None else number)

    def findings(self) -> tuple[Finding, ...]:
        """All that was found so far."""
        notes = tuple(self.source.notes) if self.source else ()
        return notes + tuple(
            replace(finding, rows=tally.rows, total=self.rows, row_numbers=tuple(tally.row_numbers))
            for _, (finding, tally) in sorted(self.tallies.items())
        )

    def discard(self) -> None:
        """Remove the copy, and what was written and does not land."""
        if self.writer is not None:
            self.writer.discard()
        if self.copied is not None:
            self.copied.remove()
