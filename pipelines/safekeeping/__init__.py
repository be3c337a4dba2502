"""Keeping what cannot be made again: whether it is whole, a copy of it, and putting it back.

Belongs here: which files of a home are kept, holding each against the hash it was written with,
the backup and the restore.
Does not belong here: how a kind of file holds its hash (each kind says so itself), and destroying
what may no longer be kept (`pipelines.retention`).
"""
