"""The members of a dimension beside the country: limits in the fixed order, and what they say."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipelines.indicators.funnels import funnels_of
from tests.dashboard.conftest import Rendered
from tests.dashboard.published_fixture import result_row, tiny_tables, write_publication

Render = Callable[..., Rendered]
# Of the seven one lies far out; the sixth is withheld.
SHARES = {
    "amsterdam": (56, 80), "den_haag": (71, 100), "limburg": (41, 60), "noord_holland": (85, 120),
    "oost_brabant": (28, 40), "rotterdam": None, "zeeland": (60, 200),
}  # fmt: skip


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication with the shares within the norm of seven members, and their funnel."""
    tables = tiny_tables()
    common = {"unit": "share", "period_grain": "year"}
    rows = [
        result_row("triage_lead_time", "share_within_norm", "2025", value=0.69, numerator=414,
                   denominator=600, **common)
    ]  # fmt: skip
    for member, counted in SHARES.items():
        known = {"status": "suppressed"}
        if counted is not None:
            x, n = counted
            known = {"value": x / n, "numerator": x, "denominator": n, "status": "ok"}
        rows.append(
            result_row("triage_lead_time", "share_within_norm", "2025", dimension="parket",
                       member=member, **common, **known)
        )  # fmt: skip
    tables["result"] += rows
    figures = pd.DataFrame(rows)
    found = funnels_of(figures).astype(object)
    tables["funnel"] = found.where(found.notna(), None).to_dict("records")
    folder = tmp_path_factory.mktemp("compared") / "platform"
    write_publication(folder, tables, "tiny")
    return folder


def shown(folder: Path, render: Render, measure: str, language: str = "nl") -> Rendered:
    return render(folder, "handoff", koppelvlak="K13", onderdeel="parket",
                  maat_onderdeel=measure, taal=language)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "outside", "said"),
    [
        ("nl", "onder de grenzen", "Buiten de buitenste grenzen: zeeland."),
        ("en", "below the limits", "Outside the outer limits: zeeland."),
    ],
)
def test_who_lies_outside_is_drawn_and_said(compared, render, language, outside, said):
    page = shown(compared, render, "share_within_norm", language)
    drawn = page.html[page.html.index("km-ranges") :]
    rows = {part.partition("</th>")[0]: part for part in drawn.split('<th scope="row">')[1:]}
    by_member = {
        member: next(rows[heading] for heading in rows if member in heading) for member in SHARES
    }

    assert outside in by_member["zeeland"].partition("</tr>")[0]
    assert outside not in by_member["amsterdam"].partition("</tr>")[0]
    assert "km-range-outer" not in by_member["rotterdam"].partition("</tr>")[0]
    assert said in page.text


def test_members_keep_their_order_however_they_lie(compared, render):
    html = shown(compared, render, "share_within_norm").html
    part = html[html.index("km-ranges") :]

    places = [part.index(f"lid={member}") for member in SHARES]
    assert places == sorted(places)


def test_why_a_time_has_no_limits_is_said(tiny, render):
    assert "Bij een tijd horen geen grenzen" in render(tiny, "handoff", koppelvlak="K13").text
