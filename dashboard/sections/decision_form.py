"""The form in which the secretary of the platform records a decision.

Here: the fields, what was typed and is not kept yet, and what the writer is told: refused, revised
by somebody else, or kept.
Not here: the rules (`pipelines.decisions`), and the list (`decision_list`).

What was typed stays in the form until it is kept, whatever happened to it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from dashboard import decisions, queries
from dashboard.components.markup import escape
from dashboard.components.note import note, show_note
from dashboard.components.page import Page
from dashboard.decisions import (
    Decision,
    Desk,
    Draft,
    RefusedError,
    RegisterError,
    Revision,
    StaleError,
)
from dashboard.sections.decision_list import changes
from dashboard.sections.item import in_full
from pipelines.wording.rows import records, text_of

_NEW = "nieuw"
_FIELDS = (
    "kind", "subject", "noted_on", "question", "text", "owner", "due_on", "outcome",
)  # fmt: skip
# A quarter and a little: the meeting after next.
_DAYS_TO_DUE = 100


def show_form(
    page: Page,
    desk: Desk,
    decision: Decision | None,
    about: Mapping[str, str],
    *,
    stays: bool = False,
) -> None:
    """Put the form on the page.

    Args:
        page: The page.
        desk: Where it is kept.
        decision: The decision to revise; None for a new one.
        about: What a new one is about: `koppelvlak`, `indicator` or `signaal`, as in the address.
        stays: The page remains what it is when a new one was kept; else it becomes that decision's.
    """
    words = page.words
    # What was typed about one signal is not put under another.
    about_signal = about.get("indicator", "") if about.get("signaal") else ""
    name = decision.revision.number if decision else "_".join(filter(None, (_NEW, about_signal)))
    base = f"decision_base_{name}"
    if base not in st.session_state:
        st.session_state[base] = decision.revision.revision if decision else 0
        _fill(page, name, decision, about)
    told = st.session_state.get(f"decision_told_{name}")
    if told:
        st.html(told)
    # Outside the form: which fields there are, and what is open already, depends on them.
    if not decision:
        _choice(page, name, "kind", desk.choices.kinds)
    _subject(page, name)
    kind = st.session_state[_key(name, "kind")]
    if not decision and kind == decisions.DECISION:
        _show_alike(page, str(st.session_state[_key(name, "subject")]))
    with st.form(f"decision_form_{name}", border=True):
        st.date_input(
            words.text("decisions.field.noted_on"), key=_key(name, "noted_on"), format="DD-MM-YYYY"
        )
        if kind == decisions.DECISION:
            _text(page, name, "question", desk.choices.longest)
        _text(page, name, "text", desk.choices.longest)
        if kind == decisions.DECISION:
            left, middle, right = st.columns(3)
            with left:
                _choice(page, name, "owner", desk.choices.owners)
            with middle:
                st.date_input(
                    words.text("decisions.field.due_on"),
                    key=_key(name, "due_on"),
                    format="DD-MM-YYYY",
                )
            with right:
                _choice(page, name, "outcome", desk.choices.outcomes)
        st.html(f'<p class="km-caption">{escape(words.text("decisions.guard"))}</p>')
        if st.form_submit_button(words.text("decisions.save"), type="primary"):
            kept = _save(page, desk, name, decision, about)
            if kept and not stays:
                st.query_params.clear()
                st.query_params["besluit"] = kept.number
            st.rerun()
    if told and st.button(words.text("decisions.discard"), key=f"decision_discard_{name}"):
        _forget(name)
        st.rerun()


def show_damaged(page: Page) -> None:
    """Say that nothing can be recorded now, where the register is damaged."""
    if decisions.is_damaged():
        show_note(page.words.text("decisions.damaged"), kind="attention")


def saved_note() -> str:
    """Return what was just kept, once."""
    return str(st.session_state.pop("decision_saved", ""))


def _save(
    page: Page, desk: Desk, name: str, decision: Decision | None, about: Mapping[str, str]
) -> Revision | None:
    """Keep what was typed and return it, or say why not: then the form still has it."""
    words = page.words
    draft = _draft(name, decision, about)
    reference_date = page.publication.reference_date
    told = f"decision_told_{name}"
    base = f"decision_base_{name}"
    try:
        if decision is None:
            kept = desk.record(draft, reference_date)
        else:
            kept = desk.revise(
                name,
                draft,
                reference_date,
                expected=st.session_state[base],
                delivered=decision.revision
                if decision.revision.origin == decisions.DELIVERED
                else None,
            )
    except RefusedError as refused:
        field = words.text(f"decisions.field.{refused.field}")
        rule = words.name("decisions.refused", refused.rule)
        text = words.text("decisions.refused", field=field, rule=rule)
        st.session_state[told] = note(text, kind="attention")
    except RegisterError:
        # A full disk, or a fault since the page was made.
        st.session_state[told] = note(words.text("decisions.not_kept"), kind="attention")
    except StaleError as stale:
        newest = stale.since[-1]
        earlier = desk.register.history(name)
        known = {each.revision: each for each in earlier}
        listed = "".join(changes(page, known.get(each.revision - 1), each) for each in stale.since)
        text = words.text("decisions.stale", revision=newest.revision)
        st.session_state[told] = (
            f'<div class="km-note km-note-attention" role="alert"><p>{escape(text)}</p>'
            f"{listed}</div>"
        )
        st.session_state[base] = newest.revision
    else:
        text = words.text("decisions.saved", number=kept.number, revision=kept.revision)
        _forget(name)
        st.session_state["decision_saved"] = note(text)
        return kept
    return None


def _draft(name: str, decision: Decision | None, about: Mapping[str, str]) -> Draft:
    typed: dict[str, Any] = {field: st.session_state.get(_key(name, field)) for field in _FIELDS}
    is_decision = typed["kind"] == decisions.DECISION
    kind_of_subject, _, code = str(typed["subject"]).partition(":")
    signal = decision.draft.signal_id if decision else about.get("signaal") or None
    return Draft(
        kind=typed["kind"],
        noted_on=typed["noted_on"],
        text=typed["text"] or "",
        question=(typed["question"] or "") if is_decision else "",
        handoff_id=code if kind_of_subject == "handoff" else None,
        indicator=code if kind_of_subject == "indicator" else None,
        signal_id=signal,
        owner=typed["owner"] if is_decision else None,
        due_on=typed["due_on"] if is_decision else None,
        outcome=typed["outcome"] if is_decision else None,
    )


def _fill(page: Page, name: str, decision: Decision | None, about: Mapping[str, str]) -> None:
    """Put in the form what stands in the decision, or what a new one begins with."""
    if decision is not None:
        draft = decision.draft
        code = f"indicator:{draft.indicator}" if draft.indicator else f"handoff:{draft.handoff_id}"
        values: dict[str, Any] = {**vars(draft), "subject": code}
        values["due_on"] = values["due_on"] or draft.noted_on + timedelta(days=_DAYS_TO_DUE)
    else:
        subjects = _subjects(page)
        # Nothing was decided on figures before the day they are about.
        today = max(datetime.now(page.publication.timezone).date(), page.publication.reference_date)
        wanted = (
            f"indicator:{about.get('indicator')}",
            f"handoff:{about.get('koppelvlak')}",
        )
        values = {
            "kind": decisions.DECISION,
            "subject": next((each for each in wanted if each in subjects), next(iter(subjects))),
            "noted_on": today,
            "question": "",
            "text": "",
            "owner": None,
            "due_on": today + timedelta(days=_DAYS_TO_DUE),
            "outcome": decisions.OPEN,
        }
    for field in _FIELDS:
        st.session_state[_key(name, field)] = values[field]


def _forget(name: str) -> None:
    for field in _FIELDS:
        st.session_state.pop(_key(name, field), None)
    for kind in ("base", "told"):
        st.session_state.pop(f"decision_{kind}_{name}", None)


def _subjects(page: Page) -> dict[str, str]:
    """Return what a decision can be about: hand-offs first, then indicators of the register."""
    words = page.words
    found = {
        f"handoff:{row['handoff_id']}": f"{row['handoff_id']} · {words.label(row)}"
        for row in records(queries.handoffs(page.publication))
    }
    return found | {
        f"indicator:{row['indicator']}": words.label(row) or str(row["indicator"])
        for row in records(queries.indicators(page.publication))
        if text_of(row, "indicator")
    }


def _subject(page: Page, name: str) -> None:
    subjects = _subjects(page)
    st.selectbox(
        page.words.text("decisions.field.subject"),
        list(subjects),
        format_func=lambda code: subjects[code],
        key=_key(name, "subject"),
    )


def _show_alike(page: Page, subject: str) -> None:
    """Point out the open decisions about a subject: what is typed may be one of them already."""
    kind, _, code = subject.partition(":")
    register = records(queries.indicators(page.publication))
    about = {
        str(row["indicator"]): text_of(row, "handoff_id") or None
        for row in register
        if code == (row["indicator"] if kind == "indicator" else row["handoff_id"])
    }
    found = [
        decision
        for decision in decisions.decisions(page.publication)
        if decision.is_open and any(decision.is_about(*pair) for pair in about.items())
    ]
    if not found:
        return
    rows = "".join(f"<li>{in_full(page, decision)}</li>" for decision in found)
    text = escape(page.words.text("decisions.alike", n=len(found)))
    st.html(
        f'<div class="km-note km-note-attention km-alike" role="note"><p>{text}</p>'
        f'<ul class="km-plain km-opened">{rows}</ul></div>'
    )


def _choice(page: Page, name: str, field: str, codes: tuple[str, ...]) -> None:
    st.selectbox(
        page.words.text(f"decisions.field.{field}"),
        codes,
        # Only who owns it may be left open for a moment: the others always have a value.
        index=None if field == "owner" else 0,
        format_func=lambda code: page.words.name(f"decisions.{field}", code),
        key=_key(name, field),
        placeholder=page.words.text("decisions.choose"),
    )


def _text(page: Page, name: str, field: str, longest: int) -> None:
    st.text_area(
        page.words.text(f"decisions.field.{field}"),
        key=_key(name, field),
        max_chars=longest,
        height=90,
    )


def _key(name: str, field: str) -> str:
    return f"decision_{name}_{field}"
