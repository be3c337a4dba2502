"""Pseudonyms of different suppliers: do they meet, and does one case go under two?

Here: how many agree, which are suspected to be one, and which somebody decided are.
Not here: which deliveries count (`current_state`), and what a milestone means (dbt).
"""
