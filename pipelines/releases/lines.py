"""The lines of a release: what it shows, withholds, or has not in its catalogue.

Here: table `catalogue` of a release, from the figures in it.
Not here: which lines a build shows (`pipelines.disclosure.lines`), and which of their figures a
release takes over (`freeze`).

A build shows periods that a release does not have yet, and not all that it froze.
"""

import pandas as pd

from pipelines.disclosure.catalogue import LADDER_GRAINS
from pipelines.disclosure.lines import NOT_IN_CATALOGUE, WITHHELD
from pipelines.disclosure.lines import SHOWN as IS_SHOWN
from pipelines.indicators.lead_time_cells import CLUSTERED
from pipelines.periods import last_day
from pipelines.releases.revision import SHOWN

LINE = ["indicator", "view", "statistic", "clock", "dimension", "calendar_year"]


def lines_of(result: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Say of every line of a release what becomes of it.

    Returns:
        The columns of `catalogue`, one row a line and calendar year: `shown`, at the finest rung
        that has a number; `withheld` where it has rows and none with a number; and those of the
        build that are not in the catalogue. Of other lines the release has nothing.
    """
    dimension = result["dimension"].astype(str)
    free = catalogue.loc[catalogue["is_without_threshold"].astype(bool), "indicator"]
    is_shown = result["status"] == SHOWN
    found = result.assign(
        dimension=dimension.str.removesuffix(CLUSTERED),
        calendar_year=[last_day(period).year for period in result["period"]],
        is_clustered=dimension.str.endswith(CLUSTERED),
        is_without_threshold=result["indicator"].isin(free),
        status=is_shown.map({True: IS_SHOWN, False: WITHHELD}),
        is_withheld=~is_shown,
        grain=result["period_grain"].map(LADDER_GRAINS.index),
    ).sort_values(["is_withheld", "grain", "is_clustered"])
    left_out = catalogue[catalogue["status"] == NOT_IN_CATALOGUE]
    lines = pd.concat([found[catalogue.columns], left_out], ignore_index=True)
    return lines.drop_duplicates(LINE).sort_values(LINE, ignore_index=True)
