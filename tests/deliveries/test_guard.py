"""The anonymity guard: what identifies is refused, what only looks so comes in."""

import random
from dataclasses import replace

import pyarrow as pa
import pytest

from pipelines.deliveries.contract import Column, load_contracts
from pipelines.deliveries.guard.hit import refusal_of
from pipelines.deliveries.guard.values import find_in_text
from pipelines.deliveries.identifying.digests import is_plain_digest
from pipelines.deliveries.identifying.names import find_names
from pipelines.deliveries.samples import sample_cells
from pipelines.settings import Settings
from tests.deliveries import guard_measures
from tests.deliveries.conftest import set_cell
from tests.deliveries.corpora.cells import KINDS, LOOK_ALIKES, REFERENCE_DATE, TARGETS

DAY = REFERENCE_DATE


@pytest.fixture(scope="module")
def recalls():
    """A few values, enough to tell that each rule works; `make guard-report` takes many."""
    contracts = load_contracts(Settings().contracts_dir)
    wanted = {"om_casus", "lcc_maatregel", "om_dossier", "nctv_aanwijzing"}
    few = {name: contract for name, contract in contracts.items() if name in wanted}
    return {
        recall.kind: recall
        for recall in guard_measures.by_kind(guard_measures.measure_cells(few, 32, seed=1))
    }


@pytest.mark.parametrize("kind", KINDS)
def test_identifying_cells_of_every_kind_are_found(recalls, kind):
    recall = recalls[kind]
    assert recall.found >= TARGETS.get(kind, 1.0) * recall.planted - (
        0 if TARGETS.get(kind) == 1 else 1
    )


@pytest.mark.parametrize("what", LOOK_ALIKES)
def test_a_declared_look_alike_comes_in(door, what):
    pattern, kind, make = LOOK_ALIKES[what]
    contract = guard_measures.look_alike_contract(door.contracts["om_dossier"], pattern, kind)
    draw = random.Random(3)
    cells = sample_cells(door.contracts["om_dossier"], 300, DAY)
    codes = pa.array([make(draw) for _ in range(300)], pa.string())
    assert guard_measures.hits_of(cells.append_column("code", codes), contract) == []


def test_a_column_declared_to_hold_numbers_is_refused_when_they_are_bsns(door):
    few = {"om_dossier": door.contracts["om_dossier"]}
    assert guard_measures.measure_columns_of_bsn(few, seed=1).found == 1


def test_a_plate_of_another_form_than_the_declared_codes_is_refused(door):
    pattern, kind, _ = LOOK_ALIKES["product codes like plates"]
    contract = guard_measures.look_alike_contract(door.contracts["om_dossier"], pattern, kind)
    cells = sample_cells(door.contracts["om_dossier"], 2, DAY)
    codes = pa.array(["GB-123-X", "12-GBX-3"])
    [hit] = guard_measures.hits_of(cells.append_column("code", codes), contract)
    assert (hit.kind, hit.row_numbers) == ("kenteken", (2,))


def test_a_birth_date_in_a_column_of_moments_is_refused(door):
    cells = set_cell(door.cells("om_casus"), "gemeld_op", 4, "1971-03-12T00:00:00+01:00")
    outcome = door.take_one(door.put("om_casus", cells))
    assert (outcome.rule, outcome.findings[0].row_numbers) == ("anonimiteit_geboortedatum", (4,))


@pytest.mark.parametrize(
    "moment",
    ["1970-01-01T00:00:00+00:00", "1970-01-01T00:00:00+01:00", "1900-01-01T00:00:00+01:00",
     "9999-12-31T00:00:00+01:00"],
)  # fmt: skip
def test_the_date_that_systems_write_for_nothing_is_to_be_left_out(door, moment):
    cells = set_cell(door.cells("om_casus"), "gemeld_op", 4, moment)
    outcome = door.take_one(door.put("om_casus", cells))
    assert (outcome.rule, outcome.findings[0].row_numbers) == ("lege_datum", (4,))
    assert outcome.findings[0].remedy_nl.startswith("Laat de cel leeg")


def test_activities_that_look_like_names_are_told_to_be_listed_in_the_contract(door):
    activity = Column("activiteit", "activity", "string", pattern="^[A-Za-z ]{3,40}$")
    base = door.contracts["om_dossier"]
    contract = replace(base, columns=(*base.columns, activity))
    cells = sample_cells(base, 40, DAY).append_column(
        "activiteit", pa.array(["Bill Patient", "Grace Period"] * 20)
    )
    refusal = refusal_of(guard_measures.hits_of(cells, contract))
    assert "als enum in het contract" in refusal.findings[0].remedy_nl
    listed = replace(activity, enum=("Bill Patient", "Grace Period"))
    closed = replace(base, columns=(*base.columns, listed))
    assert guard_measures.hits_of(cells, closed) == []


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("triage_lead_time.median.started.both.month.national.national.outside.2026-09", None),
        ("jan_de_vries", "naam"),
        ("fatima.el.amrani", "naam"),
        ("triage.06-12345678", "telefoonnummer"),
    ],
)
def test_a_code_whose_form_leaves_room_is_judged_word_by_word(door, code, rule):
    contract = door.contracts["kc_aantekening"]
    cells = set_cell(sample_cells(contract, 3, DAY), "signaal", 2, code)
    assert [hit.kind for hit in guard_measures.hits_of(cells, contract)] == ([rule] if rule else [])


