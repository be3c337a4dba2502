"""What protected persons and professionals answer: distribution and median, never a mean.

Here: counts per question, wave and group.
Not here: protection of small numbers (`pipelines.disclosure.answers`).

Conventions. "Not applicable" is no answer: it is counted beside the distribution, not in it. The
median of a five-point scale is the category in which the middle answer lies; where exactly half
lies at or below a category, the median lies between it and the next one used and both are named:
answers are ordered, not numbers, so 3.5 would mean nothing.
"""

import numpy as np
import pandas as pd

from pipelines.statistics.intervals import wilson

SCALE = (1, 2, 3, 4, 5)
CELL = ["wave", "respondent_group", "question"]
_COLUMNS = {
    **dict.fromkeys([*CELL, "statistic"], "string"),
    **dict.fromkeys(
        ["low", "high", "numerator", "denominator", "value", "lower", "upper"], "float"
    ),
    "status": "string",
}


def experience_distribution(answers: pd.DataFrame) -> pd.DataFrame:
    """Count the answers of every wave, group and question.

    Args:
        answers: One row per answer: `wave`, `respondent_group`, `question`, `score` (1 to 5;
            missing when the question did not apply).

    Returns:
        Rows `wave, respondent_group, question, statistic, low, high, numerator, denominator, value,
        lower, upper, status`, where statistic is `share` (one per category, also those nobody
        chose), `median` (`low` to `high` is the category, or the two it lies between) or
        `not_applicable` (of all who were asked). `denominator` is the number who answered, for
        `not_applicable` those asked.
    """
    if answers.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _COLUMNS.items()})
    counts = (
        answers.assign(score=answers["score"].astype(float).fillna(0).astype(int))
        .groupby([*CELL, "score"])
        .size()
        .unstack(fill_value=0)
        .reindex(columns=[0, *SCALE], fill_value=0)
    )
    rows = [
        {**dict(zip(CELL, cell, strict=True)), **figure}
        for cell, counted in zip(counts.index, counts.to_numpy(), strict=True)
        for figure in _figures(int(counted[0]), counted[1:])
    ]
    frame = pd.DataFrame(rows)
    n, of = frame["numerator"].to_numpy(float), frame["denominator"].to_numpy(float)
    has_base = (of > 0) & ~np.isnan(n)
    limits = wilson(np.where(has_base, n, 0), np.where(has_base, of, 1))
    return frame.assign(
        value=np.where(has_base, n / np.where(of > 0, of, 1), np.nan),
        lower=np.where(has_base, limits.lower, np.nan),
        upper=np.where(has_base, limits.upper, np.nan),
        status=np.where(of > 0, "ok", "no_data"),
    )


def median_category(counts: np.ndarray) -> tuple[int, int] | None:
    """The category of the middle answer, or the two it lies between; None without answers.

    Args:
        counts: (5,) answers per category, in order of the scale.
    """
    total = int(counts.sum())
    if total == 0:
        return None
    reached = np.cumsum(counts)
    low = int(np.argmax(reached * 2 >= total))
    high = int(np.argmax(reached * 2 > total))
    return SCALE[low], SCALE[high]


def _figures(n_not_applicable: int, counts: np.ndarray) -> list[dict[str, object]]:
    n_answered = int(counts.sum())
    figures: list[dict[str, object]] = [
        {
            "statistic": "share",
            "low": category,
            "high": category,
            "numerator": float(n),
            "denominator": float(n_answered),
        }
        for category, n in zip(SCALE, counts, strict=True)
    ]
    median = median_category(counts)
    figures.append(
        {
            "statistic": "median",
            "low": median[0] if median else None,
            "high": median[1] if median else None,
            "numerator": np.nan,
            "denominator": float(n_answered),
        }
    )
    figures.append(
        {
            "statistic": "not_applicable",
            "low": None,
            "high": None,
            "numerator": float(n_not_applicable),
            "denominator": float(n_answered + n_not_applicable),
        }
    )
    return figures
