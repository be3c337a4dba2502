"""Taking in files under one version of one contract: read, judged together, landed or refused.

Here: which files go through the rules together, and the end of each of them.
Not here: the steps themselves (`judging`, `accepting`, `rejecting`).

Files of one table go through the rules together, each on its own to the landing zone: one refused
file never stops another. Of each file: rows in = rows landed + rows set aside + rows refused.
"""

from collections.abc import Sequence
from itertools import chain

from pipelines.deliveries import manifest
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.guard.columns import check_columns
from pipelines.deliveries.holding.losses import Losses
from pipelines.deliveries.intake.accepting import accept, note_known
from pipelines.deliveries.intake.file import DeliveredFile
from pipelines.deliveries.intake.judging import Judge, new_connection, refusing
from pipelines.deliveries.intake.rejecting import reject
from pipelines.deliveries.intake.resubmission import came_before
from pipelines.deliveries.intake.run import Run
from pipelines.deliveries.landing.writer import LandingWriter
from pipelines.deliveries.readers import Part, open_source

# Rows of several files that go through the rules together.
ROWS_PER_BATCH = 250_000


class Batches:
    """Takes in files, batch after batch, over connections that last as long as the run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._judge = Judge()
        self._losses = Losses(new_connection(), run.settings)

    def take_in(self, files: Sequence[DeliveredFile]) -> None:
        """Take in files under one version of one contract."""
        batch: list[DeliveredFile] = []
        parts: list[tuple[DeliveredFile, Part]] = []
        rows = 0
        for file in files:
            with refusing(file):
                if self._is_known(file):
                    continue
                part = self._open(file)
                if part is not None:
                    parts.append((file, part))
                    rows += part.cells.num_rows
            batch.append(file)
            if rows >= ROWS_PER_BATCH:
                self._end(batch, parts)
                batch, parts, rows = [], [], 0
        self._end(batch, parts)

    def _is_known(self, file: DeliveredFile) -> bool:
        """Whether a file landed before; then it is reported. Two of one run may be the same.

        Raises:
            Refusal: Another file has landed in its place.
        """
        if not came_before(file, self._run.standing.known.get(file.identity)):
            return False
        note_known(self._run, file)
        return True

    def _open(self, file: DeliveredFile) -> Part | None:
        """Read a file: a small one to its only part, a large one right to the end.

        Raises:
            Refusal: It cannot be read, or must not come in.
        """
        name, contract = file.agreed
        file.bring_in()
        if not file.is_as_manifest_says:
            raise Refusal(
                manifest.RULE,
                "het bestand veranderde terwijl het werd ingelezen",
                "wacht tot het helemaal is overgebracht en lees het opnieuw in",
            )
        with open_source(file.readable, name, contract) as source:
            file.source = source
            check_columns(source.columns, contract)
            file.writer = LandingWriter(self._run.settings)
            part = next(source.parts, None)
            following = next(source.parts, None)
            if part is not None and following is not None:
                # Too large to share the work with others.
                self._judge.judge_in_parts(file, chain((part, following), source.parts))
                part = None
            self._judge.judge_malformed(file)
        return part

    def _end(
        self, batch: Sequence[DeliveredFile], parts: Sequence[tuple[DeliveredFile, Part]]
    ) -> None:
        """Judge what was read, and let each file land or refuse it."""
        try:
            self._judge.judge_together(
                [(file, part) for file, part in parts if file.refusal is None]
            )
            for file in batch:
                self._finish(file)
        finally:
            for file in batch:
                file.discard()

    def _finish(self, file: DeliveredFile) -> None:
        try:
            if file.refusal is not None:
                raise file.refusal
            # Two files of one batch may claim the same place too.
            if not self._is_known(file):
                accept(self._run, self._losses, file)
        except Refusal as refusal:
            reject(self._run, file, refusal)
