"""The file of a draft: the figures of a build, held against what was published before.

Here: the tables that are a release's own, and its file.
Not here: which figures enter, stay or are revised (`freeze`), and who may draft (`desk`).

A partner's data can be withheld by name. Every figure that rests on a table of that partner is then
withheld, whole: a total without one partner, beside the total with it that was published before,
would give away what that partner asked to keep. What earlier releases hold stays there.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.disclosure.figure_columns import FIGURES as NUMBERS
from pipelines.releases.build import Build
from pipelines.releases.content import OWN_TABLES, read_tables, write_release
from pipelines.releases.freeze import freeze, is_settled, published_before, settled_until
from pipelines.releases.lines import lines_of
from pipelines.releases.revision import SHOWN
from pipelines.releases.shelf import Release
from pipelines.releases.states import ReleaseError


def write_draft(
    path: Path, build: Build, before: Sequence[Release], release_id: str, said: Mapping[str, Any]
) -> None:
    """Write the file of a draft.

    Args:
        path: Where it comes.
        build: The build it is made of.
        before: Every release published so far, oldest first.
        release_id: Its id.
        said: What the ledger says of it.

    Raises:
        ReleaseError: It would show no figure at all.
    """
    earlier = [read_tables(release.path, "result", "revision") for release in before]
    shown = [
        (release.id, tables["result"]) for release, tables in zip(before, earlier, strict=True)
    ]
    before_it = published_before(shown)
    figures = build.protected(before_it if len(before_it) else None, bool(said["revision"]))
    until = settled_until(
        build.indicators, build.growing_since, build.judged_after, build.reference_date
    )
    frozen = freeze(
        figures.result,
        before_it,
        is_settled(figures.result, until),
        revises=said["revision"],
        note=said["revision_reason"],
    )
    if not (frozen.result["status"] == SHOWN).any():
        raise ReleaseError(
            f"op peildatum {build.reference_date.isoformat()} is nog geen enkel cijfer lang genoeg "
            "gevolgd om uit te brengen"
        )
    excluded = _excluded(build, said["without"])
    withheld = set(excluded["indicator"])
    # A revision has the new figure beside the old one. What earlier releases revised stays: a
    # reader who skipped one finds why as well.
    revised = frozen.revision[~frozen.revision["indicator"].isin(withheld)]
    history = [tables["revision"] for tables in earlier[-1:]]
    told = {
        "publication_id": release_id,
        "previous_publication_id": said["supersedes"] or None,
    }
    release = {**said, "release_id": release_id, "reference_date": build.reference_date}
    result = _blanked(frozen.result, withheld)
    own = {
        "result": result,
        "revision": pd.concat([*history, revised.assign(revised_in=release_id)]),
        "excluded": excluded,
        "release": pd.DataFrame([{name: release[name] for name in OWN_TABLES["release"]}]),
        "rebase": build.breaks,
    }
    if figures.catalogue is not None:
        own["catalogue"] = lines_of(result, figures.catalogue)
    write_release(path, build.candidate, own, told)


def _blanked(result: pd.DataFrame, withheld: Collection[str]) -> pd.DataFrame:
    """Figures, those of some indicators without a number."""
    blanked = result.copy()
    is_withheld = blanked["indicator"].isin(withheld)
    blanked.loc[is_withheld, "status"] = "suppressed"
    blanked.loc[is_withheld, NUMBERS] = float("nan")
    return blanked


def _excluded(build: Build, without: Sequence[str]) -> pd.DataFrame:
    """Which indicators are withheld for whose sake, with the names of those partners."""
    partners = build.organisations[build.organisations["organisation"].isin(without)]
    rows = [
        {**partner, "indicator": indicator}
        for partner in partners[["organisation", "label_nl", "label_en"]].to_dict("records")
        for indicator, suppliers in build.rests_on.items()
        if partner["organisation"] in suppliers
    ]
    return pd.DataFrame(rows, columns=OWN_TABLES["excluded"])
