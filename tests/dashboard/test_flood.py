"""Sixty readers at once: each gets a page or is told that it is busy, and the dashboard stays up.

Readers are as the browser is one, over the socket, without a browser.
"""

import asyncio
import os
import re
from collections import Counter
from pathlib import Path

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash

from dashboard import serve
from tests.bench.pages import Reader, reading
from tests.dashboard.browsing import port_of_its_own
from tests.dashboard.conftest import ADDRESSES
from tests.dashboard.doors import opened, write_home
from tests.examples import as_many

READERS = as_many(20, 60)
SEATS = as_many(8, 40)
PAGE, BUSY = "page", "busy"
# Whoever waits longer has gone.
PATIENCE = 120.0


async def shown(reader: Reader, page: str) -> str:
    """What comes of asking for a page over a socket."""
    asked = BackMsg()
    asked.rerun_script.page_script_hash = calc_hash(page)
    await reader.socket.send(asked.SerializeToString())
    has_foot = False
    async for received in reader.socket:
        assert isinstance(received, bytes)
        message = ForwardMsg.FromString(received)
        kind = message.WhichOneof("type")
        if kind == "auth_redirect":
            return BUSY if message.auth_redirect.url == "/druk" else message.auth_redirect.url
        if kind == "delta":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                return f"fault: {element.exception.type}"
            if "te veel mensen" in element.html.body:
                return BUSY
            has_foot = has_foot or "km-foot" in element.html.body
        if kind == "script_finished":
            return PAGE if has_foot else "half a page"
    return "closed without a word"


async def read(client: httpx.AsyncClient, address: str, page: str, stays: asyncio.Event) -> str:
    """Read a page as a browser does, and stay until everybody was answered."""
    document = await client.get(f"{address}/{page}")
    if document.status_code == 503:
        is_told = "Te druk" in document.text and document.headers["retry-after"] == "60"
        return BUSY if is_told else "busy without a word"
    if document.status_code != 200:
        return f"status {document.status_code}"
    async with reading(address) as reader:
        met = await shown(reader, page)
        if met == PAGE:
            await stays.wait()
        return met


async def flood(address: str, pages: list[str]) -> Counter[str]:
    """Let everybody come at once."""
    stays = asyncio.Event()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=PATIENCE, limits=limits) as client:
        readers = [
            asyncio.create_task(read(client, address, pages[number % len(pages)], stays))
            for number in range(READERS)
        ]
        # Those with a page keep their seat; the others are answered meanwhile.
        async with asyncio.timeout(PATIENCE):
            while sum(reader.done() for reader in readers) < READERS - SEATS:
                await asyncio.sleep(0.2)
        stays.set()
        async with asyncio.timeout(PATIENCE):
            return Counter(await asyncio.gather(*readers))


@pytest.mark.long
def test_a_flood_of_readers_meets_pages_and_a_page_that_says_it_is_busy(sample_root, tmp_path):
    write_home(tmp_path / "home", f"readers = {SEATS}\n")
    port = port_of_its_own()
    with opened(tmp_path / "home", sample_root, port) as served:
        pages = [ADDRESSES[name] for name in ("chain", "handoff", "definitions", "data_quality")]

        answers = asyncio.run(flood(served.address, pages))

        status = Path(f"/proc/{served.pid}/status").read_text("utf-8")
        memory_mib = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
        print(f"{READERS} readers, {SEATS} seats: {dict(answers)}; {memory_mib:.0f} MiB")
        assert set(answers) == {PAGE, BUSY}
        assert SEATS / 2 <= answers[PAGE] <= SEATS
        assert memory_mib < 2_048
        # And whoever comes next is served as if nothing was.
        assert serve.is_answering(port)
        assert httpx.get(served.address).status_code == 200
        assert served.is_whole()
        assert len(served.logged) >= SEATS
        os.kill(served.pid, 0)
