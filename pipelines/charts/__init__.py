"""Drawings: the same on a page, on paper and in a file.

Here: charts and pictures of published rows, their colours, and each of them in words.
Not here: which figures are shown (pages, the pack), a computed figure, and the screen itself.
"""
