"""Where everything stands in a drawing of the chain: lanes of organisations, columns of hand-offs.

Here: places, columns, headings and their texts, in pixels; nothing is drawn.
Not here: how it looks (`chain`), and what a hand-off is like (`wording.handoff_lines`).

An organisation is a lane with its name in a box at the left; a hand-off is a column, and in it an
arrow from lane to lane. So no two arrows share a line, however many run between the same two, and
nothing crosses a text. Where the whole chain is too wide, its phases stand one under the other,
each with the organisations that take part in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor

from pipelines.charts.lettering import longest_word, width_of, wrapped

# No text is smaller than 11 pixels.
NAME_SIZE, WIDE_NAME_SIZE, CODE_SIZE, PLACE_SIZE, PHASE_SIZE = 11.5, 13.0, 11.0, 11.5, 13.0
_LEAST_PHASE_SIZE = 11.0
# Between a name and the edges of its phase, together.
_PHASE_MARGIN = 1
# A line of text, in its own size.
LEADING = 1.13
_LEAST_COLUMN, _WIDE_COLUMN, _MOST_COLUMN = 22.0, 40.0, 112.0
_GUTTER_SHARE, _LEAST_GUTTER, _MOST_GUTTER = 0.165, 122.0, 184.0
_LEAST_LANE, _LANE_PADDING, _PLACE_PADDING, _PLACE_LINES = 24.0, 7.0, 7.0, 4
_CODE_HEIGHT, _MARK_HEIGHT, _BAND_GAP, _AFTER_PLACE = 17.0, 15.0, 22.0, 10.0
_PHASE_LINES, _LEVEL_LINES, _MOST_UPRIGHT = 3, 4, 190.0


@dataclass(frozen=True)
class Place:
    """An organisation, as a lane."""

    code: str
    label: str


@dataclass(frozen=True)
class Arrow:
    """A hand-off, as an arrow.

    Attributes:
        code: Its id.
        name: What is handed on.
        phase: Code of its phase.
        phase_name: Name of its phase.
        senders: Codes of the places it comes from.
        receivers: Codes of the places it goes to.
        volume: How many a quarter; None where that is not published.
        is_withheld: Whether the number may not be told; it is not zero.
        variation: `improvement`, `concern`, `neutral`, or empty without a signal.
        moved: `up` or `down` with a signal.
        is_backlog: Whether more waits than comes in.
        is_unfit: Whether the data may not be shown as a figure.
        sentence: All this in words.
    """

    code: str
    name: str
    phase: str
    phase_name: str
    senders: Sequence[str]
    receivers: Sequence[str]
    volume: float | None = None
    is_withheld: bool = False
    variation: str = ""
    moved: str = ""
    is_backlog: bool = False
    is_unfit: bool = False
    sentence: str = ""

    @property
    def places(self) -> frozenset[str]:
        """Everybody who takes part in it."""
        return frozenset((*self.senders, *self.receivers))


@dataclass(frozen=True)
class Box:
    """A rectangle, in pixels from the upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Label:
    """A text in its box.

    Attributes:
        kind: What it names: `place`, `phase`, `name`, `code` or `key`.
        of: Code of what it names.
        box: The room it has; its lines fit in it.
        lines: Its lines.
        size: Size of its letters.
        is_upright: Whether it is read from below to above.
    """

    kind: str
    of: str
    box: Box
    lines: tuple[str, ...]
    size: float
    is_upright: bool = False

    @property
    def is_bold(self) -> bool:
        """Whether its letters are bold."""
        return self.kind in {"phase", "code"}


@dataclass(frozen=True)
class Column:
    """A hand-off in its column: the whole of it, and where its marks stand beneath its code."""

    arrow: Arrow
    box: Box
    marks_y: float

    @property
    def x(self) -> float:
        """Where its arrow stands."""
        return self.box.middle[0]


