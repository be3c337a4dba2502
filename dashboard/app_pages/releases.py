"""Every release: which one is shown, what it was on a day, what differs between two, and a package.

What was published once stands here for good, also when it was followed or withdrawn.
"""

from datetime import datetime, time
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components.choice import choose
from dashboard.components.download import download
from dashboard.components.markup import escape, link
from dashboard.components.note import show_note
from dashboard.components.page import Page, cited, current_page, heading, section
from dashboard.components.table import Column, show_downloads, table
from dashboard.publication import publication_in
from dashboard.releases import Shown, is_as_published
from dashboard.sections.citation import comments_of
from pipelines.dimensions import NATIONAL
from pipelines.releases.citation import RELEASE
from pipelines.releases.difference import difference
from pipelines.releases.shelf import Release, current_at
from pipelines.wording import formats
from pipelines.wording.rows import Row, first, records
from pipelines.wording.units import in_finer_units

# More than this is read in the file.
_ROWS_SHOWN = 60


def to_release(page: Page, release: Release) -> str:
    """Return the link to the home of a release."""
    words = page.words.carrying(**{RELEASE: release.id})
    return link(words.href(""), release.id)


def listed(page: Page, shown: Shown) -> str:
    """Return every release ever published, the newest first."""
    words = page.words
    columns = [
        Column(words.text(key))
        for key in (
            "strip.release", "strip.reference_date", "strip.released", "release.state",
            "release.comments",
        )
    ]  # fmt: skip
    rows = [
        [
            to_release(page, release),
            escape(formats.day(release.reference_date, words)),
            escape(_released(page, release)),
            escape(_state(page, release)),
            str(len(release.comments)) if release.comments else "",
        ]
        for release in reversed(shown.seen)
    ]
    return table(words.text("release.all"), columns, rows)


def _state(page: Page, release: Release) -> str:
    """Say how far it is, and whether it revised figures published before."""
    words = page.words
    said = [words.name("release.state", release.state.value)]
    if release.revision:
        said.append(words.name("release.revision", release.revision))
    said += filter(None, (release.revision_reason, release.reason))
    return ": ".join((said[0], "; ".join(said[1:]))) if said[1:] else said[0]


def _released(page: Page, release: Release) -> str:
    at = release.published_at
    zone = page.publication.timezone
    return "" if at is None else formats.day(at.astimezone(zone), page.words)


def show_own_section(page: Page, shown: Shown) -> None:
    """Put what belongs to this release on the page: how to cite it, its package, its comments."""
    words, release = page.words, shown.release
    section(words.text("release.own", id=release.id), words.text("release.own.text"))
    st.code(cited(page), language=None, wrap_lines=True)
    if is_as_published(release, release.package):
        download(
            words.text("release.package"),
            release.package.read_bytes,
            f"kwaliteitsmonitor_{release.id}.zip",
            "application/zip",
        )
    base = _base(page)
    if base:
        rounding = words.text("release.rounding", base=formats.number(base, words))
        st.html(f'<p class="km-caption">{escape(rounding)}</p>')
    if release.comments:
        st.html(f"<h3>{escape(words.text('release.comments'))}</h3>" + comments_of(page, release))


def show_as_of_section(page: Page, shown: Shown) -> None:
    """Put on the page which release readers got on a day."""
    words = page.words
    section(words.text("release.as_of"), words.text("release.as_of.text"))
    zone = page.publication.timezone
    first = shown.seen[0].published_at or datetime.now(zone)
    day = st.date_input(
        words.text("release.as_of.day"),
        value=datetime.now(zone).date(),
        min_value=first.astimezone(zone).date(),
        format="DD-MM-YYYY",
        key="as_of_day",
    )
    # What a reader saw on a day is what was current when it ended.
    found = current_at(list(shown.seen), datetime.combine(day, time.max, zone))
    written = formats.day(day, words)
    if found is None:
        show_note(words.text("release.as_of.none", day=written))
        return
    st.html(
        f"<p>{escape(words.text('release.as_of.found', day=written))} "
        f"{to_release(page, found)}.</p>"
    )


