"""The one road from inbox to publication, whoever sets out on it.

Belongs here: the lock, the dates, the plan, what is remembered, and the steps in plain functions.
The command line, the sensor, the schedule and a click in Dagster's web server all go through them.
Does not belong here: what a step works out (the packages below), or anything of Dagster.
"""
