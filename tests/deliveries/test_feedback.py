"""Feedback to the partner: what happened, where, why it matters, how to mend it; never a value."""

import csv
from datetime import date

import pytest

from pipelines.deliveries.accepted import read_accepted
from pipelines.deliveries.contract import ContractError
from tests.deliveries.conftest import DAY, set_cell

AUGUST = date(2026, 8, 31)


def lines(path):
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def page_of(door, name):
    return door.settings.feedback_dir / "om" / f"{name}.html"


def test_an_accepted_delivery_with_a_finding(door):
    cells = set_cell(door.cells("om_casus"), "parket", 5, "atlantis")
    door.take_one(door.put("om_casus", cells))
    page = page_of(door, "om_casus_2026-09-30_v1")
    text = page.read_text()
    assert 'lang="nl"' in text
    assert "aanvaard met 1 bevinding<" in text
    assert "19 rijen ingelezen, 1 terzijde gelegd" in text
    assert "Spiegelrapport" in text
    assert "Kwaliteitsrapport" in text
    assert "Dit is de eerste levering" in text
    [line] = lines(page)
    assert (line["stand"], line["controle"], line["kolom"], line["rij"]) == (
        "nieuw", "toegestane_waarde", "parket", "5",
    )  # fmt: skip
    assert "Afgesproken: een van: amsterdam, " in text, "says what may be there instead"
    assert line["waarom"]
    assert line["herstel"]
    assert "atlantis" not in text + page.with_suffix(".csv").read_text()


def test_a_refused_delivery_says_why_and_never_what(door):
    cells = set_cell(door.cells("om_casus"), "parket", 5, "111222333")
    outcome = door.take_one(door.put("om_casus", cells))
    page = page_of(door, f"om_casus_2026-09-30_v1_geweigerd_{outcome.mark[:12]}")
    text = page.read_text()
    assert "Geweigerd op controle anonimiteit_bsn" in text
    assert "rij 5" in text
    assert "111222333" not in text + page.with_suffix(".csv").read_text()


def test_a_file_of_unknown_origin_gets_feedback_too(door):
    outcome = door.take_one(door.put_bytes("<b>overzicht</b>.csv".replace("/", "_"), b"x"))
    page = door.settings.feedback_dir / "_onbekend" / f"geweigerd_{outcome.mark[:12]}.html"
    assert "<b>" not in page.read_text()


def test_new_persisting_and_resolved_findings(door):
    earlier = set_cell(set_cell(door.cells("om_dossier"), "verzonden_op", 3, None),
                       "dossier_versie", 9, "-1")  # fmt: skip
    later = set_cell(set_cell(door.cells("om_dossier"), "verzonden_op", 4, None),
                     "volledig_eigen_toets", 6, "misschien")  # fmt: skip
    door.take_one(door.put("om_dossier", earlier, day=AUGUST))
    door.take_one(door.put("om_dossier", later, day=DAY))
    states = {
        (line["controle"], line["kolom"]): line["stand"]
        for line in lines(page_of(door, "om_dossier_2026-09-30_v1"))
    }
    assert states == {
        ("verplicht", "verzonden_op"): "blijvend",
        ("leesbaar", "volledig_eigen_toets"): "nieuw",
        ("minimum", "dossier_versie"): "opgelost",
    }
    assert (
        "1 nieuw, 1 blijvend, 1 opgelost" in page_of(door, "om_dossier_2026-09-30_v1").read_text()
    )


def test_what_refused_a_file_twice_persists_and_is_resolved_once_it_lands(door):
    def states(outcome):
        name = "om_casus_2026-09-30_v1"
        refused = f"{name}_geweigerd_{outcome.mark[:12]}" if outcome.status == "refused" else name
        return {line["controle"]: line["stand"] for line in lines(page_of(door, refused))}

    cells = door.cells("om_casus")
    named = set_cell(cells, "parket", 5, "111222333")
    assert states(door.take_one(door.put("om_casus", named))) == {"anonimiteit_bsn": "nieuw"}
    again = set_cell(cells, "parket", 6, "123456782")
    assert states(door.take_one(door.put("om_casus", again))) == {"anonimiteit_bsn": "blijvend"}
    assert states(door.take_one(door.put("om_casus", cells))) == {"anonimiteit_bsn": "opgelost"}


def test_an_accepted_finding_is_not_flagged_again(door, tmp_path, monkeypatch):
    (tmp_path / "accepted_findings.csv").write_text(
        "organisation,table,rule,column,valid_from,valid_to,reason\n"
        "nctv,triage,oordeel_verzonden_op_na_ontvangen_op,"
        '"oordeel_verzonden_op, ontvangen_op",2026-09-01,,Bekend van het oude formulier\n'
    )
    accepted = read_accepted(tmp_path)
    monkeypatch.setattr("pipelines.deliveries.intake.deliver.read_accepted", lambda _: accepted)
    cells = set_cell(
        door.cells("nctv_triage"), "oordeel_verzonden_op", 2, "2020-01-01T00:00:00+01:00"
    )
    door.take_one(door.put("nctv_triage", cells, day=AUGUST))
    [finding] = door.take_one(door.put("nctv_triage", cells)).findings
    assert finding.severity == "info"
    earlier, later = sorted((door.settings.feedback_dir / "nctv").glob("*.html"))
    assert "Bekend en aanvaard" not in earlier.read_text(), "accepted from September on"
    assert "Bekend van het oude formulier" in later.read_text()
    assert "aanvaard met 0 bevindingen" in later.read_text()


@pytest.mark.parametrize(
    "line", ["om,casus,vorm,x,gisteren,,omdat", "om,casus,vorm,x,2026-01-01,,"]
)
def test_a_wrong_register_is_named(tmp_path, line):
    (tmp_path / "accepted_findings.csv").write_text(
        f"organisation,table,rule,column,valid_from,valid_to,reason\n{line}\n"
    )
    with pytest.raises(ContractError, match="regel 2"):
        read_accepted(tmp_path)


def test_feedback_that_an_interrupted_intake_left_out_is_written_the_next_time(door):
    path = door.put("om_casus")
    door.take_one(path)
    page = page_of(door, "om_casus_2026-09-30_v1")
    page.unlink()
    assert door.take_one(path).status == "already_known"
    assert page.exists()
