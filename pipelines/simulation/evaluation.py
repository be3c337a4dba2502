"""Learning: evaluations coded by two coders, experiences, recommendations and platform notes.

Here: the four tables of the Kenniscentrum; K50 and K51. Not here: the cases evaluated.
"""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pipelines.simulation.chronicle import Chronicle, fact, moment, record_numbers, where_known
from pipelines.simulation.configuration import SimulationConfig
from pipelines.simulation.draws import arrivals, at_least, happens, lead, pick
from pipelines.simulation.moments import (
    HOUR,
    Mask,
    Moments,
    Whole,
    begin_of,
)
from pipelines.simulation.protection import Protection
from pipelines.simulation.stories import (
    codebook_version,
    coder_agreement,
    theme_prevalence,
    themes_after_split,
)

# Theme, share of evaluations before any story, hand-offs it is found at.
THEMES: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("informatie_laat", 0.22, ("K05", "K08", "K37")),
    ("dossier_onvolledig", 0.14, ("K21",)),
    ("rol_onduidelijk", 0.34, ("K03", "K33", "K44")),
    ("capaciteit", 0.18, ("K31", "K33", "K41")),
    ("techniek_koppeling", 0.08, ("K12", "K18")),
    ("communicatie_persoon", 0.16, ("K35", "K38")),
    ("besluit_niet_vastgelegd", 0.07, ("K13", "K32")),
    ("afbouw_uitgesteld", 0.10, ("K41", "K42")),
    ("omstandigheden", 0.06, ("K34", "K42")),
    ("samenwerking_goed", 0.30, ("K13", "K20", "K33")),
)
SHARE_EVALUATED, SHARE_SECOND_CODER = 0.58, 0.30
EVALUATORS = ("politie", "om", "nctv", "kmar", "lcc")
OWNERS = ("politie", "om", "nctv", "kmar", "lcc", "aivd", "mivd", "kc")
OWNER_SIZES = (0.24, 0.2, 0.26, 0.07, 0.12, 0.03, 0.02, 0.06)
# Of the verified recommendations, those of which "reported done" was never recorded.
SHARE_SKIPPED = 0.04
QUESTIONS = (
    "tijdig_geinformeerd",
    "vaste_contactpersoon",
    "duidelijke_rolverdeling",
    "overdracht_soepel",
    "gehoord_en_betrokken",
    "afbouw_goed_begeleid",
)
ANSWERS = ("1", "2", "3", "4", "5", "nvt")
# Kind, hand-off, indicator, question, text, owner of what the platform notes each quarter in turn.
# Kind, hand-off, indicator, question, text and owner.
Note = tuple[str, str | None, str | None, str | None, str, str | None]
NOTES: tuple[Note, ...] = (
    (
        "notitie",
        "K13",
        "triage_lead_time",
        None,
        "Doorlooptijd triage besproken; geen actie.",
        None,
    ),
    (
        "besluit",
        "K21",
        "dossier_complete_lead_time",
        "Waarom is het dossier vaak pas na een tweede zending volledig?",
        "Besluit: controlelijst voor het overdrachtsdossier vaststellen en gebruiken.",
        "om",
    ),
    (
        "besluit",
        "K41",
        None,
        "Waar wacht de afbouw op nadat tot afbouw is besloten?",
        "Besluit: wachtende afbouw elke maand bespreken.",
        "nctv",
    ),
    ("notitie", "K05", None, None, "Levertijd van informatieproducten verschilt per soort.", None),
    (
        "besluit",
        "K43",
        None,
        "Hoe weten we dat het basisteam de zaak heeft overgenomen?",
        "Besluit: bevestiging door het basisteam opvragen.",
        "politie",
    ),
    (
        "notitie",
        "K31",
        None,
        None,
        "Wachttijd voor maatregelenadvies blijft binnen de afspraak.",
        None,
    ),
    (
        "besluit",
        "K35",
        None,
        "Wie vertelt het de persoon, en wanneer?",
        "Besluit: vaste contactpersoon noteren bij elk besluit.",
        "lcc",
    ),
    (
        "notitie",
        None,
        "delivery_on_time_share",
        None,
        "Kwaliteit van de leveringen besproken.",
        "kc",
    ),
)


_REBASED = date(2026, 1, 1)
_REBASE: Note = (
    "herijking",
    "K13",
    "triage_lead_time",
    None,
    "Nieuw intakeformulier in gebruik: de reeks begint hier opnieuw.",
    "nctv",
)


