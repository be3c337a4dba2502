"""The chain as a picture: whatever the chain, it is drawn whole, apart, and within its boxes."""

import re
from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.charts.chain import Drawing, as_svg, draw, marks_svg
from pipelines.charts.chain_layout import LEADING, Arrow, Box, Label, Layout, Place, lay_out
from pipelines.charts.chain_volume import THICKNESSES, classes_of
from pipelines.charts.lettering import longest_word, width_of, wrapped
from pipelines.charts.style import BLUE, FONT, ORANGE, PAPER, SLATE
from pipelines.wording.language import words_in
from tests.examples import examples

NL = words_in("nl")
DESK, TELEPHONE = 1096.0, 358.0
PLACES = [
    Place("politie", "Politie"),
    Place("om", "Openbaar Ministerie"),
    Place("nctv", "NCTV"),
    Place("lcc", "Landelijk Coördinatiecentrum Bewaken en Beveiligen"),
]


def arrow(code: str = "K13", **changes: object) -> Arrow:
    """A hand-off from the prosecutor to the NCTV, of some hundred a quarter."""
    usual: dict[str, object] = {
        "name": "Triage", "phase": "triage", "phase_name": "Triage", "senders": ("om",),
        "receivers": ("nctv",), "volume": 96.0, "sentence": "Triage, van OM naar NCTV.",
    }  # fmt: skip
    return Arrow(code=code, **{**usual, **changes})  # type: ignore[arg-type]


def drawn(*arrows: Arrow, width: float = DESK) -> Drawing:
    return draw(arrows, PLACES, NL, width=width)


def element(drawing: Drawing, code: str) -> str:
    """The marks of one hand-off."""
    [own] = re.findall(rf'<g data-handoff="{code}".*?(?=<g data-)', drawing.marks)
    return str(own)


