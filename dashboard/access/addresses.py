"""Under which addresses a dashboard answers, and from whose pages it lets itself be asked.

Here: `OwnPagesOnly`, for the host a request names and the page it comes from.
Not here: who asks (`gate`).

A name of somebody else that leads to this machine (DNS rebinding) gets no page; a page on another
port of this machine, or of another site, gets no answer and no socket.
"""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.access.house import House
from pipelines.access.sign_in import is_loopback

# Whether the server is up, and what it serves: answered on this machine to whoever watches over it.
HEALTH = "/_stcore/health"
WATCHED = frozenset({HEALTH, "/gezondheid"})
_LOCAL = ("127.0.0.1", "localhost")


def local_names(scope: Scope) -> set[str]:
    """Return the addresses under which this machine itself reaches a dashboard."""
    return {f"http://{host}:{scope['server'][1]}" for host in _LOCAL}


def is_watching(scope: Scope) -> bool:
    """Whether a request comes from whoever watches over the process, on this machine."""
    host = f"http://{Headers(scope=scope).get('host')}"
    is_here = is_loopback((scope.get("client") or ("", 0))[0])
    return scope["path"] in WATCHED and is_here and host in local_names(scope)


class OwnPagesOnly:
    """Middleware: whoever asks under another name or from another page gets no answer.

    Streamlit would first look up under which addresses this machine is known, outside it.
    """

    def __init__(self, app: ASGIApp, house: House) -> None:
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is asked under our own name, from our own pages or from no page at all."""
        if scope["type"] == "lifespan" or self._is_ours(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Before it is accepted, this is answered as forbidden.
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("", HTTPStatus.FORBIDDEN)(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        local = local_names(scope)
        if self.house.address is None:
            # Without signing in, only who is on this machine itself is answered.
            if not is_loopback((scope.get("client") or ("", 0))[0]):
                return False
            own = local
        else:
            own = {self.house.address}
            if scope["type"] == "http" and scope["path"] in WATCHED:
                own |= local
        named = {address for address in own if hosts == [address.partition("://")[2]]}
        # A browser tells from which page a socket is opened; who does not say, opens none.
        if scope["type"] == "websocket" and len(origins) != 1:
            return False
        return bool(named) and named.issuperset(origins)
