"""Pieces that pages are made of: one small file each.

Belongs here: what a tile, chart, table or badge looks like, and that it can be read without
seeing colour, without a mouse and without a screen.
Does not belong here: which figures a page shows, and reading them.
"""
