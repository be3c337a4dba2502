"""A full-size publication with simulated values, to look at pages and to browse in the tests.

Here: every hand-off of the built-in chain over nineteen quarters and the months and years with
them, drawn from a seeded generator.
Not here: any claim about the world or about the pipeline: values are drawn, not computed from
cases, and the file says that it is synthetic.

By hand: `python -m tests.dashboard.sample_publication FOLDER` writes one folder per audience.
"""

import csv
import math
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.indicators.verdict import Reason
from tests.dashboard.published_fixture import (
    KNOWN_AT,
    Row,
    publication_row,
    result_row,
    told,
    write_publication,
)
from tests.dashboard.sample_charts import chart_tables, course_rows
from tests.dashboard.sample_evaluations import (
    RISING,
    evaluation_tables,
    theme_indicators,
    theme_results,
)

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds" / "bewaken_beveiligen"
QUARTERS = [f"{year}-Q{quarter}" for year in range(2022, 2027) for quarter in range(1, 5)]
YEARS = ["2022", "2023", "2024", "2025", "2026"]
MONTHS = [
    f"{year}-{month:02d}"
    for year in range(2022, 2027)
    for month in range(1, 13)
    if (year, month) <= (2026, 10)
]
REGISTERED = {
    "K13": ("triage_lead_time", "triage_reversed", "Doorlooptijd triage", "Triage lead time"),
    "K20": (
        "dossier_sent_lead_time", "dossier_first_time_complete",
        "Aanwijzing tot verzonden dossier", "Designation to dossier sent",
    ),
    "K21": (
        "dossier_complete_lead_time", "dossier_first_time_complete",
        "Aanwijzing tot volledig dossier", "Designation to complete dossier",
    ),
}  # fmt: skip
TYPICAL = {"hours": 9.0, "calendar_days": 9.0, "working_days": 4.0}


def write_sample(root: Path, seed: int = 1) -> dict[str, Path]:
    """Write the sample for the three audiences below a folder; returns the folder of each."""
    folders = {}
    for audience in ("researcher", "platform", "advisory"):
        folders[audience] = root / audience
        publication_id = "2026-10-31_20261112T132000Z_5a3c1e7f9b20"
        write_publication(root / audience, sample_tables(audience, publication_id, seed),
                          publication_id)  # fmt: skip
    return folders


def sample_tables(audience: str, publication_id: str, seed: int = 1) -> dict[str, list[Row]]:
    """Return all rows of one audience's sample."""
    rng = np.random.default_rng(seed)
    seeds = {name: _seed(name) for name in ("handoffs", "norms", "dimension_members",
                                            "organisations", "milestones")}  # fmt: skip
    handoffs = [_handoff(row, seeds["organisations"]) for row in seeds["handoffs"]]
    norm_ids: dict[str, list[str]] = {}
    for row in seeds["norms"]:
        norm_ids.setdefault(row["handoff_id"], []).append(row["norm_id"])
    indicators = [
        {**_lead_time_indicator(row), "norm_ids": "|".join(norm_ids.get(row["handoff_id"], []))}
        for row in handoffs
    ] + _other_indicators()
    indicators += [
        _indicator(f"reconciliation_{row['handoff_id'].lower()}", "reconciliation", row["phase"],
                   row["handoff_id"], f"Overeenstemming: {row['label_nl']}",
                   f"Consistency: {row['label_en']}")
        for row in handoffs if row["sent_milestone"]
    ]  # fmt: skip
    norms: dict[str, float] = {}
    for row in seeds["norms"]:
        norms[row["handoff_id"]] = float(row["value"])
    members: dict[str, list[str]] = {}
    for row in seeds["dimension_members"]:
        members.setdefault(row["dimension"], []).append(row["member"])
    results: list[Row] = []
    for row in handoffs:
        results += _handoff_results(row, norms.get(row["handoff_id"]), members, rng)
    results += _other_results(rng)
    # A generator of their own: what is drawn for them leaves the rest of the sample as it was.
    of_themes = np.random.default_rng([seed, 1])
    evaluations = evaluation_tables(SEEDS, of_themes)
    if audience != "advisory":
        indicators += theme_indicators(evaluations["theme_series"])
        results += theme_results(evaluations["theme_series"], QUARTERS[:-1], YEARS, of_themes)
    if audience == "advisory":
        results = [_protected(row) for row in results if _is_for_advice(row)]
    deliveries, findings = _deliveries(seeds["milestones"], rng)
    linked = _linkage(rng)
    tables: dict[str, list[Row]] = {
        "publication": [publication_row(audience, publication_id)],
        "result": results,
        "indicator": indicators,
        "handoff": handoffs,
        "norm": [{**row, "valid_to": row["valid_to"] or None,
                  "is_illustrative": row["is_illustrative"] == "true",
                  "value": float(row["value"])} for row in seeds["norms"]],
        "dimension_member": [{**row, "sort_order": int(row["sort_order"])}
                             for row in seeds["dimension_members"]],
        "organisation": [{**row, "sort_order": int(row["sort_order"]),
                          "delivers": row["delivers"] == "true"}
                         for row in seeds["organisations"]],
        "milestone": [{**row, "is_derived": row["is_derived"] == "true"}
                      for row in seeds["milestones"]],
        "quality": _qualities(indicators, audience, rng),
        "delivery": deliveries,
        "delivery_month": _months(deliveries),
        "finding": findings,
        "finding_month": [
            {name: row.get(name) for name in ("organisation", "reference_date", "severity",
                                              "reason_nl", "reason_en", "state", "is_resolved")}
            for row in findings
        ],
        "linkage": linked,
        "linkage_share": [
            {**row, "linked_pct": min(max(round(100 * row["n_linked"] / row["n_keys"]), 5), 95)}
            for row in linked
        ],
        "suspected_double": [],
        "suspected_double_count": [
            {"key_kind": "case", "ground": "handoff", "is_merged": False, "n_pairs": 24},
            {"key_kind": "case", "ground": "person", "is_merged": False, "n_pairs": 14},
            {"key_kind": "case", "ground": "list", "is_merged": True, "n_pairs": 2},
        ],
        "input": [],
        "table_hash": [],
    }  # fmt: skip
    if audience == "advisory":
        return tables
    charts = chart_tables(results, indicators, tables["norm"])
    courses = {"theme_course": course_rows(evaluations["theme_series"], results, charts["signal"])}
    return tables | evaluations | charts | courses