_codes = st.sampled_from(["a", "b", "c", "d", "e", "f", "g"])
_texts = st.text(alphabet="abcdefgh ijklm-nopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=60)


@st.composite
def chains(draw_one: st.DrawFn) -> list[Arrow]:
    """Any chain: any phases in a row, any organisations, several hand-offs between the same two."""
    found: list[Arrow] = []
    for phase in range(draw_one(st.integers(1, 4))):
        for _ in range(draw_one(st.integers(1, 14))):
            number = len(found)
            found.append(
                Arrow(
                    code=f"X{number:02d}",
                    name=draw_one(_texts),
                    phase=f"fase_{phase}",
                    phase_name=draw_one(_texts),
                    senders=draw_one(st.lists(_codes, min_size=1, max_size=4)),
                    receivers=draw_one(st.lists(_codes, min_size=1, max_size=4)),
                    volume=draw_one(st.none() | st.floats(0, 1e6)),
                    is_withheld=draw_one(st.booleans()),
                    variation=draw_one(st.sampled_from(["", "improvement", "concern", "neutral"])),
                )
            )
    return found


def _overlap(box: Box, other: Box) -> bool:
    is_beside = box.right <= other.x + 1e-6 or other.right <= box.x + 1e-6
    return not (is_beside or box.bottom <= other.y + 1e-6 or other.bottom <= box.y + 1e-6)


def _extent(label: Label) -> tuple[float, float]:
    """How wide and how high the lines of a text are as they are set."""
    width = max((width_of(line, label.size, is_bold=label.is_bold) for line in label.lines),
                default=0.0)  # fmt: skip
    leading = 1.0 if label.is_upright else LEADING
    height = len(label.lines) * label.size * leading
    return (height, width) if label.is_upright else (width, height)


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
@examples(8)
@given(chain=chains())
def test_every_handoff_is_drawn_once_in_the_order_of_the_chain(width, chain):
    drawing = draw(chain, PLACES, NL, width=width)

    codes = [arrow.code for arrow in chain]
    assert re.findall(r'data-handoff="(\w+)"', drawing.marks) == codes
    assert [spot.of for spot in drawing.spots if spot.kind == "handoff"] == codes
    assert Counter(label.of for label in drawing.labels if label.kind == "code") == Counter(codes)


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
@examples(8)
@given(chain=chains())
def test_no_place_no_column_and_no_text_lies_over_another(width, chain):
    layout: Layout = lay_out(chain, PLACES, width)

    places = [box for band in layout.bands for box in band.places.values()]
    columns = [column.box for band in layout.bands for column in band.columns]
    texts = [label.box for label in layout.labels]
    for boxes in (places, columns, texts):
        assert not any(_overlap(box, other) for box, other in combinations(boxes, 2))
    # An arrow never runs through a name: the lanes begin beneath the last text above them.
    for band in layout.bands:
        above = [
            label.box.bottom
            for label in layout.labels
            if label.kind in {"code", "name", "phase"} and label.box.y < min(band.lanes.values())
        ]
        assert max(above) <= min(box.y for box in band.places.values())


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
@examples(8)
@given(chain=chains())
def test_every_text_lies_within_its_box_and_is_large_enough_to_read(width, chain):
    drawing = draw(chain, PLACES, NL, width=width)

    for label in drawing.labels:
        wide, high = _extent(label)
        assert wide <= label.box.width + 0.5, label
        assert high <= label.box.height + 0.5, label
        assert label.size >= 11
        assert label.box.right <= max(width, drawing.width) + 1e-6


def test_arrows_of_the_same_two_organisations_stand_beside_each_other():
    same = [arrow(f"K{number}") for number in range(10, 16)]

    [band] = lay_out(same, PLACES, DESK).bands

    places = [column.x for column in band.columns]
    assert all(after - before >= 20 for before, after in pairwise(places))


@examples(50)
@given(volumes=st.lists(st.floats(0, 1e7), min_size=2, max_size=30))
def test_what_is_more_is_never_thinner(volumes):
    classes = classes_of(volumes)

    thicknesses = [classes.thickness(volume) for volume in sorted(volumes)]

    assert thicknesses == sorted(thicknesses)
    assert set(thicknesses) <= set(THICKNESSES)


def test_classes_are_half_decades_below_the_largest_volume():
    assert classes_of([1026.0, 9.0]).edges == (30, 100, 300, 1000)
    assert classes_of([24.0]).edges == (1, 3, 10)
    assert classes_of([]).edges == ()
    # The key says them in the reader's form, and only those that occur.
    picture = drawn(arrow(volume=1500.0), arrow("K1", volume=9.0))
    key = [label.lines[0] for label in picture.labels if label.kind == "key"]
    assert "1.000 of meer per kwartaal" in key
    assert "tot en met 29 per kwartaal" in key
    assert "100–299 per kwartaal" not in key


def test_what_is_withheld_is_drawn_as_withheld_and_not_as_few():
    picture = drawn(
        arrow("K1", volume=None, is_withheld=True),
        arrow("K2", volume=0.0),
        arrow("K3", volume=None),
    )

    withheld, none_at_all, unknown = (element(picture, code) for code in ("K1", "K2", "K3"))

    # Two thin lines beside each other: the only arrow whose line is filled with paper.
    assert f'stroke="{PAPER}" stroke-width="2"' in withheld
    assert f'stroke="{PAPER}" stroke-width="2"' not in none_at_all + unknown
    assert 'stroke-dasharray="1.5 3.5"' in unknown
    assert 'stroke-dasharray="1.5 3.5"' not in none_at_all
    key = {label.of: label.lines[0] for label in picture.labels if label.kind == "key"}
    assert key["withheld"] == "aantal afgeschermd"
    assert key["unknown"] == "aantal niet gepubliceerd"


@pytest.mark.parametrize(
    ("variation", "colour", "shape"),
    [("improvement", BLUE, "<circle"), ("concern", ORANGE, "<path"), ("neutral", SLATE, "<rect")],
)
def test_a_signal_has_a_colour_and_a_shape_of_its_own(variation, colour, shape):
    own = element(drawn(arrow(variation=variation, moved="up")), "K13")

    assert f'stroke="{colour}" stroke-width' in own
    mark = own.partition("<g transform=")[2]
    assert mark.partition(">")[2].startswith(shape)
    assert f'fill="{colour}"' in mark


def test_backlog_and_unfit_data_have_a_mark_beneath_the_code_and_words_in_the_key():
    plain, marked = (
        drawn(arrow(is_backlog=marks, is_unfit=marks, volume=None)) for marks in (False, True)
    )

    assert element(plain, "K13").count("<g transform") == 0
    assert element(marked, "K13").count("<g transform") == 2
    key = [label.lines[0] for label in marked.labels if label.kind == "key"]
    assert "er staat meer open dan er in een kwartaal begint" in key
    assert "gegevens niet bruikbaar" in key


def test_what_an_organisation_hands_on_within_itself_is_an_arc():
    assert " 0 0 1 " in element(drawn(arrow(senders=("om",), receivers=("om",))), "K13")
    assert " 0 0 1 " not in element(drawn(arrow()), "K13")


def test_many_senders_and_receivers_each_have_a_mark_or_a_head():
    own = element(drawn(arrow(senders=("om", "nctv"), receivers=("politie", "lcc"))), "K13")

    assert own.count("<circle") == 2
    assert own.count('Z"') == 2


def test_a_chain_that_is_too_wide_stands_phase_under_phase_with_those_who_take_part():
    chain = [
        *(arrow(f"K{number}", phase="lokaal", phase_name="Lokaal domein",
                senders=("politie",), receivers=("om",)) for number in range(8)),
        *(arrow(f"L{number}") for number in range(8)),
    ]  # fmt: skip

    [whole] = lay_out(chain, PLACES, DESK).bands
    local, triage = lay_out(chain, PLACES, TELEPHONE).bands

    assert list(whole.places) == ["politie", "om", "nctv"]
    assert list(local.places) == ["politie", "om"]
    assert list(triage.places) == ["om", "nctv"]
    assert triage.box.y > local.box.bottom
    assert max(local.box.right, triage.box.right) <= TELEPHONE


def test_who_is_no_organisation_of_the_chain_still_has_a_place():
    [band] = lay_out([arrow(receivers=("derde_partij",))], PLACES, DESK).bands

    assert list(band.places) == ["om", "derde_partij"]


def test_a_chain_of_one_organisation_and_one_phase_has_no_heading():
    picture = draw([arrow("B1", senders=("it",), receivers=("it",))], [Place("it", "IT")], NL,
                   width=TELEPHONE)  # fmt: skip

    assert [spot.kind for spot in picture.spots] == ["handoff"]
    assert not any(label.kind == "phase" for label in picture.labels)


@pytest.mark.parametrize("width", [1060.0, 1120.0, 1190.0])
def test_the_name_of_a_narrow_phase_is_set_smaller_and_not_torn(width):
    chain = [
        *(arrow(f"K{number}") for number in range(34)),
        *(arrow(f"L{number}", phase="leren", phase_name="Learning") for number in range(2)),
    ]

    names = [label for label in drawn(*chain, width=width).labels if label.kind == "phase"]

    assert [label.lines for label in names] == [("Triage",), ("Learning",)]
    assert {11 <= label.size < 13 for label in names} == {True}


def test_the_type_of_a_drawing_is_a_list_css_reads():
    families = [family.strip() for family in FONT.split(",")]

    # A name without quotes is a row of identifiers, and none of those begins with a digit.
    assert families == [
        family for family in families if re.fullmatch(r"'[^']+'|[A-Za-z-]+( [A-Za-z-]+)*", family)
    ]
    assert families[-1] == "sans-serif"


def test_the_same_chain_gives_the_same_drawing():
    chain = [arrow("K1", senders=("nctv", "om"), receivers=("lcc", "politie")), arrow("K2")]

    assert as_svg(drawn(*chain), "t") == as_svg(drawn(*chain), "t")


def test_what_stands_in_a_name_is_no_markup():
    svg = as_svg(drawn(arrow(name="<b>&</b>", sentence='"<i>"')), "<title>")

    assert "<b>" not in svg and "<i>" not in svg and svg.count("<title>") == 2
    assert "&lt;b&gt;&amp;" in svg


def test_the_marks_alone_hold_no_text():
    assert "<text" not in marks_svg(drawn(arrow()))


@examples(30)
@given(text=_texts, room=st.floats(20, 300), most=st.integers(1, 4))
def test_set_lines_fit_and_lose_nothing_unsaid(text, room, most):
    lines = wrapped(text, room, 12, most)

    assert len(lines) <= most
    assert all(width_of(line, 12) <= room for line in lines)
    if lines and not lines[-1].endswith("…"):
        # Apart from a hyphen where a word was torn, every letter is there.
        assert _letters("".join(lines)) == _letters(text)


def _letters(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def test_a_word_is_torn_only_where_it_fits_in_no_line():
    assert wrapped("Openbaar Ministerie", 80, 12, 3) == ("Openbaar", "Ministerie")
    assert wrapped("Openbaar Ministerie", 40, 12, 9)[0].endswith("-")
    assert longest_word("Het Openbaar", 12) == width_of("Openbaar", 12)
    assert wrapped("Openbaar Ministerie", 80, 12, 1) == ("Openbaar…",)
