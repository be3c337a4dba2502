"""Every page, with anything in its address.

Here: pages rendered without a browser, with parameters that are changed.
Not here: what a page shows.
"""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.serve import PUBLISHED_VARIABLE, RELEASES_VARIABLE
from tests.dashboard.conftest import ADDRESSES, APP
from tests.dashboard.sample_publication import write_sample
from tests.operation.fuzz.mutate import changed_bytes
from tests.operation.fuzz.tried import Parser

# Names in an address, each with something that may stand there.
_ASKED: tuple[tuple[str, str], ...] = (
    *(("koppelvlak", "K13"), ("indicator", "triage_lead_time"), ("periode", "month")),
    *(("bereik", "all"), ("dimensie", "parket"), ("lid", "amsterdam"), ("maat", "median")),
    *(("fase", "triage"), ("punt", "triage_lead_time"), ("besluit", "BP0000001"), ("nieuw", "")),
    *(("taal", "en"), ("aanbeveling", "AB0000001"), ("vraag", "1"), ("thema", "capaciteit")),
    *(("rijen", "2"), ("status", "open"), ("a_periode", "2024"), ("b_koppelvlak", "K02")),
    *(("b_route", "direct"), ("klok", "net"), ("verloop", "B"), ("mijlpalen", "10")),
    *(("deel", "whole"), ("onderdeel", "parket"), ("maat_onderdeel", "median"), ("jaar", "2025")),
    *(("leveringen", "om"), ("sleutel", "case"), ("ronde", "2025"), ("release", "x")),
    *(("sql", "select 1"), ("vergelijk", "2026-K3.1"), ("signaal", "a")),
)  # fmt: skip


def pages(folder: Path) -> Parser:
    """The pages of all audiences, over the full-size sample."""
    write_sample(folder)
    audiences = sorted(path.name for path in folder.iterdir() if path.is_dir())
    # The first line names audience and page, the others a parameter each.
    seeds = tuple(
        f"{audience} {page}\n".encode()
        + "\n".join(f"{name}={value}" for name, value in _ASKED).encode()
        for audience in audiences
        for page in ADDRESSES
    )
    return Parser("pages, by their address", seeds, _render(folder), (), 1, _asked)


def _asked(random: Random, content: bytes) -> bytes:
    """A few of the parameters, of which some are changed."""
    where, *asked = content.split(b"\n")
    chosen = random.sample(asked, random.randint(1, 8))
    changed = []
    for parameter in chosen:
        name, _, value = parameter.partition(b"=")
        value = changed_bytes(random, value) if random.random() < 0.7 else value
        changed.append(name + b"=" + value.replace(b"\n", b" "))
    return b"\n".join([where, *changed])


def _render(folder: Path) -> Callable[[bytes], None]:
    def render(content: bytes) -> None:
        where, *asked = content.decode("utf-8", "replace").split("\n")
        audience, _, page = where.partition(" ")
        if page not in ADDRESSES or not (folder / audience).is_dir() or "\0" in audience:
            return
        os.environ[RELEASES_VARIABLE], os.environ[PUBLISHED_VARIABLE] = "", str(folder / audience)
        app = AppTest.from_file(str(APP), default_timeout=60)
        for parameter in asked:
            name, _, value = parameter.partition("=")
            if name:
                app.query_params[name] = value
        app._page_hash = calc_hash(ADDRESSES[page])
        app.run()
        if app.exception:
            raise AssertionError("; ".join(str(each.proto) for each in app.exception)[:600])

    return render
