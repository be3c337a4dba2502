"""The guard at its edges, function by function: what each rule just sees, and what it just leaves.

Here: headings, closed columns and the detectors, without a delivery around them.
Not here: how much of each kind is found (`test_recall`), and names and accounts by the dozen
(`test_names`).
"""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from pipelines.deliveries.contract import Column, Contract
from pipelines.deliveries.findings import Refusal
from pipelines.deliveries.guard.cells import MALFORMED_COLUMN, inspect_cells, inspect_text
from pipelines.deliveries.guard.closed_forms import expected_form
from pipelines.deliveries.guard.columns import check_columns
from pipelines.deliveries.guard.dates import inspect_dates
from pipelines.deliveries.guard.values import judge_values
from pipelines.deliveries.identifying.accounts import holds_account
from pipelines.deliveries.identifying.dates import holds_birth_date
from pipelines.deliveries.identifying.digests import is_plain_digest
from pipelines.deliveries.identifying.joined import holds_joined_name
from pipelines.deliveries.identifying.names import find_names
from pipelines.deliveries.identifying.numbers import holds_telephone
from pipelines.deliveries.identifying.places import holds_coordinates, holds_postcode
from pipelines.deliveries.identifying.plates import holds_plate

DAY = date(2026, 9, 30)
CASE = "z1_k7wz3mfq2xhtb5dgvn6cjyralu"


@pytest.fixture
def contract(door) -> Contract:
    return door.contracts["om_casus"]


class TestHeadings:
    """A heading is held against the contract by its names; what it should not have, by place."""

    @pytest.fixture
    def agreed(self, contract) -> list[str]:
        return [column.name for column in contract.columns]

    def test_the_agreed_columns_pass_in_any_order(self, contract, agreed):
        check_columns(agreed[::-1], contract)

    def test_a_heading_without_one_agreed_name_is_no_heading(self, contract):
        with pytest.raises(Refusal) as refused:
            check_columns(["jan", "de", "vries"], contract)
        assert (refused.value.rule, refused.value.is_anonymity) == ("kopregel", True)
        assert not refused.value.findings

    def test_a_column_twice_is_named(self, contract, agreed):
        with pytest.raises(Refusal, match=agreed[2]) as refused:
            check_columns([*agreed, agreed[2]], contract)
        assert (refused.value.rule, refused.value.is_anonymity) == ("kolom_dubbel", False)

    def test_every_missing_column_is_a_finding_and_five_are_named(self, contract, agreed):
        with pytest.raises(Refusal) as refused:
            check_columns(agreed[:1], contract)
        missing = agreed[1:]
        assert (refused.value.rule, refused.value.is_anonymity) == ("kolom_ontbreekt", False)
        assert [finding.column for finding in refused.value.findings] == missing
        assert {finding.severity for finding in refused.value.findings} == {"critical"}
        assert f"kolom {', '.join(missing[:5])} ontbreekt" in str(refused.value)

    def test_unknown_columns_are_told_by_place_beside_those_that_are_missing(
        self, contract, agreed
    ):
        columns = ["Jan de Vries", *agreed[:-1], "123456782"]
        with pytest.raises(Refusal) as refused:
            check_columns(columns, contract)
        told = str(refused.value)
        assert (refused.value.rule, refused.value.is_anonymity) == ("kolom_niet_toegestaan", True)
        assert f"kolom nummer 1, {len(columns)} staat niet in de specificatie" in told
        assert f"en kolom {agreed[-1]} ontbreekt" in told
        assert [finding.column for finding in refused.value.findings] == [
            "nummer 1",
            f"nummer {len(columns)}",
        ]
        assert "Vries" not in told + str(refused.value.findings)


