"""Stories among the themes are found in the published files of the small chain, as in the demo's.

A theme has as many evaluations there as in the demo. The stories in lead times and deliveries need
the cases of the whole country: `test_stories_published`.
"""

import pandas as pd
import pytest

from pipelines.simulation.stories import STORIES
from tests.indicators.conftest import PublishedChain
from tests.indicators.test_stories_published import (
    ABOUT_CODING,
    CONFIG,
    SERIES,
    Read,
    assert_one_theme_is_doubtful,
    assert_series_run_on_across_the_split,
    assert_three_themes_moved,
)

AUDIENCES = pytest.mark.parametrize("audience", ["researcher", "platform"])
# That a story is found in any chain is said of what truly happened.
ONE_CHAIN = pytest.mark.parametrize(
    "published_chain", [pytest.param(11, id="seed_11")], indirect=True
)


@pytest.fixture
def read(published_chain: PublishedChain) -> Read:
    """Answers of the file an audience reads."""

    def answer(query: str, *, audience: str = "researcher") -> pd.DataFrame:
        return published_chain.read(query, audience)

    return answer


def test_every_story_is_looked_for():
    assert {*SERIES, *ABOUT_CODING} == set(STORIES)
    assert set(CONFIG.stories) == {story.name for story in STORIES}


@AUDIENCES
@ONE_CHAIN
def test_the_page_of_themes_names_the_three_that_moved(read, audience):
    assert_three_themes_moved(read, audience)


@AUDIENCES
@ONE_CHAIN
def test_the_split_of_the_codebook_is_a_line_in_a_series_that_runs_on(read, audience):
    assert_series_run_on_across_the_split(read, audience, begun_by="2024")


@AUDIENCES
@ONE_CHAIN
def test_the_theme_that_coders_disagree_on_says_so(read, audience):
    assert_one_theme_is_doubtful(read, audience)
