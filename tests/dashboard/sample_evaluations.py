"""Themes and answers of the sample publication: every theme of the codebook, drawn, not computed.

Here: rows of the tables about evaluations and experience, and their figures in `result`.
Not here: any claim about the world; the file says that it is synthetic.
"""

import csv
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from tests.dashboard.published_fixture import Row, result_row

QUESTIONS = (
    "tijdig_geinformeerd", "vaste_contactpersoon", "duidelijke_rolverdeling",
    "overdracht_soepel", "gehoord_en_betrokken", "afbouw_goed_begeleid",
)  # fmt: skip
_N = 60
# Of this one more is found in the last year and a half, at one hand-off too: it stands on the list.
RISING, _RISES_FROM, _RISEN = "dossier_onvolledig", "2025-Q2", 0.7


def theme_indicators(series: list[Row]) -> list[Row]:
    """What the register says of every series."""
    return [
        {
            **{name: theme[name] for name in ("indicator", "label_nl", "label_en")},
            "version": "1.0", "kind": "share", "family": "evaluation", "unit": "share",
            "direction": "neutral", "handoff_id": None, "is_generic": True,
        }
        for theme in series
    ]  # fmt: skip


def evaluation_tables(seeds: Path, rng: np.random.Generator) -> dict[str, list[Row]]:
    """Rows per table, without `result` and what is concluded from it."""
    book = [_dated(row) for row in _read(seeds / "codebook.csv")]
    series = _series(book)
    pairs = combinations([theme["series"] for theme in series if theme["comparable_group"]], 2)
    return {
        "theme": book,
        "theme_mapping": [
            {**row, "version": int(row["version"])} for row in _read(seeds / "codebook_mapping.csv")
        ],
        "theme_series": series,
        "theme_agreement": [
            _agreement(theme["series"], place) for place, theme in enumerate(series)
        ],
        "theme_cooccurrence": [
            {"period_grain": "all", "period": "all", "first": first, "second": second,
             "numerator": 40.0, "denominator": 900.0, "expected": 0.02, "value": 0.044,
             "lower": 0.033, "upper": 0.06, "association": "more" if place < 3 else "as_expected",
             "status": "ok"}
            for place, (first, second) in enumerate(pairs)
        ],
        "experience_result": [
            row
            for wave in ("2024", "2025", "2026")
            for group in ("beveiligd_persoon", "professional")
            for question in QUESTIONS
            for row in _answers(wave, group, question, rng)
        ],
    }  # fmt: skip


def theme_results(
    series: list[Row], quarters: list[str], years: list[str], rng: np.random.Generator
) -> list[Row]:
    """Prevalence of every series, nationally and at two hand-offs."""
    rows: list[Row] = []
    for theme in series:
        share = rng.uniform(0.1, 0.4)
        for period in (*quarters, *years):
            is_up = theme["series"] == RISING and "Q" in period and period >= _RISES_FROM
            found = _RISEN if is_up else share
            rows.append(_share(theme["indicator"], period, int(rng.binomial(_N, found))))
            rows += [
                _share(theme["indicator"], period, int(rng.binomial(_N, found / 2)),
                       dimension="handoff_id", member=handoff)
                for handoff in ("K13", "K21")
            ]  # fmt: skip
    return rows


def _share(indicator: str, period: str, n: int, **changes: Any) -> Row:
    return result_row(
        indicator, "share", period, unit="share", side="both", value=n / _N,
        lower=max(0.0, n / _N - 0.1), upper=min(1.0, n / _N + 0.1), numerator=float(n),
        denominator=float(_N), **changes,
    )  # fmt: skip


def _series(book: list[Row]) -> list[Row]:
    codes = [str(row["theme"]) for row in book]
    grouped = [row for row in book if row["theme"] == row["comparable_group"]]
    parts = [row for row in book if row["theme"] != row["comparable_group"]]
    groups = {str(row["comparable_group"]) for row in parts}
    return [
        {
            **{name: row[name] for name in ("comparable_group", "label_nl", "label_en", "facet")},
            "series": row["theme"],
            "indicator": f"theme_{row['theme']}",
            "is_group": row["theme"] in groups,
            "started_on": row["valid_from"],
            "ended_on": None,
            "breaks": "2025-07-01" if row["theme"] in groups else "",
            "sort_order": codes.index(str(row["theme"])),
        }
        for row in (*grouped, *parts)
    ]


def _agreement(series: str, place: int) -> Row:
    verdict = "not_reliable" if place == 1 else "reliable"
    return {"series": series, "minimum_alpha": 0.667, "verdict": verdict}


def _answers(wave: str, group: str, question: str, rng: np.random.Generator) -> list[Row]:
    counts = rng.multinomial(115, [0.08, 0.14, 0.26, 0.37, 0.15])
    total = float(counts.sum())
    cell = {"wave": wave, "respondent_group": group, "question": question, "status": "ok"}
    middle = int(np.argmax(np.cumsum(counts) * 2 >= total)) + 1
    shares: list[Row] = [
        {**cell, "statistic": "share", "low": float(place), "high": float(place),
         "numerator": float(n), "denominator": total, "value": n / total,
         "lower": max(0.0, n / total - 0.07), "upper": min(1.0, n / total + 0.07)}
        for place, n in enumerate(counts, start=1)
    ]  # fmt: skip
    return [
        *shares,
        {**cell, "statistic": "median", "low": float(middle), "high": float(middle),
         "denominator": total},
        {**cell, "statistic": "not_applicable", "numerator": 8.0, "denominator": total + 8,
         "value": 8 / (total + 8), "lower": 0.03, "upper": 0.12},
    ]  # fmt: skip


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _dated(row: dict[str, str]) -> dict[str, Any]:
    return {
        **row,
        "version": int(row["version"]),
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    }
