"""Whether a theme emerges or fades: by the signal rules, or by years where quarters are too few.

Here: one verdict per series, from figures and signals as an audience may see them.
Not here: rules and limits (`pipelines.statistics.signals`), protection of small numbers.

A rare theme has withheld quarters, and no limits rest on a series full of gaps. Its last full year
is then set against the year before: it moved when the two 95% intervals lie apart. That is strict,
and a difference of two years is no trend; the verdict says on what it rests.
"""

import pandas as pd

TABLE = "theme_course"
_UNFIT = ("withheld", "not_delivered")
COLUMNS = ["series", "indicator", "basis", "moved", "period", "compared_with"]


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
        `down` or `same`, missing without a verdict.
    """
    national = figures[(figures["dimension"] == "national") & (figures["statistic"] == "share")]
    years = national[(national["period_grain"] == "year") & (national["status"] == "ok")]
    charted = signals[
        (signals["dimension"] == "national")
        & (signals["statistic"] == "share")
        & (signals["period_grain"] == "quarter")
        & (signals["chart"] != "none")
    ].set_index("indicator")
    is_unfit = national["status"].isin(_UNFIT).groupby(national["indicator"]).all()
    rows = []
    for code, indicator in zip(series["series"], series["indicator"], strict=True):
        row: dict[str, object] = {"series": code, "indicator": indicator, "basis": "none"}
        own = years[years["indicator"] == indicator].sort_values("period").tail(2)
        if is_unfit.get(indicator, False):
            row |= {"basis": "not_fit"}
        elif indicator in charted.index:
            signal = charted.loc[indicator]
            moved = "same" if pd.isna(signal["moved"]) else str(signal["moved"])
            row |= {"basis": "signal_rules", "moved": moved, "period": signal["period"]}
        elif len(own) == 2 and int(own["period"].iloc[1]) - int(own["period"].iloc[0]) == 1:  # noqa: PLR2004
            before, after = own.iloc[0], own.iloc[1]
            row |= {
                "basis": "years",
                "moved": _apart(before, after),
                "period": after["period"],
                "compared_with": before["period"],
            }
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS).astype("string")


def _apart(before: pd.Series, after: pd.Series) -> str:
    if after["lower"] > before["upper"]:
        return "up"
    return "down" if after["upper"] < before["lower"] else "same"
