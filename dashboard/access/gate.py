"""The door before everything a dashboard answers: pages, sockets, files and downloads.

Here: `Gate`, which lets a request on to Streamlit only when its person may see this audience and
there is a seat, and tells the application who it is.
Not here: our own addresses (`addresses`), who somebody is (`identity`), and what a page logs
(`visitor`).

What is not named as open is closed: a route that a library adds some day is behind this door too.
"""

import json
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.user_info import generate_login_redirect_url

from dashboard.access import cookies, sessions
from dashboard.access.addresses import is_watching
from dashboard.access.door_pages import DoorPage, door_page
from dashboard.access.house import House
from dashboard.access.identity import Person, from_cookies, from_proxy
from dashboard.access.reporter import Reporter
from dashboard.access.seats import Seat, Seats
from dashboard.access.sockets import WatchedSocket, turn_away
from pipelines.access.entry import Act
from pipelines.access.sign_in import OpenId, Proxy, SignIn
from pipelines.wording.language import DEFAULT_LANGUAGE, LANGUAGE_PARAMETER, LANGUAGES

# Who it is, for the application behind the door; nobody's own header of this name passes.
VISITOR_HEADER = "x-kwaliteitsmonitor-visitor"
_OURS = b"x-kwaliteitsmonitor-"
LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
SIGN_IN = "/aanmelden"
# Where a socket or a provider leads to whoever may not stay, or did not get in.
_LED_TO = {
    f"/{page}": page
    for page in (
        DoorPage.expired,
        DoorPage.given_up,
        DoorPage.busy,
        DoorPage.failed,
        DoorPage.no_provider,
    )
}


