"""What a researcher works out on a page: figures of cases of one's own choice.

Belongs here: which cases a choice is, the figures of such a cohort by the very functions that make
the published ones, and how its cases go from milestone to milestone. Pure functions on rows.
Does not belong here: estimators (`pipelines.statistics`), published figures
(`pipelines.indicators`), opening a file, drawing and words.
"""
