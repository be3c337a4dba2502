"""Small numbers in tables of plain counts, such as how many pseudonyms two suppliers share.

Here: withholding the counts of an audience that may not see small ones.
Not here: figures of the long contract (`thresholds`) and of evaluations (`evaluations`).
"""

from collections.abc import Collection

import pandas as pd

from pipelines.disclosure.thresholds import ThresholdRule

# The findings that count cases of a hand-off. What others count are rows of one delivery.
COUNTS_CASES = frozenset({"uitgang_voor_begin", "einde_zonder_begin", "begin_zonder_einde"})


def protect_counts(
    table: pd.DataFrame,
    rule: ThresholdRule,
    columns: Collection[str] = (),
    rests_on_them: Collection[str] = (),
) -> pd.DataFrame:
    """Withhold every count under the threshold.

    Args:
        table: Any table.
        rule: Rule of the audience.
        columns: Columns with counts of cases; none for all that begin with `n_`.
        rests_on_them: Columns with a figure of the cases counted: empty where a count is withheld.

    Returns:
        The table with the same rows; a count that is withheld is empty.
    """
    protected = table.copy()
    withheld = pd.Series(False, index=table.index)
    for column in [
        name for name in table.columns if name in columns or (not columns and name.startswith("n_"))
    ]:
        counts = table[column].astype("Int64")
        few = counts < rule.minimum
        if rule.shows_true_zero:
            few &= counts != 0
        few = few.fillna(False).astype(bool)
        withheld |= few
        protected[column] = counts.mask(few)
    for column in rests_on_them:
        protected[column] = protected[column].mask(withheld)
    return protected


def protect_findings(table: pd.DataFrame, rule: ThresholdRule) -> pd.DataFrame:
    """Withhold how many cases of a hand-off a finding is about, where they or the others are few.

    Beside the figures of the hand-off such a count is withheld as well.

    Args:
        table: Findings, with `rule`, `n_rows` and `n_total`.
        rule: Rule of the audience.

    Returns:
        The table with the same rows; both counts are withheld together.
    """
    protected = table.copy()
    found, total = (table[column].astype("Int64") for column in ("n_rows", "n_total"))
    others = total - found
    few = (found < rule.minimum) | ((others > 0) & (others < rule.minimum))
    few = few.fillna(False) & table["rule"].isin(COUNTS_CASES)
    protected["n_rows"], protected["n_total"] = found.mask(few), total.mask(few)
    return protected
