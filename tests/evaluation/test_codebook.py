"""The codebook: what makes one series across versions, and what is refused when it is read."""

from datetime import date

import pandas as pd
import pytest

from pipelines.evaluation.codebook import Codebook, CodebookError
from pipelines.settings import Settings
from tests.evaluation.conftest import MAPPING, THEMES, mapping_rows, theme_rows


def test_a_group_counts_whatever_its_themes_are_called_in_a_version(codebook):
    by_code = {series.code: series for series in codebook.series}

    assert by_code["laat"].themes == {1: {"laat"}, 2: {"product", "signaal"}}
    assert by_code["samen"].themes == {1: {"dubbel", "los"}, 2: {"samen"}}
    assert by_code["rol"].themes == {1: {"rol"}, 2: {"rol"}}
    assert by_code["laat"].breaks == by_code["samen"].breaks == (date(2025, 7, 1),)
    assert by_code["rol"].breaks == ()


def test_a_part_of_a_group_has_a_series_over_its_own_versions_only(codebook):
    by_code = {series.code: series for series in codebook.series}

    assert by_code["product"].themes == {2: {"product"}}
    assert by_code["product"].started_on == date(2025, 7, 1)
    assert by_code["los"].themes == {1: {"los"}}
    assert by_code["los"].ended_on == date(2025, 6, 30)
    # `laat` and `samen` name their groups: one series each, not two.
    assert [series.code for series in codebook.series] == [
        *("laat", "rol", "samen"),
        *("product", "signaal", "dubbel", "los"),
    ]


def test_a_new_definition_that_is_not_comparable_begins_a_series_of_its_own():
    themes = [
        ("rol", 1, "rol", "2024-01-01", "2025-06-30"),
        ("rol", 2, "rol_nieuw", "2025-07-01", None),
    ]
    book = Codebook.from_frames(theme_rows(themes), mapping_rows([("rol", "rol", 2, "redefine")]))

    assert {series.code: series.themes for series in book.series} == {
        "rol": {1: {"rol"}},
        "rol_nieuw": {2: {"rol"}},
    }


@pytest.mark.parametrize(
    ("themes", "mapping", "complaint"),
    [
        (THEMES, [*MAPPING, ("rol", "weg", 2, "split")], "'weg' geldt in die versie niet"),
        (THEMES, [*MAPPING, ("weg", "rol", 2, "merge")], "'weg' gold in de vorige versie niet"),
        (THEMES, [*MAPPING, ("rol", "rol", 3, "split")], "deze versie staat niet in codebook"),
        (THEMES, MAPPING[1:], "'product' telt mee in 'laat' zonder koppeling"),
        (THEMES, MAPPING[2:], "'laat' eindigt met versie 2; zeg in codebook_mapping"),
        (
            [*THEMES, ("rol", 2, "rol", "2025-07-01", None)],
            MAPPING,
            "'rol' heeft op 2025-07-01 twee definities",
        ),
        (
            [*THEMES, ("nieuw", 2, "nieuw", "2025-08-01", None)],
            MAPPING,
            "geef alle rijen van een versie dezelfde eerste dag",
        ),
        (
            [*THEMES[1:], ("laat", 1, "laat", "2024-01-01", "2025-03-31")],
            MAPPING,
            "midden in een versie",
        ),
    ],
)
def test_a_codebook_that_does_not_fit_together_is_refused(themes, mapping, complaint):
    with pytest.raises(CodebookError, match=complaint):
        Codebook.from_frames(theme_rows(themes), mapping_rows(mapping))


def test_a_theme_may_end_without_a_successor_when_that_is_said():
    themes = [
        ("rol", 1, "rol", "2024-01-01", None),
        ("oud", 1, "oud", "2024-01-01", "2025-06-30"),
        ("nieuw", 2, "nieuw", "2025-07-01", None),
    ]
    book = Codebook.from_frames(theme_rows(themes), mapping_rows([("oud", None, 2, "end")]))
    assert {series.code: series.ended_on for series in book.series}["oud"] == date(2025, 6, 30)


def test_the_codebook_of_the_chain_is_whole_and_covers_every_facet():
    seeds = Settings().seeds_dir
    themes = pd.read_csv(seeds / "codebook.csv")
    book = Codebook.from_frames(themes, pd.read_csv(seeds / "codebook_mapping.csv"))

    assert {series.facet for series in book.series} == {
        *("mensen", "taak", "hulpmiddelen_informatie", "organisatie", "omgeving"),
    }
    texts = [name for name in themes if name.endswith(("_nl", "_en"))]
    assert themes[texts].notna().all(axis=None)
