"""What whoever runs the monitor needs beside its figures.

Belongs here: how a home stands, what dashboards of other users are handed, and the units under
which all of it runs on a machine of its own.
Does not belong here: the work itself (`pipelines.road`) and keeping what cannot be made again.
"""
