"""What pages cost: processor per page, click and download, and twenty readers at once.

Here: readers as the browser is one, over the websocket of a served dashboard, without a browser.
Not here: what a page shows (`tests/dashboard`).

`make bench-pages` does it for the publications of the last build. Processor time is that of the
server alone, which hardly depends on what else the machine does. What twenty readers wait for does:
on a busy machine it is no measure.
"""

import argparse
import asyncio
import os
import random
import re
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.util import calc_hash
from websockets.asyncio.client import ClientConnection, connect

from pipelines.settings import DEFAULT_PORTS, load_settings
from tests.bench.measure import Measurement
from tests.dashboard.browsing import started

FRESH_SECONDS, CLICK_SECONDS, DOWNLOAD_SECONDS = 1.0, 0.3, 5.0
"""The most a fresh page, a click and a download may take, for a single reader."""
READERS, CLICKS = 20, 10
TIMES_SINGLE, SESSION_MIB = 3.0, 25.0
# Between two clicks a reader looks at what came: seconds, from and to.
_LOOKS = (4.0, 12.0)
# Whoever hears nothing for so long will hear nothing any more.
_LONGEST = 60.0
_APP = Path(__file__).parents[2] / "dashboard" / "app.py"
# Name and address of every page; importing the app would run it.
PAGES = dict(re.findall(r'Entry\("\w*", "(\w+)", "([\w-]*)"', _APP.read_text(encoding="utf-8")))
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Choice:
    """A picker, the part of the page it makes anew, and the states it can be set to."""

    label: str
    fragment: str
    states: Sequence[WidgetState]


@dataclass
class Shown:
    """What a page sent: pickers with another option, files by label, and failures by type."""

    choices: list[Choice] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    page: str = ""

    def hear(self, message: ForwardMsg) -> None:
        """Take in one message of the server."""
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.page = message.navigation.page_script_hash
        if kind != "delta" or message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        name = str(element.WhichOneof("type"))
        own = getattr(element, name)
        if name == "exception":
            self.failures.append(own.type)
        elif name == "download_button" and own.deferred_file_id:
            self.files[f"{own.label} ({len(self.files)})"] = own.deferred_file_id
        elif name in {"selectbox", "button_group"} and not own.form_id:
            states = _states(name, own)
            if states:
                self.choices.append(Choice(own.label, message.delta.fragment_id, states))


def _states(name: str, widget: Any) -> list[WidgetState]:
    """The states of a picker that differ from the one in which it comes."""
    states = []
    for place, option in enumerate(widget.options):
        text = option if name == "selectbox" else option.content
        state = WidgetState(id=widget.id)
        if name == "selectbox":
            if place == widget.default or text == widget.raw_value:
                continue
            state.string_value = text
        else:
            if place in widget.default or text in widget.raw_values:
                continue
            state.string_array_value.data.append(text)
        states.append(state)
    return states


class Reader:
    """One browser tab: it asks for a page, sets widgets, and hears when that is complete."""

    def __init__(self, socket: ClientConnection, address: str) -> None:
        self.socket, self.address = socket, address
        self.states: dict[str, WidgetState] = {}
        self.page = ""
        self.session = ""

    async def open(self, page: str) -> Shown:
        """Ask for a page as who comes in from elsewhere."""
        self.states, self.page = {}, page
        return await self._run()

    async def choose(self, choice: Choice, state: WidgetState) -> Shown:
        """Set a picker."""
        self.states[state.id] = state
        return await self._run(choice.fragment)

    async def download(self, file_id: str) -> int:
        """Have a file made and read it; returns its size."""
        asked = BackMsg()
        asked.backend_operation_request.request_id = file_id
        asked.backend_operation_request.session_id = self.session
        asked.backend_operation_request.deferred_file.file_id = file_id
        await self.socket.send(asked.SerializeToString())
        while True:
            message = await self._hear()
            if message.WhichOneof("type") == "backend_operation_response":
                response = message.backend_operation_response
                if response.error_msg:
                    raise RuntimeError(response.error_msg)
                url = f"{self.address}{response.deferred_file.url}"
                return await asyncio.to_thread(_size_of, url)

    async def _run(self, fragment: str = "") -> Shown:
        asked = BackMsg()
        asked.rerun_script.page_script_hash = self._hash()
        asked.rerun_script.widget_states.widgets.extend(self.states.values())
        asked.rerun_script.fragment_id = fragment
        await self.socket.send(asked.SerializeToString())
        shown = Shown()
        while True:
            message = await self._hear()
            if message.WhichOneof("type") == "script_finished":
                return shown
            if message.WhichOneof("type") == "new_session":
                self.session = message.new_session.initialize.session_id
            shown.hear(message)

    def is_on(self, shown: Shown) -> bool:
        """Whether what was sent is the page that was asked for: what is not there is the home."""
        return shown.page == self._hash()

    def _hash(self) -> str:
        return str(calc_hash(PAGES[self.page] or self.page))

    async def _hear(self) -> ForwardMsg:
        try:
            async with asyncio.timeout(_LONGEST):
                received = await self.socket.recv()
        except TimeoutError:
            raise RuntimeError(f"{self.page}: nothing came for {_LONGEST:.0f} s") from None
        assert isinstance(received, bytes)
        return ForwardMsg.FromString(received)


def _size_of(url: str) -> int:
    with urlopen(url) as opened:
        return len(opened.read())


