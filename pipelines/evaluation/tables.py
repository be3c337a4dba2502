"""Evaluations and experiences, from marts to the tables that are published.

Here: reading the marts, and the order of work.
Not here: the figures themselves (`prevalence`, `reliability`, `experience`), who may see what
(`pipelines.publication.audiences`).
"""

import duckdb
import pandas as pd
import pyarrow as pa

from pipelines.evaluation.codebook import Codebook, Series
from pipelines.evaluation.experience import experience_distribution
from pipelines.evaluation.prevalence import cooccurrence, theme_figures
from pipelines.evaluation.reliability import theme_agreement
from pipelines.warehouse import relation_exists, write_table

_CODED = "from marts.fct_evaluation where is_coded"


def read_series(connection: duckdb.DuckDBPyConnection) -> tuple[Series, ...]:
    """Every series of the codebook; none in a chain without evaluations.

    Raises:
        CodebookError: Versions of the codebook do not fit together.
    """
    if not relation_exists(connection, "marts", "fct_evaluation"):
        return ()
    return Codebook.from_frames(
        # In the order written: the order of pages and packs.
        connection.execute("from marts.dim_theme").df(),
        connection.execute("from marts.dim_theme_mapping").df(),
    ).series


def prevalence_figures(
    connection: duckdb.DuckDBPyConnection, series: tuple[Series, ...]
) -> pd.DataFrame:
    """Prevalence of every series in the long contract; empty in a chain without evaluations."""
    if not series:
        return pd.DataFrame()
    return theme_figures(series, *_first_coder(connection))


def write_evaluation_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Compute what does not fit the long contract and write it to the schema `indicators`.

    Returns:
        Number of rows by table; empty in a chain without evaluations.

    Raises:
        CodebookError: Versions of the codebook do not fit together.
    """
    series = read_series(connection)
    if not series:
        return {}
    evaluations, codes = _first_coder(connection)
    groups = [theme_series for theme_series in series if theme_series.code == theme_series.group]
    frames = {
        "theme_series": _series_frame(series),
        "theme_cooccurrence": cooccurrence(groups, evaluations, codes),
        "theme_agreement": theme_agreement(series, *_both_coders(connection)),
        "experience_result": experience_distribution(
            connection.execute(
                "select wave, respondent_group, question, score from marts.fct_experience"
            ).df()
        ),
    }
    connection.execute("create schema if not exists indicators")
    for name, frame in frames.items():
        connection.execute(f"drop table if exists indicators.{name}")
        # Nothing coded yet: no table. Of answers there is one, whose page says why it is empty.
        if len(frame.columns):
            write_table(connection, f"indicators.{name}", frame)
    return {name: len(frame) for name, frame in frames.items()}


def _first_coder(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (
        connection.execute(f"select record_key, held_on, codebook_version {_CODED}").df(),
        connection.execute(
            "select record_key, theme, handoff_id from marts.fct_evaluation_theme where coder = 'a'"
        ).df(),
    )


def _both_coders(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (
        connection.execute(
            f"""
            select record_key, 'a' as coder, codebook_version {_CODED}
            union all by name
            select record_key, 'b' as coder, second_codebook_version as codebook_version {_CODED}
                and second_codebook_version is not null
            """
        ).df(),
        connection.execute("select record_key, coder, theme from marts.fct_evaluation_theme").df(),
    )


def _series_frame(series: tuple[Series, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "series": theme_series.code,
            "indicator": theme_series.indicator,
            "comparable_group": theme_series.group,
            "is_group": theme_series.is_group,
            "label_nl": theme_series.label_nl,
            "label_en": theme_series.label_en,
            "facet": theme_series.facet,
            "started_on": theme_series.started_on,
            "ended_on": theme_series.ended_on,
            "breaks": "|".join(day.isoformat() for day in theme_series.breaks),
            "sort_order": place,
        }
        for place, theme_series in enumerate(series)
    )
    # Where no theme has ended yet, nothing in the column tells that it holds days.
    return frame.astype(dict.fromkeys(("started_on", "ended_on"), pd.ArrowDtype(pa.date32())))
