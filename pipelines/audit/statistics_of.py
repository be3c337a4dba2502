"""Declared once: what the numbers of a statistic count, and which of them add up.

Here: closed lists, read off the definitions of the statistics.
Not here: finding the numbers in a file (`quantities`), and turning a list into sums (`relations`).
"""

from dataclasses import dataclass

WHOLE = "n"
"""Name of the part that is the whole base."""
ENDED = "ended"
BANDS = (
    "open_age_to_7d",
    "open_age_8_to_30d",
    "open_age_31_to_90d",
    "open_age_91_to_180d",
    "open_age_over_180d",
)
RECONCILED = ("matched", "out_of_tolerance", "sent_never_received", "received_never_sent")
COUNTED_BY_VALUE = frozenset(
    {"count", "started", "completed", "open", "competing", "stop_only", "stop_unknown", "paused"}
).union(BANDS)
"""Statistics whose value is the count itself."""
# Parts with another name under several statistics: of a start cohort those that ended are counted
# under every duration, and `started` and `open` are the whole of their views.
SAME_PART = {
    ("cohort", "started"): WHOLE,
    ("open", "open"): WHOLE,
    ("completed", "count"): WHOLE,
    ("open", "count"): WHOLE,
    ("cohort", "completed"): ENDED,
    ("cohort", "median"): ENDED,
    ("cohort", "p90"): ENDED,
    ("cohort", "rmst"): ENDED,
    # All of them ended: that is what the view looks at.
    ("completed", "median"): WHOLE,
    ("completed", "p90"): WHOLE,
}
PAIRS = "pairs"
"""Name of the part of a base that both sides recorded."""
OF_PAIRS = frozenset({"difference_p10", "difference_median", "difference_p90"})
"""Statistics whose denominator is the pairs, and not the whole base."""
PERSON_TIME = frozenset({"rate"})
"""Kinds of indicators whose denominator is no number of people."""
FRACTIONS = frozenset({"share", "reconciliation"})
"""Kinds of indicators whose value is numerator over denominator and nothing else."""
STOCK_VIEW = "open"
"""View about a day: its quarters do not add up."""
NO_PEOPLE = frozenset({"findings", "recommendations", "deliveries", "rows"})
"""Units of what is no person, case or event: nobody is recognised by how many there are."""


@dataclass(frozen=True)
class PartsOfWhole:
    """Parts that together are a whole of the same view, cell by cell."""

    view: str
    whole: str
    parts: tuple[str, ...]


PARTS_OF_WHOLE = (
    PartsOfWhole("cohort", WHOLE, (ENDED, "open", "competing")),
    PartsOfWhole("cohort", WHOLE, (ENDED, "open")),
    PartsOfWhole("cohort", WHOLE, RECONCILED),
    PartsOfWhole("open", WHOLE, BANDS),
)
# What one share counts may be the base of another, or split a base with its like.
PARTS_OF_BASES = (
    ("escalated_judgments", ("escalation_share/share",)),
    ("judgments", ("direct_admission_share/share", "triage_table_share/share")),
)
"""Bases and the numerators that together are all of them."""
NOT_ADDED_UP = ("median:at_risk", "p90:at_risk")
"""Numbers at risk at a time that differs from cell to cell: they add up to nothing."""
NESTED_PARTS = (
    ("cumulative_incidence_6m", "cumulative_incidence_12m"),
    ("cumulative_incidence_12m", "cumulative_incidence_24m"),
)
"""A part that lies wholly in the next: those who ended by six months also did by twelve."""
# Stock before plus inflow minus outflow, by the indicator that counts each.
FLOWS = (("stock_persons", "inflow", "outflow"),)


@dataclass(frozen=True)
class SideCount:
    """A table with counts beside the figures.

    Attributes:
        table: Its name.
        keys: What a row is about; the rest of its columns say nothing of how many.
        whole: Column with the whole; None where there is only a count.
        part: Column with the part of it.
    """

    table: str
    keys: tuple[str, ...]
    whole: str | None
    part: str


SIDE_COUNTS = (
    SideCount(
        "linkage",
        ("key_kind", "level", "organisation_a", "table_a", "organisation_b", "table_b"),
        "n_keys",
        "n_linked",
    ),
    SideCount("registration", ("organisation", "table_name", "period"), "n_events", "n_first_due"),
    SideCount(
        "finding",
        ("organisation", "table_name", "reference_date", "version", "rule"),
        "n_total",
        "n_rows",
    ),
    SideCount("suspected_double_count", ("key_kind", "ground", "is_merged"), None, "n_pairs"),
    SideCount("quality", ("indicator",), None, "suspected_missing_stops"),
    SideCount(
        "delivery",
        ("organisation", "table_name", "reference_date", "version"),
        "rows",
        "rows_quarantined",
    ),
    SideCount(
        "theme_cooccurrence",
        ("period_grain", "period", "first", "second"),
        "denominator",
        "numerator",
    ),
    SideCount("theme_agreement", ("series",), "n_units", "n_found"),
    SideCount(
        "experience_result",
        ("wave", "respondent_group", "question", "statistic", "low"),
        "denominator",
        "numerator",
    ),
)
SIDE_SHARES = (("quality", "linkage"), ("quality", "completeness"))
"""Columns with a share whose numbers are not beside it."""