class TestClosedColumns:
    """What keeps to the form a contract leaves no room beside needs no further look."""

    @pytest.mark.parametrize(
        ("column", "keeps", "breaks"),
        [
            (Column("a", "a", "boolean"), ["ja", "nee", "true", "false"], ["Ja", "1", "Jan"]),
            (Column("a", "a", "integer"), ["7", "-12", "1234567"], ["12345678", "1e3", "zes"]),
            (Column("a", "a", "number"), ["7,5", "-0.25"], ["7.", "0.1234567"]),
            (Column("a", "a", "string", enum=("ja", "3")), ["ja", "3"], ["nee", "33"]),
            (Column("a", "a", "date"), ["2026-09-30"], ["30-09-2026", "2026-09-30 "]),
            (
                Column("a", "a", "date", date_format="dd.MM.yyyy"),
                ["30.09.2026"],
                ["30-09-2026", "30x09x2026"],
            ),
            (
                Column("a", "a", "date", granularity="week"),
                ["2026-W40", "2026-40"],
                ["2026-W4", "202640"],
            ),
            (Column("a", "a", "date", granularity="month"), ["2026-09"], ["2026-09-30", "sep"]),
            (
                Column("a", "a", "timestamp"),
                ["2026-09-30T12:00:00Z", "2026-09-30 12:00:00,5+02:00", "2026-09-30T12:00"],
                ["30-09-2026 12:00", "2026-09-30"],
            ),
            # With seconds a fraction may follow them; without, nothing may.
            (
                Column("a", "a", "timestamp", date_format="dd-MM-yyyy HH:mm:ss"),
                ["30-09-2026 12:00:00", "30-09-2026 12:00:00.123", "2026-09-30T12:00:00Z"],
                ["30-09-2026 12:00", "30-09-2026 12:00:00+02:00"],
            ),
            (
                Column("a", "a", "timestamp", date_format="dd-MM-yyyy HH:mm"),
                ["30-09-2026 12:00"],
                ["30-09-2026 12:00.5", "30-09-2026 12:00:00"],
            ),
            (
                Column("a", "a", "timestamp", date_format="yyyyMMdd'T'HHmmssXXX"),
                ["20260930T120000Z", "20260930T120000,25+02:00"],
                ["20260930T120000"],
            ),
            (Column("a", "a", "string", pattern="^[A-Z]{2}[0-9]{4}$"), ["AB1234"], ["AB12345"]),
        ],
    )
    def test_a_value_keeps_to_the_form_of_its_column_or_not(self, column, keeps, breaks):
        values = pa.array([*keeps, *breaks])
        expected = [True] * len(keeps) + [False] * len(breaks)
        assert expected_form(column, values).to_pylist() == expected

    def test_a_column_without_a_value_is_not_looked_at(self, contract):
        cells = pa.table({name: pa.nulls(2, pa.string()) for name in ("zaak_sleutel", "parket")})
        assert inspect_cells(cells, np.arange(1, 3), contract, DAY) == []

    def test_a_pseudonym_a_letter_short_or_long_identifies_nobody(self):
        column = Column("zaak_sleutel", "case_key", "string", pseudonym="case")
        for typed in (CASE[:-1], f"{CASE}a"):
            assert judge_values(column, pa.array([typed]), DAY) == {}
        for typed in (CASE[:10], f"q{CASE[1:]}", "123456782"):
            assert judge_values(column, pa.array([typed]), DAY)["pseudoniem_vorm"] == [typed]

    def test_a_look_alike_is_let_in_by_its_form_and_without_a_form_not_at_all(self):
        code = Column("code", "code", "string", look_alike="kenteken", pattern="^GB-[0-9]{3}-[XZ]$")
        of_no_form = Column("code", "code", "string", look_alike="kenteken")
        codes = pa.array(["GB-123-X", "12-GBX-3"])
        assert judge_values(code, codes, DAY)["kenteken"] == ["12-GBX-3"]
        assert "kenteken" not in judge_values(code, codes[:1], DAY)
        assert judge_values(of_no_form, codes, DAY)["kenteken"] == ["GB-123-X", "12-GBX-3"]

    def test_of_days_the_empty_ones_and_those_before_any_milestone_are_told_apart(self, contract):
        days = [None, date(1970, 1, 1), date(1971, 3, 12), date(2011, 1, 1), date(2010, 12, 31)]
        typed = pa.table({column.name: _typed(column, days) for column in contract.columns})
        found = inspect_dates(typed, np.arange(1, 6), contract, DAY)
        names = [column.name for column in contract.columns if column.landing_type == "DATE"]
        assert names
        assert [(hit.kind, hit.column, hit.row_numbers) for hit in found] == [
            hit
            for name in names
            for hit in (("lege_datum", name, (2,)), ("geboortedatum", name, (3, 5)))
        ]


