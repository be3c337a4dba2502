"""Icons of a signal: how a series varies, whether it can meet its norm, how strong the evidence is.

Here: shape, colour and word of each; never a colour alone, and never red, amber or green.
Not here: what they are based on (published), and any sentence (`pipelines.wording.signals`).
"""

from dashboard.components.markup import escape, picture
from pipelines.charts.shapes import FIELDS, signal_shape
from pipelines.charts.style import BLUE, ORANGE, SLATE
from pipelines.wording.language import Words

# Drawn on a field of 20 by 20.
_WAVE = (
    '<circle cx="10" cy="10" r="8.4" fill="none" stroke="{c}" stroke-width="1.4"/>'
    '<path d="M4.6 11.2c1.3-3.2 2.6-3.2 3.9 0s2.6 3.2 3.9 0 2-2.6 3-1.2" fill="none" '
    'stroke="{c}" stroke-width="1.5" stroke-linecap="round"/>'
)
_ASSURANCES = {
    "consistently_passing": (
        BLUE,
        '<circle cx="10" cy="10" r="8.4" fill="none" stroke="{c}" stroke-width="1.6"/>'
        '<path d="M5.8 10.4l3 3 5.6-6.2" fill="none" stroke="{c}" stroke-width="1.9" '
        'stroke-linecap="round" stroke-linejoin="round"/>',
    ),
    "hit_and_miss": (
        SLATE,
        '<circle cx="10" cy="10" r="8.4" fill="none" stroke="{c}" stroke-width="1.6"/>'
        '<path d="M3.5 10h13" stroke="{c}" stroke-width="1.4" stroke-dasharray="2.4 1.8"/>'
        '<path d="M5.5 13.2 9 6.8l3 6 2.6-4.6" fill="none" stroke="{c}" stroke-width="1.5" '
        'stroke-linecap="round" stroke-linejoin="round"/>',
    ),
    "consistently_failing": (
        ORANGE,
        '<path d="M10 1 19 10 10 19 1 10Z" fill="none" stroke="{c}" stroke-width="1.6"/>'
        '<path d="M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4" stroke="{c}" stroke-width="1.9" '
        'stroke-linecap="round"/>',
    ),
}
_STRENGTHS = {"strong": 3, "clear": 2, "weak": 1}


def variation(
    kind: str, moved: str, words: Words, *, title: str = "", count: int | None = None
) -> str:
    """Return the variation icon with its word.

    Args:
        kind: `improvement`, `concern`, `neutral` or `common_cause`; anything else is no chart.
        moved: `up` or `down` for a signal.
        words: The reader's language.
        title: More about it, shown on pointing.
        count: How many there are, where the icon stands for several; then it has no arrow.
    """
    if kind == "common_cause":
        drawing = _WAVE.format(c=SLATE)
    elif kind in FIELDS:
        drawing = signal_shape(kind, moved)
    else:
        return f'<span class="km-faint">{escape(words.text("signal.variation.none"))}</span>'
    word = words.text(f"signal.variation.{kind}")
    return _marked(drawing, word, title, count)


def point(kind: str, words: Words) -> str:
    """Return the shape of a point that stands out in a chart, with its word."""
    drawing = signal_shape(kind)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">{drawing}</svg>'
    word = escape(words.text(f"signal.variation.{kind}"))
    return f"{picture(svg, '', 'km-shape', 12, 12)}{word}"


def assurance(kind: str, said: str) -> str:
    """Return the assurance icon with its words; empty where no norm can be judged.

    Args:
        kind: `consistently_passing`, `hit_and_miss` or `consistently_failing`.
        said: What it says, from `pipelines.wording.signals.assurance`.
    """
    if kind not in _ASSURANCES:
        return ""
    colour, drawing = _ASSURANCES[kind]
    return _marked(drawing.format(c=colour), said, "")


def strength(name: str, words: Words) -> str:
    """Return the strength of evidence: one to three filled bars and the word.

    Args:
        name: `strong`, `clear` or `weak`.
        words: The reader's language.
    """
    filled = _STRENGTHS[name]
    bars = "".join(
        f'<rect x="{2 + 6 * place}" y="{12 - 4 * place}" width="4" height="{6 + 4 * place}" '
        + (f'fill="{SLATE}"/>' if place < filled else f'fill="none" stroke="{SLATE}"/>')
        for place in range(3)
    )
    return _marked(bars, words.text(f"signal.strength.{name}"), "")


def _marked(drawing: str, word: str, title: str, count: int | None = None) -> str:
    hint = f' title="{escape(title)}"' if title else ""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">{drawing}</svg>'
    return (
        f'<span class="km-icon"{hint}>{picture(svg, "", "km-icon-shape", 20, 20)}'
        + (f"<b>{count}</b>" if count is not None else "")
        + f"{escape(word)}</span>"
    )
