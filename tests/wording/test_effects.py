"""Did it help: the answer in one sentence, in both languages."""

from typing import Any

import pytest

from pipelines.signals.effect import NO_SERIES, NOT_STARTED, WITHOUT_FIGURES
from pipelines.statistics.before_after import Answer
from pipelines.statistics.signals import MINIMUM_FIXED_POINTS, RUN_LENGTH
from pipelines.wording.effects import answer
from pipelines.wording.language import LANGUAGES, words_in


def effect(code: str, **columns: Any) -> dict[str, Any]:
    return {
        "answer": code,
        "statistic": "median",
        "unit": "calendar_days",
        "period_grain": "month",
        **columns,
    }


@pytest.mark.parametrize(
    ("row", "dutch", "english"),
    [
        (
            effect("too_early", n_after=5),
            "Te vroeg om te zeggen: 5 van 7 maanden, nog geen signaal.",
            "Too early to say: 5 of 7 months, no signal yet.",
        ),
        (
            effect("better", first_signal="2025-07", mean_before=10.0, mean_after=3.5),
            "Daarna gunstiger, signaal vanaf jul 2025 (gemiddeld 10 → 3,5 dagen).",
            "Better since, signal from Jul 2025 (on average 10 → 3.5 days).",
        ),
        (
            effect(
                "higher", statistic="share", unit="share", period_grain="quarter",
                first_signal="2025-Q3", mean_before=0.204, mean_after=0.31,
            ),
            "Daarna hoger, signaal vanaf K3 2025 (gemiddeld 20% → 31%).",
            "Higher since, signal from Q3 2025 (on average 20% → 31%).",
        ),
        (effect("not_started", unit=None), "Nog niet in uitvoering.", "Not begun yet."),
    ],
)  # fmt: skip
def test_the_answer_is_said_in_both_languages(row, dutch, english):
    assert [answer(row, words_in(language)) for language in LANGUAGES] == [dutch, english]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_its_sentence(language):
    for code in (*Answer, NOT_STARTED, NO_SERIES, WITHOUT_FIGURES["answer"]):
        assert answer(effect(str(code)), words_in(language)).endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_many_periods_are_needed_is_what_the_judgement_asks(language):
    words = words_in(language)

    assert f" {MINIMUM_FIXED_POINTS} " in words.text("effect.too_few_before")
    assert f" {RUN_LENGTH} " in words.text("effect.too_early")


@pytest.mark.parametrize(
    ("language", "said"), [("nl", "een op de vier"), ("en", "one in four such series")]
)
def test_what_the_mark_means_says_how_often_that_means_nothing(language, said):
    assert said in words_in(language).text("decisions.moves_easily")
