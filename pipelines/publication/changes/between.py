"""What lies between the coming publication and the one before: the steps, and their figures.

Here: the steps per audience, the builds they need, and keeping both in the warehouse (schema
`changes`) until the files are written.
Not here: how one such build is made (`scratch`), and the table readers get (`tables`).

Audiences mostly have the same previous publication, and every build is made once. It is asked for
as a function of its inputs, so that all this can be tested without any build.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from pipelines.build import BuildError
from pipelines.progress import step
from pipelines.publication.changes.basis import UnexplainableError, published_inputs
from pipelines.publication.changes.factors import BuildInputs, Step, builds_needed, steps_between
from pipelines.settings import Settings
from pipelines.warehouse import write_table

log = logging.getLogger("kwaliteitsmonitor")

Compute = Callable[[BuildInputs], pd.DataFrame]

# Whose figures a factor leads to, besides the builds in between.
PREVIOUS, TODAY = "previous", "today"

_PUBLICATION_SCHEMA = pa.schema(
    [
        ("audience", pa.string()),
        ("state", pa.string()),
        ("note", pa.string()),
        ("previous_publication_id", pa.string()),
        ("previous_reference_date", pa.string()),
        ("previous_known_at", pa.timestamp("us", "UTC")),
    ]
)
_STEP_SCHEMA = pa.schema(
    [
        ("audience", pa.string()),
        ("position", pa.int64()),
        ("factor", pa.string()),
        ("is_changed", pa.bool_()),
        ("n_items", pa.int64()),
        ("items", pa.string()),
        ("figures", pa.string()),
    ]
)


class State(StrEnum):
    """Whether the changes of a publication are explained, and if not, why not."""

    explained = "explained"
    first = "first"
    not_asked = "not_asked"
    impossible = "impossible"
    failed = "failed"


@dataclass(frozen=True)
class Between:
    """How one audience's coming publication follows on its previous one.

    Attributes:
        audience: Name of the audience.
        state: Whether it is explained.
        note: Why it is not, in one line of Dutch; empty otherwise.
        previous_id: Name of the previous publication; empty when there is none.
        previous: Inputs of the previous publication, where they are known.
        steps: The factors, in order; empty unless explained.
        figures: Per factor, whose figures it leads to: `previous`, `today` or a build.
    """

    audience: str
    state: State
    note: str = ""
    previous_id: str = ""
    previous: BuildInputs | None = None
    steps: tuple[Step, ...] = ()
    figures: tuple[str, ...] = ()


def lay_out(
    settings: Settings,
    current: BuildInputs | None,
    previous: Mapping[str, Path | None],
    compute: Compute,
) -> tuple[list[Between], dict[str, pd.DataFrame]]:
    """Find the steps of every audience and make the builds they need.

    Args:
        settings: Where the landing zone is.
        current: Inputs of the coming publication; None when nobody asked for an explanation.
        previous: Current file per audience, which is about to become the previous one.
        compute: Makes the figures of a build in between.

    Returns:
        One per audience, and the figures of the builds by name.

    A publication is not held up by its explanation: where that cannot be made, its `state` says so.
    """
    names: dict[BuildInputs, str] = {}
    made: dict[str, pd.DataFrame] = {}

    def build(factor_step: Step) -> str:
        if factor_step.inputs not in names:
            name = f"build_{len(names) + 1}"
            with step("changes", f"(tussenbouw {len(names) + 1}, {factor_step.factor})"):
                made[name] = compute(factor_step.inputs)
            names[factor_step.inputs] = name
        return names[factor_step.inputs]

    return [
        _between(settings, audience, current, path, build) for audience, path in previous.items()
    ], made


def _between(
    settings: Settings,
    audience: str,
    current: BuildInputs | None,
    path: Path | None,
    build: Callable[[Step], str],
) -> Between:
    if path is None or not path.exists():
        return Between(audience, State.first)
    if current is None:
        return Between(audience, State.not_asked, previous_id=path.stem)
    try:
        old = published_inputs(settings, path)
    except UnexplainableError as error:
        log.warning("Veranderingen sinds %s zijn niet uit te leggen: %s", path.stem, error)
        return Between(audience, State.impossible, str(error), path.stem)
    steps = steps_between(old, current)
    try:
        built = {factor_step.factor: build(factor_step) for factor_step in builds_needed(steps)}
    # Of an old delivery that today's definitions cannot read, to name one.
    except (BuildError, duckdb.Error, OSError) as error:
        reason = str(error).splitlines()[0]
        log.warning("Veranderingen sinds %s zijn niet uitgelegd: %s", path.stem, reason)
        return Between(audience, State.failed, reason, path.stem, old)
    figures = [PREVIOUS]
    for factor_step in steps:
        figures.append(
            built.get(factor_step.factor, TODAY) if factor_step.is_changed else figures[-1]
        )
    # Where no input differs, what differs all the same came with the passing of time.
    figures[-1] = TODAY
    return Between(audience, State.explained, "", path.stem, old, steps, tuple(figures[1:]))


def store(
    connection: duckdb.DuckDBPyConnection,
    each: Sequence[Between],
    builds: Mapping[str, pd.DataFrame],
) -> None:
    """Keep steps and figures in the schema `changes` of the warehouse, in place of what is there.

    Args:
        connection: The warehouse, open for writing.
        each: One per audience.
        builds: Figures of the builds in between, by name.
    """
    connection.execute("drop schema if exists changes cascade")
    connection.execute("create schema changes")
    publications = [
        {
            "audience": publication.audience,
            "state": str(publication.state),
            "note": publication.note,
            "previous_publication_id": publication.previous_id,
            "previous_reference_date": publication.previous.reference_date
            if publication.previous
            else None,
            "previous_known_at": publication.previous.known_at if publication.previous else None,
        }
        for publication in each
    ]
    steps = [
        {
            "audience": publication.audience,
            "position": position,
            "factor": str(each_step.factor),
            "is_changed": each_step.is_changed,
            "n_items": each_step.n_items,
            "items": "|".join(each_step.items),
            "figures": figures,
        }
        for publication in each
        for position, (each_step, figures) in enumerate(
            zip(publication.steps, publication.figures, strict=True), start=1
        )
    ]
    for name, rows in {
        "publication": pa.Table.from_pylist(publications, _PUBLICATION_SCHEMA),
        "step": pa.Table.from_pylist(steps, _STEP_SCHEMA),
        **builds,
    }.items():
        write_table(connection, f"changes.{name}", rows)
