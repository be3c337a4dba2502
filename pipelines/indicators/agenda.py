"""The list for discussion: which of all signals are put before a meeting, and in which order.

Here: pure functions on rows of `signal`, one per charted series.
Not here: which series are charted and what their charts say (`signals`), and the list in words.

Decisions:

* **Members.** A dimension of ten members has ten chances of a false alarm, so the evidence of a
  member's signal is lowered by the logarithm of the number of members, and it is up for discussion
  only when enough is left.
* **Up for discussion** are indicators, by the strongest of their signals; `discussion_rank` is the
  place of the indicator. P90 and the like only where the headline series itself is quiet. Members
  keep their fixed order and have no rank of their own.
"""

import numpy as np
import pandas as pd

# Names of how strong it is: a chance of 1 in 10,000 and of 1 in 300.
STRONG_EVIDENCE, CLEAR_EVIDENCE = 4.0, 2.5
# One in 64: the weakest a rule can give, a shift of seven points.
WEAKEST_EVIDENCE = 1.8


def with_agenda(signal: pd.DataFrame) -> pd.DataFrame:
    """Rank the indicators with a signal that is about now and strong enough for all looked at.

    Args:
        signal: One row per charted series.

    Returns:
        The rows with `n_compared`, `strength` and `discussion_rank`, and `evidence` lowered.
    """
    if signal.empty:
        return signal.assign(n_compared=0, discussion_rank=0)
    is_charted = signal["chart"] != "none"
    cell = [signal[name] for name in ("indicator", "statistic", "period_grain", "dimension")]
    n_compared = is_charted.astype(int).groupby(cell).transform("sum").clip(lower=1)
    evidence = (signal["evidence"].astype(float) - np.log10(n_compared)).clip(lower=0.0)
    is_current = ~signal["warnings"].str.contains("last_period_missing", regex=False)
    is_up = (signal["rule"] != "none") & is_current & (evidence >= WEAKEST_EVIDENCE)
    # Median, P90 and mean of the same cases say the same thing: one of them is enough.
    cell = [signal[name] for name in ("indicator", "period_grain", "dimension", "member")]
    is_said = (is_up & signal["is_headline"].astype(bool)).groupby(cell).transform("any")
    is_up &= signal["is_headline"].astype(bool) | ~is_said
    strongest = evidence[is_up].groupby(signal["indicator"]).max()
    # Equally strong ones stand in the order of their names: any fixed order will do.
    order = strongest.sort_index().sort_values(ascending=False, kind="stable").index
    rank = pd.Series(range(1, len(order) + 1), index=order, dtype="Int64")
    return signal.assign(
        n_compared=n_compared,
        evidence=evidence.round(3),
        strength=np.select(
            [signal["rule"] == "none", evidence >= STRONG_EVIDENCE, evidence >= CLEAR_EVIDENCE],
            ["none", "strong", "clear"],
            "weak",
        ),
        discussion_rank=signal["indicator"].map(rank).where(is_up),
    )
