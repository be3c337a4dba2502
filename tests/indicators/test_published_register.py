"""The register as published: whoever sees a figure sees what it is judged by."""

import pytest

from tests.indicators.recompute.milestones import read_seed
from tests.indicators.register import entries


@pytest.mark.parametrize("audience", ["researcher", "platform", "advisory"])
def test_every_entry_names_the_norms_of_its_clock(published_chain, audience):
    norms = read_seed(published_chain.settings.seeds_dir, "norms")
    of_handoff = norms.sort_values("valid_from").groupby("handoff_id")["norm_id"].agg("|".join)
    register = published_chain.read("select * from indicator", audience).set_index("indicator")
    published = published_chain.read("select norm_id from norm", audience)
    clocked = register[register["kind"] == "lead_time"]
    # Shares that count what a clock says, such as emergency measures ratified in time.
    shares = {entry["id"]: entry["handoff"] for entry in entries("share") if entry.get("handoff")}
    expected = {
        **clocked["handoff_id"].map(of_handoff).dropna().to_dict(),
        **{name: of_handoff[handoff] for name, handoff in shares.items()},
    }

    assert len(expected) > len(of_handoff) >= 9
    assert register.loc[register["norm_ids"] != "", "norm_ids"].to_dict() == expected
    assert set(published["norm_id"]) == set(norms["norm_id"])
