"""The pages, each an outline: what stands on it and in which order.

Belongs here: which sections and components a page has.
Does not belong here: SQL, drawing, formatting. `app.py` runs these files as scripts.
"""
