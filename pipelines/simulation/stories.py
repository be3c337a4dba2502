"""The stories built into the synthetic chain, that a good monitor must find.

Here: every story with its start, its size and the grain and method that can find it, and its
effect on lead times. Not here: the detectors by which the power was computed (beside the tests of
the simulation) and the rest of the chain.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

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
        indicators: Of the built-in register, where the story itself shows.
        consequences: Indicators that move because it happened.
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
    indicators: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()


_TRIAL_OF_FORM = date(2024, 9, 27)
NEW_INTAKE_FORM = Story(
    name="new_intake_form",
    start=date(2026, 1, 1),
    until=None,
    size="time to judgment x 0.65, direct and after the table; reasons recorded 0.88 to 0.95",
    handoff_id="K13",
    grain="direct route x month",
    method="XmR on the monthly median of the direct route, limits from the months before",
    label_nl="Een nieuw intakeformulier verkort de triage vanaf januari 2026.",
    power=0.98,
    false_alarms=0.14,
    indicators=("triage_lead_time",),
    consequences=("lead_time_k15", "reconciliation_k13", "judgments_fully_recorded_share"),
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
    indicators=("dossier_complete_lead_time", "dossier_sent_lead_time"),
    consequences=(
        "dossier_complete_first_share",
        "emergency_dossier_share",
        "single_authority_share",
        "reconciliation_k20",
        "reconciliation_k21",
    ),
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
    indicators=("lead_time_k41",),
    consequences=(
        "reconciliation_k41",
        "lead_time_k42",
        "phase_out_incidence",
        "phase_out_rate",
        "outflow",
        "stock_persons",
        "measures_running",
        "measures_past_review",
    ),
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
    indicators=("delivery_on_time_share",),
    consequences=("delivery_received_share", "linkage_share"),
)
_THEME_GRAIN = "national x quarter of the evaluation"
_THEME_METHOD = "XmR on the quarterly prevalence: a {} signal in one of the last four quarters"
INCOMPLETE_DOSSIER_THEME = Story(
    name="incomplete_dossier_theme",
    start=date(2025, 1, 1),
    until=None,
    size="share of evaluations with the theme at K21 rises from 0.14 to 0.42 in a year",
    handoff_id="K21",
    grain=_THEME_GRAIN,
    method=_THEME_METHOD.format("high or rising"),
    label_nl="In evaluaties wordt een onvolledig dossier vanaf 2025 steeds vaker genoemd.",
    power=1.0,
    false_alarms=0.02,
    indicators=("theme_dossier_onvolledig",),
    consequences=("theme_prevalence",),
)
PHASE_OUT_DELAYED_THEME = Story(
    name="phase_out_delayed_theme",
    start=date(2024, 10, 1),
    until=None,
    size="share of evaluations with the theme (K41 or K42) rises from 0.10 to 0.32 in nine months",
    handoff_id="K41",
    grain=_THEME_GRAIN,
    method=_THEME_METHOD.format("high or rising"),
    label_nl="Uitgestelde afbouw komt vanaf eind 2024 vaker terug in evaluaties.",
    power=0.96,
    false_alarms=0.02,
    indicators=("theme_afbouw_uitgesteld",),
    consequences=("theme_prevalence",),
)
ROLE_UNCLEAR_FADING = Story(
    name="role_unclear_fading",
    start=date(2024, 10, 1),
    until=None,
    size="share of evaluations with the theme (K03, K33 or K44) falls from 0.34 to 0.12 in six "
    "months",
    handoff_id="K33",
    grain=_THEME_GRAIN,
    method=_THEME_METHOD.format("low or falling"),
    label_nl="Een onduidelijke rol wordt vanaf eind 2024 steeds minder genoemd.",
    power=0.9,
    false_alarms=0.0,
    indicators=("theme_rol_onduidelijk",),
)
CODEBOOK_SPLIT = Story(
    name="codebook_split",
    start=date(2025, 7, 1),
    until=None,
    size="informatie_laat is coded as informatieproduct_te_laat (K05, K37) or "
    "informatie_niet_gedeeld (K08); how often it occurs stays the same",
    handoff_id=None,
    grain="codebook version",
    method="both new themes are found and the old one is not, in evaluations coded from the start",
    label_nl="Vanaf juli 2025 is het thema ‘informatie te laat’ in tweeën gesplitst.",
    power=1.0,
    false_alarms=0.0,
    indicators=("theme_informatie_laat",),
    consequences=("theme_informatieproduct_te_laat", "theme_informatie_niet_gedeeld"),
)
UNRELIABLE_THEME = Story(
    name="unreliable_theme",
    start=date(2022, 1, 1),
    until=None,
    size="the second coder follows the first on communicatie_persoon in 0.45 of the evaluations "
    "instead of 0.92",
    handoff_id=None,
    grain="all evaluations coded twice",
    method="Krippendorff's alpha of the theme lies below 0.667",
    label_nl="Twee codeurs zijn het vaak oneens over hoe de persoon is geïnformeerd.",
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
    ROLE_UNCLEAR_FADING,
    CODEBOOK_SPLIT,
    UNRELIABLE_THEME,
)


def _progress(story: Story, at: Moments, days: float) -> Moments:
    """How far a story that grows evenly has come at each moment, from 0 to 1."""
    return np.clip((at - begin_of(story.start)) / days, 0.0, 1.0)


def judgment_factor(config: SimulationConfig, received: Moments) -> Moments:
    """Factor on the time to judgment, by the moment the intake form was received."""
    if not config.has_story(NEW_INTAKE_FORM.name):
        return np.ones(len(received))
    return np.where(received >= begin_of(NEW_INTAKE_FORM.start), 0.65, 1.0)


def recorded_share(config: SimulationConfig, judged: Moments) -> Moments:
    """Share of judgments with their reasons recorded, by the moment of judgment.

    The form was tried from autumn 2024 on; then only the way of recording was another.
    """
    if not config.has_story(NEW_INTAKE_FORM.name):
        return np.full(len(judged), 0.88)
    return np.where(judged > begin_of(_TRIAL_OF_FORM), 0.95, 0.88)


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


# Story, days it takes and change in the chance, by theme.
_THEME_STORIES = {
    "dossier_onvolledig": (INCOMPLETE_DOSSIER_THEME, 365, 0.28),
    "afbouw_uitgesteld": (PHASE_OUT_DELAYED_THEME, 274, 0.22),
    "rol_onduidelijk": (ROLE_UNCLEAR_FADING, 182, -0.22),
}
# Hand-off to the theme that took over there.
_SPLIT = {
    "K05": "informatieproduct_te_laat",
    "K37": "informatieproduct_te_laat",
    "K08": "informatie_niet_gedeeld",
}


def theme_prevalence(config: SimulationConfig, theme: str, base: float, due: Moments) -> Moments:
    """Chance that an evaluation carries a theme, by the day of its occasion."""
    story, days, change = _THEME_STORIES.get(theme, (None, 1, 0.0))
    if story is None or not config.has_story(story.name):
        return np.full(len(due), base)
    return base + change * _progress(story, due, days)


def coder_agreement(config: SimulationConfig, theme: str) -> float:
    """Chance that the second coder follows the first on a theme; else he codes by chance."""
    is_unclear = theme == "communicatie_persoon" and config.has_story(UNRELIABLE_THEME.name)
    return 0.45 if is_unclear else 0.92


def codebook_version(config: SimulationConfig, coded: Moments) -> Whole:
    """Version of the codebook in use when something was coded."""
    if not config.has_story(CODEBOOK_SPLIT.name):
        return np.ones(len(coded), np.int64)
    return np.where(coded >= begin_of(CODEBOOK_SPLIT.start), 2, 1)


def themes_after_split(
    themes: NDArray[np.object_], places: NDArray[np.object_], version: Whole
) -> NDArray[np.object_]:
    """The code each finding gets: from version 2 on, the split theme's by its hand-off."""
    is_split = (themes == "informatie_laat") & (version > 1)
    codes = themes.copy()
    codes[is_split] = [_SPLIT[place] for place in places[is_split]]
    return codes


def is_late_by_story(config: SimulationConfig, organisation: str, reference_date: date) -> bool:
    """Whether a delivery belongs to the quarter in which the AIVD is late."""
    story = LATE_AIVD_QUARTER
    return (
        organisation == "aivd"
        and config.has_story(story.name)
        and story.until is not None
        and story.start <= reference_date <= story.until
    )
