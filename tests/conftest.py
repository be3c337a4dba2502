"""What every test stands on: no contact with any host, a state of its own, Chromium or a reason.

Here: only that. A fixture for one subject lives in the conftest of its own folder.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pipelines.settings import ENVIRONMENT_PREFIX, offline_environment

# Beginnings of the names of variables that set something of the monitor or of what it runs on.
SETTINGS = (ENVIRONMENT_PREFIX, "DAGSTER_", "DBT_", "STREAMLIT_")
# Variables by which lines on a terminal get a width or colours.
TERMINAL = frozenset(
    {"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "COLORTERM"}
    | {"TTY_COMPATIBLE", "TTY_INTERACTIVE", "TERMINAL_WIDTH", "GITHUB_ACTIONS"}
)
# Debian's name first; the others are what it is called elsewhere.
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> Path | None:
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return Path(found) if found else None


def pytest_configure() -> None:
    # How long one example takes says how busy the machine is.
    settings.register_profile("any_machine", deadline=None)
    settings.load_profile("any_machine")
    # The developer's own settings must not decide what a test sees.
    for name in [name for name in os.environ if name.startswith(SETTINGS) or name in TERMINAL]:
        del os.environ[name]
    os.environ.update(offline_environment())
    # dbt is looked for on the path, also when pytest is called without the environment activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def _how_late(item: pytest.Item, slow: set[Path]) -> int:
    """What takes longest first, or one process works on when all others are done."""
    if "published_chain" in getattr(item, "fixturenames", ()):
        return 0
    return 1 if item.path in slow else 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: _how_late(item, slow))
    # In CI a missing browser is a failure, not a reason to test less.
    if os.environ.get("CI") or find_chromium():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(
                pytest.mark.skip(reason="no Chromium; Debian: apt-get install chromium")
            )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of one published chain run in one process, those of warehouses, and those of one file.

    Building a chain takes half a minute, and what dbt reads of its project serves every warehouse.
    xdist's own groups are ignored with pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByChain(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            together = re.search(r"\[.*?(seed_\d+)|^(tests/warehouse)/", nodeid)
            return together[1] or together[2] if together else nodeid.partition("::")[0]

    return ByChain(config, log)


@pytest.fixture(scope="session", autouse=True)
def _state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A test that forgets to choose a home never touches the developer's own `var`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"{ENVIRONMENT_PREFIX}HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser to hand to Playwright as `executable_path`."""
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium; Debian: apt-get install chromium")
    return path
