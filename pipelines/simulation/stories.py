"""The stories built into the synthetic chain, that a good monitor must find.

Here: every story with its start, its size and the grain and method that can find it, and its
effect on lead times. Not here: the detectors by which the power was computed (`power`) and the
rest of the chain.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.simulation.configuration import LARGEST_PARKET, PARKETTEN, SimulationConfig
from pipelines.simulation.moments import Moments, Whole, begin_of


@dataclass(frozen=True)
class Story:
    """One thing that happens in the synthetic chain.

    Attributes:
        name: Name in `SimulationConfig.stories`.
        start: From when.
        until: Last day, or None when it lasts.
        size: How large, in words.
        handoff_id: Where it shows; None when it is not at a hand-off.
        grain: The finest grain at which the method is meant to find it.
        method: How it can be found.
        label_nl: One sentence for readers.
        power: Share of fifty chains in which the method finds it (`power.power`).
        false_alarms: Share of the same chains without stories in which the method signals.
    """

    name: str
    start: date
    until: date | None
    size: str
    handoff_id: str | None
    grain: str
    method: str
    label_nl: str
    power: float
    false_alarms: float


NEW_INTAKE_FORM = Story(
    name="new_intake_form",
    start=date(2026, 1, 1),
    until=None,
    size="time to judgment x 0.65, direct route and after the table",
    handoff_id="K13",
    grain="direct route x month",
    method="XmR on the monthly median of the direct route, limits from the months before",
    label_nl="Een nieuw intakeformulier verkort de triage vanaf januari 2026.",
    power=0.98,
    false_alarms=0.14,
)
DOSSIER_DRIFT = Story(
    name="dossier_drift",
    start=date(2025, 1, 1),
    until=None,
    size="time to send a dossier version grows evenly from x 1 to x 3.6 in 22 months",
    handoff_id="K21",
    grain=f"parket {LARGEST_PARKET} x year (2024 against 2026)",
    method="share complete within 21 days: Wilson intervals of the two years do not overlap",
    label_nl="De dossiers van het grootste parket komen vanaf januari 2025 steeds later.",
    power=0.94,
    false_alarms=0.0,
)
PHASE_OUT_BACKLOG = Story(
    name="phase_out_backlog",
    start=date(2024, 7, 1),
    until=None,
    size="phase-outs that can start a week: 12 before, 6.6 after, against 7 to 8 decided on",
    handoff_id="K41",
    grain="national x quarter",
    method="XmR on the quarterly median, limits from the quarters before",
    label_nl="Vanaf medio 2024 wachten afbouwtrajecten op capaciteit.",
    power=1.0,
    false_alarms=0.0,
)
LATE_AIVD_QUARTER = Story(
    name="late_aivd_quarter",
    start=date(2025, 7, 1),
    until=date(2025, 9, 30),
    size="every delivery of the AIVD arrives 25 to 50 days after its peildatum",
    handoff_id=None,
    grain="AIVD x quarter",
    method="share of deliveries on time: Wilson interval of the quarter below that of the others",
    label_nl="In het derde kwartaal van 2025 komen alle leveringen van de AIVD te laat.",
    power=1.0,
    false_alarms=0.0,
)
INCOMPLETE_DOSSIER_THEME = Story(
    name="incomplete_dossier_theme",
    start=date(2025, 1, 1),
    until=None,
    size="share of evaluations with the theme at K21 rises from 0.14 to 0.42 in a year",
    handoff_id="K21",
    grain="national x year (2024 against 2026)",
    method="theme prevalence: Wilson intervals of the two years do not overlap",
    label_nl="In evaluaties wordt een onvolledig dossier vanaf 2025 steeds vaker genoemd.",
    power=1.0,
    false_alarms=0.0,
)
PHASE_OUT_DELAYED_THEME = Story(
    name="phase_out_delayed_theme",
    start=date(2024, 10, 1),
    until=None,
    size="share of evaluations with the theme (K41 or K42) rises from 0.10 to 0.32 in nine months",
    handoff_id="K41",
    grain="national x year (2023 against 2025)",
    method="theme prevalence: Wilson intervals of the two years do not overlap",
    label_nl="Uitgestelde afbouw komt vanaf eind 2024 vaker terug in evaluaties.",
    power=0.98,
    false_alarms=0.0,
)

STORIES: tuple[Story, ...] = (
    NEW_INTAKE_FORM,
    DOSSIER_DRIFT,
    PHASE_OUT_BACKLOG,
    LATE_AIVD_QUARTER,
    INCOMPLETE_DOSSIER_THEME,
    PHASE_OUT_DELAYED_THEME,
)


def _progress(story: Story, at: Moments, days: float) -> Moments:
    """How far a story that grows evenly has come at each moment, from 0 to 1."""
    return np.clip((at - begin_of(story.start)) / days, 0.0, 1.0)


def judgment_factor(config: SimulationConfig, received: Moments) -> Moments:
    """Factor on the time to judgment, by the moment the intake form was received."""
    if not config.has_story(NEW_INTAKE_FORM.name):
        return np.ones(len(received))
    return np.where(received >= begin_of(NEW_INTAKE_FORM.start), 0.65, 1.0)


def dossier_factor(config: SimulationConfig, designated: Moments, parket: Whole) -> Moments:
    """Factor on the time to send a dossier version, by designation and parket."""
    if not config.has_story(DOSSIER_DRIFT.name):
        return np.ones(len(designated))
    grown = 1 + 2.6 * _progress(DOSSIER_DRIFT, designated, 669)
    return np.where(parket == PARKETTEN.index(LARGEST_PARKET), grown, 1.0)


def phase_out_capacity(config: SimulationConfig) -> Callable[[Moments], Moments]:
    """Phase-outs that can start a week, by moment."""
    ample = config.capacities.phase_outs * config.scale
    short = config.capacities.phase_outs_in_backlog * config.scale
    if not config.has_story(PHASE_OUT_BACKLOG.name):
        return lambda at: np.full(len(at), ample)
    return lambda at: np.where(at >= begin_of(PHASE_OUT_BACKLOG.start), short, ample)


def theme_prevalence(config: SimulationConfig, theme: str, base: float, due: Moments) -> Moments:
    """Chance that an evaluation carries a theme, by the day of its occasion."""
    if theme == "dossier_onvolledig" and config.has_story(INCOMPLETE_DOSSIER_THEME.name):
        return base + 0.28 * _progress(INCOMPLETE_DOSSIER_THEME, due, 365)
    if theme == "afbouw_uitgesteld" and config.has_story(PHASE_OUT_DELAYED_THEME.name):
        return base + 0.22 * _progress(PHASE_OUT_DELAYED_THEME, due, 274)
    return np.full(len(due), base)


def is_late_by_story(config: SimulationConfig, organisation: str, reference_date: date) -> bool:
    """Whether a delivery belongs to the quarter in which the AIVD is late."""
    story = LATE_AIVD_QUARTER
    return (
        organisation == "aivd"
        and config.has_story(story.name)
        and story.until is not None
        and story.start <= reference_date <= story.until
    )
