"""Disclosure control: what of a figure an audience may see.

Belongs here: pure functions from figures to protected figures, and the rules they apply.
Does not belong here: reading or writing databases, what a figure means, or who gets which file
(`pipelines.publication`).
"""
