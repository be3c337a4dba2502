"""The anonymity guard: nothing that could identify somebody comes in.

Here: the columns that are allowed, and where in a delivery an identifying value strikes.
Not here: what identifies (`identifying`), and ordinary mistakes in values (`scan`).
"""
