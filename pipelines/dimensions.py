"""Dimensions as the long table writes them.

Here: what dimension and member of a figure are called when it is about everybody.
Not here: which dimensions a hand-off is told apart by (`handoffs.csv`), and their members.
"""

NATIONAL = "national"
"""Dimension, and its only member, of a figure of the whole chain."""
