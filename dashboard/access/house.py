"""What a dashboard process was told of its door: whose it is, who signs people in, which log.

Here: reading that, once a process.
Not here: telling it (`dashboard.serve`), and what the door does with it (`gate`, `visitor`).
"""

import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pipelines.access.log import AccessLog
from pipelines.access.secrets import CLIENT, COOKIE, PROXY, read_secret
from pipelines.access.sign_in import Method, OpenId, SignIn
from pipelines.settings import DEFAULT_READERS, load_settings

# Whose dashboard a process is, where it keeps an access log; without, it serves this machine alone.
AUDIENCE_VARIABLE = "KWALITEITSMONITOR_AUDIENCE"
HOME_VARIABLE = "KWALITEITSMONITOR_HOME"


@dataclass(frozen=True)
class House:
    """The door of one process.

    Attributes:
        audience: Whose dashboard it is.
        sign_in: How people are signed in; None where whoever is on this machine may look.
        log: The access log; None where there is none, which is never with a `sign_in`.
        secrets: Folder of the secrets, and of the sessions that were ended.
        readers: How many may look at once.
    """

    audience: str = ""
    sign_in: SignIn | None = None
    log: AccessLog | None = None
    secrets: Path = Path()
    readers: int = DEFAULT_READERS

    @property
    def address(self) -> str | None:
        """Where a browser finds this dashboard, where people are signed in."""
        return self.sign_in.addresses.get(self.audience) if self.sign_in else None

    @cached_property
    def secret(self) -> str:
        """What signs sessions, or what the proxy knows and nobody else."""
        is_openid = self.sign_in is not None and self.sign_in.method is Method.openid
        return read_secret(self.secrets, COOKIE if is_openid else PROXY)

    def streamlit_secrets(self) -> dict[str, Any]:
        """Return what `st.login` needs; nothing where nobody signs in with OpenID Connect."""
        if self.sign_in is None or not isinstance(self.sign_in.by, OpenId):
            return {}
        by = self.sign_in.by
        return {
            "auth": {
                "redirect_uri": f"{self.address}/oauth2callback",
                "cookie_secret": self.secret,
                "client_id": by.client,
                "client_secret": read_secret(self.secrets, CLIENT),
                "server_metadata_url": by.provider,
                "client_kwargs": {"scope": by.scope},
            }
        }


def house() -> House:
    """Return the door of this process."""
    audience = os.environ.get(AUDIENCE_VARIABLE, "")
    return _house(audience, os.environ.get(HOME_VARIABLE, "")) if audience else House()


@cache
def _house(audience: str, _home: str) -> House:
    settings = load_settings()
    return House(
        audience,
        settings.sign_in,
        AccessLog(settings.access_dir),
        settings.sign_in_dir,
        settings.readers,
    )
