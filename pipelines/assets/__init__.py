"""The chain as Dagster sees it: thin assets, checks, the sensor and the schedule.

Belongs here: what Dagster must know (keys, groups, blocking checks, metadata). A body
calls plain functions and reports.
Does not belong here: logic. Whatever can be tested without Dagster lives in the other packages,
none of which imports it.
"""