def simulate_evaluation(chronicle: Chronicle, protection: Protection) -> None:
    """Simulate what the Kenniscentrum collects; records its four tables, K50 and K51."""
    _evaluate(chronicle, protection)
    _ask_experiences(chronicle)
    _recommend(chronicle)
    _take_notes(chronicle)


def _evaluate(chronicle: Chronicle, protection: Protection) -> None:
    """Every closure and some incidents are due; those held are coded for themes."""
    config, rng = chronicle.config, chronicle.config.generator("evaluations")
    closed = np.flatnonzero(protection.exited < chronicle.end)
    n_incidents = max(
        4, rng.poisson(config.volumes.incidents_evaluated * config.scale * config.years)
    )
    incident_on = arrivals(rng, n_incidents, chronicle.start + 30, chronicle.end)
    incident_case = protection.case[rng.integers(0, len(protection), n_incidents)]
    incident_case = np.where(happens(rng, n_incidents, 0.2), -1, incident_case)
    case = np.concatenate([protection.case[closed], incident_case])
    due = np.concatenate([protection.exited[closed], incident_on])
    n = len(case)
    occasion = np.where(np.arange(n) < len(closed), "afsluiting", "incident").astype(object)
    held = at_least(rng, np.where(occasion == "incident", 0.85, SHARE_EVALUATED), due > 0)
    held_on = where_known(held, due + lead(rng, 45.0, 0.6, n))
    coded_on = held_on + lead(rng, 12.0, 0.5, n)
    number = record_numbers("EV", due)
    organisation = pick(rng, EVALUATORS, (0.25, 0.25, 0.3, 0.08, 0.12), n)
    severity = pick(rng, ("licht", "matig", "ernstig"), (0.55, 0.33, 0.12), n)

    found = np.column_stack(
        [happens(rng, n, theme_prevalence(config, theme, base, due)) for theme, base, _ in THEMES]
    )
    at = np.column_stack([rng.integers(0, len(places), n) for _, _, places in THEMES])
    second = held & (happens(rng, n, SHARE_SECOND_CODER))
    agrees = happens(
        rng, found.shape, np.array([coder_agreement(config, theme) for theme, _, _ in THEMES])
    )
    by_chance = happens(rng, found.shape, 0.15)
    rows: list[tuple[int, int, str]] = [(row, -1, "a") for row in range(n)]
    coded_only = np.zeros(n, bool)
    for coder, codes, sample in (
        ("a", found, held),
        ("b", np.where(agrees, found, by_chance), second),
    ):
        row, theme = np.nonzero(codes & sample[:, None])
        rows.extend((int(r), int(t), coder) for r, t in zip(row, theme, strict=True))
        none_found = np.flatnonzero(sample & ~codes.any(axis=1))
        if coder == "a":
            coded_only = held & codes.any(axis=1)
        else:
            rows.extend((int(r), -2, coder) for r in none_found)
    _record_evaluations(
        chronicle,
        rows,
        (case, due, held_on, coded_on),
        (number, organisation, occasion, severity),
        coded_only,
        at,
    )
    chronicle.handoff("K50", case, due, held_on, record=number, days="both")


def _record_evaluations(
    chronicle: Chronicle,
    rows: list[tuple[int, int, str]],
    moments: tuple[Whole, Moments, Moments, Moments],
    attributes: tuple[NDArray[np.object_], ...],
    coded_only: NDArray[np.bool_],
    at: NDArray[np.int64],
) -> None:
    """One row a coder and theme; a row without theme stands in until the evaluation is coded."""
    case, due, held_on, coded_on = moments
    number, organisation, occasion, severity = attributes
    row = np.array([each[0] for each in rows])
    theme = np.array([each[1] for each in rows])
    coder = np.array([each[2] for each in rows], dtype=object)
    themes = np.array([each[0] for each in THEMES], dtype=object)
    has_theme = theme >= 0
    place = np.full(len(row), None, object)
    place[has_theme] = [
        THEMES[t][2][at[r, t]] for r, t in zip(row[has_theme], theme[has_theme], strict=True)
    ]
    version = codebook_version(chronicle.config, coded_on)[row]
    code = np.full(len(row), None, object)
    code[has_theme] = themes[theme[has_theme]]
    code = themes_after_split(code, place, version)
    created = np.where(theme == -1, due[row], coded_on[row])
    table = chronicle.table(
        "kc_evaluatie",
        case[row],
        created,
        {
            "evaluatie_nr": number[row],
            "organisatie": organisation[row],
            "aanleiding": occasion[row],
            "aanleiding_op": moment(due[row]),
            "gehouden_op": moment(held_on[row]),
            "ernst": fact(severity[row], held_on[row]),
            "koppelvlak": fact(place, where_known(has_theme, created)),
            "thema": fact(code, where_known(has_theme, created)),
            "codeboekversie": fact(version, coded_on[row]),
            "codeur": coder,
            "vervalt": where_known((theme == -1) & coded_only[row], coded_on[row]),
        },
    )
    expires = table.columns.pop("vervalt").values
    table.withdrawn = np.where(np.isnan(expires), table.withdrawn, expires)


