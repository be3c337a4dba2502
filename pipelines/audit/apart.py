"""A file taken apart into what can be proven apart: groups of bases that no identity ties together.

Here: the parts, each a file of its own with no more in it than an audit reads.
Not here: the identities (`relations`); what of them speaks of two bases ties these together here.

What a reader proves of a file is what is proven of its parts, so a part that is as it was need not
be proven again. A new identity between bases belongs in `_ties`; a test holds the sums of all
others to one part each.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.audit.published import Published
from pipelines.audit.quantities import base_by_indicator
from pipelines.audit.relations import outer_bases
from pipelines.audit.statistics_of import FLOWS, PARTS_OF_BASES

BESIDE = "beside the figures"
"""Name of the part with the tables beside the figures."""
_READ = {
    "result": ["indicator", "statistic", "view", "clock", "period_grain", "period", "dimension",
               "member", "numerator", "denominator", "value", "n_at_risk", "status"],
    "indicator": ["indicator", "kind", "unit", "base"],
    "base": ["base", "unit", "within"],
    "dimension_member": ["dimension", "member", "cluster"],
    "publication": ["audience", "threshold", "rounding_base", "reference_date"],
}  # fmt: skip
"""All that an audit reads of a file; what it is called proves nothing."""


@dataclass(frozen=True)
class Apart:
    """A file taken apart.

    Attributes:
        whole: The file with no more in it than an audit reads, and without a name.
        part_of: Name of the part each indicator is in.
    """

    whole: Published
    part_of: "pd.Series[str]"

    @classmethod
    def of(cls, release: Published) -> "Apart":
        """Take a file apart."""
        read = {name: getattr(release, name).reindex(columns=of) for name, of in _READ.items()}
        whole = Published(
            **read | {"publication": read["publication"].assign(publication_id="")},
            side=release.side,
        )
        base = base_by_indicator(whole)
        of_base = _groups(sorted({*base, *whole.base["base"]}), _ties(whole, base))
        stated = pd.Index(whole.result["indicator"]).union(base.index, sort=False).unique()
        # Of what the register does not name nothing is known, nor what it is tied to.
        return cls(whole, stated.to_series().map(base).map(of_base).fillna(""))

    @property
    def names(self) -> list[str]:
        """Names of the parts."""
        return [*sorted(self.part_of.unique()), BESIDE]

    def only(self, names: Collection[str]) -> Published:
        """The file with some of its parts, and nothing of the others."""
        indicators = self.part_of.index[self.part_of.isin(list(names))]
        result, register = self.whole.result, self.whole.indicator
        register = register[register["indicator"].isin(indicators)]
        return replace(
            self.whole,
            result=result[result["indicator"].isin(indicators)].reset_index(drop=True),
            indicator=register.reset_index(drop=True),
            side=self.whole.side if BESIDE in names else {},
        )

    def content(self, name: str) -> Iterator[pd.DataFrame | str]:
        """All that is in a part: its tables, and the names of those beside the figures."""
        part = self.only([name])
        yield from (getattr(part, table) for table in _READ)
        for table, rows in sorted(part.side.items()):
            yield table
            yield rows


def _ties(release: Published, base: "pd.Series[str]") -> Iterator[tuple[str, str]]:
    """Pairs of bases that some identity speaks of together."""
    yield from outer_bases([release]).itertuples(index=False, name=None)
    of = {str(indicator): counted for indicator, counted in base.items()}
    for whole, numerators in PARTS_OF_BASES:
        for numerator in numerators:
            name = numerator.split("/", maxsplit=1)[0]
            yield whole, of.get(name, name)
    for stock, *flows in FLOWS:
        for flow in flows:
            yield of.get(stock, stock), of.get(flow, flow)


def _groups(bases: list[str], ties: Iterator[tuple[str, str]]) -> dict[str, str]:
    """The first base of the group each is in."""
    place = {base: at for at, base in enumerate(bases)}
    pairs = [(place[one_end], place[other]) for one_end, other in ties
             if one_end in place and other in place]  # fmt: skip
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    size = len(bases)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    first = dict(zip(reversed(label.tolist()), reversed(bases), strict=True))
    return {base: first[group] for base, group in zip(bases, label.tolist(), strict=True)}
