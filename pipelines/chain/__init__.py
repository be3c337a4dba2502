"""A chain as data: its folder with `seeds/` and `contracts/`.

Belongs here: what such a folder must hold, and the refusal of one that is not right before anything
is read by it.
Does not belong here: what a single contract must hold (`pipelines.deliveries.contract`), and the
entries of the indicator register (`pipelines.indicators`).
"""