def show_difference_section(page: Page, shown: Shown) -> None:
    """Put on the page what differs between the release that is shown and another one."""
    words = page.words
    others = shown.others
    text = words.text("release.difference.text", base=formats.number(_base(page) or 1, words))
    section(words.text("release.difference"), text, anchor="verschil")
    if not others:
        show_note(words.text("release.difference.alone"))
        return
    by_id = {release.id: release for release in others}
    chosen = by_id[
        choose(
            "vergelijk", words.text("release.compare", id=shown.release.id),
            [release.id for release in reversed(others)],
            lambda release_id: f"{release_id} ({_released(page, by_id[release_id])})",
        )
    ]  # fmt: skip
    pair = sorted((chosen, shown.release), key=shown.seen.index)
    found = difference(*(_tables(release.path) for release in pair))
    counted = found["why"].value_counts()
    summary = ", ".join(
        f"{formats.number(n, words)} {words.text(f'release.why.{why}')}"
        for why, n in counted.items()
    )
    title = words.text("release.differs", earlier=pair[0].id, later=pair[1].id)
    said = summary or words.text("release.difference.none")
    st.html(f"<h3>{escape(title)}</h3><p>{escape(said)}</p>")
    # A figure that is new changes nothing anybody cited.
    changed = found[found["old_value"].notna()]
    if changed.empty:
        return
    columns = [
        Column(words.text("decisions.field.indicator")),
        Column(words.text("column.period")),
        Column(pair[0].id, is_number=True),
        Column(pair[1].id, is_number=True),
        Column(words.text("release.why")),
    ]
    rows = _difference_rows(page, changed)
    st.html(table(title, columns, [list(map(escape, row)) for row in rows[:_ROWS_SHOWN]]))
    if len(rows) > _ROWS_SHOWN:
        st.html(f'<p class="km-caption">{escape(words.text("release.more", n=len(rows)))}</p>')
    show_downloads(
        [column.heading for column in columns], rows, f"verschil_{pair[0].id}_{pair[1].id}", words
    )


def _base(page: Page) -> float | None:
    """What counts are rounded to; None in a file that does not say."""
    base = first(queries.whole(page.publication, "publication")).get("rounding_base")
    return float(base) if base is not None and formats.is_number(base) else None


def _tables(path: Path) -> dict[str, pd.DataFrame]:
    publication = publication_in(path)
    return {name: queries.whole(publication, name) for name in ("result", "revision")}


def _difference_rows(page: Page, changed: pd.DataFrame) -> list[list[str]]:
    words = page.words
    register = {str(row["indicator"]): row for row in records(queries.indicators(page.publication))}
    members = queries.members(page.publication)
    rows = []
    for row in records(in_finer_units(changed, queries.shown_units(page.publication))):
        entry = register.get(str(row["indicator"]), {})
        named = [words.label(entry) or str(row["indicator"]),
                 words.name("statistic", str(row["statistic"]))]  # fmt: skip
        if row["dimension"] != NATIONAL:
            own = members[(members["dimension"] == row["dimension"])
                          & (members["member"] == row["member"])]  # fmt: skip
            named.append(words.label(first(own)))
        rows.append(
            [
                ", ".join(filter(None, named)),
                formats.period(str(row["period"]), words),
                *(_number(row, column, page) for column in ("old_value", "new_value")),
                str(row["note"]) or words.text(f"release.why.{row['why']}"),
            ]
        )
    return rows


def _number(row: Row, column: str, page: Page) -> str:
    value = row[column]
    if value is None or not formats.is_number(value):
        return page.words.text("status.suppressed")
    return formats.quantity(float(value), str(row["unit"]), page.words)


def show() -> None:
    """Make the page."""
    page = current_page()
    words, shown = page.words, page.shown
    heading(words.text("page.releases"), words.text("release.lead"))
    if shown is None:
        show_note(words.text("frame.no_publication"), kind="attention")
        return
    st.html(listed(page, shown))
    show_own_section(page, shown)
    show_as_of_section(page, shown)
    show_difference_section(page, shown)


show()
