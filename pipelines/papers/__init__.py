"""The papers an organisation asks for before it runs the monitor, made from what it runs on.

Belongs here: the processing register, the annex of a data protection impact assessment, the table
of security measures and the accessibility statement: what stands in them, and where each fact comes
from.
Does not belong here: a fact of its own. What is delivered says its contract, who sees what the
catalogues and the audiences; what only a person can say stands in the settings, and is marked as to
be filled in where it does not.

A paper holds no date and no version: the same chain and settings make the same bytes, so that a
difference between two papers is a difference between what they describe.
"""
