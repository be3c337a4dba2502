"""Writing a delivery into the landing zone, in one atomic step.

Here: the rows that land, the rows set aside, and the rename that makes them a delivery.
Not here: which rows land (`pipelines.deliveries.intake`).

The rename of a finished folder is the moment a delivery exists. A process killed before it leaves
a folder in `.incoming`, and one killed earlier still rows in quarantine without a delivery; both
are swept away at the next intake (`quarantine`).
"""

import shutil
import uuid
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.deliveries.landing.landed import Landed
from pipelines.deliveries.landing.layout import (
    ASIDE_FILE,
    CONFIRMED_FILE,
    DATA_FILE,
    INCOMING,
    NOTE_FILE,
    ROWS_FILE,
    delivery_folder,
)
from pipelines.deliveries.landing.zone import Damaged, read_landing
from pipelines.sealed import file_sha256, seal
from pipelines.settings import Settings


class LandingWriter:
    """Writes one delivery, part by part, and lets it exist in one step.

    A context manager: leaving it without `commit` removes all that was written.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.landing_dir / INCOMING / uuid.uuid4().hex
        self._folder.mkdir(parents=True)
        self._data: pq.ParquetWriter | None = None
        self._rows: pq.ParquetWriter | None = None
        self._aside: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    def write(self, part: pa.Table) -> None:
        """Add rows that land."""
        if self._data is None:
            # Nobody asks for a part of a delivery: what says which part holds what is never used.
            self._data = pq.ParquetWriter(
                self._folder / DATA_FILE, part.schema, write_statistics=False
            )
        self._data.write_table(part)

    def set_aside(self, part: pa.Table) -> None:
        """Add rows for the quarantine."""
        if self._rows is None:
            self._rows = pq.ParquetWriter(self._folder / ROWS_FILE, part.schema)
        self._rows.write_table(part)

    def finish(self) -> Path:
        """Write no more; where the rows that would land can be read."""
        self._close()
        return self._folder / DATA_FILE

    def note_aside(self, part: pa.Table) -> None:
        """Add what is still known of rows for the quarantine."""
        if self._aside is None:
            self._aside = pq.ParquetWriter(self._folder / ASIDE_FILE, part.schema)
        self._aside.write_table(part)

    def commit(self, delivery: Landed) -> None:
        """Let the delivery exist, in place of what is there only when that is damaged.

        Raises:
            FileExistsError: It exists already.
        """
        self._close()
        written = replace(
            delivery,
            data_sha256=self._hash_of(DATA_FILE),
            aside_sha256=self._hash_of(ASIDE_FILE),
            rows_sha256=self._hash_of(ROWS_FILE),
        )
        (self._folder / NOTE_FILE).write_text(seal(written.as_dict()), encoding="utf-8")
        if (self._folder / ROWS_FILE).exists():
            aside = delivery_folder(
                self._settings.quarantine_dir, delivery.identity, delivery.attempt
            )
            aside.mkdir(parents=True, exist_ok=True)
            (self._folder / ROWS_FILE).replace(aside / ROWS_FILE)
        target = delivery.folder(self._settings)
        target.parent.mkdir(parents=True, exist_ok=True)
        damaged = self._folder.with_name(f"{self._folder.name}_damaged")
        if target.exists():
            if all(damage.place != delivery.place for damage in self._damaged_of(delivery)):
                raise FileExistsError(f"{target} bestaat al; een levering wordt nooit overschreven")
            if (target / CONFIRMED_FILE).exists():
                shutil.copyfile(target / CONFIRMED_FILE, self._folder / CONFIRMED_FILE)
            # Killed after this, the delivery is gone, and comes in with the next intake.
            target.rename(damaged)
        self._folder.rename(target)
        shutil.rmtree(damaged, ignore_errors=True)

    def _damaged_of(self, delivery: Landed) -> list[Damaged]:
        """What is damaged of a table."""
        damaged = read_landing(self._settings).damaged
        return [damage for damage in damaged if damage.identity[:2] == delivery.identity[:2]]

    def discard(self) -> None:
        """Remove what was written and not committed."""
        self._close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _hash_of(self, name: str) -> str:
        path = self._folder / name
        return file_sha256(path) if path.exists() else ""

    def _close(self) -> None:
        for writer in (self._data, self._rows, self._aside):
            if writer is not None:
                writer.close()
        self._data = self._rows = self._aside = None
