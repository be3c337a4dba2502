"""The road is walked every morning of where the chain is, as its own contracts say."""

from dataclasses import replace

from pipelines.assets.schedules import build_daily_schedule, build_job
from pipelines.deliveries.contract import load_contracts
from pipelines.settings import Settings


def test_it_is_walked_in_the_morning_of_the_chain():
    [contract, *_] = load_contracts(Settings().contracts_dir).values()
    contracts = {contract.id: replace(contract, timezone="America/Curacao")}
    schedule = build_daily_schedule(contracts, build_job())
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 6 * * *", "America/Curacao")
