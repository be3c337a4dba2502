"""Lengths without the coded pauses, worked out again.

Here: the time a clock stood still, and what is left of a length without it. Days are counted one
by one instead of subtracted, so that nothing is shared with the product.
Not here: pairing and gross lengths (`handoffs`).

Rules: a pause of a case without a hand-off stops all its net clocks; overlapping
pauses count once; what lies outside the clock does not count; a pause that has not ended by the
reference date runs up to it; one that starts later is not known; one that ends before it starts
is a finding. A pause from Monday to Wednesday takes Tuesday and Wednesday.
"""

import numpy as np
import pandas as pd

from tests.indicators.recompute.milestones import CASE, Day, Tables, local_day, to_utc

PAUSING = ("om_pauze", "nctv_pauze")


def add_net_lengths(
    rows: pd.DataFrame, rule: object, tables: Tables, holidays: np.ndarray, reference: Day
) -> pd.DataFrame:
    """The occurrences of one hand-off with `net_duration` and `net_norm`; NaN without a clock."""
    if rule.has_net_clock != "true":
        return rows.assign(net_duration=np.nan, net_norm=np.nan)
    stood_still = pauses_by_case(tables, rule.handoff_id, reference)
    net, net_norm = [], []
    for row in rows.to_dict("records"):
        mine = stood_still.get(row["case_key"], [])
        lengths = {
            unit: time_paused(row, mine, unit, holidays, reference)
            for unit in {row["unit"], row["norm_unit"]} - {None}
        }
        net.append(row["duration"] - lengths[row["unit"]])
        net_norm.append(row["norm_duration"] - lengths.get(row["norm_unit"], 0.0))
    return rows.assign(net_duration=net, net_norm=net_norm)


def pauses_by_case(
    tables: Tables, handoff: str, reference: Day
) -> dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]]:
    """Begin and end of every known pause, by case; they may overlap."""
    found: dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
    for name in PAUSING:
        table = tables[name]
        begun, ended = to_utc(table["begonnen_op"]), to_utc(table["beeindigd_op"])
        cells = zip(table[CASE], table["koppelvlak"], begun, ended, strict=True)
        for case, of_handoff, begin, end in cells:
            is_known = begin < reference.end and (pd.isna(of_handoff) or of_handoff == handoff)
            is_reversed = end < begin
            if is_known and not is_reversed:
                known_end = end if end < reference.end else reference.end
                found.setdefault(case, []).append((begin, known_end))
    return found


def time_paused(
    row: dict,
    pauses: list[tuple[pd.Timestamp, pd.Timestamp]],
    unit: str,
    holidays: np.ndarray,
    reference: Day,
) -> float:
    """How much of the clock of one occurrence was paused, in a unit."""
    if not pauses or row["status"] in {"negative", "stop_only"}:
        return 0.0
    if unit in {"hours", "days"}:
        seconds = _seconds(row["start"], row["end"], pauses)
        return seconds / (3600 if unit == "hours" else 86400)
    clock = _days_after(row["start"], row["end"], reference)
    still = {day for begin, end in pauses for day in _days_after(begin, end, reference)} & clock
    if unit == "working_days":
        days = np.array(sorted(still), dtype="datetime64[D]")
        return float(np.is_busday(days, holidays=holidays).sum())
    return float(len(still))


def _days_after(begin: pd.Timestamp, end: pd.Timestamp, reference: Day) -> set[np.datetime64]:
    """Local days after the one of the begin, up to and with the one of the end."""
    first, last = local_day(pd.Series([begin, end])).to_numpy().astype("datetime64[D]")
    # The end of the reference date is the first moment of the next day.
    return set(np.arange(first + 1, min(last, np.datetime64(reference.date)) + 1))


def _seconds(
    start: pd.Timestamp, end: pd.Timestamp, pauses: list[tuple[pd.Timestamp, pd.Timestamp]]
) -> float:
    """Seconds between start and end during which at least one pause ran."""
    total, seen = 0.0, start
    for begin, stop in sorted(pauses):
        counted_from, counted_to = max(begin, seen), min(stop, end)
        if counted_to > counted_from:
            total += (counted_to - counted_from).total_seconds()
            seen = counted_to
    return total
