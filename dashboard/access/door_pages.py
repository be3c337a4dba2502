"""The plain pages of the door: sign in, no access, too busy. They hold no figure and run nothing.

Here: which there are, their status, and their HTML.
Not here: their words (`pipelines/wording/texts`), and their style sheet,
which every page gets (`dashboard.asgi`).
"""

import html
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from pathlib import Path

from starlette.responses import HTMLResponse

from pipelines.wording.language import LANGUAGE_PARAMETER, LANGUAGES, words_in


class DoorPage(StrEnum):
    """The pages, by the address under which each can be asked for."""

    sign_in = "aanmelden"
    expired = "verlopen"
    no_access = "geen-toegang"
    no_proxy = "niet-hier"
    no_provider = "geen-aanmelding"
    failed = "niet-aangemeld"
    busy = "druk"
    given_up = "pauze"


_STATUS = {
    DoorPage.sign_in: HTTPStatus.UNAUTHORIZED,
    DoorPage.expired: HTTPStatus.UNAUTHORIZED,
    DoorPage.no_access: HTTPStatus.FORBIDDEN,
    DoorPage.no_proxy: HTTPStatus.FORBIDDEN,
    DoorPage.no_provider: HTTPStatus.BAD_GATEWAY,
    DoorPage.failed: HTTPStatus.UNAUTHORIZED,
    DoorPage.busy: HTTPStatus.SERVICE_UNAVAILABLE,
    DoorPage.given_up: HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_SECONDS = 60


@cache
def _wordmark() -> str:
    return (Path(__file__).parents[1] / "static" / "wordmark.svg").read_text(encoding="utf-8")


def door_page(
    page: DoorPage, language: str, *, person: str = "", action: str = "", path: str = ""
) -> HTMLResponse:
    """Return one of the pages.

    Args:
        page: Which.
        language: `nl` or `en`.
        person: Who is signed in, where the page says so.
        action: Address of its button; no button without.
        path: Address of the page itself, for the switch of language.
    """
    words = words_in(language)
    text = words.text(f"door.{page.name}.text", person=person)
    button = (
        f'<p><a class="km-door-button" href="{html.escape(action)}">'
        f"{html.escape(words.text(f'door.{page.name}.button'))}</a></p>"
        if action
        else ""
    )
    other = next(known for known in LANGUAGES if known != language)
    switch = (
        f'<nav class="km-languages"><a href="{html.escape(path)}?{LANGUAGE_PARAMETER}={other}" '
        f'lang="{other}" hreflang="{other}">{html.escape(words.text(f"language.{other}"))}</a>'
        "</nav>"
    )
    document = (
        f'<html lang="{language}"><head><meta charset="utf-8"><title></title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="./huisstijl/favicon.png"></head><body>'
        f'<main class="stHtml km-door"><p class="km-door-name">{_wordmark()}</p>'
        f'<h1 id="inhoud" tabindex="-1">{html.escape(words.text(f"door.{page.name}"))}</h1>'
        f'<p class="km-lead">{html.escape(text)}</p>{button}{switch}</main></body></html>'
    )
    headers = {"cache-control": "no-store"}
    if _STATUS[page] is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["retry-after"] = str(RETRY_SECONDS)
    return HTMLResponse(f"<!DOCTYPE html>{document}", _STATUS[page], headers)
