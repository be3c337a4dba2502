"""The decision register: what the platform decided on what it saw, and who does what by when.

Belongs here: the append-only register, the rules a decision meets before it is kept, its exchange
as the delivery `kc_aantekening`, and what of it a build knows.
Does not belong here: forms and pages (`dashboard`), the marts made of it (dbt), and whether
something moved after a decision (`pipelines.signals.effect`).
"""