def language_of(scope: Scope) -> str:
    """Return the language the address of a request asks for."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    asked = query.get(LANGUAGE_PARAMETER, [DEFAULT_LANGUAGE])[0]
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def is_page(scope: Scope) -> bool:
    """Whether a request is for a page: these have one name, and no files."""
    path: str = scope["path"]
    is_read = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
    return is_read and path.count("/") == 1 and "." not in path


class Gate:
    """Middleware: nobody gets further who may not.

    Args:
        app: What is behind the door.
        house: Whose door it is.
        open_below: Path below which files lie that hold nothing of the monitor.
    """

    def __init__(self, app: ASGIApp, house: House, open_below: str) -> None:
        self.app = app
        self.house = house
        self.seats = Seats(house.readers)
        self.reporter = Reporter(house)
        self._open_below = f"{open_below}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        sign_in = self.house.sign_in
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        person = self._person(scope, sign_in) if sign_in else None
        theirs = [pair for pair in scope["headers"] if not pair[0].lower().startswith(_OURS)]
        scope = {**scope, "headers": theirs}
        if sign_in is None:
            await self._seat(scope, receive, send, None)
        elif scope["type"] == "http":
            strict = partial(self._strict, scope, send, sign_in)
            await self._answer(scope, receive, strict, sign_in, person)
        elif person is not None and self._may_see(sign_in, person):
            await self._seat(scope, receive, send, person)
        else:
            await self.reporter.refused(person, sign_in)
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, sign_in: SignIn, person: Person | None
    ) -> None:
        """Answer a request where people are signed in."""
        path, is_openid = scope["path"], isinstance(sign_in.by, OpenId)
        is_open = is_watching(scope) or path.startswith(self._open_below)
        if is_open or (is_openid and path == CALLBACK):
            await self.app(scope, receive, send)
        elif is_openid and path == LOGIN:
            await self._log_in(scope, receive, send)
        elif is_openid and path == SIGN_IN:
            to = RedirectResponse(generate_login_redirect_url("default"), 302)
            await to(scope, receive, send)
        elif path in _LED_TO:
            await self._plain(scope, _LED_TO[path])(scope, receive, send)
        elif is_openid and path == LOGOUT and person is not None:
            # Also who may not come in: they sign in as somebody else.
            if _is_from_here(scope):
                sessions.end(self.house.secrets, person.session, sign_in.lifetime)
                await self.reporter.tell(Act.signed_out, person.name)
            await self.app(scope, receive, send)
        elif person is None or not self._may_see(sign_in, person):
            if is_page(scope):
                await self.reporter.refused(person, sign_in)
            await self._refusal(scope, sign_in, person)(scope, receive, send)
        else:
            await self._seat(scope, receive, send, person)

    async def _log_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead to the provider; where it does not answer, to a page that says so."""
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self.app(scope, receive, keep)
        if kept and kept[0]["status"] < HTTPStatus.BAD_REQUEST:
            for message in kept:
                await send(message)
        else:
            to = RedirectResponse(f"/{DoorPage.no_provider}", 302)
            await to(scope, receive, send)

    async def _seat(
        self, scope: Scope, receive: Receive, send: Send, person: Person | None
    ) -> None:
        """Let somebody in who may, where there is a seat."""
        if person is not None:
            scope = {**scope, "headers": [*scope["headers"], self._told_of(person)]}
        if scope["type"] == "websocket":
            with self.seats.taken() as seat:
                if seat is None:
                    await turn_away(scope, receive, send, f"/{DoorPage.busy}")
                    return
                leads_to = partial(self._leads_to, seat, person)
                await WatchedSocket(receive, send, seat, leads_to).carry(self.app, scope)
        elif scope["path"] in _LED_TO:
            await self._plain(scope, _LED_TO[scope["path"]])(scope, receive, send)
        elif is_page(scope) and self.seats.is_full:
            await self._plain(scope, DoorPage.busy)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _leads_to(self, seat: Seat, person: Person | None) -> str:
        """Return where a reader must go; empty for as long as they may stay."""
        if seat.is_given_up:
            return f"/{DoorPage.given_up}"
        if person is None:
            return ""
        if sessions.is_ended(self.house.secrets, person.session):
            return "/"
        return f"/{DoorPage.expired}" if datetime.now(UTC) >= person.until else ""

    def _person(self, scope: Scope, sign_in: SignIn) -> Person | None:
        """Return who asks; None where nobody is signed in, or was signed out."""
        secret = self.house.secret
        if isinstance(sign_in.by, Proxy):
            return from_proxy(scope, secret, sign_in)
        person = from_cookies(HTTPConnection(scope).cookies, secret, sign_in)
        if person is not None and sessions.is_ended(self.house.secrets, person.session):
            return None
        return person

    def _may_see(self, sign_in: SignIn, person: Person) -> bool:
        return sign_in.may_see(self.house.audience, person.groups)

    def _told_of(self, person: Person) -> tuple[bytes, bytes]:
        told = json.dumps({"person": person.name, "until": person.until.isoformat()})
        return VISITOR_HEADER.encode(), told.encode()

    def _plain(self, scope: Scope, page: DoorPage) -> Response:
        return door_page(page, language_of(scope), action="./", path=scope["path"])

    def _refusal(self, scope: Scope, sign_in: SignIn, person: Person | None) -> Response:
        """Return what is answered to whoever may not come in: a page where a page was asked."""
        is_nobody = person is None
        if not is_page(scope):
            return Response(status_code=401 if is_nobody else 403)
        language, path = language_of(scope), scope["path"]
        if person is not None:
            sign_out = sign_in.by.sign_out if isinstance(sign_in.by, Proxy) else f".{LOGOUT}"
            return door_page(
                DoorPage.no_access, language, person=person.name, action=sign_out, path=path
            )
        if isinstance(sign_in.by, Proxy):
            address = self.house.address or ""
            return door_page(DoorPage.no_proxy, language, action=address, path=path)
        answer = door_page(DoorPage.sign_in, language, action=f".{SIGN_IN}", path=path)
        query = scope["query_string"].decode("latin-1")
        answer.headers.append("set-cookie", cookies.remember_wanted(path, query))
        return answer

    async def _strict(self, scope: Scope, send: Send, sign_in: SignIn, message: Message) -> None:
        """Send an answer on with stricter cookies; who signed in with it is told to the log."""
        if message["type"] == "http.response.start":
            if scope["path"] == CALLBACK:
                given = cookies.cookies_set(message)
                person = from_cookies(given, self.house.secret, sign_in)
                if person is not None:
                    await self.reporter.tell(Act.signed_in, person.name)
                    wanted = cookies.wanted(HTTPConnection(scope).cookies)
                    message = cookies.led_back(message, wanted)
                elif any(part in scope["query_string"] for part in (b"state=", b"error=")):
                    # Refused at the provider, or an answer of it that cannot be believed.
                    message = cookies.led_back(message, f"/{DoorPage.failed}")
            is_https = (self.house.address or "").startswith("https")
            seconds = int(sign_in.lifetime.total_seconds())
            message = cookies.stricter(message, is_https=is_https, seconds=seconds)
        await send(message)


def _is_from_here(scope: Scope) -> bool:
    """Whether a browser says that its reader clicked on a page of ours; an old one says nothing."""
    headers = HTTPConnection(scope).headers
    return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
