"""The permanent address of a figure, and the sentence that cites it.

Here: both, from a release and the key of a figure. Opens no database.
Not here: the page at that address (`dashboard`).

The address names the release, so it leads to the same figure after any number of later ones.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pipelines.dimensions import NATIONAL
from pipelines.releases.shelf import Release
from pipelines.releases.states import State
from pipelines.wording.formats import day as write_day
from pipelines.wording.formats import period as write_period
from pipelines.wording.language import words_in

PAGE = "indicator"
RELEASE, INDICATOR, PERIOD, DIMENSION, MEMBER = (
    "release",
    "indicator",
    "tijdvak",
    "dimensie",
    "lid",
)


def address(
    release_id: str,
    indicator: str = "",
    period: str = "",
    dimension: str = "",
    member: str = "",
) -> str:
    """Path and query of a release, or of a figure in it; the same whatever is current.

    Args:
        release_id: Which release.
        indicator: Which indicator; empty for the release as a whole.
        period: Which period, as in the long contract.
        dimension: Dimension of the member; left out for the country.
        member: Which member of it.
    """
    of_member = {} if dimension in {"", NATIONAL} else {DIMENSION: dimension, MEMBER: member}
    query = {RELEASE: release_id, INDICATOR: indicator, PERIOD: period, **of_member}
    named = urlencode({name: value for name, value in query.items() if value})
    return f"/{PAGE if indicator else ''}?{named}"


def citation(
    release: Release, label: str, figure: Mapping[str, str], *, chain: str, site: str = ""
) -> str:
    """The sentence to copy, in Dutch: what, of when, out of which release, and where.

    Args:
        release: The release.
        label: What is cited, such as the label of the indicator.
        figure: `indicator`, `period`, `dimension`, `member` and `member_label`, as far as they
            apply; empty for the release as a whole.
        chain: Name of the chain, in Dutch.
        site: Where readers find the monitor, such as `https://monitor.example`; the address alone
            when left out.
    """
    words = words_in("nl")
    published = release.published_at
    parts = [
        f"Kwaliteitsmonitor {chain}",
        f"‘{label}’" if label else "",
        figure.get("member_label", ""),
        write_period(figure["period"], words) if figure.get("period") else "",
    ]
    said = [
        f"release {release.id}",
        f"peildatum {write_day(release.reference_date, words)}",
        f"uitgebracht {write_day(_local(published, release), words)}" if published else "concept",
    ]
    if release.state is State.withdrawn:
        said.append("ingetrokken")
    keys = ("indicator", "period", "dimension", "member")
    where = address(release.id, **{key: figure.get(key, "") for key in keys})
    return f"{', '.join(filter(None, parts))} ({', '.join(said)}); {site}{where}"


def _local(moment: datetime, release: Release) -> datetime:
    return moment.astimezone(ZoneInfo(release.timezone))
