"""Did it help, judged again: what is aimed at and from when, and the rules on one series.

Here: aims from the observable tables, and the four rules of methods.md section 3 written out over
single points, with limits from before the day alone.
Not here: the figures of a series (`figures`, `counts`, `themes`), and which statistic of an
indicator is dense enough to be looked at (`charted`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.indicators.recompute.milestones import Day, Tables

BEFORE, AFTER = 24, 12
LEAST_BEFORE, RUN, FEWEST_CASES = 12, 7, 5
ROUNDING = 1e-9
# The day from which a recommendation could have worked: the first of these there is.
WORKS_FROM = ("gereedgemeld", "geverifieerd", "in_uitvoering")


@dataclass(frozen=True)
class Aim:
    """What one recommendation or decision is aimed at, and from which day it could have worked."""

    subject: str
    record_key: str
    aim: str
    indicator: str
    since: pd.Timestamp | None


def aims(
    tables: Tables, reference: Day, lead_times: dict[str, str], themes: set[str]
) -> Iterator[Aim]:
    """Every aim, from what the Kenniscentrum delivered.

    Args:
        tables: Observable tables.
        reference: Reference date.
        lead_times: Indicator of each hand-off's lead time.
        themes: Series of the codebook.
    """
    states = _until(tables["kc_aanbeveling"], "status_op", reference)
    for number, own in states.groupby("aanbeveling_nr"):
        first = own.groupby("status")["on"].min()
        since = next((first[status] for status in WORKS_FROM if status in first), None)
        if "afgewezen" in first:
            since = None
        if place := _said(own["koppelvlak"]):
            yield Aim("recommendation", number, "handoff", lead_times[place], since)
        if (theme := _said(own["thema"])) in themes:
            yield Aim("recommendation", number, "theme", f"theme_{theme}", since)
    for row in _notes(tables, reference, "besluit").itertuples():
        if row.uitkomst == "vervallen":
            continue
        is_named = isinstance(row.indicator, str)
        about = row.indicator if is_named else lead_times[row.koppelvlak]
        kind = "indicator" if is_named else "handoff"
        yield Aim("decision", row.aantekening_nr, kind, about, row.on)


def rebases(
    tables: Tables, reference: Day, lead_times: dict[str, str]
) -> dict[str, list[pd.Timestamp]]:
    """Days from which a series is counted anew, by indicator."""
    found: dict[str, list[pd.Timestamp]] = {}
    for row in _notes(tables, reference, "herijking").itertuples():
        is_named = isinstance(row.indicator, str)
        about = row.indicator if is_named else lead_times[row.koppelvlak]
        found.setdefault(about, []).append(row.on)
    return found


def verdict(
    values: pd.Series, since: pd.Timestamp, cuts: list[pd.Timestamp], direction: str
) -> dict[str, object]:
    """The answer on one series.

    Args:
        values: By period (a `PeriodIndex` without holes), NaN for a gap.
        since: Day from which something could have worked.
        cuts: Days of rebases.
        direction: `lower`, `higher` (is better) or `neutral`.
    """
    freq = values.index.freq
    own = pd.Period(since, freq)
    starts_it = own.start_time == since
    before = values[values.index < own]
    after = values[values.index >= own] if starts_it else values[values.index > own]
    # At most so many periods of the calendar, gaps among them.
    before = before[before.index >= own - BEFORE]
    after = after[after.index < (own if starts_it else own + 1) + AFTER]
    for day in cuts:
        held = pd.Period(day, freq)
        if day < since:
            before = before[before.index >= (held if held.start_time == day else held + 1)]
        if day > since:
            after = after[after.index < held]
    early, late = before.dropna(), after.dropna()
    found: dict[str, object] = {
        "n_before": len(early),
        "n_after": len(late),
        "mean_after": late.mean(),
        "mean_before": np.nan,
        "lower": np.nan,
        "upper": np.nan,
        "first_signal": None,
        "rule": "none",
    }
    if len(early) < LEAST_BEFORE:
        return {**found, "answer": "too_few_before"}
    ranges = before.diff().abs().dropna()
    kept = ranges[ranges < 3.267 * ranges.mean()] if ranges.mean() > 0 else ranges
    centre, half = early.mean(), 2.66 * kept.mean()
    tiny = ROUNDING * max(early.abs().max(), late.abs().max() if len(late) else 0.0)
    flagged = flags(after.to_numpy(float), centre, half, tiny)
    first = next((place for place, rule in enumerate(flagged) if rule), None)
    found |= {"mean_before": centre, "lower": centre - half, "upper": centre + half}
    if first is not None:
        period = after.index[first]
        found["first_signal"] = str(period).replace("Q", "-Q")
    last = max(np.flatnonzero(after.notna()), default=None)
    if last is not None and flagged[last]:
        is_higher = _rises(flagged[last], after.to_numpy(float), int(last), centre)
        words = {"neutral": ("lower", "higher"), "higher": ("worse", "better")}
        answer = words.get(direction, ("better", "worse"))[is_higher]
        return {**found, "answer": answer, "rule": flagged[last]}
    if len(late) < RUN:
        return {**found, "answer": "too_early"}
    return {**found, "answer": "no_movement" if first is None else "returned"}


def flags(values: np.ndarray, centre: float, half: float, tiny: float) -> list[str]:
    """The rule by which each point stands out, the gravest first; empty where none holds."""
    n = len(values)
    side = np.where(np.abs(values - centre) > tiny, np.sign(values - centre), 0.0)
    near = np.where(np.abs(values - centre) > half * 2 / 3 + tiny, side, 0.0)
    step = np.concatenate([[np.nan], np.diff(values)])
    held = [set() for _ in range(n)]
    for place in range(n):
        if abs(values[place] - centre) > half + tiny:
            held[place].add("outside")
    for start in range(n - RUN + 1):
        run = slice(start, start + RUN)
        steps = step[start + 1 : start + RUN]
        if (steps > tiny).all() or (steps < -tiny).all():
            for place in range(n)[run]:
                held[place].add("trend")
        if abs(side[run].sum()) == RUN:
            for place in range(n)[run]:
                held[place].add("shift")
    for start in range(n - 2):
        three = slice(start, start + 3)
        if abs(side[three].sum()) == 3 and abs(near[three].sum()) >= 2:
            for place in range(n)[three]:
                if near[place]:
                    held[place].add("two_of_three")
    order = ("outside", "trend", "two_of_three", "shift")
    return [next((rule for rule in order if rule in found), "") for found in held]


def _rises(rule: str, values: np.ndarray, last: int, centre: float) -> bool:
    """Whether what stands out does so upwards: a trend by its steps, all else by its side."""
    return bool(values[last] > (values[last - 1] if rule == "trend" else centre))


def _notes(tables: Tables, reference: Day, kind: str) -> pd.DataFrame:
    rows = _until(tables["kc_aantekening"], "datum", reference)
    last = rows.sort_values("herziening").drop_duplicates("aantekening_nr", keep="last")
    return last[last["soort"] == kind]


def _until(rows: pd.DataFrame, column: str, reference: Day) -> pd.DataFrame:
    rows = rows.assign(on=pd.to_datetime(rows[column]).astype("datetime64[s]"))
    return rows[rows["on"] <= reference.midnight]


def _said(column: pd.Series) -> str | None:
    given = column.dropna()
    return None if given.empty else str(given.iloc[0])
