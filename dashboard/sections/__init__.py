"""Sections: the parts pages are made of.

Belongs here: a heading with the components and choices under it, for one indicator.
Does not belong here: how components look, and which sections a page has.
"""