def _typed(column: Column, days: list[date | None]) -> pa.Array:
    """The days in a column of days, and nothing in any other."""
    if column.landing_type == "DATE":
        return pa.array(days, pa.date32())
    is_moment = column.logical_type == "timestamp"
    return pa.nulls(len(days), pa.timestamp("us", "UTC") if is_moment else pa.string())


def test_lines_without_cells_are_judged_whole_and_their_keys_left_out():
    lines = [
        (3, f"{CASE};Jan de Vries"),
        (5, f"{CASE};rotterdam;12"),
        (9, "BSN 123456782"),
        (12, "BSN 123456782"),
    ]
    found = {hit.kind: hit for hit in inspect_text(lines, DAY)}
    assert found["bsn"].row_numbers == (9, 12)
    assert {hit.column for hit in found.values()} == {MALFORMED_COLUMN}
    assert not any(5 in hit.row_numbers for hit in found.values())
    assert inspect_text([], DAY) == []


@pytest.mark.parametrize(
    ("detector", "text", "is_found"),
    [
        # Nine or eleven digits in groups, from a zero.
        (holds_telephone, "terug op 02 123 45 67 graag", True),
        (holds_telephone, "010 123 456 789 00", True),
        (holds_telephone, "zaak 02 12 34 loopt", False),
        # Letters that no postcode has, also with nothing else in the cell.
        (holds_postcode, "1234 SA", False),
        (holds_postcode, "vak 4321 SD in de lijst", False),
        (holds_postcode, "1234 SB", True),
        # A point: near by with three decimals, elsewhere with four; no share, and on earth.
        (holds_coordinates, "52.091, 5.121", True),
        (holds_coordinates, "48.858, 2.294", False),
        (holds_coordinates, "-33.86881, 151.20932", True),
        (holds_coordinates, "0.12345, 0.56789", False),
        (holds_coordinates, "95.86881, 151.20932", False),
        # Units between two counts, and letters as on a plate.
        (holds_plate, "nog 12 km 34 te gaan", False),
        (holds_plate, "nog 12 kz 34 te gaan", True),
        # Whatever is in quotation marks behind a place where people write is an account.
        (holds_account, "actief op een forum onder 'regenboog'", True),
        (holds_account, "actief op een forum onder regenboog", False),
        # A prefix with a capital, and a surname that is a town or an ending too.
        (holds_joined_name, "Zie map VanBruchem voor zaak 3.", True),
        (holds_joined_name, "Zie map VanBreda voor zaak 3.", False),
        # Neither digit is one of base32, so it was made from no bytes.
        (is_plain_digest, "z1_k9wz3mfq2xhtb5dgvn6cjyralu", False),
        (is_plain_digest, "p1_a0a0a0a0a0a0a0a0a0a0a0a0a0", True),
    ],
)
def test_what_a_detector_just_sees_and_just_leaves(detector, text, is_found):
    assert detector(text) is is_found


@pytest.mark.parametrize(
    ("text", "is_birth_date"),
    [
        ("geboren in 1980", True),
        ("geboren in negentienhonderd tachtig", True),
        ("geboren in tweeduizendtwaalf", True),
        # A letter from another alphabet hides the century and not that a year was given.
        ("geboren in negent\u0131enhonderd tachtig", True),
        # Of this year it is a child of a case rather than of a person on record.
        ("geboren in 2026", False),
        ("geboren in 2025", True),
    ],
)
def test_a_year_of_birth_is_one_that_has_passed(text, is_birth_date):
    assert holds_birth_date(text, DAY, 15) is is_birth_date


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        # A surname before a first name; a word of the chain beside either makes it no name.
        ("Yilmaz Fatima", True),
        ("Officier Jansen", False),
    ],
)
def test_a_cell_of_two_words_is_a_name_in_either_order(text, is_name):
    assert find_names([text], is_free_text=False) == ([text] if is_name else [])


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        # An initial is a capital; behind a title a word of the chain is none.
        ("naam P., niet bekend", True),
        ("verdachte b. is vrij", False),
        ("mevrouw triage belde", False),
        ("mevrouw bakker belde", True),
        # A first name and a town say where somebody is, not who.
        ("fatima utrecht belde", False),
        ("fatima kuijpers belde", True),
    ],
)
def test_a_note_names_somebody_by_an_initial_a_title_or_two_words(text, is_name):
    assert find_names([text], is_free_text=True) == ([text] if is_name else [])
