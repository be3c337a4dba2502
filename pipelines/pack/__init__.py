"""The meeting pack of the platform: one PDF out of one published file.

Belongs here: which figures, decisions and themes of a published file stand in it and in what order,
and its layout.
Does not belong here: a figure (all are read from the published file, never from the warehouse: the
pack can show nothing the audience may not see), how one is written (`pipelines.wording`) or drawn
(`pipelines.charts`).
"""
