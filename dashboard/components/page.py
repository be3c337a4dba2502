"""What every page has: its place in the publication, its heading, its end.

Here: the strip at the top (chain, reference date, publication, language, warnings), headings, and
the page that is being made.
Not here: navigation (`app.py`) and the contents of pages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import MappingProxyType
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

import streamlit as st

from dashboard import queries
from dashboard.access.visitor import look, present
from dashboard.components.badge import shape
from dashboard.components.markup import escape, folded, link
from dashboard.components.terms import explained
from dashboard.publication import Publication
from dashboard.releases import Shown
from pipelines.access.entry import Act
from pipelines.charts.style import ORANGE, SLATE, THEMES
from pipelines.releases.citation import RELEASE, citation
from pipelines.releases.shelf import Release
from pipelines.wording import formats
from pipelines.wording.language import (
    DEFAULT_LANGUAGE,
    LANGUAGE_PARAMETER,
    LANGUAGES,
    Words,
    words_in,
)
from pipelines.wording.rows import records

_Rest = ParamSpec("_Rest")
_PAGE = "page"
_BEFORE = "page_before"
_LANGUAGE = "language"


@dataclass(frozen=True)
class Page:
    """The page being made: one publication, in one language.

    Attributes:
        publication: The publication that was current when the page was begun.
        words: The reader's language.
        path: Address of the page, without slash.
        shown: The release these figures are of; None where publications are read.
        told: Terms of the glossary explained so far.
        home: Address of the page that readers come in on, whose path is empty.
    """

    publication: Publication
    words: Words
    path: str
    shown: Shown | None = None
    told: set[str] = field(default_factory=set)
    home: str = ""

    @property
    def address(self) -> str:
        """How the access log names the page."""
        return self.path or self.home


def reader_words() -> Words:
    """Return the texts in the reader's language: as in the address, or as chosen before."""
    asked = st.query_params.get(LANGUAGE_PARAMETER) or st.session_state.get(_LANGUAGE)
    language = asked if asked in LANGUAGES else DEFAULT_LANGUAGE
    st.session_state[_LANGUAGE] = language
    # Navigation drops the address's parameters; a copied link must keep its language.
    if language != DEFAULT_LANGUAGE:
        st.query_params[LANGUAGE_PARAMETER] = language
    return words_in(language)


def begin(
    publication: Publication, words: Words, path: str, shown: Shown | None = None, home: str = ""
) -> Page:
    """Tell the access log, remember the page being made, and put the strip at its top.

    Raises:
        AccessLogError: The log cannot be written, and people are signed in: there is no page.
    """
    page = Page(publication, words, path, shown, home=home)
    look(Act.page, page.address)
    st.session_state[_BEFORE] = getattr(st.session_state.get(_PAGE), "path", None)
    st.session_state[_PAGE] = page
    st.html(_strip(page))
    return page


def is_same_page() -> bool:
    """Whether the reader was on this page already, and something on it changed."""
    return bool(st.session_state.get(_BEFORE) == current_page().path)


def current_page() -> Page:
    """Return the page being made, as its navigation began it."""
    return cast(Page, st.session_state[_PAGE])


