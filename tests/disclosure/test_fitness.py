"""The quality of data as everybody may read it: no numbers, no names of tables."""

import json
from typing import Any

import pandas as pd
import pytest

from pipelines.disclosure.catalogue import catalogue_of
from pipelines.disclosure.fitness import coarse_quality, coarse_reasons
from pipelines.wording.language import words_in
from pipelines.wording.quality import sentence

NL = words_in("nl")
SUPPLIERS = {
    "om": {"nl": "OM", "en": "Prosecution service"},
    "nctv": {"nl": "NCTV", "en": "NCTV"},
}


def said(code: str, **facts: Any) -> str:
    """The sentence everybody reads of a reason."""
    told = coarse_reasons(json.dumps([{"code": code, "facts": facts}]), SUPPLIERS)
    return sentence({"badge": "caution", "reasons": told}, NL)


@pytest.mark.parametrize(
    ("code", "facts", "text"),
    [
        ("stale", {"names": ["om_intake", "om_pauze", "nctv_triage"]},
         "Zonder levering van OM, NCTV: de laatste is een kwartaal oud of ouder."),
        ("late", {"deliveries": [{"table": "om_intake", "n": 1, "last": "2026-05-31"},
                                 {"table": "om_pauze", "n": 2, "last": "2026-08-31"}]},
         "Te laat geleverd: OM (3 keer, laatst aug 2026)."),
        ("late", {"deliveries": [{"table": "kmar_ronde", "n": 1, "last": "2026-05-31"}]},
         "Te laat geleverd: kmar (mei 2026)."),
        ("rows", {"since": "2023-10-01", "amiss": {"early": 1, "unsent": 12}},
         "Overdrachten sinds okt 2023: sommige vóór hun start gestopt (tellen niet mee), "
         "sommige ontvangen zonder vastgelegde verzending."),
        ("suspected", {"n": 46},
         "Er zijn overdrachten al langer open dan er in de laatste twee jaar één duurde; "
         "mogelijk ontbreekt hun einde."),
        ("early", {"share": 0.314},
         "Meer dan een vijfde van de overdrachten stopte vóór hun start: begin en einde passen "
         "niet op elkaar."),
        ("hardly_linked", {"share": 0.314, "names": ["om"]},
         "Minder dan de helft van de zaaksleutels van OM sluit aan op een zaak die ergens "
         "begon."),
        ("linked", {"share": 0.979, "names": ["om"]},
         "Minder dan 98% van de zaaksleutels van OM sluit aan op een zaak die ergens begon; de "
         "rest telt als halve overdracht."),
        ("set_aside", {"share": 0.0005}, "Een deel van de rijen is terzijde gelegd."),
        ("unseen", {"names": ["gereed_gemeld"]},
         "In het logboek komt nooit voor: gereed_gemeld; wat daarmee eindigt, lijkt open."),
        ("growing", {"since": "2026-01-01"},
         "Cijfers over perioden sinds jan 2026 kunnen nog veranderen: latere leveringen voegden "
         "aan zulke perioden nog gebeurtenissen toe."),
    ],
)  # fmt: skip
def test_what_everybody_reads(code, facts, text):
    assert said(code, **facts) == text


@pytest.mark.parametrize("n", [1, 4, 5, 900])
def test_how_many_cases_are_amiss_cannot_be_told_from_what_is_said(n):
    """A few, where others have their number, would prove that there are one to four."""
    assert said("suspected", n=n) == said("suspected", n=46)
    amiss = {"amiss": {"early": n}, "since": "2023-10-01"}
    assert said("rows", **amiss) == said("rows", since="2023-10-01", amiss={"early": 46})


@pytest.mark.parametrize("code", ["linked", "hardly_linked", "set_aside", "early"])
@pytest.mark.parametrize("share", [58 / 60, 0.5, 0.997])
def test_no_share_is_told_since_in_a_small_chain_it_fits_one_number(code, share):
    """Of sixty keys only two that meet no case make 96 whole percents."""
    told = coarse_reasons(json.dumps([{"code": code, "facts": {"share": share}}]), SUPPLIERS)

    assert json.loads(told) == [{"code": f"{code}_coarse", "facts": {}}]


@pytest.mark.parametrize("audience", ["platform", "advisory"])
def test_only_researchers_get_the_shares_of_rows_and_keys(audience):
    assert {"completeness", "linkage"}.isdisjoint(catalogue_of(audience).tables["quality"])


def test_all_else_of_the_quality_of_data_stays_as_it_is():
    quality = pd.DataFrame({"indicator": ["a"], "badge": "good", "reasons": "[]"})

    for table in (quality, quality.drop(columns="reasons")):
        assert coarse_quality(table, {}).equals(table)
