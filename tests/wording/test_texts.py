"""Texts: one line per language per text, the same texts in both."""

import re
from pathlib import Path

import pytest
import yaml

from pipelines.wording.language import LANGUAGES, Words, glossary, words_in

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "pipelines" / "wording" / "texts"


def test_both_languages_have_the_same_keys():
    dutch, english = (words_in(language).texts for language in LANGUAGES)

    assert sorted(dutch) == sorted(english)


def test_both_languages_fill_in_the_same_blanks():
    dutch, english = (words_in(language).texts for language in LANGUAGES)

    blanks = {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in dutch.items()}

    assert blanks == {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in english.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_one_line_and_stands_there_once(language):
    lines = (TEXTS / f"{language}.yaml").read_text(encoding="utf-8").splitlines()[1:]
    keys = [line.partition(":")[0] for line in lines]

    assert keys == sorted(set(keys))
    assert len(keys) == len(words_in(language).texts)
    assert all(str(text).strip() for text in words_in(language).texts.values())


def test_every_text_a_module_asks_for_by_name_exists():
    asked = set()
    for path in [*ROOT.glob("pipelines/**/*.py"), *ROOT.glob("dashboard/**/*.py")]:
        asked |= set(re.findall(r'\.text\(\s*"([\w.]+)"', path.read_text(encoding="utf-8")))

    assert asked - set(words_in("nl").texts) == set()


def test_no_text_is_there_that_nothing_asks_for():
    """A key is asked for whole, as a name of a group, or with its last part filled in."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*ROOT.glob("pipelines/**/*.py"), *ROOT.glob("dashboard/**/*.py")]
    )
    whole = set(re.findall(r"""["']([\w.]+)["']""", code))
    begun = {prefix for prefix in re.findall(r"""f["']([\w.]+?)\{""", code) if "." in prefix}
    groups = set(re.findall(r"""(?:name|group)\(\s*["']([\w.]+)["']""", code))

    def is_asked(key: str) -> bool:
        key = key.removesuffix("_without_circular")
        return (
            key in whole
            or key.startswith(tuple(begun))
            or any(key.startswith(f"{group}.") for group in groups)
        )

    assert [key for key in words_in("nl").texts if not is_asked(key)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_unit_has_a_name_for_one_and_for_many(language):
    texts = words_in(language).texts
    singular, many = ({key.partition(".")[2] for key in texts if key.startswith(f"{group}.")}
                 for group in ("unit_one", "unit"))  # fmt: skip

    # Of a percentage there is no one.
    assert singular == many - {"percent"}


def test_a_phase_has_one_name():
    keys = words_in("nl").texts
    phases = {key.partition(".")[2] for key in keys if key.startswith("phase.")}

    assert not {f"family.{phase}" for phase in phases} & set(keys)


def test_numbers_and_days_are_written_in_one_place():
    """No module has its own decimal comma, thousands or names of months."""
    own = re.compile(r"""replace\("\.", ","\)|strftime\("%d|:,[.}]|"(jan|mrt|maart)\"""")
    known = {
        "pipelines/wording/formats.py",
        # What a name or a day looks like in a text that a partner delivered.
        "pipelines/deliveries/identifying/dates.py",
        "pipelines/deliveries/identifying/plates.py",
    }
    found = {
        str(path.relative_to(ROOT))
        for path in [*ROOT.glob("pipelines/**/*.py"), *ROOT.glob("dashboard/**/*.py")]
        if own.search(path.read_text(encoding="utf-8"))
    }

    assert found - known == set()


def test_an_unknown_text_says_where_to_add_it():
    with pytest.raises(KeyError, match=r"add a line"):
        words_in("nl").text("no.such.text")


def test_another_chains_codes_are_shown_as_they_are():
    assert words_in("nl").name("phase", "eerste_lijn") == "eerste lijn"


def test_a_label_that_is_missing_is_empty_and_never_nan():
    assert Words("nl", {}).label({"label_nl": float("nan")}) == ""


def test_addresses_keep_the_language_that_is_not_the_default():
    assert words_in("nl").href("koppelvlak", koppelvlak="K13") == "/koppelvlak?koppelvlak=K13"
    assert words_in("en").href("koppelvlak", koppelvlak="K13").endswith("koppelvlak=K13&taal=en")


def test_every_term_is_explained_in_both_languages():
    for term in glossary("bewaken_beveiligen"):
        assert set(term) == {"nl", "en", "means_nl", "means_en"}
        assert all(term.values())


def test_another_chain_has_the_terms_of_the_monitor_and_none_of_the_field():
    terms = {term["nl"] for term in glossary("incidenten")}

    assert terms >= {"koppelvlak", "mediaan", "peildatum"}
    assert terms.isdisjoint({"aanwijzing", "HOvJ", "triagetafel"})
    assert terms < {term["nl"] for term in glossary("bewaken_beveiligen")}


def test_texts_are_plain_strings():
    for language in LANGUAGES:
        loaded = yaml.safe_load((TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
        assert all(isinstance(text, str) for text in loaded.values())
