"""Published files written by hand: a small inline table is all a test needs.

Here: `published`, which fills in what a test does not speak of, and `write` to a database.
Not here: what may be concluded from one (the tests).
"""

import io
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.audit import Published

_DEFAULTS = {
    "indicator": "a",
    "statistic": "started",
    "view": "cohort",
    "clock": "gross",
    "period_grain": "quarter",
    "period": "2026-Q1",
    "dimension": "national",
    "member": "national",
}
_NUMBERS = ["numerator", "denominator", "value", "n_at_risk"]


def published(
    figures: str,
    *,
    threshold: int = 5,
    rounding_base: int | None = None,
    audience: str = "platform",
    name: str = "r1",
    kinds: dict[str, str] | None = None,
    bases: str = "",
    clusters: str = "",
    **side: pd.DataFrame,
) -> Published:
    """A file whose figures are the lines of a table.

    Args:
        figures: Column names and rows, split by blanks; what is left out has the value of a start
            cohort of the country in the first quarter of 2026. `-` is no number; a row without any
            number is withheld.
        threshold: Least number that may be told.
        rounding_base: Multiple its counts are rounded to.
        audience: Whom it is for.
        name: Its publication id.
        kinds: Kind per indicator; a lead time where nothing is said.
        bases: Table of `indicator base within`, where bases are declared.
        clusters: Table of `dimension cluster member`.
        side: Tables beside the figures.
    """
    result = _table(figures)
    for column, value in _DEFAULTS.items():
        if column not in result:
            result[column] = value
    for column in _NUMBERS:
        given = result[column] if column in result else pd.Series("-", result.index)
        result[column] = pd.to_numeric(given, errors="coerce").astype(float)
    is_withheld = result[_NUMBERS].isna().all(axis=1)
    result["status"] = is_withheld.map({True: "suppressed", False: "ok"})
    indicators = sorted(result["indicator"].unique())
    indicator = pd.DataFrame({"indicator": indicators, "unit": "cases"})
    indicator["kind"] = [(kinds or {}).get(name, "lead_time") for name in indicators]
    base = pd.DataFrame({"base": [], "unit": [], "within": []}, dtype=object)
    if bases:
        declared = _table(bases).replace("-", "")
        indicator["base"] = indicator["indicator"].map(declared.set_index("indicator")["base"])
        base = declared.drop(columns="indicator").drop_duplicates().assign(unit="cases")
    members = pd.DataFrame({"dimension": [], "cluster": [], "member": []}, dtype=object)
    return Published(
        result=result,
        indicator=indicator,
        base=base,
        dimension_member=_table(clusters) if clusters else members,
        publication=pd.DataFrame(
            [
                {
                    "publication_id": name,
                    "audience": audience,
                    "threshold": threshold,
                    "rounding_base": rounding_base,
                    "reference_date": "2026-12-31",
                }
            ]
        ),
        side=side,
    )


def write(release: Published, path: Path) -> str:
    """Write such a file as a database; returns its path."""
    with duckdb.connect(str(path)) as connection:
        for name in ("result", "indicator", "base", "dimension_member", "publication"):
            connection.register("frame", getattr(release, name))
            connection.execute(f"create table {name} as select * from frame")
            connection.unregister("frame")
    return str(path)


def _table(text: str) -> pd.DataFrame:
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return pd.read_csv(io.StringIO(lines), sep=r"\s+", dtype=str)
