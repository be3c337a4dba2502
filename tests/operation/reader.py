"""A reader of dashboards, as a program: every page in turn, again and again, for some seconds.

Here: what runs where only the dashboards are, since a test does not (`watching.only_loopback`).
Not here: how a page is asked for (`tests.bench.pages`).

`python -m tests.operation.reader SECONDS ADDRESS…` prints how many pages it was shown of each;
with `--sign-in` before that, it signs in first.
"""

import asyncio
import sys
import time

import httpx

from tests.bench.pages import PAGES, reading
from tests.dashboard.provider import READER, sign_in


def signed_in(address: str) -> str:
    """Sign in at the provider of a dashboard; returns the cookies of the session."""
    with httpx.Client(timeout=120) as browser:
        sign_in(browser, address, READER)
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


async def read(address: str, cookies: str, seconds: float) -> int:
    """Read every page once at least; returns how many were shown.

    Raises:
        RuntimeError: A page failed.
    """
    end = time.monotonic() + seconds
    n_shown = 0
    async with reading(address, cookies) as reader:
        while True:
            for page in PAGES:
                shown = await reader.open(page)
                if shown.failures:
                    raise RuntimeError(f"{page}: {shown.failures}")
                n_shown += shown.is_there
            if time.monotonic() > end:
                return n_shown


async def read_all(addresses: list[str], seconds: float, *, is_signed_in: bool) -> None:
    """Read several dashboards at once."""
    cookies = [signed_in(address) if is_signed_in else "" for address in addresses]
    told = await asyncio.gather(
        *(read(*each, seconds) for each in zip(addresses, cookies, strict=True))
    )
    for n_shown in told:
        print(n_shown)


if __name__ == "__main__":
    *options, seconds = (word for word in sys.argv[1:] if "://" not in word)
    given = [word for word in sys.argv[1:] if "://" in word]
    asyncio.run(read_all(given, float(seconds), is_signed_in="--sign-in" in options))
