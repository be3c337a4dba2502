"""A provider of OpenID Connect on this machine, and how somebody signs in at it.

Here: its two people; as a context for tests, and as a program for where a test does not run
(`watching.only_loopback`). Not here: any test.

`python -m tests.dashboard.provider PORT` goes on until it is stopped.
"""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import oidc_provider_mock
from werkzeug.serving import BaseWSGIServer, make_server

READER, STRANGER = "u-4711", "u-4712"
CLAIMS = {
    READER: {"preferred_username": "a.jansen", "groups": ["iedereen", "km-platform"]},
    STRANGER: {"preferred_username": "d.visser", "groups": ["iedereen", "km-onderzoek"]},
}


def _server(port: int) -> BaseWSGIServer:
    people = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in CLAIMS.items()]
    app = oidc_provider_mock.app(user_claims=people)

    # Its own pages ask somebody outside for their looks.
    @app.after_request
    def plain(answer: Any) -> Any:
        if answer.mimetype == "text/html":
            answer.set_data(re.sub(r"<link[^>]*>", "", answer.get_data(as_text=True)))
        return answer

    return make_server("localhost", port, app, threaded=True)


@contextmanager
def provider() -> Iterator[str]:
    """A provider for as long as it is needed: its address."""
    server = _server(0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def sign_in(browser: httpx.Client, address: str, sub: str) -> httpx.Response:
    """Go from the page to sign in to the provider and back, as a browser does."""
    to_login = browser.get(f"{address}/aanmelden").headers["location"]
    provider = browser.get(f"{address}{to_login}").headers["location"]
    back = browser.post(provider, data={"sub": sub}).headers["location"]
    return browser.get(back)


if __name__ == "__main__":
    _server(int(sys.argv[1])).serve_forever()
