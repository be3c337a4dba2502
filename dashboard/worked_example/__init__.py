"""Worked examples: plain Python files that make a published figure again from the rows.

A file here imports nothing of this project and opens no database: a researcher runs it on what was
downloaded. Its cells begin with `# %%`, as editors and notebooks know them; the page for
researchers shows it with its outcome, and a test runs it.
Not here: any figure the dashboard shows as its own.
"""
