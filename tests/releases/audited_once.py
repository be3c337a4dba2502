"""The audit of a release, once for all tests that put the same figures on a desk.

Here: a memory of what the audit found, by the content of everything it looks at. Two thirds of what
a step of a release takes is its audit, and what a desk does after it is what those tests are about.
Not here: the audit's own tests (`tests.audit`), which never remember.
"""

import hashlib
from collections.abc import Sequence

import pandas as pd

from pipelines.audit import Examined, Published, examine
from pipelines.audit.statistics_of import SIDE_COUNTS, SIDE_SHARES

_BESIDE = {count.table for count in SIDE_COUNTS} | {table for table, _ in SIDE_SHARES}
_SAID = ["publication_id", "audience", "threshold", "rounding_base", "reference_date"]
_found: dict[str, Examined] = {}


def examined_once(release: Published, predecessors: Sequence[Published] = ()) -> Examined:
    """What `examine` says, worked out once per content."""
    content = "".join(_content(published) for published in (release, *predecessors))
    if content not in _found:
        _found[content] = examine(release, predecessors)
    return _found[content]


def _content(published: Published) -> str:
    said = published.publication
    frames = [
        published.result, published.indicator, published.base, published.dimension_member,
        said[[name for name in _SAID if name in said]],
        *(published.side[name] for name in sorted(_BESIDE & set(published.side))),
    ]  # fmt: skip
    return hashlib.sha256("".join(map(_written, frames)).encode()).hexdigest()


def _written(frame: pd.DataFrame) -> str:
    return frame.to_csv()
