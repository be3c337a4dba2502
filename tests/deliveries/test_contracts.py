"""Contracts: read, checked, and refused with the file and the field."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.deliveries.checks import checks_of
from pipelines.deliveries.contract import ContractError, load_contract, load_contracts
from pipelines.deliveries.guard.closed_forms import is_closed
from pipelines.settings import Settings

CONTRACTS = Settings().contracts_dir
SOME = (CONTRACTS / "om_dossier.odcs.yaml").read_text("utf-8")


def written(folder: Path, text: str, name: str = "om_dossier.odcs.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_all_contracts_of_the_built_in_chain_are_right():
    assert len(load_contracts(CONTRACTS)) == len(list(CONTRACTS.glob("*.odcs.yaml")))


def test_every_table_has_a_unique_key_rule_that_refuses():
    for contract in load_contracts(CONTRACTS).values():
        rules = {check.rule: check for check in checks_of(contract)}
        assert rules["sleutel_uniek"].effect == "critical", contract.id


def test_only_platform_notes_have_columns_that_are_not_closed():
    open_columns = {
        (contract.id, column.name)
        for contract in load_contracts(CONTRACTS).values()
        for column in contract.columns
        if not is_closed(column)
    }
    assert open_columns == {
        ("kc_aantekening", "tekst"),
        ("kc_aantekening", "vraag"),
        ("kc_aantekening", "signaal"),
    }


def test_a_list_of_the_chain_is_read_where_the_chain_keeps_it():
    contracts = load_contracts(CONTRACTS)
    themes = contracts["kc_evaluatie"].column("thema").enum
    indicators = contracts["kc_aantekening"].column("indicator").enum
    assert {"informatie_laat", "dossier_onvolledig"} <= set(themes)
    assert {"triage_lead_time", "lead_time_k13", "theme_capaciteit"} <= set(indicators)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("status: active", "staus: active"), "'staus' was unexpected"),
        (("logicalType: object", "logicalTyp: object"), "schema[0]"),
        (("property: granularity", "property: granularty"), "'granularty' is onbekend"),
        (("        required: true", "        requird: true"), "requird"),
        (("severity: critical", "severity: fatal"), "schema[0].quality[0].severity"),
        (("physicalType: snapshot", "physicalType: momentopname"), "schema[0].physicalType"),
        (("column_list: [zaak_sleutel, ", "column_list: [zaaksleutel, "), "'zaaksleutel'"),
        (("id: om_dossier", "id: om_dosier"), "maak er om_dossier van"),
        (("property: quarantineMaxRows", "property: validFrom"), "quarantineMaxRows ontbreekt"),
        (("value: 15", "value: [15"), "geen YAML"),
        (("          maximum: 99\n", ""), "(dossier_version).logicalTypeOptions.maximum ontbreekt"),
        (("'yyyy-MM-dd''T''HH:mm:ssXXX'", "ss.SSSSSS"), "format: ss.SSSSSS mist het deel HH"),
        (("value: Europe/Amsterdam", "value: Europe/Amsterdm"), "customProperties.timezone"),
        (
            ("  - property: timezone\n    value: Europe/Amsterdam\n", ""),
            "customProperties.timezone ontbreekt",
        ),
        (
            (
                "property: granularity\n            value: timestamp",
                "property: granularity\n            value: day",
            ),
            "geen day",
        ),
        (
            ("name: dossier_sent_at", 'name: "sent at"'),
            "'sent at' kan geen kolom heten; geef als name kleine letters",
        ),
        (("name: dossier_sent_at", "name: dossier_version"), "een kolom komt twee keer voor"),
        (("name: case_key", "name: case"), "(case): een pseudoniem heet case_key of person_key"),
        (
            ("expect_compound_columns_to_be_unique", "expect_table_row_count"),
            "oordeelt niet over rijen",
        ),
        (("value: 15", "value: vijftien"), "dueDay: 'vijftien' is geen geheel getal"),
        (("value: 120", "value: 1e9999"), "slaProperties.retention"),
        (("value: 120", "value: true"), "slaProperties.retention: 'True' is geen geheel getal"),
        (
            (
                "property: quarantineRetention\n    value: 30",
                "property: quarantineRetention\n    value: dertig",
            ),
            "slaProperties.quarantineRetention",
        ),
        (
            (
                "property: quarantineMaxShare\n    value: ",
                "property: quarantineMaxShare\n    value: 9",
            ),
            "geen deel; vul een getal van 0 tot 1 in",
        ),
        (("value: 15", "value: 2026-02-30"), "geen YAML"),
        (("value: 15", "value: 2026-02-03"), "dueDay: '2026-02-03' is geen geheel getal"),
        (("status: active", "status: &itself [*itself]"), "verwijzing naar zichzelf"),
        (("status: active", "2026-02-03: active"), "sleutel of waarde die JSON niet kent"),
        (("value: 120", "value: .nan"), "sleutel of waarde die JSON niet kent"),
        (("value: om\n", "value: [om]\n"), "supplier: verwacht een tekst"),
        (("value: Europe/Amsterdam", "value: {a: 1}"), "timezone: verwacht een tekst"),
        (
            ("column_list: [zaak_sleutel, dossier_versie]", "column_list: true"),
            "namen van kolommen",
        ),
        (("'^z1_[a-z2-7]{26}$'", "'^z1_[a-z2-7]{99999999999}$'"), "geen reguliere expressie"),
        (("value: 15", f"value: {'[' * 3_000}"), "geen YAML"),
        (
            ("'yyyy-MM-dd''T''HH:mm:ssXXX'", '"yyyy-MM-dd\\tHH:mm:ss"'),
            "een teken dat niet te zien is",
        ),
        (
            (
                "          kwargs:\n            column_list: [zaak_sleutel, dossier_versie]\n",
                "          kwargs: 3\n",
            ),
            "kwargs: verwacht namen met waarden",
        ),
    ],
)
def test_a_mistake_names_the_file_and_the_field(tmp_path, change, complaint):
    assert change[0] in SOME
    with pytest.raises(ContractError) as raised:
        load_contract(written(tmp_path, SOME.replace(*change, 1)))
    assert str(raised.value).startswith("om_dossier.odcs.yaml: ")
    assert complaint in str(raised.value)


def test_a_text_column_without_a_form_is_free_text_and_is_refused(tmp_path):
    text = SOME.replace(
        "        logicalTypeOptions:\n          pattern: '^z1_[a-z2-7]{26}$'\n", "", 1
    )
    with pytest.raises(ContractError, match="vrije tekst"):
        load_contract(written(tmp_path, text))


def test_the_file_is_called_after_its_table(tmp_path):
    written(tmp_path, SOME, "om_iets.odcs.yaml")
    with pytest.raises(ContractError, match=r"noem het bestand om_dossier\.odcs\.yaml"):
        load_contracts(tmp_path)


def test_a_folder_without_contracts_is_refused(tmp_path):
    with pytest.raises(ContractError, match="geen contracten gevonden"):
        load_contracts(tmp_path)


def test_an_old_reference_date_keeps_the_version_that_was_valid_then(tmp_path):
    newer = SOME.replace("version: 1.0.0", "version: 2.0.0").rstrip("\n") + (
        "\n  - property: validFrom\n    value: '2026-01-01'\n"
    )
    written(tmp_path, newer)
    (tmp_path / "earlier").mkdir()
    written(tmp_path / "earlier", SOME, "om_dossier_1.odcs.yaml")
    contract = load_contracts(tmp_path)["om_dossier"]
    assert contract.for_reference_date(date(2026, 1, 31)).version == "2.0.0"
    assert contract.for_reference_date(date(2025, 12, 31)).version == "1.0.0"
