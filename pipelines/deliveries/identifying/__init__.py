"""What identifies a person, and how it shows in a text.

Belongs here: one module per family of identifying values (numbers, places, dates, online, digests,
names), each with its own closed patterns, over text that was folded to one way of writing first.
Does not belong here: contracts, columns and rows, and what a hit leads to (`deliveries.guard`).
"""
