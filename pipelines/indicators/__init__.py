"""From marts to figures: the register, and every figure in one long table.

Belongs here: reading and checking the indicator register, grouping rows of the marts into cohorts,
and naming what the estimators return.
Does not belong here: estimators (`pipelines.statistics`), row facts and clocks (dbt), protection of
small numbers (`pipelines.disclosure`).
"""
