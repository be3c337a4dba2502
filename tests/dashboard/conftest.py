"""Published files the tests of the dashboard share, and a page rendered without a browser.

Here: fixtures only. Not here: what is in the files (`published_fixture`, `sample_publication`), and
how a dashboard is served and read (`browsing`).
"""

import hashlib
import lzma
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.serve import PUBLISHED_VARIABLE, RELEASES_VARIABLE
from pipelines.releases.ledger import LEDGER
from tests.dashboard.browsing import FLAGS, hear_contacts, is_outside
from tests.dashboard.published_fixture import write_publication, write_tiny
from tests.dashboard.sample_publication import write_sample
from tests.dashboard.sample_rows import researcher_tables
from tests.made_once import made_once

# As the package on npm has it (axe-core 4.14.1, axe.min.js); its licence (MPL-2.0) lies beside it.
AXE = Path(__file__).parent / "axe" / "axe.min.js.xz"
AXE_INTEGRITY = "sha256-KTSJmUUM3yhJqOcLeRL8LahahJ2jnA0NU5T1HUqe2Vw="
APP = Path(__file__).parents[2] / "dashboard" / "app.py"
# Address of each page by the name of its file, as the navigation has them; importing it runs it.
ADDRESSES = dict(re.findall(r'Entry\("\w*", "(\w+)", "([\w-]*)"', APP.read_text(encoding="utf-8")))


class Rendered:
    """A page as it was rendered: its elements, and all its own markup as one text."""

    def __init__(self, app: AppTest) -> None:
        self.app = app
        self.html = "\n".join(element.proto.body for element in app.get("html"))

    @property
    def text(self) -> str:
        """The markup without tags."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.html))


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the full-size sample of the three audiences."""
    return made_once(tmp_path_factory, "sample", write_sample)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the tiny publication of the platform; who changes one writes its own."""
    folder = tmp_path_factory.mktemp("tiny") / "platform"
    write_tiny(folder)
    return folder


@pytest.fixture(scope="session")
def researcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the tiny publication of the researcher, with rows of cases."""
    folder = tmp_path_factory.mktemp("rows") / "researcher"
    write_publication(folder, researcher_tables(), "tiny")
    return folder


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    """Chromium, for one file: its event loop must not outlive the tests that need it."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script that judges whether everybody can read a page."""
    source = lzma.decompress(AXE.read_bytes())
    assert f"sha256-{b64encode(hashlib.sha256(source).digest()).decode()}" == AXE_INTEGRITY
    return source.decode("utf-8")


@pytest.fixture(scope="module")
def asked(browser: Any) -> list[str]:
    """Every address that pages of that browser asked for since the test before."""
    addresses: list[str] = []
    hear_contacts(browser, addresses)
    return addresses


@pytest.fixture(autouse=True)
def _nobody_outside_is_asked(request: pytest.FixtureRequest) -> Iterator[None]:
    """No page that a test opens asks for anything from outside, whatever the test is about."""
    if "browser" not in request.fixturenames:
        yield
        return
    addresses = request.getfixturevalue("asked")
    yield
    outside = [address for address in addresses if is_outside(address)]
    addresses.clear()
    assert outside == []


@pytest.fixture(scope="session", autouse=True)
def _packages_read_once() -> Iterator[None]:
    """Streamlit looks for components in every installed package, at every page of every test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner,
            "scan_component_manifests",
            cache(manifest_scanner.scan_component_manifests),
        )
        yield


@pytest.fixture
def render(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Rendered]]:
    """Render a page of a published folder or one of releases, with parameters in its address.

    `sent_on` is the page the reader is sent on to, where what was asked for stands on another.
    """

    def make(
        folder: Path, page: str = "chain", *, sent_on: str = "", **parameters: str
    ) -> Rendered:
        is_of_releases = (folder / LEDGER).is_file()
        monkeypatch.setenv(RELEASES_VARIABLE, str(folder) if is_of_releases else "")
        monkeypatch.setenv(PUBLISHED_VARIABLE, "" if is_of_releases else str(folder))
        app = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in parameters.items():
            app.query_params[name] = value
        # Streamlit knows a page by a hash of its address. Asked for at once, as a browser does: to
        # switch to it means to render the home first.
        app._page_hash = calc_hash(ADDRESSES[page])
        app.run()
        assert not app.exception, app.exception
        arrived = calc_hash(ADDRESSES[sent_on or page])
        assert app._finished_page_script_hash == arrived, f"no page {sent_on or page}"
        return Rendered(app)

    yield make
