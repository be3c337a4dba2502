"""The web server around the pages: security headers, the language of the document, the stylesheet.

Here: what belongs to the web and not to any page. `streamlit run dashboard/asgi.py` finds `app`.
Not here: pages and navigation (`app.py`), who gets in (`access`), and how the process is started
(`serve.py`).
"""

import base64
import gc
import hashlib
import html
import json
import logging
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import health, sections
from dashboard.access.addresses import OwnPagesOnly
from dashboard.access.gate import Gate, language_of
from dashboard.access.house import house
from dashboard.components.choice import KEPT
from pipelines.charts.style import FONTS, THEMES, variables
from pipelines.private import owner_only
from pipelines.wording.language import words_in

STYLE_PATH = "/huisstijl"
# Where Streamlit tells of a provider that signs nobody in, with all that its libraries raised.
_SIGN_IN_LOG = "streamlit.web.server.starlette.starlette_auth_routes"

_FOLDER = Path(__file__).resolve().parent
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def content_security_policy(document: bytes = b"") -> str:
    """Return the policy of a page: nothing from outside, no script but the server's own.

    Args:
        document: The page; its inline scripts are allowed by their hash, and no other.
    """
    hashes = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(document)
    )
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{hashes}",
            # Streamlit styles its widgets from script.
            "style-src 'self' 'unsafe-inline'",
            # Sparklines and shapes are drawn here and carried in the page.
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'none'",
            "object-src 'none'",
        )
    )


def colours() -> str:
    """Return the palette as a style sheet; paper is light, whatever the screen was."""
    light, dark = (variables(theme) for theme in THEMES)
    return (
        f":root{{color-scheme:light;{light}}}"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
    )


def localise(document: bytes, language: str) -> bytes:
    """Return Streamlit's page in the reader's language, with our stylesheet and a skip link.

    Args:
        document: The page as Streamlit ships it, in English.
        language: `nl` or `en`.
    """
    words = words_in(language)
    head = (
        # Before anything is drawn: the theme that is read, and its colours.
        f'<script src=".{STYLE_PATH}/old_addresses.js"></script>'
        f'<script src=".{STYLE_PATH}/theme.js"></script>'
        f'<script src=".{STYLE_PATH}/place.js"></script>'
        f"<style>{colours()}</style>"
        f'<link rel="stylesheet" href=".{STYLE_PATH}/monitor.css">'
        f'<meta name="widget-words" content="{html.escape(_widget_words(language))}">'
        f'<script src=".{STYLE_PATH}/labels.js"></script>'
        f'<meta name="kept-choices" content="{" ".join(KEPT)}">'
        '<meta name="robots" content="noindex, nofollow">'
    )
    skip = f'<a class="km-skip" href="#inhoud">{words.text("frame.skip")}</a>'
    no_script = f"<noscript><p>{words.text('frame.no_script')}</p></noscript>"
    page = document.decode("utf-8")
    page = re.sub(r'<html lang="[^"]*"', f'<html lang="{language}"', page, count=1)
    page = re.sub(r"<title>.*?</title>", f"<title>{words.text('frame.name')}</title>", page)
    page = re.sub(r"<noscript>.*?</noscript>", no_script, page, count=1, flags=re.DOTALL)
    page = re.sub(r'<link rel="service-desc"[^>]*>', "", page)
    page = page.replace("</head>", f"{head}</head>", 1)
    return re.sub(r"<body([^>]*)>", rf"<body\1>{skip}", page, count=1).encode("utf-8")


def _widget_words(language: str) -> str:
    """Return, as JSON, what Streamlit says in English and what a reader of a language reads."""
    own = words_in(language).group("widget")
    said = {theirs: own[key] for key, theirs in words_in("en").group("widget").items()}
    differing = {theirs: ours for theirs, ours in said.items() if theirs != ours}
    return json.dumps(differing, ensure_ascii=False)


class Frame:
    """Middleware: security headers on every answer, and pages in the reader's language."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; change the answer where it is a page."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        language = language_of(scope)
        # A page must be readable to be changed, and a cached one would keep its language.
        hidden = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
        if not Path(scope["path"]).suffix:
            headers = [pair for pair in scope["headers"] if pair[0].lower() not in hidden]
            scope = {**scope, "headers": headers}
        start: Message | None = None
        page = bytearray()

        async def answer(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if _is_page(message):
                    start = message
                else:
                    await send(_with_headers(message, content_security_policy()))
                return
            if start is None:
                await send(message)
                return
            page.extend(message.get("body", b""))
            if not message.get("more_body", False):
                body = localise(bytes(page), language)
                await send(_with_headers(start, content_security_policy(body), len(body)))
                await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, answer)


def _is_page(message: Message) -> bool:
    headers: dict[bytes, bytes] = {name.lower(): value for name, value in message["headers"]}
    # Where a file was asked for that is not there, Streamlit answers with its page, compressed.
    is_compressed = b"content-encoding" in headers
    return not is_compressed and headers.get(b"content-type", b"").startswith(b"text/html")


def _with_headers(message: Message, policy: str, length: int | None = None) -> Message:
    ours = {
        b"content-security-policy": policy.encode(),
        b"referrer-policy": b"no-referrer",
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
        b"cross-origin-opener-policy": b"same-origin",
        b"permissions-policy": b"camera=(), microphone=(), geolocation=(), display-capture=()",
    }
    if length is not None:
        ours[b"content-length"] = str(length).encode()
        ours[b"cache-control"] = b"no-store"
    dropped = set(ours) | ({b"etag", b"last-modified"} if length is not None else set())
    kept = [pair for pair in message["headers"] if pair[0].lower() not in dropped]
    return {**message, "headers": [*kept, *ours.items()]}


def _in_one_line(record: logging.LogRecord) -> bool:
    """Have a line of a log say why something failed, and leave out where in a library it did."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        why = next(iter(str(error).splitlines()), type(error).__name__)
        record.msg = f"{record.getMessage()} {why}"
        record.args = record.exc_info = None
    return True


@asynccontextmanager
async def _prepared(_app: st.App) -> AsyncGenerator[dict[str, Any] | None, None]:
    """Be ready before the first reader comes: imports would have them wait for seconds."""
    owner_only()
    logging.getLogger(_SIGN_IN_LOG).addFilter(_in_one_line)
    for module in iter_modules(sections.__path__, f"{sections.__name__}."):
        import_module(module.name)
    # Streamlit collects all garbage after every click. What is here now stays for as long as the
    # process does: left out of that search, a click takes half the time.
    gc.collect()
    gc.freeze()
    yield None


_house = house()
app = st.App(
    str(_FOLDER / "app.py"),
    lifespan=_prepared,
    routes=[
        # Pages before the dashboard have no Streamlit to bring its type.
        Mount(f"{STYLE_PATH}/fonts", StaticFiles(directory=FONTS)),
        Mount(STYLE_PATH, StaticFiles(directory=_FOLDER / "static")),
        Route(health.PATH, health.answer),
    ],
    middleware=[
        Middleware(Frame),
        Middleware(OwnPagesOnly, house=_house),
        Middleware(Gate, house=_house, open_below=STYLE_PATH),
    ],
    secrets=_house.streamlit_secrets() or None,
)
