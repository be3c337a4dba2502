"""Information: products, threat levels, signals, high-risk moments, and informing people.

Here: K05, K08, K22, K34, K35, K37 and K38. Not here: the decisions these serve.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.chronicle import Chronicle, fact, moment, record_numbers, where_known
from pipelines.simulation.draws import arrivals, at_least, at_least_so_many, happens, lead, pick
from pipelines.simulation.local_domain import LocalDomain
from pipelines.simulation.moments import (
    HOUR,
    Moments,
    Whole,
    in_office,
)
from pipelines.simulation.protection import Protection
from pipelines.simulation.triage import Triage

SUPPLIERS = ("politie", "kmar", "aivd", "mivd")
PREFIXES = {"politie": "PP", "kmar": "PK", "aivd": "PA", "mivd": "PM"}
SIGNAL_PREFIXES = {"politie": "SP", "kmar": "SK", "aivd": "SA", "mivd": "SM"}
# Who makes an assessment (DI, DA), by phenomenon in the order of `PHENOMENA`.
MAKERS = np.array(
    [
        [0.90, 0.10, 0.00, 0.00],
        [0.45, 0.08, 0.42, 0.05],
        [0.08, 0.05, 0.62, 0.25],
        [0.88, 0.12, 0.00, 0.00],
        [0.80, 0.08, 0.12, 0.00],
    ]
)
MEDIAN_DAYS = {"IRD": 3.0, "DI": 9.0, "DA": 20.0, "RA": 24.0, "WA": 26.0}
LEVELS = ("laag", "matig", "substantieel", "ernstig", "kritiek")
LEVEL_SIZES = (0.12, 0.3, 0.34, 0.19, 0.05)


@dataclass
class _Orders:
    """Ordered products; `served` is the decision a product is for, NaN for none."""

    case: Whole
    kind: NDArray[np.object_]
    supplier: Whole
    is_central: NDArray[np.bool_]
    ordered: Moments
    served: Moments


def simulate_information(
    chronicle: Chronicle,
    local: LocalDomain,
    triage: Triage,
    protection: Protection,
    local_measures: tuple[Whole, Moments, Moments],
) -> None:
    """Simulate everything that informs a decision or a person; records all tables concerned."""
    _simulate_products(chronicle, local, triage, protection)
    _simulate_signals(chronicle, local, protection)
    _simulate_risk_moments(chronicle, protection, local_measures)
    _inform_persons(chronicle, protection, local_measures)
    _inform_mayors(chronicle, protection)


def _orders(
    chronicle: Chronicle,
    rng: np.random.Generator,
    local: LocalDomain,
    triage: Triage,
    protection: Protection,
) -> _Orders:
    """Everything that is ordered, for a local decision, for triage and for the central ones."""
    parts = [
        *_orders_before_designation(chronicle, rng, local, triage),
        *_orders_after_designation(chronicle, rng, protection),
    ]
    return _Orders(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("case", "kind", "supplier", "is_central", "ordered", "served")
        )
    )


def _order(
    chronicle: Chronicle,
    rng: np.random.Generator,
    case: Whole,
    kind: str,
    moments: tuple[Moments, Moments],
    *,
    central: bool,
    by: int = -1,
) -> _Orders:
    """Orders of one kind: when, for a decision when, and by whom unless that is drawn."""
    n = len(case)
    cumulative = MAKERS.cumsum(axis=1)[chronicle.cases.phenomenon[case]]
    drawn = (rng.random(n)[:, None] > cumulative).sum(axis=1)
    supplier = np.full(n, by) if by >= 0 else np.minimum(drawn, len(SUPPLIERS) - 1)
    return _Orders(case, np.full(n, kind, object), supplier, np.full(n, central), *moments)


def _orders_before_designation(
    chronicle: Chronicle, rng: np.random.Generator, local: LocalDomain, triage: Triage
) -> Iterator[_Orders]:
    chosen = happens(rng, len(local.case), 0.55)
    case = local.case[chosen]
    at = local.reported[chosen] + lead(rng, 0.4, 0.6, len(case))
    yield _order(chronicle, rng, case, "IRD", (at, local.decided[chosen]), central=False, by=0)
    # The assessment for triage is ordered while the intake form is drawn up.
    begun = triage.intake_ordered
    at = in_office(rng, begun + lead(rng, 1.0, 0.6, len(triage.case)), begun)
    yield _order(chronicle, rng, triage.case, "DI", (at, triage.judged), central=False)


def _orders_after_designation(
    chronicle: Chronicle, rng: np.random.Generator, protection: Protection
) -> Iterator[_Orders]:
    n = len(protection)
    first_decided = protection.decided[:n]
    for kind, share, by in (("DA", 0.45, -1), ("RA", 0.12, 2), ("WA", 0.10, 2)):
        chosen = at_least(rng, share, np.ones(n, bool), minimum=3)
        designated = protection.designated[chosen]
        at = in_office(rng, designated + lead(rng, 1.5, 0.7, len(designated)), designated)
        moments = (at, first_decided[chosen])
        case = protection.case[chosen]
        yield _order(chronicle, rng, case, kind, moments, central=True, by=by)
    row, column = np.nonzero(~np.isnan(protection.review_done))
    chosen = happens(rng, len(row), 0.4)
    done = protection.review_done[row, column][chosen]
    at = in_office(rng, done - lead(rng, 24.0, 0.4, len(done)), done - 200)
    case = protection.case[row[chosen]]
    yield _order(chronicle, rng, case, "DI", (at, done), central=True)
    # However small the chain, MIVD has something to deliver.
    few = slice(0, 4)
    moments = (protection.designated[few] + 9, first_decided[few])
    yield _order(chronicle, rng, protection.case[few], "DA", moments, central=True, by=3)


def _simulate_products(
    chronicle: Chronicle, local: LocalDomain, triage: Triage, protection: Protection
) -> None:
    rng = chronicle.config.generator("products")
    orders = _orders(chronicle, rng, local, triage, protection)
    n = len(orders.case)
    median = np.array([MEDIAN_DAYS[kind] for kind in orders.kind])
    median = median * np.array([1.0, 0.9, 1.3, 1.4])[orders.supplier]
    delivered = in_office(rng, orders.ordered + lead(rng, median, 0.6), orders.ordered)
    delivered = where_known(happens(rng, n, 0.975), delivered)
    received = delivered + lead(rng, 2 * HOUR, 1.0, n)
    level_set = in_office(rng, received + lead(rng, 1.8, 0.8, n), received)
    level_set = where_known(happens(rng, n, 0.97), level_set)
    level = pick(rng, LEVELS, LEVEL_SIZES, n)
    number = np.full(n, None, object)
    principal = np.where(orders.is_central, "nctv", "om").astype(object)
    domain = np.where(orders.is_central, "stelsel", "lokaal").astype(object)
    for index, organisation in enumerate(SUPPLIERS):
        mine = np.flatnonzero(orders.supplier == index)
        number[mine] = record_numbers(PREFIXES[organisation], orders.ordered[mine])
        chronicle.table(
            f"{organisation}_product",
            orders.case[mine],
            orders.ordered[mine],
            {
                "product_nr": number[mine],
                "soort": orders.kind[mine],
                "domein": domain[mine],
                "opdrachtgever": principal[mine],
                "gevraagd_op": moment(orders.ordered[mine]),
                "geleverd_op": moment(delivered[mine]),
                "besluit_op": moment(orders.served[mine]),
            },
        )
    chronicle.handoff("K05", orders.case, orders.ordered, delivered, record=number)
    for organisation in ("om", "nctv"):
        mine = np.flatnonzero(orders.is_central == (organisation == "nctv"))
        chronicle.table(
            f"{organisation}_dreigingsniveau",
            orders.case[mine],
            received[mine],
            {
                "product_nr": number[mine],
                "product_ontvangen_op": moment(received[mine]),
                "vastgesteld_op": moment(level_set[mine]),
                "niveau": fact(level[mine], level_set[mine]),
            },
        )
    chronicle.handoff("K37", orders.case, received, level_set, record=number)


def _simulate_signals(chronicle: Chronicle, local: LocalDomain, protection: Protection) -> None:
    """Information passed on unasked, on a case that is running."""
    config, rng = chronicle.config, chronicle.config.generator("signals")
    volumes = config.volumes
    yearly = {
        "politie": volumes.police_signals,
        "kmar": volumes.kmar_signals,
        "aivd": volumes.aivd_signals,
        "mivd": volumes.mivd_signals,
    }
    open_cases = np.concatenate([protection.case, local.case[local.decision != "geen"]])
    opened = np.concatenate([protection.designated, local.reported[local.decision != "geen"]])
    order = np.argsort(opened)
    open_cases, opened = open_cases[order], opened[order]
    for organisation in SUPPLIERS:
        n = max(5, rng.poisson(yearly[organisation] * config.scale * config.years))
        known = arrivals(rng, n, chronicle.start + 20, chronicle.end)
        latest = np.maximum(np.searchsorted(opened, known), 1)
        recent = np.maximum(latest - 1 - rng.integers(0, 150, n), 0)
        case = open_cases[np.minimum(recent, latest - 1)]
        passed = known + lead(rng, 1.6, 1.0, n)
        received = where_known(happens(rng, n, 0.97), passed + lead(rng, 2 * HOUR, 1.1, n))
        number = record_numbers(SIGNAL_PREFIXES[organisation], known)
        chronicle.table(
            f"{organisation}_signaal",
            case,
            known,
            {
                "signaal_nr": number,
                "gekend_op": moment(known),
                "doorgegeven_op": moment(passed),
                "ontvangen_gezag_op": moment(received),
            },
        )
        chronicle.handoff("K08", case, known, received, record=number)


def _simulate_risk_moments(
    chronicle: Chronicle,
    protection: Protection,
    local_measures: tuple[Whole, Moments, Moments],
) -> None:
    rng = chronicle.config.generator("risk_moments")
    local_case, local_from, local_to = local_measures
    local_to = np.where(np.isnan(local_to), local_from + 60, local_to)
    parts = (
        ("nctv", "RN", 0.42, protection.case, protection.designated, protection.exited),
        ("politie", "RP", 0.5, local_case, local_from, local_to),
    )
    for organisation, prefix, yearly, cases, from_, to in parts:
        upto = np.fmin(to, chronicle.end)
        span = np.maximum(np.nan_to_num(upto - from_), 0)
        count = at_least_so_many(rng.poisson(yearly * span / 365.25), span, minimum=4)
        row = np.repeat(np.arange(len(cases)), count)
        n = len(row)
        reported = from_[row] + rng.random(n) * span[row]
        planned = reported + lead(rng, 12.0, 0.8, n)
        advised = where_known(happens(rng, n, 0.95), reported + lead(rng, 2.6, 0.9, n))
        number = record_numbers(prefix, reported)
        chronicle.table(
            f"{organisation}_risicomoment",
            cases[row],
            reported,
            {
                "moment_nr": number,
                "gemeld_op": moment(reported),
                "advies_op": moment(advised),
                "moment_op": moment(planned, known=reported),
            },
        )
        chronicle.handoff("K34", cases[row], reported, advised, record=number)


def _inform_persons(
    chronicle: Chronicle,
    protection: Protection,
    local_measures: tuple[Whole, Moments, Moments],
) -> None:
    """Tell persons of decisions, and keep those in the system informed at an agreed interval."""
    rng = chronicle.config.generator("informing")
    local_case, local_decided, _ = local_measures
    taken = ~np.isnan(protection.decided)
    central = (protection.decision_case[taken], protection.decided[taken])

    kept = _kept_informed(rng, protection, chronicle.end)
    informed_parts: list[tuple[Whole, Moments]] = []
    for organisation, prefix, (case, decided), periodic in (
        ("nctv", "IN", central, kept),
        ("om", "IO", (local_case, local_decided), (kept[0][:0], kept[1][:0], kept[2][:0])),
    ):
        n = len(case)
        informed = where_known(happens(rng, n, 0.95), decided + lead(rng, 1.8, 0.9, n))
        columns_case = np.concatenate([case, periodic[0]])
        decision = np.concatenate([decided, np.full(len(periodic[0]), np.nan)])
        told = np.concatenate([informed, periodic[1]])
        agreed = np.concatenate([np.full(n, 60), periodic[2]])
        created = np.fmin(decision, told)
        number = record_numbers(prefix, created)
        chronicle.table(
            f"{organisation}_informeren",
            columns_case,
            created,
            {
                "informatie_nr": number,
                "besluit_op": moment(decision),
                "geinformeerd_op": moment(told),
                "interval_dagen": agreed,
            },
        )
        chronicle.handoff("K35", case, decided, informed, record=number[:n])
        informed_parts.append((columns_case, told))
    all_cases, all_told = (np.concatenate(parts) for parts in zip(*informed_parts, strict=True))
    _record_next_informed(chronicle, protection, all_cases, all_told)


def _kept_informed(
    rng: np.random.Generator, protection: Protection, end: float
) -> tuple[Whole, Moments, Whole]:
    """Case, moment and agreed interval of each time somebody is told how things stand."""
    interval = np.array([30, 60, 90])[rng.choice(3, len(protection), p=(0.25, 0.45, 0.3))]
    upto = np.fmin(protection.exited, end)
    rounds = np.maximum((upto - protection.designated) / interval, 0).astype(np.int64)
    row = np.repeat(np.arange(len(protection)), rounds)
    first_of_row = np.cumsum(rounds) - rounds
    turn = np.arange(len(row)) - first_of_row[row] + 1
    slip = np.where(happens(rng, len(row), 0.8), 0.5, lead(rng, 9.0, 0.7, len(row)))
    periodic = protection.designated[row] + turn * interval[row] + slip
    return protection.case[row], where_known(periodic < upto[row], periodic), interval[row]


def _record_next_informed(
    chronicle: Chronicle, protection: Protection, case: Whole, told: Moments
) -> None:
    """K38: from each time a person is informed to the next, by whichever authority."""
    known = np.flatnonzero(told < chronicle.end)
    order = known[np.lexsort((told[known], chronicle.cases.person[case[known]]))]
    person = chronicle.cases.person[case[order]]
    following = np.full(len(order), np.nan)
    same = person[1:] == person[:-1]
    following[:-1][same] = told[order][1:][same]
    exited = np.full(len(chronicle.cases), np.nan)
    exited[protection.case] = protection.exited
    chronicle.handoff("K38", case[order], told[order], following, competing=exited[case[order]])


def _inform_mayors(chronicle: Chronicle, protection: Protection) -> None:
    """Three scenarios: a designation, a planned situation, an acute risk."""
    rng = chronicle.config.generator("mayors")
    upto = np.fmin(protection.exited, chronicle.end)
    span = np.maximum(upto - protection.designated, 0)
    case_parts, known_parts, informed_parts, planned_parts, scenario_parts = [], [], [], [], []
    for scenario, yearly, median in (
        ("aanwijzing", 0.0, 1.2),
        ("gepland", 0.3, 2.5),
        ("acuut", 0.12, 3 * HOUR),
    ):
        if scenario == "aanwijzing":
            row = np.arange(len(protection))
            known = protection.designated
        else:
            count = at_least_so_many(rng.poisson(yearly * span / 365.25), span, minimum=3)
            row = np.repeat(np.arange(len(protection)), count)
            known = protection.designated[row] + rng.random(len(row)) * span[row]
        n = len(row)
        case_parts.append(protection.case[row])
        known_parts.append(known)
        informed_parts.append(where_known(happens(rng, n, 0.96), known + lead(rng, median, 0.9, n)))
        planned = known + lead(rng, 14.0, 0.8, n)
        planned_parts.append(planned if scenario == "gepland" else np.full(n, np.nan))
        scenario_parts.append(np.full(n, scenario, object))
    case, known, informed, planned, scenario_of = (
        np.concatenate(parts)
        for parts in (case_parts, known_parts, informed_parts, planned_parts, scenario_parts)
    )
    number = record_numbers("BM", known)
    chronicle.table(
        "nctv_burgemeester",
        case,
        known,
        {
            "melding_nr": number,
            "scenario": scenario_of,
            "gekend_op": moment(known),
            "geinformeerd_op": moment(informed),
            "moment_op": moment(planned, known=np.where(np.isnan(planned), np.nan, known)),
        },
    )
    chronicle.handoff("K22", case, known, informed, record=number)
