"""The national median lead time of triage (K13) per quarter, from the rows.

Run it on two downloads:

    kwaliteitsmonitor export --table handoff --format parquet --to handoff.parquet
    kwaliteitsmonitor query "from result where indicator = 'triage_lead_time'" --audience platform \
        --format csv > result.csv
    python triage_median.py handoff.parquet result.csv
"""

# %% [markdown] nl
# **De mediane doorlooptijd van de triage, per kwartaal, nagerekend uit de rijen.** Elk
# intakeformulier dat in een kwartaal is verzonden telt mee; formulieren zonder oordeel zijn op de
# peildatum gecensureerd. Wie ze weglaat, rekent een koppelvlak dat dichtslibt te gunstig.

# %% [markdown] en
# **The median lead time of triage, per quarter, worked out again from the rows.** Every intake form
# sent in a quarter counts; forms without a judgment are censored at the reference date. Leaving
# them out flatters a hand-off that silts up.

# %% load
import sys

import numpy as np
import pandas as pd

handoffs = pd.read_parquet(sys.argv[1])
result = pd.read_csv(sys.argv[2])

# %% [markdown] nl
# Negatieve tijden en stops zonder start zijn bevindingen, geen doorlooptijden: die blijven weg.

# %% [markdown] en
# Negative times and stops without a start are findings, not lead times: they stay out.

# %%
triage = handoffs[
    (handoffs["handoff_id"] == "K13") & handoffs["status"].isin(["completed", "open"])
]
print(triage["status"].value_counts().to_string())

# %% [markdown] nl
# **Kaplan-Meier.** Op elke dag waarop iets gebeurt: hoeveel zaken worden nog gevolgd, en hoeveel
# daarvan eindigen. De mediaan is de eerste dag waarop hoogstens de helft nog loopt. Het interval
# (Brookmeyer-Crowley) zijn de dagen waarop de puntsgewijze log-log-grenzen de helft passeren.

# %% [markdown] en
# **Kaplan-Meier.** On each day something happens: how many cases are still followed, and how many
# of them end. The median is the first day on which at most half still run. The interval
# (Brookmeyer-Crowley) is where the pointwise log-log limits pass one half.


# %%
Z = 1.959963984540054


def first_day(days, values):
    """First day the values are at most one half; midway where they are exactly that for a while."""
    reached = np.flatnonzero(values <= 0.5 + 1e-9)
    if reached.size == 0:
        return np.nan
    below = np.flatnonzero(values < 0.5 - 1e-9)
    end = below[0] if below.size else reached[0]
    return (days[reached[0]] + days[max(end, reached[0])]) / 2


def median(cohort):
    """Median of a cohort with its 95% interval."""
    days = np.unique(cohort["duration"])
    at_risk = np.array([(cohort["duration"] >= day).sum() for day in days])
    done = cohort[cohort["status"] == "completed"]
    ended = np.array([(done["duration"] == day).sum() for day in days])
    survival = np.cumprod(1 - ended / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.cumsum(ended / (at_risk * (at_risk - ended)))) / -np.log(survival)
        lower, upper = survival ** np.exp(Z * error), survival ** np.exp(-Z * error)
    lower, upper = np.where(survival == 1, 1, lower), np.where(survival == 1, 1, upper)
    if survival[-1] == 0:
        # The log-log limits end where the curve does: there the exact limit of "none of n" holds.
        gone = np.flatnonzero(survival == 0)
        n = at_risk[gone[0]] / (survival[gone[0] - 1] if gone[0] else 1)
        lower[gone], upper[gone] = 0, 1 - 0.025 ** (1 / n)
    return pd.Series(
        {
            "n": len(cohort),
            "median": first_day(days, survival),
            "lower": first_day(days, lower),
            "upper": first_day(days, upper),
        }
    )


own = pd.DataFrame({quarter: median(rows) for quarter, rows in triage.groupby("start_quarter")}).T
own["n"] = own["n"].astype(int)
print(own.tail(8).to_string())

# %% [markdown] nl
# **Naast wat gepubliceerd is.** Het verschil hoort nul te zijn. Leeg is ‘niet bereikt’: op de
# peildatum liep nog meer dan de helft. Het lopende kwartaal is te recent en dus niet gepubliceerd.

# %% [markdown] en
# **Beside what was published.** The difference should be zero. Empty is "not reached": on the
# reference date more than half still ran. The running quarter is too recent and not published.

# %%
published = result[
    (result["statistic"] == "median")
    & (result["view"] == "cohort")
    & (result["period_grain"] == "quarter")
    & (result["dimension"] == "national")
    & ~result["status"].isin(["suppressed", "too_recent"])
    & (result["clock"] == "gross")
].set_index("period")[["value", "lower", "upper"]]
published.columns = ["median_published", "lower_published", "upper_published"]
beside = own.join(published, how="inner")
difference = max(
    np.nanmax(np.abs(beside[one] - beside[f"{one}_published"]), initial=0)
    for one in ("median", "lower", "upper")
)
for one in ("median", "lower", "upper"):
    assert (beside[one].isna() == beside[f"{one}_published"].isna()).all(), one
assert difference < 1e-9, difference
print(f"{len(beside)} quarters, largest difference {difference:.0e}")
