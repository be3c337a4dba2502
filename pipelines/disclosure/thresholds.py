"""The rule for small numbers of one audience, for tables beside the figures.

Here: the rule, and the columns of a figure that would tell of a group.
Not here: figures in the long contract, which are made by a catalogue (`protect`).
"""

from dataclasses import dataclass

# Columns that carry, or from which one can derive, the size of a group or one person's time.
BAND = ["provisional_lower", "provisional_upper"]
FIGURES = ["numerator", "denominator", "value", "lower", "upper", "n_at_risk", *BAND]


@dataclass(frozen=True)
class ThresholdRule:
    """What an audience may not see.

    Attributes:
        minimum: Least number of cases a shown figure rests on (0 = no rule).
        guards_complement: Also withhold a share when the cases *outside* its numerator are fewer.
        shows_true_zero: A zero is a zero; otherwise zero falls under the threshold like 1 to 9,
            since a shown zero would make every withheld count a proven one.
        shows_interval: Show interval ends of durations, which are single cases' times.
        whole_units: Round durations to whole units, so that no single case's time shows.
        listed_units: Units of counts whose items the audience has in a list, one by one, and that
            are no people or cases: withholding how many there are would hide nothing.
    """

    minimum: int
    guards_complement: bool
    shows_true_zero: bool
    shows_interval: bool
    whole_units: bool
    listed_units: frozenset[str] = frozenset()
