"""Themes and answers, counted again from the observable tables and the seeds.

Here: plain loops over evaluations and answers, from the methods' text alone.
Not here: intervals of the figures, and protection of small numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pandas as pd

from tests.indicators.recompute.figures import NATIONAL, name_of_period
from tests.indicators.recompute.marts import day_of
from tests.indicators.recompute.milestones import Day, Tables, read_seed

CELL = ["series", "period_grain", "period", "dimension", "member"]


@dataclass(frozen=True)
class Evaluation:
    """One evaluation that was held and coded by the first coder."""

    held_on: pd.Timestamp
    version: int
    second_version: int | None
    found: frozenset[tuple[str, str]]
    found_by_second: frozenset[str]


def coded_evaluations(tables: Tables, reference: Day) -> list[Evaluation]:
    """Every evaluation a theme can be found in."""
    rows = tables["kc_evaluatie"]
    rows = rows.assign(held_on=day_of(rows, "gehouden_op", reference))
    found = []
    for _, own in rows[rows["held_on"].notna()].groupby("evaluatie_nr"):
        by_coder = {coder: own[own["codeur"] == coder] for coder in "ab"}
        versions = {
            coder: mine["codeboekversie"].dropna().astype(int).max()
            for coder, mine in by_coder.items()
        }
        if pd.isna(versions["a"]):
            continue
        themes = {coder: mine[mine["thema"].notna()] for coder, mine in by_coder.items()}
        found.append(
            Evaluation(
                own["held_on"].iloc[0],
                int(versions["a"]),
                None if pd.isna(versions["b"]) else int(versions["b"]),
                frozenset(zip(themes["a"]["thema"], themes["a"]["koppelvlak"], strict=True)),
                frozenset(themes["b"]["thema"]),
            )
        )
    return found


def series_of(seeds: Path) -> dict[str, dict[int, set[str]]]:
    """Themes that count in each series, by version of the codebook."""
    book = read_seed(seeds, "codebook").fillna("9999-12-31")
    starts = {int(row.version): row.valid_from for row in book.itertuples()}
    series: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in book.itertuples():
        for version, start in starts.items():
            if int(row.version) <= version and row.valid_from <= start <= row.valid_to:
                series[row.comparable_group][version].add(row.theme)
                if row.theme not in set(book["comparable_group"]):
                    series[row.theme][version].add(row.theme)
    return {name: dict(themes) for name, themes in series.items()}


def prevalence(evaluations: list[Evaluation], series: dict[str, dict[int, set[str]]]):
    """Numerator and denominator of every series, national and per hand-off."""
    of: Counter[tuple[str, str, str]] = Counter()
    with_it: Counter[tuple[str, str, str, str]] = Counter()
    places: dict[str, set[str]] = defaultdict(set)
    for evaluation in evaluations:
        for name, themes in series.items():
            if evaluation.version not in themes:
                continue
            here = {
                place for theme, place in evaluation.found if theme in themes[evaluation.version]
            }
            places[name] |= here
            for grain in ("month", "quarter", "year", "all"):
                period = name_of_period(evaluation.held_on, grain)
                of[name, grain, period] += 1
                for place in {NATIONAL, *here} if here else set():
                    with_it[name, grain, period, place] += 1
    rows = []
    for (name, grain, period), n in of.items():
        shown = {NATIONAL} | (places[name] if grain in {"quarter", "year"} else set())
        for place in shown:
            dimension = NATIONAL if place == NATIONAL else "handoff_id"
            count = with_it[name, grain, period, place]
            rows.append((name, grain, period, dimension, place, float(count), float(n)))
    return pd.DataFrame(rows, columns=[*CELL, "numerator", "denominator"])


def found_in(evaluation: Evaluation, themes: dict[int, set[str]]) -> bool | None:
    """Whether the first coder found a series in an evaluation; None where he could not."""
    if evaluation.version not in themes:
        return None
    return any(theme in themes[evaluation.version] for theme, _ in evaluation.found)


def pairs(evaluations: list[Evaluation], groups: dict[str, dict[int, set[str]]]):
    """How many evaluations hold two series, of how many in which both could be found."""
    both: Counter[tuple[str, str, frozenset[str]]] = Counter()
    of: Counter[tuple[str, str, frozenset[str]]] = Counter()
    for evaluation in evaluations:
        for grain in ("year", "all"):
            period = name_of_period(evaluation.held_on, grain)
            for first, second in combinations(groups, 2):
                found = found_in(evaluation, groups[first]), found_in(evaluation, groups[second])
                if None not in found:
                    of[grain, period, frozenset((first, second))] += 1
                    both[grain, period, frozenset((first, second))] += all(found)
    return {key: (both[key], n) for key, n in of.items()}


def binary_alpha(codes: list[tuple[bool, bool]]) -> float | None:
    """Krippendorff's alpha of two coders and two values, from the coincidence matrix."""
    ones = sum(a + b for a, b in codes)
    n = 2 * len(codes)
    if not 0 < ones < n:
        return None
    observed = sum(a != b for a, b in codes) / len(codes)
    return 1 - observed / (2 * ones * (n - ones) / (n * (n - 1)))


def double_codes(
    evaluations: list[Evaluation], themes: dict[int, set[str]]
) -> list[tuple[bool, bool]]:
    """What both coders said of a series, over the evaluations both coded alike."""
    return [
        (
            bool(found_in(evaluation, themes)),
            not evaluation.found_by_second.isdisjoint(themes[evaluation.version]),
        )
        for evaluation in evaluations
        if evaluation.second_version == evaluation.version and evaluation.version in themes
    ]


def answers(tables: Tables, reference: Day) -> Iterator[tuple[str, str, str, Counter[str]]]:
    """Wave, group, question and how often each answer was given."""
    rows = tables["kc_ervaring"]
    rows = rows[rows["ronde"].astype(int) <= reference.date.year]
    for (wave, group, question), own in rows.groupby(["ronde", "groep", "vraag"]):
        yield str(wave), str(group), str(question), Counter(own["antwoord"])
