"""Two groups of hand-offs compared, from the rows alone: duckdb, pandas and scipy.

Run it on the file of rows that the page gives, or on the whole published file:

    python two_groups.py rows.parquet
    python two_groups.py researcher.duckdb

It prints how many there are, how many are done, the median, P90 and share within norm of each
group, with 95% intervals: the numbers of the page. Where a hand-off can also end in another way,
the estimates are those of Aalen and Johansen, and their intervals are left to the page.
"""

import sys

import duckdb
import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import betainc

# What was chosen on the page: columns of fct_handoff and the value each row has.
GROUPS = {
    "A": {"handoff_id": "K13", "start_year": "2025"},
    "B": {"handoff_id": "K13", "start_year": "2024"},
}
CLOCK = "gross"

file = sys.argv[1]
if file.endswith(".duckdb"):
    rows = duckdb.connect(file, read_only=True).execute("from fct_handoff").df()
else:
    rows = duckdb.sql(f"from '{file}'").df()
prefix = "net_" if CLOCK == "net" else ""


def group_of(wanted):
    """Rows that started as wanted; set aside is what ended before it began."""
    is_wanted = np.logical_and.reduce([rows[name] == value for name, value in wanted.items()])
    own = rows[is_wanted & rows["status"].isin(["completed", "open", "competing"])]
    own = own[own["duration"].notna() & own[f"{prefix}duration"].notna()]
    # A file of rows holds a case twice that is in both groups.
    return own.drop(columns="cohort", errors="ignore").drop_duplicates()


def curve(group, length, followable):
    """Share still running after each length, the risk sets, and until when it is known."""
    status, lengths = group[f"{prefix}status"], group[length]
    times = np.unique(lengths)
    at_risk = np.array([(lengths >= time).sum() for time in times])
    done = np.array([((lengths == time) & (status == "completed")).sum() for time in times])
    ended = np.array([((lengths == time) & (status != "open")).sum() for time in times])
    running = np.cumprod(1 - ended / at_risk)
    before = np.append(1.0, running[:-1])
    left = 1 - np.cumsum(before * done / at_risk) if (ended > done).any() else running
    # Known where nobody is open before it, or three cases could be followed so long.
    longest = group[followable].nlargest(3)
    known = lengths[status == "open"].min() if (status == "open").any() else np.inf
    if len(longest) == 3:
        known = max(known, longest.min())
    return times, left, at_risk, done, known, (ended > done).any()


def below(mean, second, share):
    """Chance below a share of the beta distribution with these two moments."""
    if mean <= 0 or mean >= 1 or second <= mean**2:
        return float(share >= mean)
    total = mean * (1 - mean) / (second - mean**2) - 1
    return betainc(mean * total, (1 - mean) * total, share)


def confidence(at_risk, done, still, share):
    """Mid-p beta product (Fay, Brittain, Proschan 2013): chance that no more than a share runs on.

    The upper distribution is the product over the lengths; the lower one that times Beta(still, 1).
    """
    mean = np.prod((at_risk - done + 1) / (at_risk + 1)) if done.any() else 1.0
    second = mean * np.prod((at_risk - done + 2) / (at_risk + 2)) if done.any() else 1.0
    lower = below(mean * still / (still + 1), second * still / (still + 2), share)
    return (below(mean, second, share) + lower) / 2


def quantile(group, part):
    """The length after which a part is done, with its interval."""
    times, left, at_risk, done, known, has_exits = curve(
        group, f"{prefix}duration", f"{prefix}followable"
    )
    kept = times <= known
    reached, passed = kept & (left <= 1 - part + 1e-9), kept & (left < 1 - part - 1e-9)
    value = times[reached.argmax()] if reached.any() else np.nan
    if passed.any() and times[passed.argmax()] > value:
        # Exactly that part for a while: midway.
        value = (value + times[passed.argmax()]) / 2
    if has_exits:
        return value, np.nan, np.nan
    # Just after a length whoever is censored there no longer counts.
    still = np.append(at_risk[1:], 0)
    sure = np.array(
        [
            confidence(at_risk[: place + 1], done[: place + 1], still[place], 1 - part)
            for place in range(len(times))
        ]
    )
    low, high = kept & (sure >= 0.025), kept & (sure >= 0.975)
    lower = times[low.argmax()] if low.any() else min(known, times[-1])
    upper = times[high.argmax()] if high.any() and not np.isnan(value) else np.nan
    lower, upper = np.fmin(lower, value), np.maximum(upper, value)
    if lower == upper and group["unit"].iloc[0].endswith("_days"):
        # Whole days are known to half a day.
        lower, upper = max(lower - 0.5, 0), upper + 0.5
    return value, lower, upper


def share_within(group, norm):
    """Share done within a norm, with its interval."""
    times, left, at_risk, done, known, has_exits = curve(
        group, f"{prefix}norm_duration", f"{prefix}norm_followable"
    )
    if norm > known or (norm > times[-1] and left[-1] > 0):
        return np.nan, np.nan, np.nan
    within = times <= norm
    if not within.any():
        within, left, at_risk, done = np.array([True]), np.ones(1), at_risk[:1], np.zeros(1)
    running = left[within][-1]
    if has_exits:
        return 1 - running, np.nan, np.nan
    # After the norm whoever is censored on it does count.
    lengths, status = group[f"{prefix}norm_duration"], group[f"{prefix}status"]
    still = (lengths > norm).sum() + ((lengths == norm) & (status == "open")).sum()

    def sure(share):
        return confidence(at_risk[within], done[within], still, share)

    def limit(chance):
        if sure(0.0) >= chance:
            return 0.0
        if sure(1 - 1e-15) < chance:
            return 1.0
        return brentq(lambda share: sure(share) - chance, 0.0, 1 - 1e-15, xtol=1e-13)

    return 1 - running, 1 - limit(0.975), 1 - limit(0.025)


def pooled(group):
    """The shares under each norm weighed by their cases: their limits recovered (MOVER)."""
    parts = [(len(part), *share_within(part, norm)) for norm, part in group.groupby("norm_value")]
    if not parts:
        return np.nan, np.nan, np.nan
    n, value, lower, upper = np.array(parts).T
    weight = n / n.sum()
    mean = (weight * value).sum()
    return (
        mean,
        mean - np.sqrt(((weight * (value - lower)) ** 2).sum()),
        mean + np.sqrt(((weight * (upper - value)) ** 2).sum()),
    )


found = {}
for name, wanted in GROUPS.items():
    group = group_of(wanted)
    found[name] = {"n": len(group), **group[f"{prefix}status"].value_counts().to_dict()}
    if len(group):
        for statistic, numbers in (
            ("median", quantile(group, 0.5)),
            ("p90", quantile(group, 0.9)),
            ("share_within_norm", pooled(group)),
        ):
            for what, number in zip(("value", "lower", "upper"), numbers, strict=True):
                found[name][f"{statistic} {what}"] = number
found = pd.DataFrame(found)
print(found.to_string(float_format="{:.4f}".format))
