"""Who looks at a page, and telling the access log what they look at and take away.

Here: the person the door let in, and the one way a page or a download reaches the log.
Not here: the door (`gate`). Called by the frame of a page, the choice of what a page is about, the
download button and the box for questions: a new page cannot forget it.
"""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from dashboard.access.gate import LOGOUT, VISITOR_HEADER
from dashboard.access.house import House, house
from pipelines.access.entry import Act, Event
from pipelines.access.log import AccessLogError
from pipelines.access.sign_in import Proxy

# Who looks at a dashboard of this machine alone.
LOCAL = "lokaal"
_LOOKED_AT = "looked_at"


@dataclass(frozen=True)
class Visitor:
    """Who looks.

    Attributes:
        name: As the access log names them.
        house: The door they came through.
    """

    name: str
    house: House

    @property
    def sign_out(self) -> str:
        """Where they sign out; empty where nobody signs in, or a proxy has no such place."""
        sign_in = self.house.sign_in
        if sign_in is None:
            return ""
        return sign_in.by.sign_out if isinstance(sign_in.by, Proxy) else f".{LOGOUT}"

    def tell(self, act: Act, page: str, about: str = "") -> None:
        """Tell the access log, before what is told of is shown.

        Raises:
            AccessLogError: It cannot be written, and people are signed in here: what nobody can
                account for is not shown.
        """
        if self.house.log is None:
            return
        try:
            self.house.log.add(Event(act, self.name, self.house.audience, page, about))
        except AccessLogError as error:
            sys.stderr.write(f"{error}\n")
            if self.house.sign_in is not None:
                raise


def visitor() -> Visitor | None:
    """Return who looks; None where people are signed in and this is nobody, or no longer."""
    own = house()
    if own.sign_in is None:
        return Visitor(LOCAL, own)
    try:
        told = json.loads(st.context.headers.get(VISITOR_HEADER, ""))
        if datetime.now(UTC) >= datetime.fromisoformat(told["until"]):
            return None
        return Visitor(str(told["person"]), own)
    except (ValueError, KeyError, TypeError):
        return None


def look(act: Act, page: str, about: str = "") -> None:
    """Tell the log that the reader looks at something, once for as long as they keep looking.

    Raises:
        AccessLogError: As `Visitor.tell`; also where there is nobody.
    """
    seen = st.session_state.setdefault(_LOOKED_AT, {})
    # Another page begins anew; on one page each choice that changes is told.
    if act is Act.page and seen.get(Act.page) != page:
        seen.clear()
    if seen.get(act) == (about or page):
        return
    present().tell(act, page, about)
    seen[act] = about or page


def present() -> Visitor:
    """Return who looks, on a page that is being made.

    Raises:
        AccessLogError: Nobody does any more.
    """
    somebody = visitor()
    if somebody is None:
        raise AccessLogError("niemand is aangemeld; meld opnieuw aan")
    return somebody
