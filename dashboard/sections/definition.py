"""What an indicator means: question, reason, numerator, denominator, clock, norm, owner.

Here: the definition as it stands in the register, for one indicator.
Not here: the list of all definitions.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from dashboard import queries
from dashboard.chain import nature_of
from dashboard.components.markup import escape, link
from dashboard.components.page import Page
from dashboard.sections.whose import address_of
from pipelines.wording import formats
from pipelines.wording.names import ends_of_clock
from pipelines.wording.rows import Row, records, text_of


def definition(
    page: Page, indicator: Mapping[str, Any], *, without: Collection[str] = frozenset()
) -> str:
    """Return the definition of an indicator as a list of terms.

    Args:
        page: The page.
        indicator: Its row of the register.
        without: Terms the page says elsewhere.
    """
    words = page.words
    rows: list[tuple[str, str]] = [
        ("definition.why", escape(words.label(indicator, "why"))),
        ("column.numerator", escape(words.label(indicator, "numerator"))),
        ("definition.denominator", escape(words.label(indicator, "denominator"))),
        ("definition.clock", _clock(page, indicator)),
        ("definition.unit", escape(formats.unit_long(text_of(indicator, "unit"), words))),
        ("column.norm", norms_of(page, indicator)),
        ("definition.direction", escape(words.name("direction", text_of(indicator, "direction")))),
        ("definition.smallest", _smallest(page, indicator)),
        ("definition.balancing", _balancing(page, indicator)),
        ("dimension.by", escape(_dimensions(page, indicator))),
        ("definition.paragraph", escape(paragraph(text_of(indicator, "paragraph"), page))),
        ("definition.version", escape(_versions(page, indicator))),
        *(_responsible(page, indicator) if _is_answered_for(page, indicator) else ()),
        ("definition.id", f"<code>{escape(text_of(indicator, 'indicator'))}</code>"),
    ]
    return terms([(words.text(key), value) for key, value in rows if value and key not in without])


def terms(rows: Sequence[tuple[str, str]]) -> str:
    """Return a list of terms; the values are HTML."""
    return (
        '<dl class="km-terms">'
        + "".join(f"<div><dt>{escape(name)}</dt><dd>{value}</dd></div>" for name, value in rows)
        + "</dl>"
    )


def norm_lines(page: Page, handoff_id: str) -> str:
    """Return the norms of a hand-off with source and validity, or that there is none."""
    return _norm_list(page, queries.norms_of(page.publication, handoff_id))


def norms_of(page: Page, indicator: Mapping[str, Any]) -> str:
    """Return the norms an indicator is judged by, in the same way."""
    register = queries.norms(page.publication)
    ids = text_of(indicator, "norm_ids").split("|")
    return _norm_list(page, records(register[register["norm_id"].isin(ids)]))


def _norm_list(page: Page, norms: Sequence[Row]) -> str:
    lines = [norm_line(page, norm) for norm in norms]
    if not lines:
        return escape(page.words.text("norm.none"))
    return "".join(f"<div>{line}</div>" for line in lines)


def norm_line(page: Page, norm: Mapping[str, Any]) -> str:
    """Return one norm with its validity, its source and whether it is an illustration."""
    words = page.words
    value = formats.with_unit(float(norm["value"]), str(norm["unit"]), words)
    validity = words.text("norm.from", start=as_day(norm["valid_from"], page))
    if not pd.isna(norm["valid_to"]):
        validity = words.text(
            "norm.between", start=as_day(norm["valid_from"], page),
            end=as_day(norm["valid_to"], page),
        )  # fmt: skip
    mark = f' <span class="km-tag">{escape(words.text("norm.illustrative"))}</span>'
    return (
        f"<b>{escape(value)}</b>, {escape(validity)}"
        + (mark if bool(norm["is_illustrative"]) else "")
        + f'<br><span class="km-soft">{escape(words.label(norm, "source"))}</span>'
    )


def milestone_name(page: Page, milestone: str) -> str:
    """Name a milestone: by its label, else by where it is recorded, such as `intake: verzonden op`.

    Args:
        page: The page.
        milestone: Code; `organisation.milestone` when several organisations record it.
    """
    words = page.words
    organisation, _, name = milestone.rpartition(".")
    rows = queries.milestone(page.publication, name)
    row = next(
        (row for row in rows if not organisation or row["organisation"] == organisation), None
    )
    if row is None:
        return name.replace("_", " ")
    label = words.label(row)
    if label:
        return label
    # Where it stands in a delivery is in the researcher's file alone.
    if words.language != "nl" or "column_name" not in row:
        return name.replace("_", " ")
    return f"{row['table_name']}: {str(row['column_name']).replace('_', ' ')}"


def paragraph(number: str, page: Page) -> str:
    """Write a paragraph of the circular: `§ 2.3.3`."""
    return page.words.text("definition.paragraph_of", number=number) if number else ""


def as_day(value: Any, page: Page) -> str:
    """Write a date from the register; empty when there is none."""
    if value is None or pd.isna(value):
        return ""
    day: date = pd.Timestamp(value).date()
    return formats.day(day, page.words)


def _clock(page: Page, indicator: Mapping[str, Any]) -> str:
    handoff = queries.handoff(page.publication, text_of(indicator, "handoff_id"))
    ends = ends_of_clock(indicator, handoff)
    if ends is None:
        return ""
    start, stop = (milestone_name(page, milestone) for milestone in ends)
    return escape(page.words.text("definition.clock_from_to", start=start, stop=stop))


def _is_answered_for(page: Page, indicator: Mapping[str, Any]) -> bool:
    """Whether somebody wrote the definition: not so of another chain's, made from its seeds."""
    return not bool(indicator["is_generic"]) or nature_of(page.publication).cites


def _responsible(page: Page, indicator: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("decisions.field.owner", escape(text_of(indicator, "owner"))),
        ("definition.author", escape(text_of(indicator, "author"))),
        ("definition.checker", escape(text_of(indicator, "checker"))),
        ("definition.next_review", escape(as_day(indicator.get("next_review"), page))),
    ]


def _smallest(page: Page, indicator: Mapping[str, Any]) -> str:
    """Return from which difference on a signal may be up for discussion, with the reason."""
    words, value = page.words, indicator.get("smallest_difference")
    if value is None or pd.isna(value):
        return ""
    unit, least = text_of(indicator, "unit"), float(value)
    is_share = indicator["kind"] == "cumulative_incidence" or unit in formats.SHARES
    said = (
        words.text("definition.points", n=formats.number(100 * least, words))
        if is_share
        else formats.with_unit(least, unit, words)
    )
    reason = words.label(indicator, "smallest_difference")
    return f'{escape(said if least else "")} <span class="km-soft">{escape(reason)}</span>'.strip()


def _balancing(page: Page, indicator: Mapping[str, Any]) -> str:
    other = text_of(indicator, "balancing_indicator")
    if not other:
        return ""
    row = queries.indicator(page.publication, other)
    return link(address_of(page, other), page.words.label(row)) if row else escape(other)


def _dimensions(page: Page, indicator: Mapping[str, Any]) -> str:
    codes = [code for code in text_of(indicator, "dimensions").split("|") if code]
    return ", ".join(page.words.name("dimension", code).lower() for code in codes)


def _versions(page: Page, indicator: Mapping[str, Any]) -> str:
    versions = queries.indicator_versions(page.publication)
    own = records(versions[versions["indicator"] == indicator["indicator"]])
    return "; ".join(
        page.words.text(
            "definition.version_from", version=row["version"], start=as_day(row["valid_from"], page)
        )
        for row in own
    )
