"""What a signal says, in the words of somebody at the meeting."""

import pytest

from pipelines.wording.signals import unit_of


@pytest.mark.parametrize(
    ("statistic", "unit"),
    [("median", "hours"), ("share_within_norm", "share"), ("cumulative_incidence_6m", "share")],
)
def test_a_share_is_one_whatever_the_clock_of_its_indicator(statistic, unit):
    assert unit_of({"statistic": statistic, "unit": "hours"}) == unit
