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
from scipy.special import betainc

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
# daarvan eindigen. De mediaan is de eerste dag waarop hoogstens de helft nog loopt. Wat later komt
# dan de dag tot waar er drie zaken te volgen waren, ligt aan een of twee zaken en is niet bekend.

# %% [markdown] en
# **Kaplan-Meier.** On each day something happens: how many cases are still followed, and how many
# of them end. The median is the first day on which at most half still run. What comes after the day
# up to which three cases could be followed hangs on one or two cases and is not known.


# %%
def first_day(days, reached):
    """First day on which something holds; none if it never does."""
    return days[reached.argmax()] if reached.any() else np.nan


def known_until(cohort):
    """The last day on which anything is known: nobody is open before it, or three were followed."""
    first_open = cohort.loc[cohort["status"] == "open", "duration"].min()
    longest = cohort["followable"].nlargest(3)
    days = [first_open if pd.notna(first_open) else np.inf]
    return max([*days, longest.min()] if len(longest) == 3 else days)


# %% [markdown] nl
# **Het interval** is het beta-product van Fay, Brittain en Proschan (2013). Van Y gevolgde zaken
# eindigen er d; het deel dat doorloopt volgt dan hoogstens Beta(Y − d + 1, d). Het product daarvan
# over de dagen is de bovenste verdeling; maal Beta(n, 1), met n zaken die nog lopen, de onderste.
# Elk is de betaverdeling met hetzelfde gemiddelde en dezelfde spreiding. Het gemiddelde van de twee
# (mid-p) zegt hoe zeker het is dat de helft klaar is: het interval begint waar dat 2,5% wordt en
# eindigt waar het 97,5% wordt. Vallen beide op dezelfde dag, dan is het een halve dag naar elke
# kant: preciezer dan een dag is er niet vastgelegd.

# %% [markdown] en
# **The interval** is the beta product of Fay, Brittain and Proschan (2013). Of Y cases followed d
# end; the share that goes on then follows Beta(Y − d + 1, d) at most. The product of those over the
# days is the upper distribution; times Beta(n, 1), with n cases still running, the lower one. Each
# is the beta distribution with the same mean and spread. The average of the two (mid-p) says how
# certain it is that half is done: the interval begins where that becomes 2.5% and ends at 97.5%.
# Where both fall on one day it is half a day to each side: nothing finer than a day was recorded.


# %%
def below_half(mean, second):
    """Chance below one half of the beta distribution with these two moments."""
    if mean in (0, 1):
        return 1.0 - mean
    total = mean * (1 - mean) / (second - mean**2) - 1
    return betainc(mean * total, (1 - mean) * total, 0.5)


def half_is_done(at_risk, ended, still):
    """Confidence, after each day, that at most half of the cases run on."""
    mean = np.cumprod((at_risk - ended + 1) / (at_risk + 1))
    second = mean * np.cumprod((at_risk - ended + 2) / (at_risk + 2))
    upper = [below_half(*pair) for pair in zip(mean, second, strict=True)]
    moments = zip(mean * still / (still + 1), second * still / (still + 2), strict=True)
    return (np.array(upper) + [below_half(*pair) for pair in moments]) / 2


def median(cohort):
    """Median of a cohort with its 95% interval."""
    known = known_until(cohort)
    days = np.unique(cohort["duration"])
    done = cohort[cohort["status"] == "completed"]
    at_risk = np.array([(cohort["duration"] >= day).sum() for day in days])
    ended = np.array([(done["duration"] == day).sum() for day in days])
    still = np.array([(cohort["duration"] > day).sum() for day in days])
    survival = np.cumprod(1 - ended / at_risk)
    sure, last = half_is_done(at_risk, ended, still), min(known, days[-1])
    days, survival, sure = days[days <= known], survival[days <= known], sure[days <= known]

    value = first_day(days, survival <= 0.5 + 1e-9)
    below = first_day(days, survival < 0.5 - 1e-9)
    if below > value:
        # Exactly half for a while: midway.
        value = (value + below) / 2
    lower = first_day(days, sure >= 0.025)
    upper = first_day(days, sure >= 0.975)
    lower = np.fmin(last if np.isnan(lower) else lower, value)
    upper = np.nan if np.isnan(value) else np.maximum(upper, value)
    if lower == upper:
        # Whole days are known to half a day.
        lower, upper = max(lower - 0.5, 0), upper + 0.5
    return pd.Series({"n": len(cohort), "median": value, "lower": lower, "upper": upper})


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
    & ~result["status"].isin(["suppressed", "too_recent", "not_delivered", "withheld"])
    & (result["clock"] == "gross")
].set_index("period")[["value", "lower", "upper"]]
published.columns = ["median_published", "lower_published", "upper_published"]
beside = own.join(published, how="inner")
difference = max(
    np.nanmax(np.abs(beside[column] - beside[f"{column}_published"]), initial=0)
    for column in ("median", "lower", "upper")
)
for column in ("median", "lower", "upper"):
    assert (beside[column].isna() == beside[f"{column}_published"].isna()).all(), column
assert difference < 1e-9, difference
print(f"{len(beside)} quarters, largest difference {difference:.0e}")
