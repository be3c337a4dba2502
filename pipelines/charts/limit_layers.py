"""What a control chart adds to a series: centre, limits, points that stand out, and new beginnings.

Here: the layers, and the shape of each kind of signal.
Not here: the series itself (`series`), limits and rules (published), and words about them
(`pipelines.wording.signals`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.charts.grammar import WORD, Spec, at, at_foot, field, haloed, layer
from pipelines.charts.style import BLUE, ORANGE, PAPER, SLATE, SOFT

# The same shapes as the icons: improvement round, concern with corners, a mere change square.
SHAPES: Mapping[str, tuple[str, str]] = {
    "improvement": ("circle", BLUE),
    "concern": ("diamond", ORANGE),
    "neutral": ("square", SLATE),
}


@dataclass(frozen=True)
class Limits:
    """Where one point was to be expected, and what it is.

    Attributes:
        centre: Centre line; None where there is none.
        lower: Lower limit.
        upper: Upper limit.
        near_lower: Lower near-limit.
        near_upper: Upper near-limit.
        rule: The rule that flags the point; `none` for an ordinary one.
        variation: `improvement`, `concern`, `neutral` or `common_cause`; empty for a gap.
        is_rebase: The series begins anew here.
        rebase_label: What stands at that line.
    """

    centre: float | None
    lower: float | None
    upper: float | None
    near_lower: float | None
    near_upper: float | None
    rule: str
    variation: str
    is_rebase: bool = False
    rebase_label: str = ""


def limit_columns(limits: Limits | None, group: int, top: float) -> dict[str, Any]:
    """Return what the layers need of one period; a line beyond the scale is not drawn."""

    def within(value: float | None) -> float | None:
        return value if value is not None and 0.0 <= value <= top else None

    if limits is None:
        return {"limit_group": group, "signal": "", "is_rebase": False, "rebase_label": ""}
    return {
        "centre": within(limits.centre),
        "limit_lower": within(limits.lower),
        "limit_upper": within(limits.upper),
        "near_lower": within(limits.near_lower),
        "near_upper": within(limits.near_upper),
        "limit_group": group,
        "signal": limits.variation if limits.rule != "none" else "",
        "is_rebase": limits.is_rebase,
        "rebase_label": limits.rebase_label,
    }


def line_layers(x: Spec, y: Callable[[str], Spec]) -> list[Spec]:
    """Return centre line, limits and near-limits, each broken where the series begins anew."""
    styles: tuple[tuple[str, Spec], ...] = (
        ("near_lower", {"strokeDash": [1, 3], "strokeWidth": 1.1}),
        ("near_upper", {"strokeDash": [1, 3], "strokeWidth": 1.1}),
        ("limit_lower", {"strokeDash": [7, 3], "strokeWidth": 1.3}),
        ("limit_upper", {"strokeDash": [7, 3], "strokeWidth": 1.3}),
        ("centre", {"strokeWidth": 1.3}),
    )
    group = field("limit_group")
    return [
        layer("line", {"color": SOFT, **style}, f"isValid(datum.{column})",
              x=x, y=y(column), detail=group)
        for column, style in styles
    ]  # fmt: skip


def signal_layers(**channels: Any) -> list[Spec]:
    """Return the points that stand out, a shape for each kind."""
    style = {"filled": True, "stroke": PAPER, "strokeWidth": 1, "size": 150, "opacity": 1}
    return [
        layer("point", {**style, "shape": shape, "color": colour},
              f"datum.is_ok && datum.signal == '{kind}'", **channels)
        for kind, (shape, colour) in SHAPES.items()
    ]  # fmt: skip


def rebase_layers(x: Spec) -> list[Spec]:
    """Return the upright lines at which the series begins anew, with a word at each."""
    begun = "datum.is_rebase"
    line = layer("rule", {"color": SOFT, "strokeWidth": 1.4}, begun, x=x, y=at(0), y2=at_foot())
    style = {**WORD, "align": "left", "baseline": "top", "dx": 5}
    return [line, *haloed(SOFT, style, begun, x=x, y=at(20), text=field("rebase_label"))]
