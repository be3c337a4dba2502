"""The monthly build starts when the chain's own contracts say that deliveries are due."""

from dataclasses import replace

import pytest

from pipelines.assets.schedules import build_job, build_monthly_schedule
from pipelines.deliveries.contract import load_contracts
from pipelines.settings import Settings


@pytest.mark.parametrize(
    ("due_days", "zone", "cron"),
    [
        ((15,), "Europe/Amsterdam", "0 6 16 * *"),
        # The last one is what the whole is built on, in the morning of where the chain is.
        ((10, 20), "America/Curacao", "0 6 21 * *"),
        # Not every month has a 29th.
        ((28,), "Europe/Amsterdam", "0 6 1 * *"),
    ],
)
def test_the_build_follows_the_day_on_which_the_last_delivery_is_due(due_days, zone, cron):
    known = list(load_contracts(Settings().contracts_dir).values())
    contracts = {
        contract.id: replace(contract, due_day=day, timezone=zone)
        for contract, day in zip(known, due_days, strict=False)
    }
    schedule = build_monthly_schedule(contracts, build_job())
    assert (schedule.cron_schedule, schedule.execution_timezone) == (cron, zone)
