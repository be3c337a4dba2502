"""A catalogue says what may be released; one that is not whole is refused with a remedy."""

from pathlib import Path

import pytest

from pipelines.disclosure.catalogue import (
    CatalogueError,
    Rung,
    catalogue_of,
    read_catalogue,
)

WHOLE = """
audience: platform
threshold: 5
rounding_base: 3
floor: 8.5
years_of_volume: 3
shows_limits: true
coarser: [quarter, year]
ladders: {country: [month, quarter], members: [quarter, half_year_clusters]}
lines:
  - {kinds: [share], view: cohort, statistics: [share], shape: share, national: country}
"""


def written(folder: Path, old: str = "", new: str = "") -> Path:
    path = folder / "platform.yaml"
    path.write_text(WHOLE.replace(old, new) if old else WHOLE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("audience", "threshold", "base"), [("platform", 5, 3), ("advisory", 10, 5)]
)
def test_each_audience_has_its_parameters(audience, threshold, base):
    catalogue = catalogue_of(audience)

    assert (catalogue.threshold, catalogue.rounding_base) == (threshold, base)
    assert catalogue.floor == pytest.approx(1.7 * threshold)


def test_a_ladder_is_read_finest_first(tmp_path):
    catalogue = read_catalogue(written(tmp_path))

    assert catalogue.rungs("members") == (
        Rung(grain="quarter"),
        Rung(grain="half_year", is_clustered=True),
    )
    [line] = catalogue.lines
    assert catalogue.ladder_of(line, "national") == catalogue.rungs("country")
    assert catalogue.ladder_of(line, "parket") == (), "what has no ladder may not be split"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("half_year_clusters", "week", "trede week bestaat niet; kies uit month, quarter"),
        ("national: country", "national: land", "ladder land van share staat niet onder ladders"),
        ("floor: 8.5", "floor: 4", "floor ligt onder threshold"),
        ("rounding_base: 3", "rounding_base: 5", "rounding_base is niet kleiner dan threshold"),
        ("view: cohort", "view: sideways", "lines.0.view"),
        ("threshold: 5", "threshold: [", "is geen YAML"),
    ],
)
def test_what_is_wrong_is_named_in_dutch(tmp_path, old, new, said):
    with pytest.raises(CatalogueError, match="herstel het bestand") as refused:
        read_catalogue(written(tmp_path, old, new))

    assert said in str(refused.value)
    assert "platform.yaml" in str(refused.value)
