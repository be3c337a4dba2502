"""The socket that carries a page: whose session is over, or who gives way, is led to another page.

Here: watching a socket for as long as it is open, and leading a browser away from it.
Not here: who may open one (`gate`).

Everything a page does after it was opened comes over this socket: each choice, each question, each
download. So what is asked here is asked before every one of them.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.access.seats import Seat

# Nobody stays longer than this after their session was ended in another tab.
_LOOK_SECONDS = 5.0
_PATIENCE_SECONDS = 5.0
_GOING_AWAY = 1001


class WatchedSocket:
    """A socket that ends when its reader may not stay.

    Args:
        receive: Where messages of the browser come from.
        send: Where messages to it go.
        seat: The reader's.
        leads_to: Address of the page the reader must go to; empty for as long as they may stay.
    """

    def __init__(
        self, receive: Receive, send: Send, seat: Seat, leads_to: Callable[[], str]
    ) -> None:
        self._receive, self._send, self._seat, self._leads_to = receive, send, seat, leads_to
        self._coming: asyncio.Future[Message] | None = None
        self._is_over = False

    async def carry(self, app: ASGIApp, scope: Scope) -> None:
        """Let an application use the socket."""
        try:
            await app(scope, self.receive, self.send)
        finally:
            if self._coming is not None:
                self._coming.cancel()

    async def receive(self) -> Message:
        """Return the next message; the end of the socket when the reader may not stay."""
        while True:
            if self._coming is None:
                self._coming = asyncio.ensure_future(self._receive())
            await asyncio.wait({self._coming}, timeout=_LOOK_SECONDS)
            if address := self._leads_to():
                self._is_over = True
                await lead_away(self._coming, self._receive, self._send, address)
                return {"type": "websocket.disconnect", "code": _GOING_AWAY}
            if self._coming.done():
                message, self._coming = self._coming.result(), None
                self._seat.active_at = time.monotonic()
                return message

    async def send(self, message: Message) -> None:
        """Send a message; none after the end."""
        if not self._is_over:
            await self._send(message)


async def turn_away(scope: Scope, receive: Receive, send: Send, address: str) -> None:
    """Lead away a browser whose socket is not open yet: a refusal it would not show to anybody."""
    await receive()
    offered = scope.get("subprotocols") or [None]
    await send({"type": "websocket.accept", "subprotocol": offered[0]})
    await lead_away(asyncio.ensure_future(receive()), receive, send, address)


async def lead_away(
    coming: "asyncio.Future[Message]", receive: Receive, send: Send, address: str
) -> None:
    """Tell a browser to go to another address, and close its socket.

    In the way of `st.login`, which sends a browser to its provider.
    """
    told = ForwardMsg()
    told.auth_redirect.url = address
    with suppress(RuntimeError, OSError):
        await send({"type": "websocket.send", "bytes": told.SerializeToString()})
        # Closed at once, it would first try to come back.
        with suppress(asyncio.TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                message = await coming
                while message["type"] != "websocket.disconnect":
                    message = await receive()
                return
        await send({"type": "websocket.close", "code": _GOING_AWAY})
