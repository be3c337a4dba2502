"""The columns of a figure that would tell of a group, whoever may see it.

Here: their names. Not here: who may see a figure (`catalogue`), and how one is made (`protect`).
"""

# Columns that carry, or from which one can derive, the size of a group or one person's time.
BAND = ["provisional_lower", "provisional_upper"]
FIGURES = ["numerator", "denominator", "value", "lower", "upper", "n_at_risk", *BAND]
