"""The words in which a revision is told, shared by who makes it and who compares two releases.

Here: what tells a figure from every other, and why it may differ from what was published.
Not here: when it may (`freeze`), and what differs (`difference`).
"""

KEY = [
    "indicator",
    "statistic",
    "view",
    "clock",
    "side",
    "period_grain",
    "period",
    "dimension",
    "member",
]
"""What tells a figure from every other, whatever it is now."""
SHOWN = "ok"
YEARLY, ERROR, DEFINITION = "yearly", "error", "definition"
