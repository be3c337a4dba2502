"""The quality of the data in sentences: every reason there is has one, in both languages."""

import re

import pytest

from pipelines.wording import formats
from pipelines.wording.language import LANGUAGES, words_in
from pipelines.wording.quality import sentence
from tests.dashboard.published_fixture import told

NL, EN = words_in("nl"), words_in("en")


@pytest.mark.parametrize(
    ("share", "dutch", "english"),
    [
        (0.0, "0%", "0%"),
        (0.0005, "<0,1%", "<0.1%"),
        (0.02, "2%", "2%"),
        (0.974, "97,4%", "97.4%"),
        (1.0, "100%", "100%"),
    ],
)
def test_a_share_of_rows_is_told_to_a_tenth_of_a_percent(share, dutch, english):
    assert formats.percentage(share, NL) == dutch
    assert formats.percentage(share, EN) == english


def test_an_indicator_of_which_nothing_is_known_has_no_sentence():
    assert sentence({}, NL) == ""


def test_good_data_say_so_before_what_is_named_beside():
    assert sentence({"badge": "good", "reasons": told()}, EN) == (
        "All deliveries are on time and complete."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_reason_leaves_a_blank_open(language):
    texts = words_in(language).texts
    known = {"names", "deliveries", "share", "since", "n", "amiss", "table", "month"}

    for key, text in texts.items():
        if key.startswith(("quality.reason.", "quality.rows.", "quality.deliver")):
            assert set(re.findall(r"\{(\w+)\}", text)) <= known
