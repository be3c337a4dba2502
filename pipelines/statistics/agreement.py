"""Agreement between coders of evaluations: Krippendorff's alpha with a bootstrap interval.

Belongs here: how far the codes of a theme can be relied on.

Does not belong here: alpha itself (the `krippendorff` library computes it), the codebook, the
prevalence of themes (`intervals.wilson`).
"""

from dataclasses import dataclass
from typing import Literal

import krippendorff
import numpy as np
import numpy.typing as npt

MeasurementLevel = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Krippendorff's alpha of one theme.

    Attributes:
        alpha: 1 is perfect, 0 is chance; None when it is undefined: no unit has two codes, or all
            codes are the same value, so that there was nothing to disagree about.
        lower: lower end of the interval; None when alpha is, or no resample could be computed.
        upper: upper end.
        n_units: units with at least two codes, the ones alpha rests on.
        n_coders: rows that hold at least one code.
        n_resamples: bootstrap resamples used.
        n_undefined: resamples left out because all their codes had one value. A large share of the
            resamples means: too few units, or a theme too rare to judge.
    """

    alpha: float | None
    lower: float | None
    upper: float | None
    n_units: int
    n_coders: int
    n_resamples: int
    n_undefined: int


def krippendorff_alpha(
    codes: npt.ArrayLike,
    measurement: MeasurementLevel,
    *,
    n_resamples: int = 1000,
    seed: int = 20250101,
    level: float = 0.95,
) -> Agreement:
    """Alpha with a percentile bootstrap interval over units.

    Units are resampled, not single codes: the codes of one evaluation belong together. When the
    coders agree on every unit each resample does too and the interval is (1, 1); it then says
    nothing about other evaluations, and n_units is the figure to read.

    Args:
        codes: (M, N) code that coder m gave to unit n, NaN for none. Numbers; for a theme 0 or 1.
        measurement: `"nominal"`, `"ordinal"` or `"interval"`.
        n_resamples: bootstrap resamples; 0 leaves the interval out.
        seed: the same seed gives the same interval.
        level: coverage.

    Returns:
        Alpha, interval and the numbers behind them.

    Raises:
        ValueError: codes not two-dimensional, or a level outside (0, 1).

    Source:
        Krippendorff (2019), Content Analysis, 4th ed., ch. 12; percentile bootstrap: Efron,
        Tibshirani (1993), ch. 13.
    """
    table = np.asarray(codes, dtype=np.float64)
    if table.ndim != 2:  # noqa: PLR2004 – coders by units
        raise ValueError(f"codes must be coders by units, got shape {table.shape}")
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level}")
    is_coded = ~np.isnan(table)
    domain = np.unique(table[is_coded])
    per_unit = (table.T[:, :, np.newaxis] == domain).sum(axis=1)
    # A unit with one code has no pair and cannot show (dis)agreement.
    per_unit = per_unit[per_unit.sum(axis=1) > 1]
    n_units = int(per_unit.shape[0])
    n_coders = int(is_coded.any(axis=1).sum())
    alpha = _alpha(per_unit, domain, measurement)
    if alpha is None:
        return Agreement(None, None, None, n_units, n_coders, 0, 0)

    generator = np.random.default_rng(seed)
    resampled = [
        _alpha(per_unit[generator.integers(0, n_units, n_units)], domain, measurement)
        for _ in range(n_resamples)
    ]
    values = np.array([value for value in resampled if value is not None])
    lower, upper = None, None
    if values.size:
        tail = (1.0 - level) / 2.0
        lower, upper = (float(end) for end in np.quantile(values, (tail, 1.0 - tail)))
    return Agreement(
        alpha, lower, upper, n_units, n_coders, int(values.size), n_resamples - int(values.size)
    )


def _alpha(
    per_unit: npt.NDArray[np.int64],
    domain: npt.NDArray[np.float64],
    measurement: MeasurementLevel,
) -> float | None:
    """Alpha of units by values, or None when fewer than two values occur."""
    occurs = per_unit.any(axis=0)
    if np.count_nonzero(occurs) < 2:  # noqa: PLR2004 – two values
        return None
    return float(
        krippendorff.alpha(
            value_counts=per_unit[:, occurs],
            value_domain=domain[occurs],
            level_of_measurement=measurement,
        )
    )
