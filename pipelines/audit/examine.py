"""The audit itself: what is published, against what follows from it.

Here: bounds of every quantity, and those that give a small group away.
Not here: reading a file (`published`) and keeping the record (`record`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from pipelines.audit.contradicted import GIVEN_UP, Related
from pipelines.audit.programmes import Tightened, tighten
from pipelines.audit.published import Published
from pipelines.audit.quantities import CELL, read_cells
from pipelines.audit.relations import relate
from pipelines.audit.side import side_findings
from pipelines.audit.system import NO_SUM, Bounds, FloatArray, propagate
from pipelines.audit.verdict import Rule
from pipelines.memo import FORGETFUL, Memo

FINDING = [
    "quantity",
    "base",
    "part",
    "view",
    "clock",
    "start",
    "months",
    "dimension",
    "member",
    "release",
    "lower",
    "upper",
    "gives_away",
    "constraints",
    "method",
]
PROVEN = [
    *(name for name in FINDING if name not in {"quantity", "constraints", "method"}),
    "is_told",
]
COUNTED = (
    "quantities", "sensitive", "unknown", "sums", "contradicted", "components_solved",
    "programmes", "skipped", "undecided", "infeasible",
)  # fmt: skip
# The advisory body's reader may be in the figures himself; the platform's circle is told so.
_WITH_INSIDER = frozenset({"advisory"})


@dataclass(frozen=True)
class Examined:
    """What an audit found and how.

    Attributes:
        findings: As `audit` returns them.
        bounds: What is proven of every sensitive quantity: the columns of a finding but for
            `quantity`, `constraints` and `method`, and `is_told` (a number of it is published).
        given_up: Identities that the files contradict, as in `Related`.
        rule: What no reader may prove.
        counts: How many quantities, sums, programmes and so on.
    """

    findings: pd.DataFrame
    bounds: pd.DataFrame
    given_up: pd.DataFrame
    rule: Rule
    counts: dict[str, int]

    @property
    def passes(self) -> bool:
        """Whether nothing was proven and every question was answered."""
        return self.findings.empty and self.n_undecided == 0

    @property
    def n_undecided(self) -> int:
        """Questions on which a programme took too long."""
        return self.counts["undecided"]


def audit(release: Published, predecessors: Sequence[Published] = ()) -> pd.DataFrame:
    """What a reader of a file and its predecessors can prove about small groups.

    Args:
        release: The file to be released.
        predecessors: Released files it can be laid beside, the oldest first.

    Returns:
        A row per quantity that is given away, none when the audit passes: `quantity` (its name),
        `base`, `part`, `view`, `clock`, `start` (first month, year times twelve plus month less
        one), `months` (0 for a day), `dimension`, `member`, `release` (publications it is of, `|`
        between them), `lower`, `upper`, `gives_away` (`small`, `insider`, `none`, or
        `contradiction` for figures that no counts can have), `constraints` (the identities that
        prove it) and `method` (`printed`, `propagation` or `programme`).
    """
    return examine(release, predecessors).findings


def examine(
    release: Published, predecessors: Sequence[Published] = (), memo: Memo = FORGETFUL
) -> Examined:
    """The same, with the bounds of every quantity and how they were found.

    Args:
        release: As of `audit`.
        predecessors: As of `audit`.
        memo: What programmes answered before.
    """
    releases = [*predecessors, release]
    rule = Rule(release.threshold, release.audience in _WITH_INSIDER)
    cells = read_cells(releases)
    if cells.cells.empty:
        return _of_no_figure(side_findings(releases, rule), rule)
    related, bounds, tightened = _bounded(relate(cells, releases), rule, release.audience, memo)
    names = pd.Series([item.publication_id for item in releases])
    files = related.vintages["release"].map(names)
    of_vintage = files.groupby(-1 - related.vintages["vintage"]).agg("|".join)
    table = _table(related, bounds, tightened, rule, pd.concat([names, of_vintage]))
    beside = side_findings(releases, rule)
    given_away = _each_once(table.loc[table["gives_away"] != "", FINDING])
    found = pd.concat([given_away, beside], ignore_index=True)[FINDING]
    is_sensitive = related.quantities["is_sensitive"].to_numpy(bool)
    numbers = (
        len(related.quantities),
        int(is_sensitive.sum()),
        int((related.system.lower < related.system.upper).sum()),
        int(related.system.sum_lower.size),
        int(bounds.is_contradicted.sum()),
        tightened.n_components,
        tightened.n_programmes,
        tightened.n_skipped,
        tightened.n_undecided,
        int(tightened.is_infeasible.sum()),
    )
    counts = dict(zip(COUNTED, numbers, strict=True))
    return Examined(found, table.loc[is_sensitive, PROVEN], related.given_up, rule, counts)


def _of_no_figure(beside: pd.DataFrame, rule: Rule) -> Examined:
    """A file without any figure, such as of a chain that has just begun: only its side tables."""
    return Examined(
        beside.reindex(columns=FINDING), pd.DataFrame(columns=PROVEN),
        pd.DataFrame(columns=GIVEN_UP), rule, dict.fromkeys(COUNTED, 0),
    )  # fmt: skip


def _bounded(
    related: Related, rule: Rule, audience: str, memo: Memo
) -> tuple[Related, Bounds, Tightened]:
    """Bounds of every quantity, once nothing doubtful ends in a contradiction."""
    base = related.sets["base"].reindex(related.quantities["set"])
    proven_by = partial(tighten, rule=rule, memo=memo, rooms=[f"{audience} {of}" for of in base])
    while True:
        bounds = propagate(related.system)
        contradicted = bounds.is_contradicted
        if not contradicted.any():
            tightened = proven_by(related.system, related.quantities, bounds)
            contradicted = tightened.is_infeasible
        fewer = related.without_doubtful(contradicted) if contradicted.any() else None
        if fewer is None:
            break
        related = fewer
    if bounds.is_contradicted.any():
        tightened = proven_by(related.system, related.quantities, bounds)
    return related, bounds, tightened


def _table(
    related: Related, bounds: Bounds, tightened: Tightened, rule: Rule, names: "pd.Series[str]"
) -> pd.DataFrame:
    """Every quantity with its bounds, what they give away and by what."""
    quantities, system = related.quantities, related.system
    lower, upper = _agreed(related, tightened.lower, tightened.upper)
    of_set = related.sets.loc[quantities["set"], ["base", "part", "view", "clock"]].reset_index(
        drop=True
    )
    gives_away = rule.found(quantities, lower, upper)
    is_sensitive = quantities["is_sensitive"].to_numpy(bool)
    is_contradicted = bounds.is_contradicted | tightened.is_infeasible
    gives_away[is_contradicted & is_sensitive] = "contradiction"
    families = related.sums["family"].to_numpy(object)
    by = [
        np.where(sums == NO_SUM, "", families[np.maximum(sums, 0)] if families.size else "")
        for sums in (bounds.lower_by, bounds.upper_by)
    ]
    constraints = [
        "|".join(sorted({one_end, other} - {""})) for one_end, other in zip(*by, strict=True)
    ]
    is_printed = (system.lower == lower) & (system.upper == upper)
    method = np.select(
        [tightened.by_programme, is_printed], ["programme", "printed"], "propagation"
    )
    release = quantities["release"].map(names)
    table = pd.concat([of_set, quantities[CELL]], axis=1).assign(
        release=release,
        lower=lower,
        upper=upper,
        gives_away=gives_away,
        constraints=constraints,
        method=method,
        is_told=(system.upper < np.inf) & ~quantities["is_signed"],
    )
    return table.assign(
        quantity=of_set["base"]
        + " "
        + of_set["part"].where(~quantities["is_between"], "difference")
    )


def _agreed(
    related: Related, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Bounds of what several vintages tell of: as far as they agree, a reader takes it for one.

    Where a count is seen to have changed, what is made of it has changed too.
    """
    cell = ["set", *CELL]
    told = related.quantities[[*cell, "is_between"]].assign(lower=lower, upper=upper)
    told["of"] = told.groupby([*cell, "is_between"], sort=False).ngroup()
    of_several = told.groupby("of").agg(least=("lower", "max"), most=("upper", "min"))
    agrees = of_several["least"] <= of_several["most"]
    moved = told.loc[told["of"].isin(agrees.index[~agrees]) & ~told["is_between"], cell]
    made_of = related.sets["made_of"].explode().dropna().rename("from").rename_axis("made")
    changed = made_of.reset_index().merge(moved, left_on="from", right_on="set")
    has_changed = pd.MultiIndex.from_frame(told[cell]).isin(
        pd.MultiIndex.from_frame(changed[["made", *CELL]])
    )
    is_taken = agrees.reindex(told["of"]).to_numpy(bool) & ~told["is_between"] & ~has_changed
    least, most = (of_several[end].reindex(told["of"]).to_numpy() for end in ("least", "most"))
    return np.where(is_taken, least, lower), np.where(is_taken, most, upper)


def _each_once(found: pd.DataFrame) -> pd.DataFrame:
    """What several vintages give away alike, once, with all of them."""
    others = [name for name in FINDING if name != "release"]
    return found.groupby(others, sort=False, dropna=False)["release"].agg("|".join).reset_index()
