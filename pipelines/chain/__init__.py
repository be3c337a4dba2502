"""A chain as data: its folder with `seeds/` and `contracts/`.

Belongs here: what such a folder must hold, the refusal of one that is not right before anything is
read by it, and making one of an event log.
Does not belong here: what a single contract must hold (`pipelines.deliveries.contract`), and the
entries of the indicator register (`pipelines.indicators`).
"""
