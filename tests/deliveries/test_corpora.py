"""The corpora the guard is measured on: frozen, and filled with valid numbers that are not kept."""

import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from stdnum import iban
from stdnum.nl import bsn, identiteitskaartnummer

from tests.deliveries.corpora.filling import (
    FROZEN_SHA256,
    IDENTIFYING,
    IDENTIFYING_SECOND,
    ORDINARY,
    ORDINARY_SECOND,
    Planted,
    filled,
    ordinary,
    planted,
    sha256,
    templates,
)

SEED = 20261001


@pytest.fixture(scope="module")
def texts():
    return list(planted(SEED, fillings=2))


def of(texts: list[Planted], kind: str, form: str | None = None) -> list[str]:
    return [text.text for text in texts if text.kind == kind and form in {None, text.form}]


CORPORA = [IDENTIFYING, IDENTIFYING_SECOND, ORDINARY, ORDINARY_SECOND]


def by_name(corpus: Path) -> str:
    return corpus.name


@pytest.mark.parametrize("corpus", CORPORA, ids=by_name)
def test_a_corpus_is_the_one_that_was_frozen(corpus):
    assert sha256(corpus) == FROZEN_SHA256[corpus.name]


@pytest.mark.parametrize("corpus", [IDENTIFYING, IDENTIFYING_SECOND], ids=by_name)
def test_every_kind_and_form_has_eight_texts_of_its_own(corpus):
    counts = Counter((text.kind, text.form) for text in set(templates(corpus)))
    assert not {key: count for key, count in counts.items() if count < 8}


def test_every_kind_that_must_be_found_is_there(texts):
    assert {text.kind for text in texts} == {
        "bsn", "iban", "phone", "e_mail", "plate", "postcode", "address", "gps", "birth_date",
        "prosecution_number", "report_number", "v_number", "a_number", "skn", "passport", "ip",
        "handle", "digest", "name",
    }  # fmt: skip


def test_a_text_with_a_placeholder_is_filled_anew_each_time_and_a_name_comes_once(texts):
    kept = templates()
    with_placeholder = [text for text in kept if "{" in text.text]
    assert len(texts) == 2 * len(with_placeholder) + (len(kept) - len(with_placeholder))
    assert not any(re.search(r"\{\w+[!:}]", text.text) for text in texts)


def test_a_seed_gives_the_same_texts_and_another_seed_others(texts):
    assert list(planted(SEED, fillings=2)) == texts
    other = list(planted(SEED + 1))
    assert {text.text for text in other if text.kind == "bsn"}.isdisjoint(of(texts, "bsn"))


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ("{bsn}", r"\d{9}"),
        ("BSN {bsn:.}", r"BSN \d{3}\.\d{3}\.\d{3}"),
        ("{bsn!f}", "[\uff10-\uff19]{9}"),
        ("{bsn!d: }", r"\d( \d){8}"),
        ("{bsn!w: }", r"[a-z]+( [a-z]+){8}"),
        ("{prosecution:/|-}", r"\d\d/\d{6}-\d\d"),
        ("{mobile_31: (0)| }", r"\+31 \(0\)6 \d{8}"),
        ("{iban!l: }", r"nl\d\d [a-z]{4} \d{4} \d{4} \d\d"),
        ("{postcode:  }", r"\d{4}  [A-Z]{2}"),
    ],
)
def test_a_placeholder_says_in_what_form_its_value_is_written(template, written):
    assert re.fullmatch(written, filled(template, Random(SEED)))


@pytest.mark.parametrize("template", ["{unheard_of}", "{bsn!x}", "{bsn:/|-|.}"])
def test_a_placeholder_nothing_makes_is_an_error(template):
    with pytest.raises((KeyError, ValueError)):
        filled(template, Random(SEED))


def test_numbers_are_valid_by_their_own_rules(texts):
    digits = [re.sub(r"\D", "", text) for text in of(texts, "bsn", "plain")]
    assert all(bsn.is_valid(number) for number in digits)
    accounts = [filled("{iban}", Random(seed)) for seed in range(50)]
    accounts += [filled("{iban_foreign}", Random(seed)) for seed in range(50)]
    assert all(iban.is_valid(account, check_country=False) for account in accounts)
    documents = [filled("{passport}", Random(seed)) for seed in range(50)]
    assert all(identiteitskaartnummer.is_valid(document) for document in documents)


def test_no_valid_citizen_number_is_kept():
    kept = "\n".join(path.read_text(encoding="utf-8") for path in CORPORA)
    runs = [re.sub(r"\D", "", run) for run in re.findall(r"\d[\d .,/_-]{7,}\d", kept)]
    assert not [run for run in runs if len(run) == 9 and bsn.is_valid(run)]


@pytest.mark.parametrize("corpus", [ORDINARY, ORDINARY_SECOND], ids=by_name)
def test_ordinary_sentences_are_many_all_different_and_without_placeholders(corpus):
    sentences = ordinary(corpus)
    assert len(set(sentences)) == len(sentences) >= 400
    assert not [sentence for sentence in sentences if "{" in sentence]
