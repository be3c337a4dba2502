"""What a decision may hold: a refusal says which rule and where, never the value."""

from datetime import date

import pytest

from pipelines.decisions.draft import RefusedError, check
from tests.decisions.conftest import REFERENCE_DATE, decision

DAYS = (date(2026, 11, 24), REFERENCE_DATE)

IDENTIFYING = [
    ("bsn", "Zaak van 111222333 bespreken."),
    ("naam", "Mevrouw Jansen belt de officier."),
    ("naam", "Besproken met Pieter de Vries."),
    ("telefoonnummer", "Bel 06-12345678 voor vragen."),
    ("e_mail", "Mail naar iemand@voorbeeld.nl."),
    ("kenteken", "De auto met kenteken GB-123-X."),
    ("postcode", "Verhuisd naar 2511 CV."),
    ("geboortedatum", "De persoon is van 03-04-1981."),
    ("iban", "Rekening NL91ABNA0417164300 nakijken."),
    ("parketnummer", "Zaak 10/123456-22 nalopen."),
]


def test_a_plain_decision_is_accepted(choices):
    check(decision(), choices, DAYS)


@pytest.mark.parametrize("field", ["question", "text"])
@pytest.mark.parametrize(("rule", "text"), IDENTIFYING)
def test_an_identifying_text_is_refused_by_its_rule(choices, field, rule, text):
    with pytest.raises(RefusedError) as refused:
        check(decision(**{field: text}), choices, DAYS)

    assert (refused.value.rule, refused.value.field) == (rule, field)
    planted = [word for word in text.split() if any(sign.isdigit() for sign in word)]
    assert not any(word in str(refused.value) for word in planted)
    assert "Jansen" not in str(refused.value)


def test_a_text_is_judged_on_the_day_it_is_written_and_on_the_day_it_is_delivered_under(choices):
    # Of two digits, the year is last century's on the one day and this century's on the other.
    text = "Overleg van 12-1-27 voorbereid."

    check(decision(text=text), choices, (date(2027, 1, 5),))
    with pytest.raises(RefusedError):
        check(decision(text=text), choices, (date(2027, 1, 5), date(2026, 12, 31)))


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({"text": ""}, "ontbreekt", "text"),
        ({"kind": ""}, "ontbreekt", "kind"),
        ({"question": ""}, "ontbreekt", "question"),
        ({"owner": None}, "ontbreekt", "owner"),
        ({"due_on": None}, "ontbreekt", "due_on"),
        ({"outcome": None}, "ontbreekt", "outcome"),
        ({"handoff_id": None}, "ontbreekt", "handoff_id"),
        ({"due_on": date(2026, 11, 23)}, "volgorde", "due_on"),
        ({"owner": "Pieter de Vries"}, "onbekende_code", "owner"),
        ({"kind": "memo"}, "onbekende_code", "kind"),
        ({"outcome": "misschien"}, "onbekende_code", "outcome"),
        ({"handoff_id": "13"}, "onbekende_code", "handoff_id"),
        ({"signal_id": "een signaal"}, "onbekende_code", "signal_id"),
        ({"text": "x" * 281}, "te_lang", "text"),
        ({"question": "x" * 281}, "te_lang", "question"),
    ],
)
def test_a_draft_that_is_not_whole_is_refused_with_field_and_rule(choices, changes, rule, field):
    with pytest.raises(RefusedError) as refused:
        check(decision(**changes), choices, DAYS)

    assert (refused.value.rule, refused.value.field) == (rule, field)


def test_a_due_date_on_the_day_itself_and_a_text_of_280_characters_are_the_most(choices):
    check(decision(due_on=date(2026, 11, 24), text="x" * 280), choices, DAYS)


def test_a_note_needs_no_owner_and_no_due_date(choices):
    note = decision(kind="notitie", question="", owner=None, due_on=None, outcome=None)

    check(note, choices, DAYS)


def test_an_owner_is_an_organisation_or_a_role(choices):
    assert {"om", "nctv", "politie", "voorzitter_platform"} <= set(choices.owners)
