"""Whether a theme is coded reliably: agreement of two coders on a sample.

Here: which evaluations are the sample, the norm for alpha, and the verdict.
Not here: alpha and its interval (`pipelines.statistics.agreement`).
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipelines.evaluation.codebook import Series
from pipelines.statistics.agreement import krippendorff_alpha

MINIMUM_ALPHA = 0.667
"""2026-11-24, methodologist: Krippendorff (2019, ch. 12) calls .667 the least alpha on which even
tentative conclusions may rest; .800 is asked where a decision depends on the theme alone, which no
decision of the platform does."""
FEWEST_UNITS = 10
"""2026-11-24, methodologist: the least number of evaluations coded twice on which a verdict is
given, the same as for a prevalence; below it one disagreement moves alpha by tenths."""
_CODERS = ("a", "b")


def theme_agreement(
    series: Iterable[Series], codings: pd.DataFrame, codes: pd.DataFrame
) -> pd.DataFrame:
    """Alpha of every series over the evaluations that both coders coded with the same version.

    Args:
        series: Of the codebook.
        codings: One row per evaluation and coder who coded it: `record_key`, `coder`,
            `codebook_version`.
        codes: What they found: `record_key`, `coder`, `theme`; rows may repeat.

    Returns:
        One row per series: `series, alpha, lower, upper, n_units, n_found` (units in which at least
        one coder found it), `minimum_alpha, verdict` (`reliable`, `not_reliable`, or `undetermined`
        with fewer than `FEWEST_UNITS` units or nothing to disagree about). The same input gives the
        same interval.
    """
    both = codings.drop_duplicates(["record_key", "coder"]).pivot(
        index="record_key", columns="coder", values="codebook_version"
    )
    both = both.reindex(columns=list(_CODERS)).dropna().sort_index()
    both = both[both["a"] == both["b"]]
    version = both["a"].astype(np.int64)
    sets = {
        coder: set(mine[["record_key", "theme"]].itertuples(index=False, name=None))
        for coder, mine in codes.groupby("coder")
    }
    rows = []
    for theme_series in series:
        units = version[version.isin(list(theme_series.themes))]
        table = np.array(
            [
                [
                    float(
                        any(
                            (record, theme) in sets.get(coder, ())
                            for theme in theme_series.themes[used]
                        )
                    )
                    for record, used in units.items()
                ]
                for coder in _CODERS
            ]
        )
        agreement = krippendorff_alpha(table, "nominal")
        alpha = agreement.alpha
        if alpha is None or agreement.n_units < FEWEST_UNITS:
            verdict = "undetermined"
        else:
            verdict = "reliable" if alpha >= MINIMUM_ALPHA else "not_reliable"
        rows.append(
            {
                "series": theme_series.code,
                "alpha": alpha,
                "lower": agreement.lower,
                "upper": agreement.upper,
                "n_units": agreement.n_units,
                "n_found": int(table.any(axis=0).sum()),
                "minimum_alpha": MINIMUM_ALPHA,
                "verdict": verdict,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.astype(dict.fromkeys(["alpha", "lower", "upper"], float)) if rows else frame
