"""When bounds give a small group away.

Here: the rule, and which values of a quantity show that it does not hold.
Not here: the bounds (`system`, `programmes`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.audit.system import BoolArray, FloatArray


@dataclass(frozen=True)
class Rule:
    """What no reader may prove.

    Attributes:
        threshold: Least number of people, cases or events that may be told.
        has_insider: A reader may take away one record: the own one.
    """

    threshold: int
    has_insider: bool

    def _ways(self) -> list[tuple[str, float, float]]:
        """Name of each way, with the least and largest value that are too few."""
        ways = [("small", 1.0, self.threshold - 1.0)]
        if self.has_insider:
            # Without the own record between one and the threshold less one are left.
            ways.append(("insider", 2.0, float(self.threshold)))
        return ways

    def found(self, quantities: pd.DataFrame, lower: FloatArray, upper: FloatArray) -> pd.Series:
        """What is given away of each quantity, or an empty text.

        Args:
            quantities: As in `Related`: `is_sensitive`, `is_signed` and `whole`.
            lower: (V,) proven least values.
            upper: (V,) proven largest values.

        Returns:
            `small`: between one and the threshold; `insider`: the same without the own record;
            `none`: nobody of a group of which there is somebody, so all of it is of the complement.
        """
        is_signed = quantities["is_signed"].to_numpy(bool)
        found = np.full(len(quantities), "", object)
        whole = quantities["whole"].to_numpy(np.int64)
        is_of_somebody = (whole >= 0) & (lower[whole] >= 1)
        found[is_of_somebody & (upper <= 0)] = "none"
        for way, least, most in reversed(self._ways()):
            is_few = (lower >= least) & (upper <= most)
            # Nobody's own record stands in a difference between two files.
            is_few |= is_signed & (lower >= -most) & (upper <= -least)
            found[is_few] = way
        found[~quantities["is_sensitive"].to_numpy(bool)] = ""
        return pd.Series(found, quantities.index)

    def open_questions(
        self, quantities: pd.DataFrame, lower: FloatArray, upper: FloatArray
    ) -> BoolArray:
        """(V, W) ways in which a narrower bound might still give a quantity away."""
        is_sensitive = quantities["is_sensitive"].to_numpy(bool) & (lower < upper)
        whole = quantities["whole"].to_numpy(np.int64)
        reaches = [
            is_sensitive & (np.maximum(lower, least) <= np.minimum(upper, most))
            | is_sensitive
            & quantities["is_signed"].to_numpy(bool)
            & (np.maximum(lower, -most) <= np.minimum(upper, -least))
            for _, least, most in self._ways()
        ]
        reaches.append(is_sensitive & (whole >= 0) & (lower <= 0) & (upper[whole] > 0))
        return np.column_stack(reaches)

    def answered(self, value: FloatArray) -> BoolArray:
        """(V, W) ways that a possible value of each quantity rules out."""
        size = np.abs(value)
        ruled_out = [(size < least) | (size > most) for _, least, most in self._ways()]
        return np.column_stack([*ruled_out, value >= 1])
