"""Until when every hand-off is followed, worked out again from the list of delivered files.

Here: the earliest last peildatum of the tables behind a hand-off, for each organisation that can
begin it. Not here: what happened until then (`handoffs`).

Rules (methods 1): followed until the earliest of the reference date and the last peildatum of the
tables that carry start, stop and exit, and of the table that says who belongs to it. A record ends
at the organisation where it began, if that one records the end; a case or person can end at any.
"""

from pathlib import Path

import pandas as pd

from tests.indicators.recompute.milestones import Day, read_seed

POPULATIONS = {"entry_way": ("nctv", "aanwijzing"), "route": ("om", "intake")}
Home = tuple[str, str]


def followed(files: pd.DataFrame, seeds: Path, reference: Day) -> pd.Series:
    """Last day of the clock by hand-off and organisation.

    Args:
        files: Delivered files: `organisation`, `table_name` and `reference_date`.
        seeds: Folder with the seeds.
        reference: Reference date of the build.

    Returns:
        Days, indexed by `handoff_id` and `organisation`.
    """
    last = files.groupby(["organisation", "table_name"])["reference_date"].max().to_dict()
    homes = read_seed(seeds, "milestones")
    days = {}
    for rule in read_seed(seeds, "handoffs").itertuples():
        roles = [
            _homes(homes, named)
            for named in (rule.start_milestone, rule.stop_milestone, rule.competing_milestone)
        ]
        population = [POPULATIONS[rule.population_dimension]] if _is_split(rule) else []
        for organisation in {home[0] for role in roles for home in role}:
            waits_for = list(population)
            for role in roles:
                own = [home for home in role if home[0] == organisation]
                waits_for += own if own and rule.match_on == "record_key" else role
            known = [last[home] for home in waits_for if home in last]
            days[rule.handoff_id, organisation] = min([*known, reference.date])
    return pd.Series(days).rename_axis(["handoff_id", "organisation"])


def _is_split(rule: object) -> bool:
    return rule.population_dimension in POPULATIONS


def _homes(homes: pd.DataFrame, named: object) -> list[Home]:
    """Tables in which a milestone, or one of several, is recorded."""
    if pd.isna(named):
        return []
    found = []
    for name in str(named).split("|"):
        organisation, _, milestone = name.rpartition(".")
        rows = homes[homes["milestone"] == milestone]
        rows = rows[rows["organisation"] == organisation] if organisation else rows
        found += list(rows[["organisation", "table_name"]].itertuples(index=False, name=None))
    return found
