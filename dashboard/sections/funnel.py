"""What the limits around the national value say of the members of a dimension.

Here: from published rows of `funnel` to the limits of each member, and the sentences beneath.
Not here: how members are drawn (`components.ranges`), and any limit.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dashboard import queries
from dashboard.components.markup import escape
from dashboard.components.page import Page
from dashboard.components.ranges import Member, MemberLimits
from pipelines.wording import formats
from pipelines.wording.figures import Figure, status_word, with_interval
from pipelines.wording.language import Words
from pipelines.wording.measures import TIMES
from pipelines.wording.rows import Row, first, records

LIMIT_CELLS = ("lower", "upper", "outer_lower", "outer_upper", "place")


@dataclass(frozen=True)
class Funnel:
    """The limits of one comparison.

    Attributes:
        limits: Limits by member; empty where the comparison has none.
        row: What holds of all members: how far they lie apart.
    """

    limits: Mapping[str, MemberLimits] = field(default_factory=dict)
    row: Row = field(default_factory=dict)


def funnel_of(
    page: Page, indicator: str, statistic: str, dimension: str, period: str, side: str | None
) -> Funnel:
    """Return the limits of one comparison by its members."""
    found = queries.funnels(page.publication, indicator)
    own = found[
        (found["statistic"] == statistic)
        & (found["dimension"] == dimension)
        & (found["period"] == period)
    ]
    if side is not None and side in set(own["side"]):
        own = own[own["side"] == side]
    return Funnel(
        {
            str(row["member"]): MemberLimits(
                float(row["lower"]),
                float(row["upper"]),
                float(row["outer_lower"]),
                float(row["outer_upper"]),
                str(row["place"]),
            )
            for row in records(own)
        },
        first(own),
    )


def spread_sentence(members: Sequence[Member], national: Figure | None, words: Words) -> str:
    """Say between which figures the members lie, and in how many intervals the country lies.

    No member is named: whose figure is highest is no finding.
    """
    known = [member.figure for member in members if member.figure.value is not None]
    if not known:
        reasons = dict.fromkeys(status_word(member.figure.status, words) for member in members)
        return words.text("dimension.said.none", reasons=", ".join(reasons))
    values = [figure.value for figure in known if figure.value is not None]
    unit = known[0].unit
    spread = words.text(
        "dimension.said",
        n=len(known),
        of=len(members),
        low=formats.with_unit(min(values), unit, words),
        high=formats.with_unit(max(values), unit, words),
    )
    bounded = [figure for figure in known if figure.has_interval]
    # A number of the country is that of all members together.
    if unit in formats.COUNTS or national is None or national.value is None or not bounded:
        return spread
    inside = sum(
        (figure.lower is None or figure.lower <= national.value)
        and (figure.upper is None or national.value <= figure.upper)
        for figure in bounded
    )
    held_against = words.text(
        "dimension.said.national",
        national=with_interval(national, words),
        inside=inside,
        of=len(bounded),
    )
    return f"{spread} {held_against}"


def funnel_block(
    page: Page,
    funnel: Funnel,
    members: Sequence[Member],
    statistic: str,
    measures: Collection[str],
    period: str,
) -> str:
    """Return what the limits mean and who lies outside them, or why there are none, as HTML."""
    words = page.words
    if not funnel.limits:
        return f'<p class="km-caption">{escape(_why_not(words, statistic, measures, period))}</p>'
    swatches = "".join(
        f'<li><i class="km-key-swatch km-range-{name}" aria-hidden="true"></i>'
        f"{escape(words.text(f'funnel.key.{name}'))}</li>"
        for name in ("inner", "outer")
    )
    outside = [
        member.label
        for member in members
        if member.limits is not None and member.limits.place != "within"
    ]
    spread = str(funnel.row["spread"])
    sentences = [
        words.text(
            f"funnel.spread.{spread}",
            n=int(funnel.row["n_members"]),
            between=_between(funnel.row, members, words),
        ),
        words.text(
            "funnel.outside" if outside else "funnel.outside.none",
            members=", ".join(outside),
            beyond=words.text(f"funnel.beyond.{spread}"),
        ),
    ]
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    return f'<ul class="km-key-list">{swatches}</ul><div class="km-funnel">{said}</div>'


def limit_cells(member: Member, words: Words) -> list[str]:
    """Return the limits of a member as they stand in the table under the drawing."""
    limits = member.limits
    if limits is None:
        return [""] * len(LIMIT_CELLS)
    numbers = (limits.lower, limits.upper, limits.outer_lower, limits.outer_upper)
    return [
        *(formats.quantity(number, member.figure.unit, words) for number in numbers),
        words.text(f"funnel.place.{limits.place}"),
    ]


def _between(row: Row, members: Sequence[Member], words: Words) -> str:
    """Write the estimated spread: of a share in percentage points."""
    if not formats.is_number(row["between"]):
        return ""
    between, unit = float(row["between"]), members[0].figure.unit
    if unit in formats.SHARES:
        return words.text("definition.points", n=formats.number(100 * between, words, 1))
    return formats.with_unit(between, unit, words)


def _why_not(words: Words, statistic: str, measures: Collection[str], period: str) -> str:
    """Say why a comparison has no limits."""
    if statistic in TIMES:
        share = "share_within_norm" in measures
        return words.text("funnel.none.time_with_share" if share else "funnel.none.time")
    if statistic == "count":
        return words.text("funnel.none.count")
    return words.text("funnel.none.period", period=formats.period(period, words))
