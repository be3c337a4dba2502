"""Every page, figure, question and file of a dashboard is in the access log, and no value is.

The log is told in four shared places; no page may go around them.
"""

import ast
import errno
import os
from pathlib import Path
from typing import Any

import pytest

from dashboard.access.house import AUDIENCE_VARIABLE, HOME_VARIABLE
from pipelines.access import log as log_module
from pipelines.access.entry import Act
from pipelines.access.secrets import CLIENT, COOKIE, make_secret
from pipelines.access.verification import entries_of, verify
from tests.dashboard.conftest import ADDRESSES, Rendered
from tests.dashboard.doors import open_id, write_home

DASHBOARD = Path(__file__).parents[2] / "dashboard"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an access log, whose dashboard serves this machine alone."""
    monkeypatch.setenv(AUDIENCE_VARIABLE, "platform")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def told(home: Path) -> list[tuple[Act, str, str, str]]:
    events = [entry.event for entry in entries_of(home / "access")]
    return [(event.act, event.person, event.page, event.about) for event in events]


def test_a_page_and_the_figure_it_is_about_are_told(render, tiny, home):
    render(tiny, "indicator", indicator="triage_lead_time_share")
    page, figure, *_ = told(home)

    assert page == (Act.page, "lokaal", "indicator", "")
    assert figure[:3] == (Act.figure, "lokaal", "indicator")
    assert verify(home / "access").problems == []


def test_what_a_reader_types_into_an_address_is_not(render, tiny, home):
    render(tiny, "indicator", indicator="Jan de Vries", periode="123456782")

    kept = "".join(path.read_text("utf-8") for path in (home / "access").iterdir())
    assert "Jan" not in kept
    assert "123456782" not in kept


@pytest.mark.parametrize("page", ["chain", "definitions", "data_quality"])
def test_who_goes_on_looking_is_told_once(render, tiny, home, page):
    shown = render(tiny, page)
    shown.app.run()

    assert [event[0] for event in told(home)].count(Act.page) == 1
    assert told(home)[0][2] == ADDRESSES[page]


# --- nobody goes around it -----------------------------------------------------------------------


def uses(name: str) -> set[str]:
    """Files of the dashboard that name something of Streamlit's."""
    return {
        str(path.relative_to(DASHBOARD))
        for path in DASHBOARD.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Constant) and node.value == f"st.{name}")
    }


def test_a_file_leaves_by_one_button_only():
    assert uses("download_button") == {"components/download.py"}
    # Nor by another way that carries a file to a browser.
    assert uses("link_button") | uses("audio") | uses("video") | uses("pdf") == set()


def test_a_page_begins_in_one_place_only():
    callers = {
        str(path.relative_to(DASHBOARD))
        for path in DASHBOARD.rglob("*.py")
        if "look(Act.page" in path.read_text("utf-8")
    }
    assert callers == {"components/page.py"}
    assert uses("navigation") == {"app.py"}


def test_a_question_is_told_before_it_is_asked():
    asking = [
        path for path in DASHBOARD.rglob("*.py") if "Question(page" in path.read_text("utf-8")
    ]
    assert [path.name for path in asking] == ["question.py"]
    text = asking[0].read_text("utf-8")
    assert text.index("tell(Act.question, page.address)") < text.index("Question(page")


# --- no line, no page ----------------------------------------------------------------------------


@pytest.fixture
def signed_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, where people are signed in: here, by the door of a server that is not there."""
    write_home(home, open_id("http://localhost:1", 8502))
    for name in (COOKIE, CLIENT):
        make_secret(home / "sign_in", name)
    return home


def as_visitor(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    from dashboard.access import visitor as module
    from dashboard.access.gate import VISITOR_HEADER

    class Context:
        """What the door tells of a reader."""

        headers: dict[str, str] = {VISITOR_HEADER: value}  # noqa: RUF012
        url = ""

    class Streamlit:
        """Streamlit, but for that."""

        context = Context()

        def __getattr__(self, name: str) -> Any:
            import streamlit

            return getattr(streamlit, name)

    monkeypatch.setattr(module, "st", Streamlit())


SOMEBODY = '{"person": "a.jansen", "until": "2999-01-01T00:00:00+00:00"}'


def test_who_is_signed_in_is_named_on_the_page_and_in_the_log(render, tiny, signed_in, monkeypatch):
    as_visitor(monkeypatch, SOMEBODY)

    shown = render(tiny, "chain")

    assert "a.jansen" in shown.text
    assert 'href="./auth/logout"' in shown.html
    assert told(signed_in)[0][:2] == (Act.page, "a.jansen")


@pytest.mark.parametrize(
    "visitor",
    ["", "{}", "niets", '{"person": "a.jansen", "until": "2020-01-01T00:00:00+00:00"}'],
    ids=["nobody", "empty", "garbage", "over"],
)
def test_where_people_sign_in_a_page_of_nobody_reads_nothing(tiny, signed_in, monkeypatch, visitor):
    from streamlit.testing.v1 import AppTest

    from dashboard import publication
    from dashboard.serve import PUBLISHED_VARIABLE

    as_visitor(monkeypatch, visitor)
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(tiny))
    monkeypatch.setattr(publication, "_connection", lambda _: pytest.fail("was read"))
    app = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=60)
    app.run()

    shown = Rendered(app)
    assert "Uw sessie is verlopen" in shown.text
    assert "km-strip" not in shown.html
    assert told(signed_in) == []


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(log_module.os, "write", full)


def test_without_a_line_in_the_log_no_page_is_shown_to_who_signs_in(tiny, signed_in, monkeypatch):
    from streamlit.testing.v1 import AppTest

    from dashboard.serve import PUBLISHED_VARIABLE

    as_visitor(monkeypatch, SOMEBODY)
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(tiny))
    full_disk(monkeypatch)
    app = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=60)
    app.run()

    shown = Rendered(app)
    assert "het toegangslogboek kan niet worden geschreven" in shown.text
    assert "km-strip" not in shown.html
    assert "km-entries" not in shown.html


def test_on_this_machine_alone_the_page_is_shown_and_the_fault_told_to_who_runs_it(
    render, tiny, home, monkeypatch, capfd
):
    full_disk(monkeypatch)

    assert "km-strip" in render(tiny, "chain").html
    assert "maak ruimte op de schijf" in capfd.readouterr().err


def test_a_download_is_told_before_it_is_made(home, tiny, render):
    from dashboard.access.visitor import present
    from dashboard.components.download import _made

    render(tiny, "chain")
    before = len(told(home))
    made: list[int] = []

    def make() -> bytes:
        made.append(len(told(home)))
        return b"rijen"

    assert _made(present(), Act.rows, "onderzoekers", "handoff.csv", make) == b"rijen"
    assert made == [before + 1]
    assert told(home)[-1] == (Act.rows, "lokaal", "onderzoekers", "handoff.csv")
