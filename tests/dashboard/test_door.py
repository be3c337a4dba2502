"""The door, before an application that would tell everything: who gets through, and who does not.

The people here are attackers too: another name for this machine, a page on another port, a header
or a cookie of one's own.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.access import sessions, sockets
from dashboard.access.addresses import OwnPagesOnly
from dashboard.access.door_pages import DoorPage
from dashboard.access.gate import VISITOR_HEADER, Gate
from dashboard.access.house import House
from dashboard.access.identity import PROXY_SECRET_HEADER
from dashboard.access.seats import IDLE_SECONDS
from pipelines.access.log import AccessLog
from pipelines.access.secrets import COOKIE, PROXY, make_secret, read_secret
from pipelines.access.sign_in import OpenId, Proxy, SignIn
from pipelines.access.verification import entries_of

OWN = "http://127.0.0.1:8502"
PUBLIC = "https://platform.monitor.example"
STREAM = "/_stcore/stream"
SOCKET = f"ws://127.0.0.1:8502{STREAM}"
LIFETIME = timedelta(hours=8)
OPENID = OpenId("https://idp.example/.well-known/openid-configuration", "kwaliteitsmonitor")
ROUTES = ["/", "/keten", "/media/1.csv", "/component/x", "/_stcore/host-config", "/niet/bekend"]


async def tells_all(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"geheim {request.headers.get(VISITOR_HEADER, '')}")


async def tells_all_the_time(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.receive_bytes()
            await socket.send_text(f"geheim {socket.headers.get(VISITOR_HEADER, '')}")
    except WebSocketDisconnect:
        return


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """A browser in front of a door that is open to the platform."""

    def door(
        by: OpenId | Proxy | None = None,
        *,
        at: str = OWN,
        peer: str = "127.0.0.1",
        readers: int = 2,
    ) -> TestClient:
        for name in (COOKIE, PROXY):
            make_secret(tmp_path, name)
        groups = {"platform": ("km-platform",), "researcher": ("km-onderzoek",)}
        addresses = {"platform": at, "researcher": "https://anders.example"}
        sign_in = SignIn(groups, addresses, LIFETIME, by) if by else None
        house = House("platform", sign_in, AccessLog(tmp_path / "log"), tmp_path, readers)
        app = Starlette(
            routes=[WebSocketRoute(STREAM, tells_all_the_time), Route("/{path:path}", tells_all)],
            middleware=[
                Middleware(OwnPagesOnly, house=house),
                Middleware(Gate, house=house, open_below="/huisstijl"),
            ],
        )
        return TestClient(app, OWN, client=(peer, 4711), follow_redirects=False)

    yield door


def logged(folder: Path) -> list[tuple[str, str, str]]:
    return [
        (entry.event.act.value, entry.event.person, entry.event.about)
        for entry in entries_of(folder / "log")
    ]


def opens(client: TestClient, **headers: str) -> bool:
    """Whether a socket is opened for somebody with these headers."""
    given = {"origin": OWN, **headers}
    try:
        with client.websocket_connect(SOCKET, headers=given) as socket:
            socket.send_bytes(b"")
            return "geheim" in socket.receive_text()
    except WebSocketDisconnect:
        return False


# --- without signing in: this machine alone -----------------------------------------------------


def test_on_this_machine_everybody_may_look(make):
    for host in ("127.0.0.1:8502", "localhost:8502"):
        assert make().get("/", headers={"host": host}).text.startswith("geheim")
    assert opens(make())


@pytest.mark.parametrize(
    "host",
    ["elders.example", "elders.example:8502", "127.0.0.1", "127.0.0.1:8503", "0.0.0.0:8502", ""],
)
def test_another_name_for_this_machine_gets_no_page_and_no_socket(make, host):
    for path in (*ROUTES, "/_stcore/health"):
        answer = make().get(path, headers={"host": host})
        assert (answer.status_code, answer.text) == (403, "")
    assert not opens(make(), host=host, origin=f"http://{host}")


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:1",
        "http://localhost:8502",
        "http://elders.example",
        "null",
        "",
        "http://[",
    ],
)
def test_a_page_elsewhere_opens_no_socket_and_is_told_nothing(make, origin):
    assert not opens(make(), origin=origin)
    assert make().get("/", headers={"origin": origin}).status_code == 403


def test_who_does_not_say_from_which_page_opens_no_socket(make):
    with pytest.raises(WebSocketDisconnect), make().websocket_connect(SOCKET):
        pass


@pytest.mark.parametrize("peer", ["10.0.0.7", "192.168.1.2", "fe80::1", "testclient"])
def test_another_machine_gets_nothing_even_if_the_server_can_be_reached(make, peer):
    assert make(peer=peer).get("/").status_code == 403
    assert not opens(make(peer=peer))


# --- OpenID Connect -----------------------------------------------------------------------------


def cookies(folder: Path, *, ago: float = 0, secret: str = "", **claims: Any) -> dict[str, str]:
    """The cookies of a session, as the server signs them."""
    given = {
        "sub": "u1",
        "preferred_username": "a.jansen",
        "groups": ["km-platform"],
        "is_logged_in": True,
        **claims,
    }

    class Signer(URLSafeTimedSerializer):
        """Signs as if it were some time ago."""

        def dumps(self, value: Any) -> str:  # type: ignore[override]
            signer = self.make_signer(self.salt)
            now = signer.get_timestamp()  # type: ignore[attr-defined]
            signer.get_timestamp = lambda: now - int(ago)  # type: ignore[attr-defined]
            return signer.sign(self.dump_payload(value)).decode()

    key = secret or read_secret(folder, COOKIE)
    jar: dict[str, str] = {}

    def sign(name: str, value: str) -> bytes:
        return Signer(key, salt=name).dumps(value).encode()

    def keep(name: str, value: str) -> None:
        jar[name] = sign(name, value).decode()

    set_cookie_with_chunks(keep, sign, "_streamlit_user", given, cookie_attr_size=80)
    return jar


def as_header(jar: dict[str, str]) -> dict[str, str]:
    return {"cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}


def test_who_is_of_the_group_comes_in_and_the_application_is_told_who_it_is(make, tmp_path):
    client = make(OPENID)
    session = as_header(cookies(tmp_path))

    answer = client.get("/keten", headers=session).text
    assert json.loads(answer.removeprefix("geheim "))["person"] == "a.jansen"
    assert opens(client, **session)


def test_a_session_of_many_groups_comes_in_parts(make, tmp_path):
    many = [f"groep-{number:04d}" for number in range(2_000)]
    client = make(OPENID)
    jar = cookies(tmp_path, groups=[*many, "km-platform"])

    assert len(jar) > 2
    assert client.get("/", headers=as_header(jar)).status_code == 200
    lost = {name: value for name, value in jar.items() if name != "_streamlit_user_2"}
    assert client.get("/", headers=as_header(lost)).status_code == 401


FORGED: dict[str, dict[str, Any]] = {
    "no session": {"is_logged_in": False},
    "over since a second": {"ago": LIFETIME.total_seconds() + 1},
    "signed by somebody else": {"secret": "x" * 64},
    "nobody in particular": {"sub": "", "preferred_username": ""},
}


@pytest.mark.parametrize("kind", [*FORGED, "none at all", "torn"])
def test_nobody_gets_nothing_but_the_page_to_sign_in(make, tmp_path, kind):
    client = make(OPENID)
    jar = cookies(tmp_path, **FORGED.get(kind, {}))
    session = {} if kind == "none at all" else as_header(jar)
    if kind == "torn":
        session = {"cookie": session["cookie"][:-4]}

    for path in ROUTES:
        answer = client.get(path, headers=session)
        assert answer.status_code == 401
        assert "geheim" not in answer.text
    assert "Meld u aan" in client.get("/keten", headers=session).text
    assert "Sign in" in client.get("/keten?taal=en", headers=session).text
    assert not opens(client, **session)
    assert logged(tmp_path) == []


@pytest.mark.parametrize(
    "groups", [[], ["km-onderzoek"], ["KM-PLATFORM"], "km-platformen", None, {"km-platform": 1}, 7]
)
def test_who_is_not_of_the_group_gets_a_page_that_says_so_and_no_data(make, tmp_path, groups):
    client = make(OPENID)
    session = as_header(cookies(tmp_path, groups=groups))

    for path in ROUTES:
        answer = client.get(path, headers=session)
        assert answer.status_code == 403
        assert "geheim" not in answer.text
    page = client.get("/keten", headers=session).text
    assert "U bent aangemeld als a.jansen" in page
    assert "No access" in client.get("/keten?taal=en", headers=session).text
    assert not opens(client, **session)
    assert set(logged(tmp_path)) == {("refused", "a.jansen", "group")}


def test_who_signed_out_is_out_with_every_copy_of_the_session(make, tmp_path):
    client = make(OPENID)
    session = as_header(cookies(tmp_path))

    client.get("/auth/logout", headers=session)

    assert client.get("/", headers=session).status_code == 401
    assert not opens(client, **session)
    assert logged(tmp_path) == [("signed_out", "a.jansen", "")]


def test_another_site_signs_nobody_out(make, tmp_path):
    client = make(OPENID)
    session = as_header(cookies(tmp_path))

    client.get("/auth/logout", headers={**session, "sec-fetch-site": "cross-site"})

    assert client.get("/", headers=session).status_code == 200


@pytest.mark.parametrize("how", ["over", "signed out"])
def test_an_open_page_ends_with_its_session(make, tmp_path, how, monkeypatch):
    monkeypatch.setattr(sockets, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(sockets, "_PATIENCE_SECONDS", 0.1)
    client = make(OPENID)
    left = 1.2 if how == "over" else 600
    jar = cookies(tmp_path, ago=LIFETIME.total_seconds() - left if how == "over" else 0)
    headers = {"origin": OWN, **as_header(jar)}

    with client.websocket_connect(SOCKET, headers=headers) as socket:
        socket.send_bytes(b"")
        assert "geheim" in socket.receive_text()
        if how == "signed out":
            for session in _sessions(jar, tmp_path):
                sessions.end(tmp_path, session, LIFETIME)
        told = ForwardMsg.FromString(socket.receive_bytes())
        assert told.auth_redirect.url == ("/verlopen" if how == "over" else "/")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_bytes()


def _sessions(jar: dict[str, str], folder: Path) -> list[str]:
    from dashboard.access.identity import from_cookies

    sign_in = SignIn({}, {}, LIFETIME, OPENID)
    person = from_cookies(jar, read_secret(folder, COOKIE), sign_in)
    return [person.session] if person else []


# --- a reverse proxy ----------------------------------------------------------------------------


def proxied(folder: Path, **headers: str) -> dict[str, str]:
    return {
        "host": PUBLIC.removeprefix("https://"),
        "origin": PUBLIC,
        PROXY_SECRET_HEADER: read_secret(folder, PROXY),
        "x-remote-user": "a.jansen",
        "x-remote-groups": "iedereen, km-platform",
        **headers,
    }


def test_whom_the_proxy_signed_in_comes_in(make, tmp_path):
    client = make(Proxy(), at=PUBLIC)

    answer = client.get("/keten", headers=proxied(tmp_path))

    assert json.loads(answer.text.removeprefix("geheim "))["person"] == "a.jansen"
    assert opens(client, **proxied(tmp_path))


def test_a_name_has_all_the_letters_it_has(make, tmp_path):
    client = make(Proxy(), at=PUBLIC)
    given = [(name, value.encode()) for name, value in proxied(tmp_path).items()]
    named = [
        (name, "Zoë Müller".encode() if name == "x-remote-user" else value) for name, value in given
    ]

    answer = client.get("/", headers=named)  # type: ignore[arg-type]

    assert json.loads(answer.text.removeprefix("geheim "))["person"] == "Zoë Müller"


def test_the_secret_of_the_proxy_goes_no_further(make, tmp_path):
    async def shows(request: Request) -> PlainTextResponse:
        return PlainTextResponse(" ".join(request.headers.values()))

    client = make(Proxy(), at=PUBLIC)
    client.app.router.routes[-1] = Route("/{path:path}", shows)  # type: ignore[attr-defined]

    shown = client.get("/keten", headers=proxied(tmp_path)).text

    assert "a.jansen" in shown
    assert read_secret(tmp_path, PROXY) not in shown


ALONE: dict[str, dict[str, str]] = {
    "without the secret": {PROXY_SECRET_HEADER: ""},
    "with a guess": {PROXY_SECRET_HEADER: "x" * 64},
    "as nobody": {"x-remote-user": " "},
    "as what the door itself says": {
        PROXY_SECRET_HEADER: "",
        VISITOR_HEADER: '{"person": "a.jansen", "until": "2999-01-01T00:00:00+00:00"}',
    },
}


@pytest.mark.parametrize("kind", ALONE)
def test_a_user_of_the_same_machine_who_goes_to_the_port_with_headers_of_their_own_gets_nothing(
    make, tmp_path, kind
):
    client = make(Proxy(), at=PUBLIC)
    headers = {**proxied(tmp_path), **ALONE[kind]}

    for path in ROUTES:
        answer = client.get(path, headers=headers)
        assert answer.status_code in {401, 403}
        assert "geheim" not in answer.text
    assert not opens(client, **headers)
    # Told once a minute: whoever is nobody fills no disk.
    assert logged(tmp_path) == [("refused", "onbekend", "proxy")]


@pytest.mark.parametrize("doubled", [PROXY_SECRET_HEADER, "x-remote-user", "x-remote-groups"])
def test_a_header_that_comes_twice_is_nobodys(make, tmp_path, doubled):
    client = make(Proxy(), at=PUBLIC)
    given = proxied(tmp_path)

    answer = client.get("/", headers=[*given.items(), (doubled, given[doubled])])  # type: ignore[arg-type]

    assert answer.status_code == 403
    assert "geheim" not in answer.text


def test_from_another_machine_not_even_the_secret_helps(make, tmp_path):
    client = make(Proxy(), at=PUBLIC, peer="10.0.0.7")
    assert client.get("/", headers=proxied(tmp_path)).status_code == 403

    client = make(Proxy(peers=("10.0.0.7",)), at=PUBLIC, peer="10.0.0.7")
    assert client.get("/", headers=proxied(tmp_path)).status_code == 200


def test_behind_its_proxy_a_dashboard_answers_to_its_public_name_only(make, tmp_path):
    client = make(Proxy(), at=PUBLIC)
    local = {**proxied(tmp_path), "host": "127.0.0.1:8502", "origin": OWN}

    assert client.get("/", headers=local).status_code == 403
    assert not opens(client, **local)
    # But to whoever watches over it on the machine itself, and to nobody else.
    for path in ("/_stcore/health", "/gezondheid"):
        assert client.get(path, headers={"host": "127.0.0.1:8502"}).status_code == 200
        outside = make(Proxy(), at=PUBLIC, peer="10.0.0.7")
        answer = outside.get(path, headers={"host": "127.0.0.1:8502"})
        assert answer.status_code in {401, 403}
        through = {"host": PUBLIC.removeprefix("https://")}
        assert client.get(path, headers=through).status_code != 200


# --- too many -----------------------------------------------------------------------------------


def test_who_comes_when_all_seats_are_taken_gets_a_page_that_says_when_to_come_back(
    make, monkeypatch
):
    monkeypatch.setattr(sockets, "_PATIENCE_SECONDS", 0.1)
    client = make(readers=2)
    headers = {"origin": OWN}
    with (
        client.websocket_connect(SOCKET, headers=headers),
        client.websocket_connect(SOCKET, headers=headers),
    ):
        busy = client.get("/")
        assert busy.status_code == 503
        assert busy.headers["retry-after"] == "60"
        assert "Te druk" in busy.text
        assert "Probeer het over een minuut opnieuw" in busy.text
        # Whoever had the page already is led to that page, and sees no broken socket.
        with client.websocket_connect(SOCKET, headers=headers) as late:
            assert ForwardMsg.FromString(late.receive_bytes()).auth_redirect.url == "/druk"
        assert client.get(f"/{DoorPage.busy}").status_code == 503
    assert client.get("/").status_code == 200


def test_who_did_nothing_for_long_gives_way(make, monkeypatch):
    monkeypatch.setattr(sockets, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(sockets, "_PATIENCE_SECONDS", 0.1)
    client = make(readers=1)
    with client.websocket_connect(SOCKET, headers={"origin": OWN}) as idle:
        assert client.get("/").status_code == 503
        monkeypatch.setattr("dashboard.access.seats.IDLE_SECONDS", -IDLE_SECONDS)
        assert client.get("/").status_code == 200
        with client.websocket_connect(SOCKET, headers={"origin": OWN}) as newcomer:
            assert ForwardMsg.FromString(idle.receive_bytes()).auth_redirect.url == "/pauze"
            newcomer.send_bytes(b"")
            assert "geheim" in newcomer.receive_text()


def test_the_moment_of_the_end_is_in_utc(tmp_path):
    make_secret(tmp_path, COOKIE)
    from dashboard.access.identity import from_cookies

    sign_in = SignIn({}, {}, LIFETIME, OPENID)
    person = from_cookies(cookies(tmp_path), read_secret(tmp_path, COOKIE), sign_in)

    assert person is not None
    assert abs(person.until - datetime.now(UTC) - LIFETIME) < timedelta(seconds=5)
