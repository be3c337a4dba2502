"""Which texts name somebody, give an account or an address, and which only look as if they do."""

import pytest

from pipelines.deliveries.identifying.accounts import holds_account
from pipelines.deliveries.identifying.joined import holds_joined_name
from pipelines.deliveries.identifying.names import find_names
from pipelines.deliveries.identifying.places import holds_address
from pipelines.deliveries.identifying.words import dictionary


def is_named(text: str) -> bool:
    return find_names([text], is_free_text=True) == [text]


def test_the_dictionary_has_words_in_use_and_none_that_were_only_spelled():
    words = dictionary()
    assert {"overdracht", "privacy"} <= words.keys()
    assert words.keys().isdisjoint({"fatima", "yilmaz", "sander"})


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        # Capitals that follow each other are a name, but for words that are in use.
        ("Afgestemd met Tjorvin Maertens op 3 maart.", True),
        ("Volgens het Handvest van de Grondrechten geldt dit.", False),
        ("De vergadering is op de Grote Markt.", False),
        ("Volgens de Privacy Officer duurt het 4 weken.", False),
        ("Getoetst met Kolmogorov-Smirnov en Holt-Winters.", False),
        # A surname alone has a prefix with a capital, which no town or article has in a sentence.
        ("Overgedragen door De Gucht in week 4.", True),
        ("Besproken met Van Roost.", True),
        ("Overgedragen aan Den Haag in week 4.", False),
        ("De Gucht", False),
        # Chinese surnames are short, and words; the given name beside them is not.
        ("De zaak van Ma Junfeng loopt.", True),
        ("De zaak van Ka-Ming Wu loopt.", True),
        ("Dat is Ma Bellen.", False),
        # In capitals a word is judged as it would be without.
        ("Wacht op LÉON SCIEUR voor 1 mei.", True),
        ("Wacht op GORAN ZUGIC voor 1 mei.", True),
        ("Wacht op de NCTV en het OM KC voor 1 mei.", False),
        # One initial, behind or before, with or without a dot.
        ("Gebeld door Maertens T, geen gehoor.", True),
        ("Gebeld door T Maertens, geen gehoor.", True),
        ("Zie bijlage: Bijlage A en Categorie B.", False),
        # Whoever has a part in a case may be called by one word.
        ("De vader van Ghirmay belde.", True),
        ("De verdachte Weldu is vrij.", True),
        ("De woning van Rotterdam is 3 dagen leeg.", False),
    ],
)
def test_a_note_names_somebody_or_not(text, is_name):
    assert is_named(text) == is_name


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("Zie map marieke_jansen voor zaak 3.", True),
        ("Zie map jansen-marieke voor zaak 3.", True),
        ("Zie map MariekeJansen voor zaak 3.", True),
        ("Zie map MariekevanJansen voor zaak 3.", True),
        ("Zie map m.jansen voor zaak 3.", True),
        ("Kolom case_key in om_intake ontbreekt.", False),
        ("Zie map vervolg_van_levering voor zaak 3.", False),
        ("De constante FIRST_CASE en DuckDB.", False),
        ("Noord-holland en zuid-holland.", False),
    ],
)
def test_a_name_joined_into_one_token_is_told_from_a_code(text, is_name):
    assert holds_joined_name(text) == is_name


@pytest.mark.parametrize(
    ("text", "is_account"),
    [
        # Behind a word that says so any word is one.
        ("op TikTok heet ze pannenkoek", True),
        ("zijn snapchat is spookrijder", True),
        ("facebookprofiel regenboog is verwijderd", True),
        ("bericht van suikerspin op Instagram", True),
        # Beside the name of a service only one that no dictionary has.
        ("insta sluwevos_77", True),
        ("dreigde via tiktok als zwartevlagg", True),
        ("Het facebookaccount is verwijderd.", False),
        ("Berichten van politie op Twitter tellen niet mee.", False),
        ("De categorie sociale media (Facebook, Instagram, TikTok) stijgt.", False),
        ("Telegram: 12 zaken, Signal: 3 zaken.", False),
        ("De gebruikersnaam mag niet in de export staan.", False),
    ],
)
def test_an_account_is_told_by_the_words_around_it(text, is_account):
    assert holds_account(text) == is_account


@pytest.mark.parametrize(
    ("text", "is_address"),
    [
        ("verhuisd naar esdoornhof 12", True),
        ("de woning aan de lange akker 3", True),
        ("burgemeester jansweg 14", True),
        ("op de laan van twekkelo 7 staat een auto", True),
        ("veerweg 14 goes", True),
        ("De eerste levering 12 is afgekeurd.", False),
        ("Invoering 12 is uitgesteld.", False),
        ("Zaak 14 Rotterdam, zaak 12 Utrecht.", False),
        ("Formulierveld 12 is leeg.", False),
        ("Het nieuwe veld 12 is verplicht.", False),
    ],
)
def test_a_street_in_small_letters_is_told_from_another_word_before_a_number(text, is_address):
    assert holds_address(text) == is_address
