"""One palette for screen, chart and paper, that can be read in light and in dark."""

import json
import re
from pathlib import Path

import pytest

from dashboard.asgi import colours
from dashboard.components import badge
from dashboard.serve import serve_command
from pipelines.charts.drawing import series_chart, svg_of
from pipelines.charts.series import Series
from pipelines.charts.style import INK, PALETTE, THEMES, on_paper, with_both_themes
from pipelines.wording.figures import Figure
from pipelines.wording.language import words_in
from tests.grammar import valid

ROOT = Path(__file__).parents[2]
DRAWN = Series(
    "drawn", "Mediaan", [Figure("2026-Q1", "ok", "calendar_days", 8.4, 7.9, 9.0, 90, 100)]
)
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}\b|\brgba?\(|:\s*(?:white|black)\b")
# In a mask black is what stays.
MASK = re.compile(r"(?:-webkit-)?mask: linear-gradient\([^;]*;")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(name: str, ground: str, theme: str) -> float:
    """Contrast of two colours of the palette, from 1 to 21."""
    low, high = sorted(luminance(PALETTE[each][theme]) for each in (name, ground))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("names", "grounds", "least"),
    [
        # Text, and paper as text on a filled button.
        (("ink", "soft", "blue", "orange"), ("paper", "wash", "orange-band"), 4.5),
        (("paper",), ("blue", "orange"), 4.5),
        # What must be seen to understand a drawing, and where the keyboard is.
        (("edge", "blue-mid", "orange-mid", "focus"), ("paper", "wash"), 3.0),
        (("blue", "orange", "soft"), ("blue-band", "line"), 3.0),
    ],
)
def test_text_lines_and_focus_stand_out_from_their_ground(theme, names, grounds, least):
    faint = {
        (name, ground): round(contrast(name, ground, theme), 2)
        for name in names
        for ground in grounds
        if contrast(name, ground, theme) < least
    }

    assert faint == {}


def test_the_palette_is_the_only_place_with_a_colour():
    drawn = [
        path
        for folder in ("dashboard", "pipelines/charts")
        for kind in ("*.py", "*.css", "*.svg", "*.toml", "*.js")
        for path in (ROOT / folder).rglob(kind)
        if path != ROOT / "pipelines" / "charts" / "style.py"
    ]
    found = {
        path.name: COLOUR.findall(MASK.sub("", path.read_text(encoding="utf-8"))) for path in drawn
    }

    assert {name: colours for name, colours in found.items() if colours} == {}


def test_every_colour_that_is_named_is_in_the_palette():
    files = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "dashboard" / "static").iterdir()]
    text = "".join(path.read_text("utf-8") for path in files if path.suffix != ".png")
    type_ = {"serif", "mono"}

    assert set(re.findall(r"var\(--km-([a-z-]+)\)", text)) - type_ <= set(PALETTE)


def test_a_chart_names_its_colours_and_a_file_of_it_has_those_of_paper():
    words = words_in("nl")

    chart, file = json.dumps(valid(series_chart(DRAWN, words))), svg_of(DRAWN, "", words).decode()

    assert INK in chart
    assert not COLOUR.search(chart)
    assert "var(" not in file
    assert PALETTE["blue"]["light"] in file


def test_an_image_carries_both_themes_and_no_more_colours_than_it_uses():
    svg = with_both_themes(f'<svg viewBox="0 0 1 1"><path d="M0 0h1" stroke="{INK}"/></svg>')

    assert svg == (
        '<svg viewBox="0 0 1 1"><style>:root{--km-ink:#1d2b39;}'
        "@media(prefers-color-scheme:dark){:root{--km-ink:#e8ebee;}}</style>"
        '<path d="M0 0h1" stroke="var(--km-ink)"/></svg>'
    )
    assert on_paper(f'stroke="{INK}"') == 'stroke="#1d2b39"'
    assert "prefers-color-scheme" in badge.shape("disc", INK)


def test_a_page_has_both_themes_and_paper_the_light_one():
    light, dark = colours().split("@media screen")

    assert "--km-paper:#ffffff;" in light
    assert "--km-paper:#12181f;" in dark
    assert set(re.findall("--km-([a-z-]+):", light)) == set(PALETTE)


def test_widgets_have_the_colours_of_the_palette_in_both_themes(tiny):
    command = serve_command("platform", tiny.parent, 8611)

    for theme in THEMES:
        assert f"--theme.{theme}.backgroundColor={PALETTE['paper'][theme]}" in command
        assert f"--theme.{theme}.textColor={PALETTE['ink'][theme]}" in command
