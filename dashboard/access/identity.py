"""Who somebody is, as the provider signed or the proxy says.

Here: reading the session of OpenID Connect out of its cookie, and the headers of a proxy that can
show it is the proxy.
Not here: whether they may come in (`gate`). What cannot be read whole is nobody.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.datastructures import Headers
from starlette.types import Scope
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pipelines.access.sign_in import OpenId, Proxy, SignIn

# What a proxy shows, and nobody else on its machine can: the secret it shares with the dashboards.
PROXY_SECRET_HEADER = "x-kwaliteitsmonitor-proxy"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in.

    Attributes:
        name: As the access log names them.
        groups: Their groups.
        until: When the session is over.
        session: Hash of the session; empty where a proxy keeps it.
    """

    name: str
    groups: frozenset[str]
    until: datetime
    session: str = ""


def from_cookies(cookies: Mapping[str, str], secret: str, sign_in: SignIn) -> Person | None:
    """Return who signed in with OpenID Connect; None without a session, or with one that is over.

    The cookies are those of `st.login`, signed, and more than one where they do not fit in one.
    """
    signed: list[datetime] = []

    def read(name: str) -> bytes | None:
        reader = URLSafeTimedSerializer(secret, salt=name)
        try:
            value, at = reader.loads(
                cookies.get(name, ""),
                max_age=int(sign_in.lifetime.total_seconds()),
                return_timestamp=True,
            )
        except BadSignature:
            return None
        signed.append(at)
        return str(value).encode()

    content = get_cookie_with_chunks(read, USER_COOKIE_NAME)
    if content is None or not isinstance(sign_in.by, OpenId):
        return None
    try:
        claims = json.loads(content)
    except ValueError:
        return None
    name = str(claims.get(sign_in.by.person) or claims.get("sub") or "")
    if not name or not claims.get("is_logged_in"):
        return None
    return Person(
        name,
        _groups(claims.get(sign_in.by.groups)),
        # Of parts, the oldest: a newer one does not lengthen a session.
        min(signed) + sign_in.lifetime,
        hashlib.sha256(content).hexdigest(),
    )


def _groups(claim: Any) -> frozenset[str]:
    listed = claim if isinstance(claim, list) else [claim]
    return frozenset(group for group in listed if isinstance(group, str))


def from_proxy(scope: Scope, secret: str, sign_in: SignIn) -> Person | None:
    """Return whom a proxy signed in; None where it cannot show to be the proxy, or names nobody.

    A header that comes twice is refused: one of the two is somebody's own.
    """
    if not isinstance(sign_in.by, Proxy):
        return None
    peer, headers = scope.get("client"), Headers(scope=scope)
    shown = headers.getlist(PROXY_SECRET_HEADER)
    people, groups = headers.getlist(sign_in.by.person), headers.getlist(sign_in.by.groups)
    if peer is not None and peer[0] not in sign_in.by.peers:
        return None
    if len(shown) != 1 or not hmac.compare_digest(shown[0].encode(), secret.encode()):
        return None
    if len(people) != 1 or not people[0].strip() or len(groups) > 1:
        return None
    named = _as_sent(",".join(groups)).split(",")
    return Person(
        _as_sent(people[0]).strip(),
        frozenset(group.strip() for group in named if group.strip()),
        datetime.now(UTC) + sign_in.lifetime,
    )


def _as_sent(text: str) -> str:
    """Return a header as its proxy meant it: names have more letters than HTTP's own."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return text
