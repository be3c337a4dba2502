"""Taking in: from what lies in an inbox to what landed, waits or was refused.

Here: what lies there (`inbox`), when it came (`arrivals`) and whether it came before
(`resubmission`), judging it, letting it land or refusing it, and telling what it came to.
Not here: reading files (`readers`), what identifies (`guard`), and what lies on disk (`landing`).
"""
