"""Destroying what may no longer be kept: deliveries past their term, and cases that are withdrawn.

Belongs here: which deliveries are past their term, destroying them wherever the monitor has their
rows, and the record of that.
Does not belong here: the term itself (the contracts say it), and building what is left
(`pipelines.road`).
"""
