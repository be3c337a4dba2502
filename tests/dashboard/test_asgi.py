"""The web server around the pages: headers, language, stylesheet."""

import asyncio
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.elements.exception import _GENERIC_UNCAUGHT_EXCEPTION_TEXT

from dashboard.asgi import Frame, content_security_policy, localise

DOCUMENT = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()


def answer(path: str, query: str = "", body: bytes = DOCUMENT, kind: str = "text/html") -> Any:
    """Return headers and body of an answer that went through the frame."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", kind.encode()), (b"etag", b"x")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:100], "more_body": True})
        await send({"type": "http.response.body", "body": body[100:]})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "query_string": query.encode(), "headers": []}
    asyncio.run(Frame(app)(scope, None, send))  # type: ignore[arg-type]
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return headers, b"".join(part["body"] for part in sent[1:])


@pytest.mark.parametrize(("query", "language"), [("", "nl"), ("taal=en", "en"), ("taal=x", "nl")])
def test_the_document_is_in_the_readers_language(query, language):
    headers, body = answer("/", query)

    assert f'<html lang="{language}"'.encode() in body
    assert int(headers["content-length"]) == len(body)
    assert "etag" not in headers


def test_the_page_offers_a_skip_link_and_our_stylesheet_and_no_english():
    page = localise(DOCUMENT, "nl").decode()

    assert '<a class="km-skip" href="#inhoud">Naar de inhoud</a>' in page
    assert "huisstijl/monitor.css" in page
    assert "You need to enable JavaScript" not in page
    assert "service-desc" not in page


def test_what_streamlit_says_comes_with_the_page_in_the_readers_language():
    told = re.compile(r'<meta name="widget-words" content="([^"]*)">')

    dutch, english = (
        json.loads(html.unescape(told.findall(localise(DOCUMENT, language).decode())[0]))
        for language in ("nl", "en")
    )

    assert dutch["App pages"] == "Pagina’s"
    assert dutch["Page not found"] == "Deze pagina is er niet"
    assert dutch[_GENERIC_UNCAUGHT_EXCEPTION_TEXT].startswith("Op deze pagina ging iets mis.")
    # Of its own words nothing is said again.
    assert "App pages" not in english


def test_nothing_may_be_loaded_from_elsewhere():
    policy = content_security_policy(DOCUMENT)

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    assert "sha256-" in scripts


def test_every_answer_carries_the_headers_and_only_pages_are_changed():
    headers, body = answer("/static/js/index.js", body=b"x" * 200, kind="text/javascript")

    assert body == b"x" * 200
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "content-security-policy" in headers
    assert headers["etag"] == "x"


def test_our_own_files_name_no_other_host():
    folder = Path(__file__).parents[2] / "dashboard"
    for path in [*folder.rglob("*.css"), *folder.rglob("*.svg"), folder / "theme.toml"]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text
        assert "//" not in text.replace("://", "").replace("/*", "")
