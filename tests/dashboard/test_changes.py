"""What changed since the previous publication: words, signed numbers, and where they stand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dashboard.components.waterfall import waterfall
from pipelines.wording import changes
from pipelines.wording.language import words_in
from tests.dashboard.published_fixture import Row, result_row, tiny_tables, write_publication

NL, EN = words_in("nl"), words_in("en")


def changed(statistic: str, period: str, **columns: Any) -> dict[str, Any]:
    """A changed national figure of triage; a number unless told otherwise."""
    zero = {f"part_{factor}": 0.0 for factor in changes.FACTORS}
    row = result_row("triage_lead_time", statistic, period)
    return {
        **{name: row[name] for name in row if name not in {"version", "status"}},
        "kind": "number",
        "old_status": "ok",
        "new_status": "ok",
        **zero,
        **columns,
    }


MEDIAN = changed(
    "median", "2026-Q3", old_value=7.4, new_value=8.4, difference=1.0, part_late=2.5,
    part_correction=-1.5,
)  # fmt: skip
SHARE = changed(
    "share_within_norm", "2026-Q3", unit="share", old_value=0.6, new_value=0.65, difference=0.05,
    part_definition=None, part_late=None, joint_factors="definition|late", part_joint=0.05,
)  # fmt: skip
APPEARS = changed(
    "p90", "2026-Q3", kind="appears", old_status="suppressed", new_value=20.5, cause="late",
    old_value=None, **{f"part_{factor}": None for factor in changes.FACTORS},
)  # fmt: skip


def changed_tables(
    rows: Sequence[Row] = (MEDIAN, SHARE, APPEARS), state: str = "explained", **basis: Any
) -> dict[str, list[Row]]:
    """What became of some figures since the previous publication."""
    tables: dict[str, list[Row]] = {"change": list(rows)}
    tables["change_basis"] = [
        {"state": state, "note": "", "previous_publication_id": "before",
         "previous_reference_date": "2026-09-30", **basis}
    ]  # fmt: skip
    tables["change_factor"] = [
        {"position": 1, "factor": "definition", "is_changed": False, "n_items": 0, "items": ""},
        {"position": 2, "factor": "late", "is_changed": True, "n_items": 1,
         "items": "om_intake_2026-09-30_v1"},
        {"position": 3, "factor": "correction", "is_changed": True, "n_items": 2,
         "items": "om_intake_2026-08-31_v2|nctv_triage_2026-09-30_v2"},
        {"position": 4, "factor": "merge", "is_changed": False, "n_items": 0, "items": ""},
        {"position": 5, "factor": "period", "is_changed": True, "n_items": 0, "items": ""},
    ]  # fmt: skip
    return tables


def with_changes(folder: Path, rows: list[Row], state: str = "explained", **basis: Any) -> Path:
    tables = tiny_tables() | changed_tables(rows, state, **basis)
    return write_publication(folder / "platform", tables, "now").parent


def test_the_sentence_says_the_figures_of_the_table():
    said = changes.sentence([APPEARS, SHARE, MEDIAN], NL)

    assert said == (
        "Een andere waarde kregen: 2 van 3. Het nieuwste verschil is Binnen norm, K3 2026: "
        "eerst 60%, nu 65% (+5 procentpunt door definitie of norm en late leveringen samen; apart "
        "niet te tonen)."
    )
    assert changes.sentence([APPEARS], NL).startswith("Geen ervan kreeg een andere waarde")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (2.5, "calendar_days", "+2,5 dagen"),
        (-2.0, "calendar_days", "−2 dagen"),
        (-1.0, "calendar_days", "−1 dag"),
        (0.04, "calendar_days", "+0,04 dagen"),
        (0.0001, "calendar_days", "+<0,001 dagen"),
        (3, "count", "+3 gevallen"),
        (0.05, "share", "+5 procentpunt"),
    ],
)
def test_a_difference_has_a_sign_and_never_looks_like_nothing(value, unit, expected):
    assert changes.amount(value, unit, NL) == expected


def test_two_values_that_differ_never_look_the_same():
    row = changed("median", "2026-Q3", old_value=3.96, new_value=4.04, difference=0.08)
    assert changes.ends(row, NL) == ("3,96 dagen", "4,04 dagen")
    share = changed(
        "share", "2026-Q3", unit="share", old_value=0.531, new_value=0.529, difference=-0.002
    )
    assert changes.ends(share, NL) == ("53,1%", "52,9%")


def test_only_parts_that_are_not_zero_are_named_in_their_order():
    assert changes.parts(MEDIAN) == [("late", 2.5), ("correction", -1.5)]


def test_parts_that_cannot_be_told_apart_stand_as_one_with_all_their_names():
    assert changes.parts(SHARE) == [("joint", 0.05)]
    name = changes.part_name(SHARE, "joint", NL)
    assert name == "definitie of norm en late leveringen samen; apart niet te tonen"


def test_what_is_no_number_is_told_in_words_with_its_cause():
    assert changes.happened(APPEARS, NL) == ("verschijnt; was: afgeschermd (door: late leveringen)")
    gone = {**APPEARS, "kind": "disappears", "old_status": "ok", "new_status": "absent"}
    assert changes.happened(gone, EN) == "disappears (through: late deliveries)"


def test_a_waterfall_is_as_wide_as_the_path_it_draws():
    """Up two and a half, down one and a half: the second bar ends where the figure is now."""
    assert waterfall([]) == waterfall([0.0]) == ""
    assert waterfall([2.5, -1.5]).count("rect") == 2


def test_a_handoff_tells_what_changed_and_why(tmp_path, render):
    page = render(with_changes(tmp_path, [MEDIAN, SHARE, APPEARS]), "handoff", koppelvlak="K13")
    assert "peildatum 30 sep 2026" in page.text
    assert "+2,5 dagen door late leveringen" in page.text
    assert "−1,5 dagen door correcties" in page.text
    assert "Herleveringen, en wat nieuwere leveringen" in page.text


def test_an_indicator_tells_it_in_english(tmp_path, render):
    folder = with_changes(tmp_path, [MEDIAN])
    page = render(folder, "handoff", koppelvlak="K13", taal="en")
    assert "+2.5 days through late deliveries" in page.text


def test_the_page_of_changes_lists_hand_offs_in_the_order_of_the_chain(tmp_path, render):
    small = {**MEDIAN, "indicator": "triage_lead_time"}
    large = {**MEDIAN, "indicator": "lead_time_k20", "difference": 90.0, "part_late": 91.5}
    page = render(with_changes(tmp_path, [large, small]), "changes")
    at = [page.text.index(f"{handoff} ") for handoff in ("K13", "K20")]
    assert at == sorted(at)
    assert "om_intake_2026-09-30_v1" in page.text


def test_the_chain_counts_and_links_to_the_page(tmp_path, render):
    page = render(with_changes(tmp_path, [MEDIAN, SHARE, APPEARS]))
    assert "Sinds de vorige publicatie veranderden 3 cijfers." in page.text
    assert 'href="/veranderingen"' in page.html


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("first", "Dit is de eerste publicatie"),
        ("failed", "konden niet worden uitgelegd."),
        ("impossible", "niet meer na te maken"),
        ("not_asked", "niet uitgezocht"),
    ],
)
def test_without_an_explanation_the_page_says_why(tmp_path, render, state, expected):
    folder = with_changes(tmp_path, [], state, note="levering ontbreekt")
    assert expected in render(folder, "changes").text
    assert expected in render(folder, "handoff", koppelvlak="K13").text


def test_a_file_without_changes_has_no_page_of_them(tiny, render):
    page = render(tiny, "handoff", koppelvlak="K13")
    assert "Wat veranderde" not in page.text
