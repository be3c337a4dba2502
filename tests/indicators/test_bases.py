"""Every counted set is declared once, and names those it lies in."""

from datetime import date

import pytest

from pipelines.indicators.bases import Base, base_of_indicators
from pipelines.indicators.register import Indicator, RegisterError, generic_indicator


def entry(indicator: str) -> Indicator:
    handoff = {
        "handoff_id": indicator, "label_nl": "Oordeel", "label_en": "Judgment",
        "start_milestone": "sent", "stop_milestone": "judged", "unit": "calendar_days",
    }  # fmt: skip
    return generic_indicator(handoff, date(2026, 1, 1)).model_copy(update={"id": indicator})


REGISTER = [entry(name) for name in ("k12", "k13", "k14")]


def test_an_indicator_nobody_declared_is_counted_in_a_set_of_its_own():
    of, bases = base_of_indicators(REGISTER, [])

    assert of == {"k12": "k12", "k13": "k13", "k14": "k14"}
    assert bases["label_nl"].str.startswith("Overdrachten die in de periode begonnen").all()
    assert bases["within"].eq("").all()


def test_indicators_of_one_set_name_one_base():
    shared = Base(id="forms", label_nl="Formulieren", indicators=("k12", "k13"))
    of, bases = base_of_indicators(REGISTER, [shared, Base(id="k14", within=("forms",))])

    assert of == {"k12": "forms", "k13": "forms", "k14": "k14"}
    assert dict(zip(bases["base"], bases["within"], strict=True)) == {"forms": "", "k14": "forms"}
    assert bases.set_index("base").loc["forms", "label_nl"] == "Formulieren"


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ([Base(id="forms", indicators=("k99",))], "indicator k99 staat niet in het register"),
        ([Base(id="k13", within=("shoes",))], "within shoes is geen grondslag"),
        (
            [Base(id="a", indicators=("k12",)), Base(id="b", indicators=("k12",))],
            "k12 hoort al bij a",
        ),
    ],
)
def test_what_is_not_there_is_named(declared, said):
    with pytest.raises(RegisterError, match=said):
        base_of_indicators(REGISTER, declared)
