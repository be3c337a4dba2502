"""Curves over each other: a valid chart, steps up to where nearly all is done, and the norm."""

import pytest

from pipelines.charts.curves import Curve, curves_chart, horizon_of
from pipelines.wording.language import words_in
from tests.grammar import valid

NL, EN = words_in("nl"), words_in("en")

FAST = Curve("A", [1.0, 2.0, 9.0], [0.4, 0.8, 0.81], [0.2, 0.6, 0.6], [0.6, 0.9, 0.9])
SLOW = Curve("B", [3.0, 6.0], [0.3, 0.6], [0.1, 0.4], [0.5, 0.8])


def drawn(*curves, norms=(), words=NL):
    """The chart as it is sent, every part of it held against the grammar of Vega-Lite."""
    return valid(curves_chart(curves, "calendar_days", norms, words))


@pytest.mark.parametrize("words", [NL, EN])
def test_two_curves_are_a_valid_chart_in_both_languages(words):
    assert len(drawn(FAST, SLOW, norms=[5.0], words=words)["layer"]) == 5


def rows_of(chart, place):
    """The rows a layer of a chart is drawn of."""
    return chart["layer"][place]["data"]["values"]


def test_a_curve_is_its_steps_from_nothing_to_where_nearly_all_is_done():
    chart = drawn(FAST, SLOW)

    # The slower one has done nearly all it will do after six days; beyond that is a long tail.
    assert horizon_of([FAST, SLOW]) == pytest.approx(6.3)
    steps = [(row["time"], row["share"]) for row in rows_of(chart, 2)]
    assert steps == [(0.0, 0.0), (3.0, 0.3), (6.0, 0.6)]
    assert rows_of(chart, 1)[0]["name"] == "A"


def test_a_curve_that_goes_on_holds_its_last_step_to_the_edge():
    rows = rows_of(drawn(FAST, SLOW), 0)

    assert [row["time"] for row in rows] == pytest.approx([0.0, 1.0, 2.0, 6.3])
    assert rows[-1]["share"] == rows[-2]["share"] == 0.8


def test_a_norm_beyond_the_edge_is_not_drawn():
    assert len(drawn(FAST, SLOW, norms=[5.0, 40.0])["layer"]) == 5


@pytest.mark.parametrize(
    ("other", "sides"),
    [
        (SLOW, ["right", "left"]),
        # At the same length: the one above is named to the left of it, the other below.
        (Curve("B", [1.0, 2.0], [0.2, 0.7], [0.1, 0.4], [0.5, 0.8]), ["right", "left"]),
        (Curve("B", [1.0, 2.0], [0.5, 0.9], [0.1, 0.4], [0.6, 1.0]), ["left", "right"]),
    ],
)
def test_two_names_stand_on_two_sides(other, sides):
    chart = drawn(Curve("A", [1.0, 2.0], [0.4, 0.8], [0.2, 0.6], [0.6, 0.9]), other)

    assert [chart["layer"][place]["mark"]["align"] for place in (1, 3)] == sides
