"""What can be chosen about the synthetic chain: period, volumes, capacities and fault rates.

Here: `SimulationConfig`, its two presets (the demo chain and the tiny fixture chain) and the
members of each dimension with their sizes. Not here: how long anything takes (each domain module
holds its own lead times) and the built-in stories (`stories`).
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Self

import numpy as np

from pipelines.periods import month_end

PARKETTEN: tuple[str, ...] = (
    "amsterdam",
    "rotterdam",
    "den_haag",
    "midden_nederland",
    "oost_nederland",
    "oost_brabant",
    "zeeland_west_brabant",
    "noord_holland",
    "limburg",
    "noord_nederland",
)
# Skewed on purpose: the smallest parket has a handful of admissions a year.
PARKET_SIZES: tuple[float, ...] = (0.20, 0.16, 0.14, 0.11, 0.10, 0.08, 0.07, 0.06, 0.05, 0.03)
LARGEST_PARKET = "amsterdam"

PHENOMENA: tuple[str, ...] = (
    "ondermijning",
    "terrorisme_extremisme",
    "statelijk",
    "gefixeerde_eenling",
    "onbekend",
)
PHENOMENON_SIZES: tuple[float, ...] = (0.46, 0.14, 0.09, 0.23, 0.08)

ALL_STORIES: tuple[str, ...] = (
    "new_intake_form",
    "dossier_drift",
    "phase_out_backlog",
    "late_aivd_quarter",
    "incomplete_dossier_theme",
    "phase_out_delayed_theme",
    "role_unclear_fading",
    "codebook_split",
    "unreliable_theme",
)


@dataclass(frozen=True)
class Volumes:
    """Expected numbers a year for the whole country, before `scale`.

    `statutory_list` is the number of persons protected by function at any time; `transition` the
    one-off total of persons transferred from OM to NCTV before 2026.
    """

    threat_reports: float = 4000
    put_forward: float = 400
    statutory_list: float = 60
    transition: float = 500
    police_signals: float = 120
    kmar_signals: float = 40
    aivd_signals: float = 60
    mivd_signals: float = 15
    incidents_evaluated: float = 40
    recommendations: float = 26
    respondents_protected: float = 120
    respondents_professional: float = 250


@dataclass(frozen=True)
class Capacities:
    """What can be handled a week for the whole country, before `scale`: shortage makes queues."""

    triage_table_slots: float = 3.0
    measures_advice: float = 15.5
    phase_outs: float = 12.0
    phase_outs_in_backlog: float = 6.6


@dataclass(frozen=True)
class FaultRates:
    """Share of what is eligible that goes wrong.

    The first four are shares of monthly deliveries, the last two of cases, the others of records
    that have the moment concerned.
    """

    late_delivery: float = 0.03
    partial_delivery: float = 0.01
    corrected_delivery: float = 0.01
    duplicated_delivery: float = 0.01
    sent_never_received: float = 0.02
    received_never_sent: float = 0.01
    stop_before_start: float = 0.006
    day_level_timestamp: float = 0.01
    reopened: float = 0.01
    second_pseudonym: float = 0.005
    withdrawn: float = 0.005


@dataclass(frozen=True)
class SimulationConfig:
    """Everything the synthetic chain depends on; equal configurations give equal bytes.

    Attributes:
        seed: Seed of every random draw.
        start: First day of the simulated period.
        end: Last day, and the last peildatum; must be the last day of a month.
        initial_delivery: Peildatum of the one delivery a table that holds all history; the last
            day of a month. After it comes one delivery a table a month.
        scale: Multiplies volumes and capacities; 0.03 gives the tiny fixture chain.
        stories: Names of the built-in stories that are on (see `stories`).
        last_arrival_days: Latest arrival of the last peildatum's deliveries, in days after it.
    """

    seed: int = 20260101
    start: date = date(2022, 1, 1)
    end: date = date(2026, 10, 31)
    initial_delivery: date = date(2024, 12, 31)
    scale: float = 1.0
    volumes: Volumes = field(default_factory=Volumes)
    capacities: Capacities = field(default_factory=Capacities)
    faults: FaultRates = field(default_factory=FaultRates)
    stories: tuple[str, ...] = ALL_STORIES
    transition_from: date = date(2023, 10, 1)
    transition_to: date = date(2025, 12, 15)
    last_arrival_days: int = 19

    def __post_init__(self) -> None:
        """Refuse a period or scale that cannot be simulated.

        Raises:
            ValueError: Naming the field and the remedy.
        """
        for name in ("end", "initial_delivery"):
            day: date = getattr(self, name)
            if (day + timedelta(days=1)).day != 1:
                raise ValueError(f"{name} {day} is not the last day of a month: choose one")
        if not self.start < self.initial_delivery <= self.end:
            raise ValueError("choose start < initial_delivery <= end")
        if self.scale <= 0:
            raise ValueError("scale must be positive")
        unknown = set(self.stories) - set(ALL_STORIES)
        if unknown:
            raise ValueError(f"unknown stories {sorted(unknown)}: choose from {ALL_STORIES}")

    @classmethod
    def fixture(cls) -> Self:
        """The tiny chain for tests: 22 months, a few hundred records, 46 x 5 deliveries."""
        return cls(
            seed=7,
            start=date(2025, 1, 1),
            initial_delivery=date(2026, 6, 30),
            scale=0.03,
            transition_from=date(2025, 1, 2),
        )

    def without_stories(self) -> Self:
        """The same chain in which nothing remarkable happens: for false-alarm rates."""
        return replace(self, stories=())

    def without_faults(self) -> Self:
        """The same chain delivered without a single fault."""
        return replace(self, faults=FaultRates(*([0.0] * 11)))

    @property
    def years(self) -> float:
        """Length of the simulated period in years."""
        return ((self.end - self.start).days + 1) / 365.25

    @property
    def reference_dates(self) -> tuple[date, ...]:
        """Every peildatum: the initial delivery and each month end after it, up to `end`."""
        days = [self.initial_delivery]
        while days[-1] < self.end:
            days.append(month_end(days[-1] + timedelta(days=1)))
        return tuple(days)

    def generator(self, part: str) -> np.random.Generator:
        """A stream of random numbers of its own for one part, so that parts do not disturb others.

        Args:
            part: Name of the part, for example `triage`.
        """
        return np.random.default_rng([self.seed, *part.encode()])

    def has_story(self, name: str) -> bool:
        """Whether a built-in story is on."""
        return name in self.stories
