"""The access log: who looked at what, and when; for whoever must be able to account for it.

Belongs here: the lines and how they are kept (`log`), whether they are as they were written
(`verification`), and a month of them in numbers (`summary`).
Does not belong here: who somebody is and what is logged when (`dashboard.access`), and any screen.
"""
