"""Estimators and signal rules of the monitor, as pure functions on numpy arrays.

Belongs here: statistics whose answer depends only on the arrays passed in – survival curves,
competing risks, intervals, control charts, coder agreement.

Does not belong here: reading or writing tables (dbt and the assets do that), clocks, pauses and
calendars (dbt SQL), disclosure control (`pipelines.disclosure`), words for readers (wording), and
any import of dagster, duckdb or pandas.

Conventions shared by every module:

* A value that cannot be estimated is `None` (scalars) or NaN (arrays), never an exception and never
  an infinity standing in for "not reached". Exceptions are for input that is wrong.
* Limits are two-sided; `level` is the coverage of the pair, 0.95 unless said otherwise.
* Time has the unit of the durations passed in; results carry the same unit.
"""
