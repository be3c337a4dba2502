"""Whether a theme emerges or fades: by the signal rules, or by years where those are quiet.

Here: one verdict per series, from figures and signals as an audience may see them.
Not here: rules and limits (`pipelines.statistics.signals`), protection of small numbers.

The rules judge the last quarter. A theme that fell a year ago and stayed low no longer stands out
there, and the very quarters in which it is rare are withheld from the platform. So where the rules
are quiet, and where a series full of gaps has no limits at all, the last full year is set against
the year before: it moved when the two 95% intervals lie apart. Of themes that did not change 6 in
1000 do so, little beside the rules' own false alarms. A difference of two years is no trend; the
verdict says on what it rests.
"""

import pandas as pd

from pipelines.dimensions import NATIONAL

TABLE = "theme_course"
_UNFIT = ("withheld", "not_delivered")
SAME = "same"
COLUMNS = ["series", "indicator", "basis", "moved", "period", "compared_with", "by_chance"]
BY_YEARS = 0.006
"""Share of themes that did not change whose last two full years differ all the same."""


def theme_course(
    series: pd.DataFrame, figures: pd.DataFrame, signals: pd.DataFrame
) -> pd.DataFrame:
    """Say of every series whether it moved.

    Args:
        series: Rows of `theme_series`.
        figures: Figures in the long contract.
        signals: Rows of `signal`.

    Returns:
        One row per series with the columns of `COLUMNS`: `basis` is `signal_rules` (the last full
        quarter against the limits of its series), `years` (`period` against `compared_with`),
        `not_fit` (every figure is withheld for the quality of its data) or `none`; `moved` is `up`,
        `down` or `same`, missing without a verdict; `by_chance` is how often such a series would
        move if nothing had changed.
    """
    national = figures[(figures["dimension"] == NATIONAL) & (figures["statistic"] == "share")]
    years = national[(national["period_grain"] == "year") & (national["status"] == "ok")]
    charted = signals[
        (signals["dimension"] == NATIONAL)
        & (signals["statistic"] == "share")
        & (signals["period_grain"] == "quarter")
        & (signals["chart"] != "none")
    ].set_index("indicator")
    is_unfit = national["status"].isin(_UNFIT).groupby(national["indicator"]).all()
    rows = []
    for code, indicator in zip(series["series"], series["indicator"], strict=True):
        row: dict[str, object] = {"series": code, "indicator": indicator, "basis": "none"}
        own = years[years["indicator"] == indicator].sort_values("period").tail(2)
        by_years = _by_years(own)
        if is_unfit.get(indicator, False):
            row |= {"basis": "not_fit"}
        elif indicator in charted.index:
            signal = charted.loc[indicator]
            moved = SAME if pd.isna(signal["moved"]) else str(signal["moved"])
            row |= {"basis": "signal_rules", "moved": moved, "period": signal["period"]}
            # The rules have the first say and the years the second: two chances.
            row["by_chance"] = float(signal["false_alarm_rate"]) + (BY_YEARS if by_years else 0)
            if moved == SAME and by_years.get("moved", SAME) != SAME:
                row |= by_years
        else:
            row |= by_years
            row["by_chance"] = BY_YEARS if by_years else None
        rows.append(row)
    verdicts = pd.DataFrame(rows, columns=COLUMNS)
    return verdicts.astype(dict.fromkeys(COLUMNS[:-1], "string") | {"by_chance": "Float64"})


def _by_years(own: pd.DataFrame) -> dict[str, str]:
    """Verdict of the last full year against the one before; empty where either has no figure."""
    if len(own) < 2 or int(own["period"].iloc[1]) - int(own["period"].iloc[0]) != 1:  # noqa: PLR2004
        return {}
    before, after = own.iloc[0], own.iloc[1]
    return {
        "basis": "years",
        "moved": _apart(before, after),
        "period": str(after["period"]),
        "compared_with": str(before["period"]),
    }


def _apart(before: pd.Series, after: pd.Series) -> str:
    if after["lower"] > before["upper"]:
        return "up"
    return "down" if after["upper"] < before["lower"] else SAME