@dataclass(frozen=True)
class Band:
    """Columns side by side over the lanes of everybody who takes part.

    Attributes:
        columns: Its hand-offs, in the order of the chain.
        lanes: The middle of each lane, by place.
        places: The box of each place.
        box: All of the band.
        phase_edges: Where one phase ends and the next begins.
        phases: The heading of each phase, by code.
    """

    columns: Sequence[Column]
    lanes: dict[str, float]
    places: dict[str, Box]
    box: Box
    phase_edges: Sequence[float]
    phases: dict[str, Box]


@dataclass(frozen=True)
class Layout:
    """Bands under each other, and every text in them."""

    width: float
    height: float
    bands: Sequence[Band]
    labels: Sequence[Label]


def lay_out(arrows: Sequence[Arrow], places: Sequence[Place], width: float) -> Layout:
    """Return where everything stands.

    Args:
        arrows: Hand-offs in the order of the chain, phase by phase.
        places: Organisations in their fixed order; who takes part and is not among them comes last.
        width: The room there is, in pixels; at least some 350.
    """
    gutter = min(max(width * _GUTTER_SHARE, _LEAST_GUTTER), _MOST_GUTTER)
    room = int((width - gutter - _AFTER_PLACE) // _LEAST_COLUMN)
    has_phases = len({arrow.phase for arrow in arrows}) > 1
    known = _everybody(arrows, places)
    bands: list[Band] = []
    labels: list[Label] = []
    y = 0.0
    for own in _in_bands(arrows, max(room, 1)):
        band, texts = _band(own, known, Box(0.0, y, width, 0.0), gutter, has_phases)
        bands.append(band)
        labels += texts
        y = band.box.bottom + _BAND_GAP
    right = max((band.box.right for band in bands), default=width)
    return Layout(right, max(y - _BAND_GAP, 0.0), bands, labels)


def _everybody(arrows: Sequence[Arrow], places: Sequence[Place]) -> list[Place]:
    known = {place.code for place in places}
    others = dict.fromkeys(
        code for arrow in arrows for code in (*arrow.senders, *arrow.receivers) if code not in known
    )
    return [*places, *(Place(code, code.replace("_", " ")) for code in others)]


def _in_bands(arrows: Sequence[Arrow], room: int) -> list[list[Arrow]]:
    """Return all in one band where it fits, else a band a phase; a longer phase takes several."""
    if len(arrows) <= room:
        return [list(arrows)] if arrows else []
    bands: list[list[Arrow]] = []
    for _, group in groupby(arrows, key=lambda arrow: arrow.phase):
        own = list(group)
        bands += [own[start : start + room] for start in range(0, len(own), room)]
    return bands


def _band(
    arrows: Sequence[Arrow], everybody: Sequence[Place], at: Box, gutter: float, has_phases: bool
) -> tuple[Band, list[Label]]:
    left = gutter + _AFTER_PLACE
    column = min((at.width - left) / len(arrows), _MOST_COLUMN)
    spans = _phase_spans(arrows, left, column)
    phases, y = _phase_labels(spans, at.y) if has_phases else ([], at.y)
    names, y = _name_labels(arrows, left, column, y)
    codes = [
        Label("code", arrow.code, Box(left + place * column, y, column, _CODE_HEIGHT),
              wrapped(arrow.code, column, CODE_SIZE, 1, is_bold=True), CODE_SIZE)
        for place, arrow in enumerate(arrows)
    ]  # fmt: skip
    marks_y = y + _CODE_HEIGHT + _MARK_HEIGHT / 2
    y += _CODE_HEIGHT + _MARK_HEIGHT
    taking_part = frozenset[str]().union(*(arrow.places for arrow in arrows))
    own = [place for place in everybody if place.code in taking_part]
    boxes, lanes, labels, bottom = _lanes(own, gutter, y)
    columns = [
        Column(
            arrow,
            Box(left + place * column, names[0].box.y, column, bottom - names[0].box.y),
            marks_y,
        )
        for place, arrow in enumerate(arrows)
    ]
    right = left + len(arrows) * column
    band = Band(
        columns, lanes, boxes, Box(0.0, at.y, right, bottom - at.y),
        [box.x for _, _, box in spans[1:]],
        {label.of: label.box for label in phases},
    )  # fmt: skip
    return band, [*phases, *names, *codes, *labels]


def _phase_spans(arrows: Sequence[Arrow], left: float, column: float) -> list[tuple[str, str, Box]]:
    spans, x = [], left
    for (phase, name), group in groupby(arrows, key=lambda arrow: (arrow.phase, arrow.phase_name)):
        width = column * len(list(group))
        spans.append((phase, name, Box(x, 0.0, width, 0.0)))
        x += width
    return spans


def _phase_labels(spans: Sequence[tuple[str, str, Box]], y: float) -> tuple[list[Label], float]:
    """Return the names of the phases, a little smaller where a word would be torn."""
    names = [(name, box.width - _PHASE_MARGIN) for _, name, box in spans]
    per_pixel = max(longest_word(name, 1.0, is_bold=True) / width for name, width in names)
    fitting = floor(10 / per_pixel) / 10 if per_pixel else PHASE_SIZE
    size = min(PHASE_SIZE, max(fitting, _LEAST_PHASE_SIZE))
    set_lines = [wrapped(name, width, size, _PHASE_LINES, is_bold=True) for name, width in names]
    height = max(map(len, set_lines)) * size * LEADING + 6
    labels = [
        Label("phase", phase, Box(box.x, y, box.width, height), lines, size)
        for (phase, _, box), lines in zip(spans, set_lines, strict=True)
    ]
    return labels, y + height


def _name_labels(
    arrows: Sequence[Arrow], left: float, column: float, y: float
) -> tuple[list[Label], float]:
    """Return the names above the columns: level where every word fits, upright where not."""
    size = WIDE_NAME_SIZE if column >= _WIDE_COLUMN else NAME_SIZE
    is_level = all(longest_word(arrow.name, size) <= column - 8 for arrow in arrows)
    if is_level:
        set_lines = [wrapped(arrow.name, column - 8, size, _LEVEL_LINES) for arrow in arrows]
        height = max(map(len, set_lines)) * size * LEADING + 6
    else:
        most = 2 if column >= 2 * size else 1
        longest = max(width_of(arrow.name, size) for arrow in arrows)
        height = min(longest + 6, _MOST_UPRIGHT)
        set_lines = [wrapped(arrow.name, height - 6, size, most) for arrow in arrows]
    labels = [
        Label("name", arrow.code, Box(left + place * column, y, column, height), lines_of,
              size, is_upright=not is_level)
        for place, (arrow, lines_of) in enumerate(zip(arrows, set_lines, strict=True))
    ]  # fmt: skip
    return labels, y + height


def _lanes(
    places: Sequence[Place], gutter: float, y: float
) -> tuple[dict[str, Box], dict[str, float], list[Label], float]:
    set_lines = [
        wrapped(place.label, gutter - 2 * _PLACE_PADDING, PLACE_SIZE, _PLACE_LINES)
        for place in places
    ]
    boxes: dict[str, Box] = {}
    lanes: dict[str, float] = {}
    labels: list[Label] = []
    for place, lines in zip(places, set_lines, strict=True):
        height = max(_LEAST_LANE, len(lines) * PLACE_SIZE * LEADING + _LANE_PADDING)
        box = Box(0.0, y + 2, gutter, height - 4)
        boxes[place.code] = box
        lanes[place.code] = box.middle[1]
        inner = Box(_PLACE_PADDING, box.y, gutter - 2 * _PLACE_PADDING, box.height)
        labels.append(Label("place", place.code, inner, lines, PLACE_SIZE))
        y += height
    return boxes, lanes, labels, y
