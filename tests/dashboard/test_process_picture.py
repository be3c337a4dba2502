"""The drawing of a directly-follows graph: arcs in a lane never meet."""

from itertools import combinations
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from pipelines.charts.process_map import Arrow, Place, draw_process, lanes

ARCS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), unique=True, max_size=20).map(
    lambda pairs: [Arrow(source, target, 0.5, "3×\n2 dagen") for source, target in pairs]
)


@given(ARCS)
def test_two_arcs_of_a_lane_share_no_height(arrows):
    found = lanes(arrows)
    assert set(found) == set(arrows)
    for arrow, other in combinations(arrows, 2):
        if found[arrow] == found[other]:
            first, second = sorted(sorted((arc.source, arc.target)) for arc in (arrow, other))
            assert first[1] < second[0]


@given(ARCS)
def test_every_arc_and_milestone_is_in_the_drawing(arrows):
    places = [Place(f"Mijlpaal <{number}> & meer", f"in {number} zaken") for number in range(8)]
    drawn = draw_process(places, arrows)
    root = ElementTree.fromstring(drawn.svg)
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert tags.count("rect") == len(places)
    assert tags.count("path") == tags.count("polygon") == len(arrows)
    for element in root.iter():
        for name, most in (("x", drawn.width), ("y", drawn.height)):
            assert -1 <= float(element.attrib.get(name, 0)) <= most + 1