def _months(deliveries: list[Row]) -> list[Row]:
    """The worst of the deliveries of a supplier and month, and how many were on time."""
    months: dict[tuple[Any, Any], list[Any]] = {}
    for row in deliveries:
        months.setdefault((row["organisation"], row["reference_date"]), []).append(row["status"])
    worst = ("damaged", "refused", "held", "missing", "late", "on_time")
    return [
        {"organisation": organisation, "reference_date": day,
         "status": min(statuses, key=worst.index),
         "on_time_pct": 100 * statuses.count("on_time") // len(statuses)}
        for (organisation, day), statuses in months.items()
    ]  # fmt: skip


def _linkage(rng: np.random.Generator) -> list[Row]:
    suppliers = ("om", "nctv", "politie", "kmar", "lcc")
    return [
        {"key_kind": "case", "level": "organisation", "organisation_a": supplier,
         "organisation_b": other, "n_keys": 900, "n_linked": int(rng.integers(0, 900))}
        for supplier in suppliers for other in suppliers if supplier != other
    ]  # fmt: skip


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _handoff(row: dict[str, str], organisations: list[dict[str, str]]) -> dict[str, Any]:
    nl = {organisation["organisation"]: organisation["label_nl"] for organisation in organisations}
    en = {organisation["organisation"]: organisation["label_en"] for organisation in organisations}

    def joined(codes: str, labels: dict[str, str], word: str) -> str:
        names = [labels.get(code, code) for code in codes.split("|")]
        return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" {word} {names[-1]}"

    return {
        **{key: value or None for key, value in row.items()},
        "dimensions": row["dimensions"],
        "tolerance_hours": float(row["tolerance_hours"]) if row["tolerance_hours"] else None,
        "is_assumption": row["is_assumption"] == "true",
        "from_label_nl": joined(row["from_organisation"], nl, "of"),
        "from_label_en": joined(row["from_organisation"], en, "or"),
        "to_label_nl": joined(row["to_organisation"], nl, "of"),
        "to_label_en": joined(row["to_organisation"], en, "or"),
    }


def _lead_time_indicator(row: Row) -> Row:
    identifier, balancing, label_nl, label_en = REGISTERED.get(
        row["handoff_id"],
        (f"lead_time_{row['handoff_id'].lower()}", None, row["label_nl"], row["label_en"]),
    )
    return _indicator(
        identifier, "lead_time", "doorlooptijd", row["handoff_id"], label_nl, label_en,
        question_nl=f"Hoe lang duurt ‘{row['label_nl']}’, en verandert dat?",
        question_en=f"How long does “{row['label_en']}” take, and is it changing?",
        unit=row["unit"], direction="lower", paragraph=row["paragraph"],
        balancing_indicator=balancing,
        dimensions=row["dimensions"], is_generic=row["handoff_id"] not in REGISTERED,
    )  # fmt: skip


def _other_indicators() -> list[Row]:
    share = {"unit": "share"}
    return [
        _indicator("triage_reversed", "share", "triage", "K13",
                   "Oordelen teruggedraaid na escalatie", "Judgments reversed by escalation",
                   direction="lower", **share),
        _indicator("dossier_first_time_complete", "share", "overdracht", "K20",
                   "Dossier in één keer volledig", "Dossier complete at first delivery",
                   direction="higher", **share),
        _indicator("direct_admission_share", "share", "triage", "K13",
                   "Aandeel directe opname", "Share of direct admissions",
                   direction="neutral", **share),
        _indicator("phase_out_cumulative_incidence", "cumulative_incidence", "afbouw", "K42",
                   "Afgebouwd binnen 12 maanden", "Phased out within 12 months",
                   direction="neutral", balancing_indicator="re_entry", **share),
        _indicator("phase_out_rate", "rate", "afbouw", None, "Afbouw per 100 persoonsjaren",
                   "Phase-outs per 100 person-years", direction="neutral",
                   unit="per_100_person_years", balancing_indicator="re_entry"),
        _indicator("re_entry", "share", "afbouw", None, "Heropname binnen 12 maanden",
                   "Re-entry within 12 months", direction="lower", **share),
        _indicator("stock", "stock", "omvang", None, "Personen in het stelsel",
                   "Persons in the system", direction="neutral", unit="persons"),
        _indicator("inflow", "flow", "omvang", None, "Instroom in het stelsel",
                   "Inflow into the system", direction="neutral", unit="persons"),
        _indicator("outflow", "flow", "omvang", None, "Uitstroom uit het stelsel",
                   "Outflow from the system", direction="neutral", unit="persons"),
        _indicator("exclusivity", "count", "stelsel", None,
                   "Persoonsgerichte maatregelen buiten het stelsel",
                   "Person-directed measures outside the system", direction="lower",
                   unit="cases"),
    ]  # fmt: skip


def _indicator(
    identifier: str, kind: str, family: str, handoff_id: str | None, label_nl: str, label_en: str,
    **columns: Any,
) -> Row:  # fmt: skip
    return {
        "indicator": identifier,
        "version": "1.0",
        "valid_from": date(2022, 1, 1),
        "kind": kind,
        "family": family,
        "handoff_id": handoff_id,
        "label_nl": label_nl,
        "label_en": label_en,
        "question_nl": f"Hoe staat het met ‘{label_nl.lower()}’, en verandert dat?",
        "question_en": f"How is “{label_en.lower()}” doing, and is it changing?",
        "why_nl": "Op dit koppelvlak wisselt de verantwoordelijkheid. Wie wacht, wacht hier.",
        "why_en": "Responsibility changes hands here. Whoever waits, waits here.",
        "numerator_nl": "Gevallen waarin het einde van de klok is vastgelegd.",
        "numerator_en": "Cases in which the end of the clock was recorded.",
        "denominator_nl": "Alle gevallen waarin de klok in de periode is gestart, ook de open.",
        "denominator_en": "All cases whose clock started in the period, open ones included.",
        "owner": "Kenniscentrum bewaken en beveiligen",
        "author": "Kwaliteitsplatform",
        "checker": "Kenniscentrum",
        "next_review": date(2027, 6, 1),
        "dimensions": "",
        "is_generic": False,
        "paragraph": "6.1",
        **columns,
    }


def _handoff_results(
    row: Row, norm: float | None, members: dict[str, list[str]], rng: np.random.Generator
) -> list[Row]:
    identifier = REGISTERED.get(row["handoff_id"], (f"lead_time_{row['handoff_id'].lower()}",))[0]
    unit, side = row["unit"], row["clock_side"]
    base = TYPICAL[unit] * rng.lognormal(0, 0.5)
    volume = int(rng.integers(20, 320)) * (4 if row["phase"] == "lokaal" else 1)
    drift = rng.choice([0.0, 0.0, 0.0, 1.2, -0.45])
    if row["handoff_id"] == "K13":
        base, volume, drift = 11.5, 98, 0.0
    if row["handoff_id"] == "K20":
        base, drift = 4.0, 0.5
    rare = row["handoff_id"] in {"K16", "K19"}
    if rare:
        volume = 7

    def level(index: float) -> float:
        step = -0.32 if row["handoff_id"] == "K13" and index >= 16 else 0.0
        return float(base * (1 + drift * max(0.0, index - 9) / 10 + step))

    rows: list[Row] = []
    for periods, per_year in ((QUARTERS, 4), (YEARS, 1), (MONTHS, 12)):
        for index, period in enumerate(periods):
            place = (index + 0.5) * (4 / per_year) - 0.5
            n = int(rng.poisson(volume * 4 / per_year))
            recent = period in {"2026-Q4", "2026-10"}
            common: dict[str, Any] = {"unit": unit, "side": side}
            rows += _cohort(identifier, period, level(place), n, norm, recent, common, rng)
    for dimension in (code for code in row["dimensions"].split("|") if code):
        for index, year in enumerate(YEARS):
            for member in members[dimension]:
                n = int(rng.poisson(4 * volume / len(members[dimension])))
                common = {"unit": unit, "side": side, "dimension": dimension, "member": member}
                value = level(index * 4 + 2) * rng.lognormal(0, 0.2)
                rows += _cohort(identifier, year, value, n, norm, False, common, rng)
    if row["sent_milestone"]:
        for period in QUARTERS:
            total = int(rng.poisson(volume))
            parts = rng.multinomial(total, [0.91, 0.05, 0.025, 0.01, 0.005])
            names = ("matched", "out_of_tolerance", "sent_never_received", "received_never_sent",
                     "negative")  # fmt: skip
            rows += [
                result_row(f"reconciliation_{row['handoff_id'].lower()}", name, period, side="both",
                           unit="share", value=part / total if total else None,
                           numerator=float(part), denominator=float(total))
                for name, part in zip(names, parts, strict=True)
            ]  # fmt: skip
    return rows


def _cohort(
    identifier: str, period: str, level: float, n: int, norm: float | None, recent: bool,
    common: dict[str, Any], rng: np.random.Generator,
) -> list[Row]:  # fmt: skip
    n_open = int(n * (0.7 if recent else 0.02 + 0.1 * (period >= "2026")))
    done = n - n_open
    value = level * rng.lognormal(0, 0.9 / math.sqrt(max(n, 4)))
    spread = math.exp(1.9 / math.sqrt(max(n, 3)))
    status = "too_recent" if recent else "no_data" if n == 0 else "suppressed" if n < 5 else "ok"
    rows = []
    for statistic, factor in (("median", 1.0), ("p90", 2.9)):
        of_statistic = status
        if status == "ok" and statistic == "p90" and n < 12:
            of_statistic = "not_reached"
        shown = of_statistic == "ok"
        open_ended = statistic == "p90" and n < 25
        rows.append(
            result_row(
                identifier, statistic, period, status=of_statistic,
                value=value * factor if shown else None,
                lower=value * factor / spread if shown else None,
                upper=value * factor * spread if shown and not open_ended else None,
                numerator=float(done) if shown else None,
                denominator=None if status == "suppressed" else float(n),
                n_at_risk=float(max(1, n // (2 if statistic == "median" else 10)))
                if shown else None,
                **common,
            )
        )  # fmt: skip
    if norm is not None:
        within = 1 - math.exp(-max(norm, 0.6) / (value * 1.25))
        half = 1.96 * math.sqrt(within * (1 - within) / max(n, 3))
        rows.append(
            result_row(
                identifier, "share_within_norm", period, status=status,
                value=within if status == "ok" else None,
                lower=max(0.0, within - half) if status == "ok" else None,
                upper=min(1.0, within + half) if status == "ok" else None,
                numerator=float(round(within * n)) if status == "ok" else None,
                denominator=float(n) if status == "ok" else None, **{**common, "unit": "share"},
            )
        )  # fmt: skip
    counts = {**common, "unit": "count"}
    hidden = status == "suppressed"
    for statistic, view, number in (
        ("started", "cohort", n), ("completed", "cohort", done), ("open", "cohort", n_open),
        ("open", "open", n_open), ("negative", "cohort", int(rng.poisson(0.004 * n))),
    ):  # fmt: skip
        rows.append(
            result_row(identifier, statistic, period, view=view, status="suppressed" if hidden
                       else "ok", value=None if hidden else float(number), **counts)
        )  # fmt: skip
    shown = status == "ok"
    rows.append(
        result_row(identifier, "median", period, view="completed", status=status,
                   value=value * 0.82 if shown else None, denominator=float(done) if shown
                   else None, **common)
    )  # fmt: skip
    rows.append(
        result_row(identifier, "median_age_days", period, view="open", status=status if n_open
                   else "no_data", value=value * 2.2 if shown and n_open else None,
                   denominator=float(n_open) if shown else None,
                   **{**common, "unit": "calendar_days"})
    )  # fmt: skip
    return rows


def _other_results(rng: np.random.Generator) -> list[Row]:
    rows: list[Row] = []
    shares = {"triage_reversed": 0.05, "dossier_first_time_complete": 0.72,
              "direct_admission_share": 0.68, "re_entry": 0.09}  # fmt: skip
    for periods in (QUARTERS, YEARS):
        for index, period in enumerate(periods):
            last = period in {"2026-Q4"}
            for name, share in shares.items():
                n = int(rng.poisson(90))
                k = int(rng.binomial(n, share))
                low, high = _wilson(k, n)
                status = (
                    "too_recent" if last or (name == "re_entry" and period >= "2025-Q4") else "ok"
                )
                ok = status == "ok"
                rows.append(
                    result_row(
                        name,
                        "share",
                        period,
                        unit="share",
                        view="cohort",
                        side="receiver",
                        status=status,
                        value=k / n if ok else None,
                        lower=low if ok else None,
                        upper=high if ok else None,
                        numerator=float(k) if ok else None,
                        denominator=float(n) if ok else None,
                    )
                )
            for window, usual in (("6m", 0.11), ("12m", 0.27), ("24m", 0.46)):
                level = usual * (0.75 if index > 9 and len(periods) > 10 else 1.0)
                need = {"6m": "2026-Q2", "12m": "2025-Q4", "24m": "2024-Q4"}[window]
                ok = period < need
                rows.append(
                    result_row(
                        "phase_out_cumulative_incidence",
                        f"cumulative_incidence_{window}",
                        period,
                        unit="share",
                        status="ok" if ok else "too_recent",
                        value=level if ok else None,
                        lower=level - 0.08 if ok else None,
                        upper=level + 0.08 if ok else None,
                        denominator=84.0,
                        n_at_risk=61.0 if ok else None,
                    )
                )
            rows.append(
                result_row(
                    "phase_out_rate",
                    "rate",
                    period,
                    view="completed",
                    unit="per_100_person_years",
                    value=14 - 0.2 * index,
                    lower=10 - 0.2 * index,
                    upper=19 - 0.2 * index,
                    numerator=44.0,
                    denominator=314.0,
                )
            )
            stock = 410 + 9 * index + int(rng.integers(-6, 6))
            rows.append(
                result_row(
                    "stock", "count", period, view="open", unit="persons", value=float(stock)
                )
            )
            rows.append(
                result_row(
                    "inflow",
                    "count",
                    period,
                    view="cohort",
                    unit="persons",
                    value=float(rng.poisson(74)),
                    lower=60.0,
                    upper=92.0,
                )
            )
            rows.append(
                result_row(
                    "outflow",
                    "count",
                    period,
                    view="completed",
                    unit="persons",
                    value=float(rng.poisson(62)),
                    lower=48.0,
                    upper=80.0,
                )
            )
            violations = float(rng.poisson(0.3))
            rows.append(
                result_row(
                    "exclusivity",
                    "count",
                    period,
                    unit="cases",
                    view="completed",
                    value=violations,
                    lower=0.0,
                    upper=3.6889 + 2 * violations,
                )
            )
    return rows  # fmt: skip


def _wilson(k: int, n: int) -> tuple[float, float]:
    z, p = 1.959964, k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return centre - half, centre + half


def _is_for_advice(row: Row) -> bool:
    return row["period_grain"] == "quarter" and row["dimension"] == "national"


def _protected(row: Row) -> Row:
    """Withhold what rests on fewer than ten, as the advisory body's file does."""
    known = [row.get(name) for name in ("denominator", "numerator")]
    few = any(count is not None and count < 10 for count in known)
    few = few or (row["unit"] in {"cases", "persons"} and (row.get("value") or 0) < 10)
    if not few:
        hides_interval = row["statistic"] in {"median", "p90"}
        return {**row, "lower": None, "upper": None} if hides_interval else row
    empty = dict.fromkeys(("numerator", "denominator", "value", "lower", "upper", "n_at_risk"))
    return {**row, **empty, "status": "suppressed"}


def _qualities(indicators: list[Row], audience: str, rng: np.random.Generator) -> list[Row]:
    # A researcher reads which table it was, everybody else whose.
    whose: tuple[Any, Any] = (
        {"nl": "OM", "en": "Prosecution service"},
        {"nl": "NCTV", "en": "NCTV"},
    )
    table, stale = ("om_intake", "nctv_triage") if audience == "researcher" else whose
    late = [{"table": table, "n": 2, "last": "2026-09-30"}]
    reasons = {
        "good": told(),
        "caution": told(Reason("late", {"deliveries": late}), Reason("set_aside", {"share": 0.03})),
        "not_fit": told(Reason("stale", {"names": [stale]})),
    }
    rows: list[Row] = []
    for indicator in indicators:
        badge = str(rng.choice(list(reasons), p=[0.7, 0.25, 0.05]))
        if indicator["handoff_id"] in {"K13", "K20"}:
            badge = "good" if indicator["handoff_id"] == "K13" else "caution"
        if indicator["handoff_id"] == "K34":
            badge = "not_fit"
        # What is listed is looked up on its own page.
        if indicator["indicator"] == f"theme_{RISING}":
            badge = "good"
        rows.append({"indicator": indicator["indicator"], "badge": badge,
                     "reasons": reasons[badge], "n_findings": 0 if badge == "good" else 3,
                     "n_missing_deliveries": 3 if badge == "not_fit" else 0,
                     "n_late_deliveries": 2 if badge == "caution" else 0})  # fmt: skip
    return rows


def _deliveries(
    milestones: list[dict[str, str]], rng: np.random.Generator
) -> tuple[list[Row], list[Row]]:
    tables = sorted({(row["organisation"], row["table_name"]) for row in milestones})
    months = [date(2024, 12, 31)]
    while months[-1] < date(2026, 10, 31):
        after = months[-1] + timedelta(days=1)
        months.append((after + timedelta(days=32)).replace(day=1) - timedelta(days=1))
    deliveries: list[Row] = []
    findings: list[Row] = []
    for organisation, table in tables:
        for month in months:
            odds = [0.93, 0.05, 0.01, 0.01]
            if organisation == "aivd" and date(2025, 10, 1) <= month <= date(2025, 12, 31):
                odds = [0.0, 1.0, 0.0, 0.0]
            status = str(rng.choice(["on_time", "late", "missing", "refused"], p=odds))
            arrived = status != "missing"
            deliveries.append(
                {
                    "organisation": organisation,
                    "table_name": table,
                    "reference_date": month,
                    "version": 1,
                    "status": status,
                    "due_on": month + timedelta(days=14),
                    "received_on": KNOWN_AT.date() if arrived else None,
                    "rows": int(rng.integers(20, 900)) if arrived else None,
                    "rows_quarantined": int(rng.poisson(0.6)),
                    "sha256": None,
                    "contract_version": "1.0.0",
                    "is_used": status in {"on_time", "late"},
                }
            )
            if rng.random() < 0.12 and arrived:
                rule, severity, nl, en = FINDINGS[int(rng.integers(len(FINDINGS)))]
                findings.append(
                    {
                        "organisation": organisation,
                        "table_name": table,
                        "reference_date": month,
                        "version": 1,
                        "rule": rule,
                        "severity": severity,
                        "column_name": None,
                        "n_rows": int(rng.integers(1, 12)),
                        "n_total": 400,
                        "reason_nl": nl,
                        "reason_en": en,
                        "state": str(rng.choice(["new", "persisting", "known"])),
                        "is_resolved": bool(rng.random() < 0.4),
                    }
                )
    return deliveries, findings  # fmt: skip


FINDINGS = [
    ("stop_before_start", "warning", "Het einde ligt vóór het begin; niet meegeteld.",
     "The stop lies before the start; not counted."),
    ("required_value_missing", "warning", "Een verplicht veld is leeg.",
     "A required field is empty."),
    ("unknown_member", "critical", "De waarde staat niet in de afgesproken lijst.",
     "The value is not in the agreed list."),
    ("day_beside_timestamp", "info", "Datum zonder tijd bij een tijdstip.",
     "A date without a time where a moment is agreed."),
]  # fmt: skip


if __name__ == "__main__":
    for path in write_sample(Path(sys.argv[1])).values():
        print(path)
