"""How often each story can be found by its stated method at its stated grain.

Here: one detector a story, on what truly happened, and its power over many seeds beside its false
alarms in the same chain without stories. Not here: how the monitor shows signals
(`pipelines.statistics`), whose limits and rules are used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.deliveries.contract import load_contracts
from pipelines.simulation.chronicle import Chronicle
from pipelines.simulation.configuration import LARGEST_PARKET, PARKETTEN, SimulationConfig
from pipelines.simulation.moments import Mask, Moments, Whole, begin_of, local_day
from pipelines.simulation.simulate import happen, play
from pipelines.simulation.stories import (
    CODEBOOK_SPLIT,
    DOSSIER_DRIFT,
    INCOMPLETE_DOSSIER_THEME,
    LATE_AIVD_QUARTER,
    NEW_INTAKE_FORM,
    PHASE_OUT_BACKLOG,
    PHASE_OUT_DELAYED_THEME,
    ROLE_UNCLEAR_FADING,
    UNRELIABLE_THEME,
    Story,
)
from pipelines.statistics.agreement import krippendorff_alpha
from pipelines.statistics.intervals import wilson
from pipelines.statistics.signals import (
    outside_points,
    shift_points,
    xmr_chart,
)

FEWEST_PER_POINT = 10
DOSSIER_NORM_DAYS = 21
# As `pipelines.evaluation.reliability.MINIMUM_ALPHA`, which the simulation does not import.
LEAST_ALPHA = 0.667


@dataclass(frozen=True)
class Power:
    """Shares of seeds in which the method signals, with the story on and with it off."""

    story: str
    n_seeds: int
    found: float
    false_alarms: float


def power(
    story: Story,
    n_seeds: int,
    *,
    config: SimulationConfig | None = None,
    contracts_dir: Path | None = None,
) -> Power:
    """Estimate the power of a story's stated method.

    Args:
        story: One of `STORIES`.
        n_seeds: How many chains are simulated, each with and without its stories.
        config: The chain; the demo chain by default.
        contracts_dir: Needed for a story about deliveries.

    Raises:
        ValueError: A story about deliveries without contracts.
    """
    chosen = config or SimulationConfig()
    detect = _DETECTORS.get(story.name)
    if detect is None:
        if contracts_dir is None:
            raise ValueError(f"{story.name} is about deliveries: give contracts_dir")

        def found_in(chain: SimulationConfig) -> bool:
            return _late_quarter(chain, contracts_dir)

    else:

        def found_in(chain: SimulationConfig) -> bool:
            return detect(happen(chain))

    seeds = [replace(chosen, seed=chosen.seed + offset) for offset in range(n_seeds)]
    return Power(
        story=story.name,
        n_seeds=n_seeds,
        found=float(np.mean([found_in(each) for each in seeds])),
        false_alarms=float(np.mean([found_in(each.without_stories()) for each in seeds])),
    )


def _year(moments: Moments) -> Whole:
    days = local_day(moments).astype(np.int64).astype("datetime64[D]")
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def _months(moments: Moments) -> Whole:
    """Months since January of year 0."""
    days = local_day(moments).astype(np.int64).astype("datetime64[D]")
    return days.astype("datetime64[M]").astype(np.int64) + 1970 * 12


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _occurrences(chronicle: Chronicle, handoff_id: str) -> tuple[Whole, Moments, Moments]:
    """Case, start and duration in days; open ones last infinitely long."""
    parts = [each for each in chronicle.handoffs if each.handoff_id == handoff_id]
    case = np.concatenate([part.case for part in parts])
    started = np.concatenate([part.started for part in parts])
    stopped = np.concatenate([part.stopped for part in parts])
    competing = np.concatenate([part.competing for part in parts])
    duration = np.where(np.isnan(stopped), np.inf, local_day(stopped) - local_day(started))
    keep = ~(np.isnan(stopped) & ~np.isnan(competing))
    return case[keep], started[keep], duration[keep]


def _signals(period: Whole, duration: Moments, change: int, last: int, *, is_higher: bool) -> bool:
    """Whether medians from a change on break the limits of the ones before, on the stated side."""
    before: list[float] = []
    after: list[float] = []
    for each in range(int(period.min()), last + 1):
        values = duration[period == each]
        if len(values) >= FEWEST_PER_POINT:
            (before if each < change else after).append(float(np.median(values)))
    if not before:
        return False
    [limits] = xmr_chart(before).groups
    # A median that is not reached lies beyond every limit.
    beyond = outside_points(np.nan_to_num(after, posinf=1e6), limits.lower, limits.upper)
    shifted = shift_points(np.nan_to_num(after, posinf=1e6), limits.centre)
    side = 1 if is_higher else -1
    return bool(((beyond == side) | (shifted == side)).any())


def _differs(earlier: tuple[int, int], later: tuple[int, int], *, is_higher: bool) -> bool:
    """Whether the Wilson intervals of two shares (count, total) lie apart, on the stated side."""
    first, second = wilson(*earlier), wilson(*later)
    if is_higher:
        return float(second[0]) > float(first[1])
    return float(second[1]) < float(first[0])


def _shorter_triage(chronicle: Chronicle) -> bool:
    intake = chronicle.tables["om_intake"]
    is_direct = np.zeros(len(chronicle.cases), bool)
    is_direct[intake.case] = intake.columns["route"].values == "direct"
    case, started, duration = _occurrences(chronicle, "K13")
    mine = is_direct[case]
    month = _months(started[mine])
    # Of the last month many are still open.
    last = _month_number(chronicle.config.end) - 1
    change = _month_number(NEW_INTAKE_FORM.start)
    return _signals(month, duration[mine], change, last, is_higher=False)


def _drifting_dossiers(chronicle: Chronicle) -> bool:
    case, started, duration = _occurrences(chronicle, "K21")
    is_followed = started < chronicle.end - DOSSIER_NORM_DAYS
    mine = (chronicle.cases.parket[case] == PARKETTEN.index(LARGEST_PARKET)) & is_followed
    return _compare_years(
        _year(started[mine]), duration[mine] <= DOSSIER_NORM_DAYS, (2024, 2026), is_higher=False
    )


def _compare_years(year: Whole, has_it: Mask, years: tuple[int, int], *, is_higher: bool) -> bool:
    earlier, later = (
        (int(has_it[year == each].sum()), int((year == each).sum())) for each in years
    )
    return _differs(earlier, later, is_higher=is_higher)


def _waiting_phase_outs(chronicle: Chronicle) -> bool:
    _, started, duration = _occurrences(chronicle, "K41")
    quarter = _months(started) // 3
    # Of the last two quarters nearly all wait, story or not.
    last = _month_number(chronicle.config.end) // 3 - 2
    change = _month_number(PHASE_OUT_BACKLOG.start) // 3
    return _signals(quarter, duration, change, last, is_higher=True)


def _theme(theme: str, side: int) -> Callable[[Chronicle], bool]:
    """Whether one of the last four full quarters of a theme's prevalence is flagged on a side."""

    def is_found(chronicle: Chronicle) -> bool:
        number, held, found, _ = _codings(chronicle, "a")
        quarter = _months(held) // 3
        evaluations, first = np.unique(number, return_index=True)
        with_it = np.isin(evaluations, number[found == theme])
        last = _month_number(chronicle.config.end + timedelta(days=1)) // 3 - 1
        course = []
        for each in range(int(quarter.min()), last + 1):
            mine = quarter[first] == each
            course.append(with_it[mine].mean() if mine.sum() >= FEWEST_PER_POINT else np.nan)
        chart = xmr_chart(course)
        return bool((chart.sides[-4:] == side).any())

    return is_found


