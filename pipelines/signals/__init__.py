"""Signals: which series are charted, what their charts say, and which of it a meeting is told.

Belongs here: the choice of series and what each is judged against, the chance that a signal came by
itself, the controlled list, rare events one by one, and whether something moved after a decision.
Does not belong here: figures (`pipelines.indicators`), charts and tests on arrays
(`pipelines.statistics`), sentences about signals (`pipelines.wording`), small numbers
(`pipelines.disclosure`).
"""