@pytest.mark.parametrize(
    "key",
    [
        "p1_acef2345acef2345acef2345ac",  # hexadecimal digits without 0, 1, 8 and 9
        "p1_jandevriesaaaaaaaaaaaaaaaa",  # a name, filled up
        "p1_gezdgnbvgy3tqmqaaaaaaaaaaa",  # 123456782 in base32, filled up with zeros
        "p1_0f3a9c81d27be4560f3a9c81d2",  # a hexadecimal digest, cut
    ],
)
def test_what_is_dressed_as_a_pseudonym_and_is_no_128_random_bits_is_refused(door, key):
    cells = set_cell(door.cells("om_casus"), "persoon_sleutel", 3, key)
    hits = guard_measures.hits_of(cells, door.contracts["om_casus"])
    assert ("pseudoniem_vorm", (3,)) in [(hit.kind, hit.row_numbers) for hit in hits]


@pytest.mark.parametrize(
    "text",
    [
        "".join(chr(ord(digit) + 0xFEE0) for digit in "123456782"),  # full width
        "".join(chr(ord(digit) - ord("0") + 0x660) for digit in "123456782"),  # Arabic digits
        "".join(chr(ord(digit) - ord("0") + 0x1D7CE) for digit in "123456782"),  # mathematical bold
        "123\u00a0456\u2009782",  # spaces that are none to a pattern
        "12\u200b345\u00ad6782",  # characters nobody sees
        "123\u2013456\u2212782",  # a dash and a minus
    ],
)
def test_a_number_is_the_same_number_whatever_it_was_typed_with(text):
    assert "bsn" in dict(find_in_text(f"Nummer {text} nagevraagd", DAY))


@pytest.mark.parametrize(
    "text",
    ["De mediaan is nu 34 dagen", "7 van 12 zaken waren op tijd", "In 2024 en 2025 was dit 12%",
     "Geleverd op 01-10-2026 00:00", "Sinds 1 januari 2018 geldt de regeling",
     "Zie besluit AT0000012 van 12 maart 2026", "De geboortedatum ontbrak in 2025 bij 12 zaken"],
)  # fmt: skip
def test_an_ordinary_sentence_with_numbers_passes(text):
    assert find_in_text(text, DAY) == ()


@pytest.mark.parametrize(
    "value",
    ["Jan de Vries", "Frederic", "J.A. Jansen", "Jansen, P.", "mevrouw Smit", "ALI BENALI",
     "jan jansen", "Danique Kuijpers", "Mohammed El Amrani"],
)  # fmt: skip
def test_a_name_where_a_code_belongs(value):
    assert find_names([value], is_free_text=False) == [value]


@pytest.mark.parametrize(
    "value",
    ["Zutphen", "Den Haag", "Bergen op Zoom", "Van Dam", "amsterdm", "Anders", "onbekend",
     "Midden Nederland", "Openbaar Ministerie", "lokale maatregelen", "V13 2nd", "K13"],
)  # fmt: skip
def test_what_is_no_name_where_a_code_belongs(value):
    assert find_names([value], is_free_text=False) == []


@pytest.mark.parametrize(
    ("note", "is_found"),
    [
        ("Overleg met Pieter over de zaak.", True),
        ("Afspraak: Danique Kuijpers zoekt het uit.", True),
        ("Brief van J.P. van den Berg ontvangen.", True),
        ("jan de vries is gebeld", True),
        ("In Den Haag besproken met het OM en de NCTV.", False),
        ("Het Openbaar Ministerie levert later aan.", False),
        ("Gesprek met de Koninklijke Marechaussee op maandag.", False),
        ("De triagetafel van Rotterdam loopt achter; Limburg niet.", False),
        ("Wil het parket eerder leveren?", False),
    ],
)
def test_names_in_the_notes_of_the_platform(note, is_found):
    assert bool(find_names([note], is_free_text=True)) == is_found


def test_a_code_of_the_column_is_no_name_however_it_looks():
    assert find_names(["Roos"], is_free_text=False, allowed=["roos"]) == []


@pytest.mark.parametrize(
    ("key", "is_plain"),
    [
        ("z1_0123456789abcdef0123456789", True),  # a digest in hexadecimal, cut to length
        ("z1_kqqqqqqqqqqqqqqqqqqqqqqqqq", True),  # a short number, filled up
        ("z1_synthqqqqqqqqqqqqqqqqaaaaa", False),  # made up, and marked as that
        ("z1_k7wz3mfq2xhtb5dgvn6cjyralu", False),  # 128 bits
    ],
)
def test_a_pseudonym_is_no_digest_without_a_key(key, is_plain):
    assert is_plain_digest(key) is is_plain
