"""How thick an arrow is by its volume: few classes, half decades below the largest.

Here: the classes, and the thickness of each. The same for chains of tens and of millions a quarter.
Not here: what the volume of a hand-off is (`wording.handoff_lines`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

# Thin to thick, in pixels.
THICKNESSES = (1.4, 2.4, 3.6, 5.0, 6.6)
# Between two classes lies a factor of about three.
_STEPS = (1, 3)


@dataclass(frozen=True)
class Classes:
    """Classes of volume, thin to thick: half decades, counted down from the largest volume.

    Attributes:
        edges: The least volume of each class but the lowest, which holds everything below.
    """

    edges: tuple[int, ...]

    def thickness(self, volume: float) -> float:
        """Return how thick an arrow of this volume is."""
        return THICKNESSES[self.place(volume)]

    def place(self, volume: float) -> int:
        """Return the class of a volume."""
        return sum(volume >= edge for edge in self.edges)


def classes_of(volumes: Iterable[float | None]) -> Classes:
    """Return the classes in which volumes are drawn; those that are not known count for nothing."""
    largest = max((volume for volume in volumes if volume is not None), default=0.0)
    edges: list[int] = []
    decade = 1
    while decade <= largest:
        edges += [decade * step for step in _STEPS if decade * step <= largest]
        decade *= 10
    return Classes(tuple(edges[-(len(THICKNESSES) - 1) :]))
