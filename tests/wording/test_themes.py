"""What is said of how a theme is coded: the norm, and why there is no verdict."""

import pytest

from pipelines.wording import themes
from pipelines.wording.language import words_in


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        ("reliable", "De ondergrens voor Krippendorffs alfa is 0,667."),
        ("not_reliable", "De ondergrens voor Krippendorffs alfa is 0,667."),
        ("undetermined", "Te weinig dubbel gecodeerde evaluaties voor een oordeel."),
        ("not_fit", "De evaluaties eronder zijn niet bruikbaar."),
    ],
)
def test_beside_the_verdict_its_norm_is_said_and_never_alpha_itself(verdict, text):
    # Publications of before still have alpha.
    agreement = {"verdict": verdict, "minimum_alpha": 0.667, "alpha": 0.96, "n_units": 276.0}

    assert themes.coding_norm(agreement, words_in("nl")) == text


def test_a_theme_that_nobody_coded_twice_has_no_verdict():
    assert themes.coding_norm({}, words_in("nl")).startswith("Te weinig dubbel gecodeerde")