def _ask_experiences(chronicle: Chronicle) -> None:
    """A yearly round in September and October among protected persons and professionals."""
    config, rng = chronicle.config, chronicle.config.generator("experiences")
    parts: list[tuple[NDArray[np.object_], ...]] = []
    moments: list[Moments] = []
    for year in range(config.start.year, config.end.year + 1):
        first, last = date(year, 9, 10), date(year, 10, 25)
        if last > config.end or first < config.start:
            continue
        for group, size in (
            ("beveiligd_persoon", config.volumes.respondents_protected),
            ("professional", config.volumes.respondents_professional),
        ):
            respondents = max(4, round(size * config.scale))
            organisation = pick(rng, EVALUATORS, (0.35, 0.2, 0.15, 0.15, 0.15), respondents)
            if group == "beveiligd_persoon":
                organisation[:] = "nvt"
            answered = arrivals(rng, respondents, begin_of(first), begin_of(last))
            for index, question in enumerate(QUESTIONS):
                lift = 0.05 * (index % 3) - (0.1 if question == "afbouw_goed_begeleid" else 0.0)
                sizes = np.array([0.08, 0.15 - lift / 2, 0.25, 0.32 + lift / 2, 0.15, 0.05])
                parts.append(
                    (
                        np.full(respondents, str(year), object),
                        np.full(respondents, group, object),
                        organisation,
                        np.full(respondents, question, object),
                        pick(rng, ANSWERS, tuple(sizes), respondents),
                    )
                )
                moments.append(answered)
    created = np.concatenate(moments)
    wave, group_of, organisation, question_of, answer = (
        np.concatenate([part[index] for part in parts]) for index in range(5)
    )
    chronicle.table(
        "kc_ervaring",
        np.full(len(created), -1),
        created,
        {
            "antwoord_nr": record_numbers("ER", created),
            "ronde": wave,
            "groep": group_of,
            "organisatie": organisation,
            "vraag": question_of,
            "antwoord": answer,
        },
    )


def _recommend(chronicle: Chronicle) -> None:
    """Recommendations and the dated states they pass through."""
    config, rng = chronicle.config, chronicle.config.generator("recommendations")
    n = max(12, rng.poisson(config.volumes.recommendations * config.scale * config.years))
    issued = arrivals(rng, n, chronicle.start + 15, chronicle.end - 20)
    number = record_numbers("AB", issued)
    answered = issued + lead(rng, 40.0, 0.5, n)
    answer = pick(rng, ("aanvaard", "deels", "afgewezen"), (0.68, 0.2, 0.12), n)
    goes_on = answer != "afgewezen"
    begun = where_known(goes_on & (happens(rng, n, 0.9)), answered + lead(rng, 45.0, 0.6, n))
    reported = where_known(happens(rng, n, 0.8), begun + lead(rng, 160.0, 0.5, n))
    checked = reported + lead(rng, 70.0, 0.5, n)
    verified = where_known(at_least(rng, 0.7, checked < chronicle.end, minimum=2), checked)
    # Somebody forgot to write down that it was reported done: a jump the monitor must name.
    jumps = config.generator("recommendation_jumps")
    skipped = at_least(jumps, SHARE_SKIPPED, verified < chronicle.end, minimum=1)
    attributes = _about(chronicle, rng, issued)
    reason = pick(
        rng, ("capaciteit", "wetgeving", "al_in_uitvoering", "niet_eens"), (4, 2, 2, 2), n
    )
    due = issued + lead(rng, 270.0, 0.2, n)
    states = (
        (np.full(n, "uitgebracht", object), issued),
        (answer, answered),
        (np.full(n, "in_uitvoering", object), begun),
        (np.full(n, "gereedgemeld", object), where_known(~skipped, reported)),
        (np.full(n, "geverifieerd", object), verified),
    )
    state = np.concatenate([name for name, _ in states])
    at = np.concatenate([reached for _, reached in states])
    row = np.tile(np.arange(n), len(states))
    needs_reason = np.isin(state, ("deels", "afgewezen"))
    chronicle.table(
        "kc_aanbeveling",
        np.full(len(row), -1),
        at,
        {
            "aanbeveling_nr": number[row],
            **{name: values[row] for name, values in attributes.items()},
            "status": state,
            "status_op": moment(at),
            "reden": fact(reason[row], where_known(needs_reason, at)),
            "streefdatum": moment(due[row], known=where_known(state != "uitgebracht", at)),
        },
    )
    chronicle.handoff("K51", np.full(n, -1), issued, verified, record=number, days="both")


