"""The landing zone and the quarantine: what was accepted and what was refused, on disk.

Here: what lies there and in what form, and keeping it whole.
Not here: the decision what lands (`intake`), and which deliveries a build uses (`current_state`).
"""