def _split_theme(chronicle: Chronicle) -> bool:
    """Whether from the split on only the new themes are found, and before it only the old one."""
    table = chronicle.tables["kc_evaluatie"]
    themes, coded = table.columns["thema"].values, table.columns["thema"].known
    is_later = coded >= begin_of(CODEBOOK_SPLIT.start)
    new = ["informatieproduct_te_laat", "informatie_niet_gedeeld"]
    before, after = set(themes[~is_later]), set(themes[is_later & (coded < chronicle.end)])
    old = "informatie_laat"
    return old in before and old not in after and before.isdisjoint(new) and after >= set(new)


def _unreliable_theme(chronicle: Chronicle) -> bool:
    """Whether two coders agree too little on the theme, over all evaluations coded twice."""
    first, second = _codings(chronicle, "a"), _codings(chronicle, "b")
    both = np.intersect1d(first[0], second[0])
    codes = [
        np.isin(both, number[found == "communicatie_persoon"]).astype(float)
        for number, _, found, _ in (first, second)
    ]
    alpha = krippendorff_alpha(np.array(codes), "nominal", n_resamples=0).alpha
    return alpha is not None and alpha < LEAST_ALPHA


def _codings(
    chronicle: Chronicle, coder: str
) -> tuple[NDArray[np.str_], Moments, NDArray[np.object_], Moments]:
    """Number, day held, theme and moment of coding of all a coder coded within the period."""
    columns = chronicle.tables["kc_evaluatie"].columns
    coded = columns["codeboekversie"].known
    mine = (columns["codeur"].values == coder) & (coded < chronicle.end)
    theme = columns["thema"].values.astype(object)
    theme[columns["thema"].known >= chronicle.end] = None
    return (
        columns["evaluatie_nr"].values[mine].astype(str),
        columns["gehouden_op"].values[mine],
        theme[mine],
        coded[mine],
    )


def _late_quarter(config: SimulationConfig, contracts_dir: Path) -> bool:
    """On-time share of the AIVD in the quarter of the story, against its other quarters."""
    # Punctuality does not depend on how much is in the files.
    played = play(replace(config, scale=0.03), load_contracts(contracts_dir))
    in_quarter, others = [0, 0], [0, 0]
    story = LATE_AIVD_QUARTER
    for name, deliveries in played.plan.items():
        for each in deliveries:
            if name.startswith("aivd_") and each.version == 1:
                is_mine = (
                    story.until is not None and story.start <= each.reference_date <= story.until
                )
                target = in_quarter if is_mine else others
                target[0] += not each.is_late
                target[1] += 1
    return _differs((others[0], others[1]), (in_quarter[0], in_quarter[1]), is_higher=False)


_DETECTORS: Mapping[str, Callable[[Chronicle], bool]] = {
    NEW_INTAKE_FORM.name: _shorter_triage,
    DOSSIER_DRIFT.name: _drifting_dossiers,
    PHASE_OUT_BACKLOG.name: _waiting_phase_outs,
    INCOMPLETE_DOSSIER_THEME.name: _theme("dossier_onvolledig", 1),
    PHASE_OUT_DELAYED_THEME.name: _theme("afbouw_uitgesteld", 1),
    ROLE_UNCLEAR_FADING.name: _theme("rol_onduidelijk", -1),
    CODEBOOK_SPLIT.name: _split_theme,
    UNRELIABLE_THEME.name: _unreliable_theme,
}
