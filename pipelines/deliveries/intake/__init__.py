"""Taking in: from what lies in an inbox to what landed, waits or was refused.

Here: what lies there (`inbox`), whose it is (`naming`), when it came (`arrivals`), whether it is
whole (`manifest`) or came before (`resubmission`), judging it, and what it comes to (`outcome`).
Not here: reading files (`readers`), what identifies (`guard`), and what lies on disk (`landing`).
"""