def alone(
    show: Callable[Concatenate[Page, _Rest], None],
) -> Callable[Concatenate[Page, _Rest], None]:
    """Let a click in a part of the page make that part anew, and nothing else.

    Not of a release: what is cited there follows the series that is shown.
    """

    @wraps(show)
    def shown(page: Page, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> None:
        made = show if page.shown else st.fragment(show)
        made(page, *args, **kwargs)

    return shown


def heading(title: str, lead: str = "", *, kicker: str = "") -> None:
    """Put the heading of a page on it and on its tab; `kicker` is HTML that stands above it."""
    site = reader_words().text("frame.name")
    st.set_page_config(page_title=site if title == site else f"{title} · {site}")
    st.html(
        '<div class="km-head">'
        + (f'<div class="km-kicker">{kicker}</div>' if kicker else "")
        + f'<h1 id="inhoud" tabindex="-1">{escape(title)}</h1>'
        + (f'<p class="km-lead">{_explained(lead)}</p>' if lead else "")
        + "</div>"
    )


def section(title: str, text: str = "", *, anchor: str = "") -> None:
    """Put the heading of a section on the page."""
    identifier = f' id="{escape(anchor)}"' if anchor else ""
    st.html(
        f'<div class="km-section"><h2{identifier}>{_explained(title)}</h2>'
        + (f'<p class="km-soft">{_explained(text)}</p>' if text else "")
        + "</div>"
    )


def folded_section(
    title: str, body: str, text: str = "", *, anchor: str = "", is_open: bool = False
) -> None:
    """Put a section on the page that opens beneath its heading, and for an address that names it.

    Args:
        title: Its heading.
        body: What it holds, as HTML.
        text: What it is about.
        anchor: Its name in an address.
        is_open: Whether it comes open.
    """
    identifier = f' id="{escape(anchor)}"' if anchor else ""
    lead = f'<p class="km-soft">{_explained(text)}</p>' if text else ""
    fold = folded(f"<h2{identifier}>{escape(title)}</h2>", lead + body, is_open=is_open)
    st.html(f'<div class="km-entries km-folded">{fold}</div>')


def _explained(text: str) -> str:
    """Return a text as HTML with the terms in it explained, each once a page."""
    page = cast(Page | None, st.session_state.get(_PAGE))
    if page is None:
        return escape(text)
    return explained(text, page.publication.chain, page.words.language, page.told)


def end(page: Page) -> None:
    """Put the foot under the page."""
    words = page.words
    cite = words.text("foot.cite", id=page.publication.id)
    if page.shown:
        # A citation is in Dutch, as the release is.
        cite = cited(page)
    regime = [words.text("foot.regime")] if page.publication.audience == "platform" else []
    lines = "".join(f'<p class="km-soft">{escape(line)}</p>' for line in (*regime, cite))
    st.html(f'<footer class="km-foot"><p>{escape(words.text("foot.learning"))}</p>{lines}</footer>')


def cited(page: Page, label: str = "", figure: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the sentence that cites a figure of the release shown, or the release as a whole.

    Args:
        page: A page of a release.
        label: What is cited; empty for the release.
        figure: As `citation` takes it.
    """
    if page.shown is None:
        return ""
    here = urlsplit(st.context.url or "")
    site = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    chain = page.publication.chain_label_nl
    return citation(page.shown.release, label, figure, chain=chain, site=site)


def _strip(page: Page) -> str:
    words, publication = page.words, page.publication
    facts = [("strip.reference_date", formats.day(publication.reference_date, words))]
    released = page.shown and page.shown.release.published_at
    if page.shown and released:
        day = formats.day(released.astimezone(publication.timezone), words)
        facts += [("strip.released", day), ("strip.release", page.shown.release.id)]
    else:
        known_at = formats.moment(publication.known_at, publication.timezone, words)
        facts += [("strip.known_at", known_at), ("strip.publication", publication.id)]
    listed = "".join(
        f"<div><dt>{escape(words.text(key))}</dt><dd>{escape(value)}</dd></div>"
        for key, value in facts
    )
    audience = words.name("audience", publication.audience)
    return (
        '<div class="km-strip"><div class="km-strip-who">'
        f"<b>{escape(words.label(vars(publication), 'chain_label'))}</b>"
        f"<span>{escape(audience)}</span></div>"
        f'<dl class="km-strip-facts">{listed}</dl>{_languages(page)}{_theme(words)}'
        f"{_reader(words)}</div>"
        f"{_warnings(page)}"
    )


def _to_newer(newer: Release, words: Words, path: str) -> str:
    there = words.carrying(**{RELEASE: newer.id}).href(path)
    return f"{escape(words.text('release.newer'))} {link(there, newer.id)}."


def show_withdrawn(shown: Shown, words: Words) -> None:
    """Say why a release was withdrawn, and where the current one is; none of its figures."""
    said = escape(words.text("release.withdrawn", reason=shown.release.reason))
    newer = f" {_to_newer(shown.newer, words, '')}" if shown.newer else ""
    st.html(f'<p class="km-note km-note-attention" role="note">{said}{newer}</p>')


def _languages(page: Page) -> str:
    """Return the language switch: links, so that the document itself changes language."""
    kept = {name: value for name, value in st.query_params.items() if name != LANGUAGE_PARAMETER}
    links = []
    for language in LANGUAGES:
        name = page.words.text(f"language.{language}")
        if language == page.words.language:
            links.append(f'<b aria-current="true">{escape(name)}</b>')
        else:
            href = words_in(language).href(page.path, **kept)
            links.append(
                f'<a href="{escape(href)}" lang="{language}" hreflang="{language}">'
                f"{escape(name)}</a>"
            )
    label = escape(page.words.text("strip.language"))
    return f'<nav class="km-languages" aria-label="{label}">{"".join(links)}</nav>'


def _theme(words: Words) -> str:
    """Return the switch to the other theme; `static/theme.js` hears it."""
    buttons = "".join(
        f'<button type="button" class="km-to-{theme}" data-theme-choice="{theme}">'
        f"{escape(words.text(f'strip.theme.{theme}'))}</button>"
        for theme in THEMES
    )
    return f'<div class="km-theme">{buttons}</div>'


def _reader(words: Words) -> str:
    """Return who is signed in, and where they sign out; nothing where nobody signs in."""
    reader = present()
    if reader.house.sign_in is None:
        return ""
    away = link(reader.sign_out, words.text("strip.sign_out")) if reader.sign_out else ""
    return f'<div class="km-reader"><span>{escape(reader.name)}</span>{away}</div>'


def _warnings(page: Page) -> str:
    warnings = []
    if page.publication.is_stand_in:
        warnings.append(("half", ORANGE, "stand_in"))
    if page.publication.is_synthetic:
        warnings.append(("dashed", SLATE, "synthetic"))
    items = _of_release(page) + "".join(
        f'<p class="km-warning km-warning-{key}">{shape(name, colour)}'
        f"<b>{escape(page.words.text(f'warning.{key}'))}</b> "
        f"<span>{escape(page.words.text(f'warning.{key}.text'))}</span></p>"
        for name, colour, key in warnings
    )
    return f'<div class="km-warnings" role="note">{items}</div>' if items else ""


def _of_release(page: Page) -> str:
    """Return what a reader must know before citing from a release: followed, or partial."""
    words, shown = page.words, page.shown
    if shown is None:
        return ""
    told = []
    if shown.newer:
        told.append(_to_newer(shown.newer, words, page.path))
    if shown.release.without:
        excluded = records(queries.whole(page.publication, "excluded"))
        names = ", ".join(dict.fromkeys(words.label(row) for row in excluded))
        told.append(escape(words.text("release.excluding", names=names)))
    return "".join(
        f'<p class="km-warning km-warning-release">{shape("half", ORANGE)}<span>{text}</span></p>'
        for text in told
    )