def _about(
    chronicle: Chronicle, rng: np.random.Generator, issued: Moments
) -> dict[str, NDArray[np.object_]]:
    """Where each recommendation comes from, whose it is, and what it is about."""
    n = len(issued)
    theme = rng.integers(0, len(THEMES) - 1, n)
    place = np.array([THEMES[t][2][0] for t in theme], dtype=object)
    code = np.array([THEMES[t][0] for t in theme], dtype=object)
    sources = ("casusevaluatie", "adviesorgaan", "inspectie_jenv", "ovv")
    return {
        "bron": pick(rng, sources, (0.7, 0.14, 0.12, 0.04), n),
        "eigenaar": pick(rng, OWNERS, OWNER_SIZES, n),
        "koppelvlak": place,
        "thema": themes_after_split(code, place, codebook_version(chronicle.config, issued)),
    }


def _take_notes(chronicle: Chronicle) -> None:
    """The platform meets in the second month of a quarter and writes down what it decides."""
    config, rng = chronicle.config, chronicle.config.generator("notes")
    notes, created = _notes(config)
    is_decision = np.array([note[0] == "besluit" for note in notes])
    due = where_known(is_decision, created + 182)
    closed = where_known(is_decision & (happens(rng, len(created), 0.85)), due + 10)
    outcome = pick(rng, ("gehaald", "niet_gehaald", "vervallen"), (0.62, 0.28, 0.1), len(created))

    def optional(index: int) -> NDArray[np.object_]:
        return np.array([note[index] for note in notes], dtype=object)

    handoffs, indicators, questions, owners = (optional(index) for index in (1, 2, 3, 5))
    # What the register of the platform adds to a decision, these notes of paper do not have.
    never = np.full(len(created), np.nan)
    settled = where_known(closed < chronicle.end, closed)
    is_open = fact(np.full(len(created), "open", object), where_known(is_decision, created))
    chronicle.table(
        "kc_aantekening",
        np.full(len(created), -1),
        created,
        {
            "aantekening_nr": record_numbers("AT", created),
            "herziening": fact(np.ones(len(created), np.int64), created),
            "soort": optional(0),
            "koppelvlak": fact(handoffs, where_known(_is_given(handoffs), created)),
            "indicator": fact(indicators, where_known(_is_given(indicators), created)),
            "signaal": fact(np.full(len(created), None, object), never),
            "datum": moment(created),
            "vraag": fact(questions, where_known(_is_given(questions), created)),
            "tekst": optional(4),
            "eigenaar": fact(owners, where_known(_is_given(owners), created)),
            "streefdatum": moment(due, known=where_known(is_decision, created)),
            "vastgelegd_op": moment(created),
            "uitkomst": fact(
                np.where(np.isnan(settled), "open", outcome).astype(object), is_open.known
            ),
        },
        revisions={"uitkomst": (is_open, settled)},
    )


def _notes(config: SimulationConfig) -> tuple[list[Note], Moments]:
    """What is written down, and when: three of the list a meeting, in turn, and one rebase."""
    meetings = [
        day
        for year in range(config.start.year, config.end.year + 1)
        for month in (2, 5, 8, 11)
        if config.start <= (day := date(year, month, 11) + timedelta(days=year % 5)) <= config.end
    ]
    # So that every note recurs now and then.
    notes = [NOTES[at % len(NOTES)] for at in range(3 * len(meetings))]
    at = [begin_of(day) + 14 * HOUR for day in meetings for _ in range(3)]
    if config.start <= _REBASED <= config.end:
        at.append(begin_of(_REBASED) + 9 * HOUR)
        notes.append(_REBASE)
    return notes, np.array(at)


def _is_given(values: NDArray[np.object_]) -> Mask:
    return np.array([value is not None for value in values])