@asynccontextmanager
async def reading(address: str, cookies: str = "") -> AsyncIterator[Reader]:
    """Open a tab on a dashboard, for as long as it is needed; with the cookies of a session."""
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(
        url,
        max_size=None,
        open_timeout=60,
        subprotocols=["streamlit"],  # type: ignore[list-item]
        origin=address,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookies} if cookies else None,
    ) as socket:
        yield Reader(socket, address)


@dataclass
class Server:
    """The process of a dashboard, as the system sees it."""

    process: int

    def processor(self) -> float:
        """Seconds of processor it took until now."""
        fields = Path(f"/proc/{self.process}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mib(self) -> float:
        """Memory it has in use now."""
        pages = int(Path(f"/proc/{self.process}/statm").read_text("utf-8").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    @contextmanager
    def timed(self, took: list[float]) -> Iterator[None]:
        """Add the seconds of processor of a block to a list."""
        before = self.processor()
        yield
        took.append(self.processor() - before)


async def single(address: str, server: Server, say: Callable[[str], None]) -> list[float]:
    """Let one reader open every page, click on every picker and take every file.

    Returns:
        Seconds on the clock of each click.
    """
    waited: list[float] = []
    async with reading(address) as reader:
        await reader.open(next(iter(PAGES)))
        for page in PAGES:
            fresh: list[float] = []
            with server.timed(fresh):
                shown = await reader.open(page)
            if not reader.is_on(shown):
                continue
            if shown.failures:
                raise RuntimeError(f"{page}: {shown.failures}")
            say(str(Measurement(f"{page}: fresh", fresh[0], limit=FRESH_SECONDS)))
            clicks: dict[str, list[float]] = {}
            for choice in shown.choices:
                for state in (choice.states[0], choice.states[-1]):
                    await reader.open(page)
                    start = time.monotonic()
                    with server.timed(clicks.setdefault(choice.label, [])):
                        await reader.choose(choice, state)
                    waited.append(time.monotonic() - start)
            for label, took in clicks.items():
                say(str(Measurement(f"{page}: {label}", max(took), limit=CLICK_SECONDS)))
            await _take_files(reader, page, say)
    return waited


async def _take_files(reader: Reader, page: str, say: Callable[[str], None]) -> None:
    shown = await reader.open(page)
    slowest, size = ("", 0.0), 0
    for label, file_id in shown.files.items():
        start = time.monotonic()
        size = max(size, await reader.download(file_id))
        slowest = max(slowest, (label, time.monotonic() - start), key=lambda each: each[1])
    if shown.files:
        name = f"{page}: slowest of {len(shown.files)} files, {slowest[0]}"
        say(str(Measurement(name, slowest[1], limit=DOWNLOAD_SECONDS)))


async def at_once(address: str, server: Server, seed: int) -> tuple[list[float], float]:
    """Let twenty readers read at once, each on a page of its own choice.

    Returns:
        Seconds on the clock of each click, and memory per session in MiB.
    """
    before, drawn = server.memory_mib(), random.Random(seed)
    readers = [random.Random(drawn.random()) for _ in range(READERS)]
    each = await asyncio.gather(*(_read(address, own) for own in readers))
    waited = [seconds for own, _ in each for seconds in own]
    # The readers leave only when all are done: their sessions are all in memory now.
    memory = (server.memory_mib() - before) / READERS
    for _, leave in each:
        await leave()
    return waited, memory


async def _read(address: str, drawn: random.Random) -> tuple[list[float], Callable[[], Any]]:
    opened = reading(address)
    reader = await opened.__aenter__()
    shown, waited = Shown(), []
    while not (shown.choices and reader.is_on(shown)):
        shown = await reader.open(drawn.choice(list(PAGES)))
    for _ in range(CLICKS):
        await asyncio.sleep(drawn.uniform(*_LOOKS))
        choice = drawn.choice(shown.choices)
        start = time.monotonic()
        anew = await reader.choose(choice, drawn.choice(list(choice.states)))
        waited.append(time.monotonic() - start)
        # A whole page that is made anew may have lost some of its pickers: nobody clicks on those.
        shown = shown if choice.fragment or not anew.choices else anew
    return waited, lambda: opened.__aexit__(None, None, None)


def measure(
    published: Path, releases: Path, audience: str, say: Callable[[str], None], *, crowd: bool
) -> None:
    """Measure the pages of one audience and print each figure."""
    own = releases if audience == "advisory" and releases.is_dir() else None
    with started(published, audience, releases=own) as (address, process):
        server = Server(process)
        say(f"\n{audience}")
        alone = asyncio.run(single(address, server, say))
        if not crowd or not alone:
            return
        waited, memory = asyncio.run(at_once(address, server, seed=1))
        median, p95 = statistics.median(alone), statistics.quantiles(waited, n=20)[-1]
        say(str(Measurement("a click, one reader: median on the clock", median)))
        say(str(Measurement(f"a click, {READERS} readers: median", statistics.median(waited))))
        say(str(Measurement(f"a click, {READERS} readers: p95", p95, limit=TIMES_SINGLE * median)))
        say(str(Measurement("memory per session", memory, "MiB", SESSION_MIB)))


def main() -> None:
    """Print what the pages of the last build cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audiences", nargs="*", default=list(DEFAULT_PORTS))
    parser.add_argument("--single", action="store_true", help="without the twenty readers")
    arguments = parser.parse_args()
    settings = load_settings()
    for audience in arguments.audiences:
        measure(
            settings.published_dir, settings.releases_dir, audience, print,
            crowd=not arguments.single,
        )  # fmt: skip


if __name__ == "__main__":
    main()
