"""Limits of a share in plain SQL.

Here: Wilson's. Not here: limits of curves, rates and numbers, which plain SQL cannot give.
"""

Z = 1.959963984540054


def wilson(n: str, of: str) -> tuple[str, str]:
    """Expressions of the lower and upper limit of `n` out of `of`."""
    share = f"({n} / {of})"
    scale = f"(1 + {Z} ** 2 / {of})"
    centre = f"({share} + {Z} ** 2 / (2 * {of})) / {scale}"
    root = f"sqrt({share} * (1 - {share}) / {of} + {Z} ** 2 / (4 * {of} ** 2))"
    return f"{centre} - {Z} * {root} / {scale}", f"{centre} + {Z} * {root} / {scale}"
