"""Cookies of signing in: as strict as the address allows, and the page somebody wanted to see.

Here: what is changed on the cookies that `st.login` sets, and the one that leads back.
Not here: what stands in a session (`identity`).
"""

import re
from http.cookies import SimpleCookie
from urllib.parse import quote, unquote

from starlette.types import Message
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

_WANTED = "km_naar"
_WANTED_SECONDS = 600
_AGE = re.compile(rb"(?i)(Max-Age=)[1-9]\d*")


def stricter(message: Message, *, is_https: bool, seconds: int) -> Message:
    """Return the beginning of an answer with its cookies made stricter.

    Streamlit keeps a session for thirty days, and lets it travel without encryption.

    Args:
        message: The beginning of an answer.
        is_https: Whether the browser reaches us encrypted.
        seconds: How long a session lasts.
    """
    headers = []
    for name, value in message["headers"]:
        kept = value
        if name.lower() == b"set-cookie":
            if value.startswith(USER_COOKIE_NAME.encode()):
                kept = _AGE.sub(rb"\g<1>%d" % seconds, kept)
            if is_https and b"; secure" not in value.lower():
                kept += b"; Secure"
        headers.append((name, kept))
    return {**message, "headers": headers}


def cookies_set(message: Message) -> dict[str, str]:
    """Return the cookies an answer gives a browser."""
    jar: SimpleCookie = SimpleCookie()
    for name, value in message["headers"]:
        if name.lower() == b"set-cookie":
            jar.load(value.decode("latin-1"))
    return {name: morsel.value for name, morsel in jar.items() if morsel["max-age"] != "0"}


def remember_wanted(path: str, query: str) -> str:
    """Return a cookie that remembers which page somebody asked for before signing in."""
    wanted = quote(f"{path}?{query}" if query else path, safe="")
    return f"{_WANTED}={wanted}; Path=/; HttpOnly; SameSite=Lax; Max-Age={_WANTED_SECONDS}"


def wanted(cookies: dict[str, str]) -> str:
    """Return the page somebody asked for; the first page where it is no page of ours."""
    path = unquote(cookies.get(_WANTED, ""))
    # Two slashes would lead to another site, and a browser reads a backslash as one.
    is_ours = re.match(r"/(?![/\\])[\x21-\x7e]*\Z", path)
    return path if is_ours else "/"


def led_back(message: Message, address: str) -> Message:
    """Return an answer that leads to the first page as one that leads to another."""
    headers = [
        (name, address.encode() if name.lower() == b"location" and value == b"/" else value)
        for name, value in message["headers"]
    ]
    forget = f"{_WANTED}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    return {**message, "headers": [*headers, (b"set-cookie", forget.encode())]}
