"""Small numbers in tables of plain counts, such as how many pseudonyms two suppliers share.

Here: withholding the counts of an audience that may not see small ones.
Not here: figures of the long contract (`thresholds`) and of evaluations (`evaluations`).
"""

import pandas as pd

from pipelines.disclosure.thresholds import ThresholdRule


def protect_counts(table: pd.DataFrame, rule: ThresholdRule) -> pd.DataFrame:
    """Withhold every count under the threshold.

    Args:
        table: Any table; its counts are the columns that begin with `n_`.
        rule: Rule of the audience.

    Returns:
        The table with the same rows; a count that is withheld is empty.
    """
    protected = table.copy()
    for column in [one for one in table.columns if str(one).startswith("n_")]:
        counts = table[column].astype("Int64")
        few = counts < rule.minimum
        if rule.shows_true_zero:
            few &= counts != 0
        protected[column] = counts.mask(few.fillna(False))
    return protected
