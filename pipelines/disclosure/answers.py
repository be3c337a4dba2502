"""Protection of answers to experience questions.

Here: the ladder of answer categories, lines withheld whole, and counts rounded together.
Not here: counting the answers (`pipelines.evaluation.experience`).

All questions of one wave and group are one line, since everybody of a group gets all of them. It is
told in five categories where the smallest expected of them, by the waves before it, is at least the
floor, else in three: never by what this wave has. Where any category then misses the threshold, the
wave of that group is withheld whole. How many found a question not applicable is left out: it would
be what the answers leave of the group.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from pipelines.disclosure.evaluations import FEWEST_ANSWERS, SideRule
from pipelines.disclosure.rounding import round_jointly
from pipelines.evaluation.experience import SCALE, median_category
from pipelines.statistics.intervals import wilson

_NOT_NESTED = pd.DataFrame({"smaller": [], "larger": []})
_RUNGS = (((1,), (2,), (3,), (4,), (5,)), ((1, 2), (3,), (4, 5)))
Rung = Sequence[tuple[int, ...]]


def protect_distributions(figures: pd.DataFrame, rule: SideRule) -> pd.DataFrame:
    """Tell every wave and group on its rung, or withhold it whole.

    Args:
        figures: As `pipelines.evaluation.experience.experience_distribution` returns them.
        rule: The rule of the audience.

    Returns:
        The same columns; merged categories have `low` below `high`. A withheld line has status
        `suppressed` and no number.
    """
    if figures.empty:
        return figures.copy()
    shares = figures[figures["statistic"] == "share"]
    counts = shares.pivot_table(
        index=["respondent_group", "wave", "question"], columns="low", values="numerator"
    ).sort_index()
    lines: list[pd.DataFrame] = []
    for group, own in counts.groupby(level="respondent_group"):
        waves = own.droplevel("respondent_group")
        for wave in waves.index.unique("wave"):
            earlier = waves[waves.index.get_level_values("wave") < wave]
            line = _line_of_wave(waves.loc[wave], rung_of(earlier, rule.floor), rule)
            lines.append(line.assign(wave=str(wave), respondent_group=str(group)))
    return pd.concat(lines, ignore_index=True)[list(figures.columns)].astype(
        figures.dtypes.to_dict()
    )


def rung_of(earlier: pd.DataFrame, floor: float) -> Rung:
    """The categories of a wave: five where earlier waves of its group allow, else three.

    Args:
        earlier: Answers of the waves before it: rows by `wave` and `question`, columns 1 to 5.
        floor: Least expected number in the smallest category.
    """
    if earlier.empty:
        return _RUNGS[-1]
    expected = earlier.groupby(level="question").mean()
    return _RUNGS[0] if expected.to_numpy().min() >= floor else _RUNGS[-1]


def _line_of_wave(counts: pd.DataFrame, rung: Rung, rule: SideRule) -> pd.DataFrame:
    """All questions of one wave and group: rows by question, columns 1 to 5."""
    merged = pd.DataFrame(
        {(part[0], part[-1]): counts[list(part)].sum(axis=1) for part in rung}
    ).astype(int)
    of = merged.sum(axis=1)
    small = min(merged.to_numpy().min(), (of.to_numpy()[:, None] - merged.to_numpy()).min())
    if small < rule.threshold or of.min() < FEWEST_ANSWERS:
        return pd.DataFrame(list(_rows_of_line(merged * np.nan, rung))).assign(status="suppressed")
    names = [[f"{question} {part[0]}" for part in rung] for question in merged.index]
    totals = pd.Series(of.to_numpy(int), index=merged.index.astype(str))
    parts = pd.Series(merged.to_numpy().ravel(), index=np.ravel(names))
    sums = pd.DataFrame(
        {"total": np.repeat(totals.index, len(rung)), "part": parts.index, "level": 1}
    )
    rounded = round_jointly(
        pd.concat([parts, totals]), sums, _NOT_NESTED, base=rule.base, key=rule.key
    ).values
    shown = pd.DataFrame(
        rounded[parts.index].to_numpy(float).reshape(merged.shape),
        index=merged.index,
        columns=merged.columns,
    )
    return pd.DataFrame(list(_rows_of_line(shown, rung))).assign(status="ok")


def _rows_of_line(counts: pd.DataFrame, rung: Rung) -> Iterator[dict[str, object]]:
    """The rows of a line, in the columns of the published table; of NaN those without numbers."""
    for question, numbers in zip(counts.index, counts.to_numpy(float), strict=True):
        of = numbers.sum()
        limits = wilson(np.nan_to_num(numbers), np.full(len(rung), np.nan_to_num(of, nan=1.0)))
        for at, part in enumerate(rung):
            yield {
                "question": question,
                "statistic": "share",
                "low": float(part[0]),
                "high": float(part[-1]),
                "numerator": numbers[at],
                "denominator": of,
                "value": numbers[at] / of,
                "lower": limits.lower[at] if of > 0 else np.nan,
                "upper": limits.upper[at] if of > 0 else np.nan,
            }
        low, high = _middle(numbers, rung)
        yield {
            "question": question,
            "statistic": "median",
            "low": low,
            "high": high,
            "numerator": np.nan,
            "denominator": of,
            "value": np.nan,
            "lower": np.nan,
            "upper": np.nan,
        }


def _middle(numbers: np.ndarray, rung: Rung) -> tuple[float, float]:
    """First and last category the middle answer lies in, of shown counts."""
    if np.isnan(numbers).any():
        return np.nan, np.nan
    at_start = np.zeros(len(SCALE))
    for part, number in zip(rung, numbers, strict=True):
        at_start[SCALE.index(part[0])] = number
    found = median_category(at_start)
    assert found is not None
    first, last = (next(part for part in rung if part[0] == category) for category in found)
    return float(first[0]), float(last[-1])
