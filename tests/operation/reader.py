"""A reader of dashboards, as a program: every page in turn, again and again, for some seconds.

Here: what runs where only the dashboards are, since a test does not (`watching.only_loopback`).
Not here: how a page is asked for (`tests.bench.pages`).

`python -m tests.operation.reader SECONDS ADDRESS…` prints how many pages it was shown.
"""

import asyncio
import sys
import time

from tests.bench.pages import PAGES, reading


async def read(address: str, seconds: float) -> int:
    """Read every page once at least; returns how many were shown.

    Raises:
        RuntimeError: A page failed.
    """
    end = time.monotonic() + seconds
    n_shown = 0
    async with reading(address) as reader:
        while True:
            for page in PAGES:
                shown = await reader.open(page)
                if shown.failures:
                    raise RuntimeError(f"{page}: {shown.failures}")
                n_shown += shown.is_there
            if time.monotonic() > end:
                return n_shown


async def read_all(addresses: list[str], seconds: float) -> None:
    """Read several dashboards at once."""
    for n_shown in await asyncio.gather(*(read(address, seconds) for address in addresses)):
        print(n_shown)


if __name__ == "__main__":
    asyncio.run(read_all(sys.argv[2:], float(sys.argv[1])))
