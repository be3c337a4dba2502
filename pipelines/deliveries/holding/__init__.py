"""Deliveries in which more disappeared than is plausible: they wait until somebody confirms them.

Here: what was lost, which deliveries wait, and the confirmation.
Not here: how much is plausible (`pipelines.statistics.plausible_loss`), and storing (`landing`).
"""
