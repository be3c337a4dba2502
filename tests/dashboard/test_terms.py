"""Terms of the glossary are explained where they stand first, and the text stays what it is."""

import re

from dashboard.components.terms import explained

CHAIN = "bewaken_beveiligen"


def test_a_term_says_what_it_means_on_pointing_and_can_be_reached_by_keyboard():
    html = explained("Een koppelvlak & wat het is.", CHAIN, "nl")

    assert re.search(
        r'<abbr [^>]*tabindex="0"[^>]*title="De plek waar[^"]+">koppelvlak</abbr>', html
    )
    assert re.sub("<[^>]*>", "", html) == "Een koppelvlak &amp; wat het is."


def test_a_term_is_explained_once_a_page_in_one_or_in_many():
    told: set[str] = set()
    first = explained("Koppelvlakken en leveringen.", CHAIN, "nl", told)

    assert first.count("<abbr") == 2
    assert "<abbr" not in explained("Nog een koppelvlak.", CHAIN, "nl", told)


def test_a_part_of_a_word_is_no_term_and_a_longer_term_goes_before_a_shorter():
    assert "<abbr" not in explained("De gezagsdragers, triagetafelkleed.", CHAIN, "nl")
    assert ">stelsel beveiligen van personen<" in explained(
        "Het stelsel beveiligen van personen", CHAIN, "nl"
    )


def test_english_pages_explain_english_terms():
    assert 'title="The time after which half is done."' in explained("The median.", CHAIN, "en")
