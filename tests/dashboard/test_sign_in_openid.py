"""Signing in with OpenID Connect at a real provider on this machine: in, out, and refused."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.dashboard.browsing import DESK, TELEPHONE, Visit, port_of_its_own
from tests.dashboard.doors import Served, open_id, opened, write_home
from tests.dashboard.provider import READER, STRANGER, provider, sign_in
from tests.dashboard.published_fixture import write_tiny


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard whose readers sign in at a provider."""
    # On loopback the provider speaks without encryption.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        root = tmp_path_factory.mktemp("openid")
        write_tiny(root / "published" / "platform")
        port = port_of_its_own()
        with provider() as address:
            write_home(root / "home", open_id(address, port))
            with opened(root / "home", root / "published", port) as opened_at:
                yield opened_at


def text_of(answer: httpx.Response) -> str:
    return re.sub(r"<style>.*?</style>|<[^>]*>", " ", answer.text)


def test_signing_in_leads_back_to_the_page_that_was_asked_for(served):
    with httpx.Client() as browser:
        asked = browser.get(f"{served.address}/keten?taal=en")
        assert asked.status_code == 401
        assert "Sign in" in text_of(asked)

        back = sign_in(browser, served.address, READER)

        assert back.headers["location"] == "/keten?taal=en"
        assert browser.get(f"{served.address}/keten").status_code == 200
        session = [
            cookie
            for cookie in back.headers.get_list("set-cookie")
            if cookie.startswith("_streamlit_user")
        ]
        # Eight hours, as the settings say, and not the thirty days of the library.
        assert session
        assert all("Max-Age=28800" in cookie and "HttpOnly" in cookie for cookie in session)
    assert ("signed_in", "a.jansen", "", "") in served.logged


@pytest.mark.parametrize("wanted", ["//elders.example", "/\\elders.example", "https://elders"])
def test_nobody_is_led_to_another_site(served, wanted):
    with httpx.Client(cookies={"km_naar": wanted}) as browser:
        assert sign_in(browser, served.address, READER).headers["location"] == "/"


@pytest.mark.parametrize("kind", ["refused there", "a code of somebody else", "a made up answer"])
def test_an_answer_of_the_provider_that_signs_nobody_in_is_said_so(served, kind):
    with httpx.Client() as browser:
        to_login = browser.get(f"{served.address}/aanmelden").headers["location"]
        provider = browser.get(f"{served.address}{to_login}").headers["location"]
        given = {"action": "deny"} if kind == "refused there" else {"sub": READER}
        back = browser.post(provider, data=given).headers["location"]
        if kind == "a code of somebody else":
            back = re.sub(r"code=\w+", "code=x", back)
        if kind == "a made up answer":
            back = re.sub(r"state=\w+", "state=x", back)

        answer = browser.get(back)

        assert answer.headers["location"] == "/niet-aangemeld"
        assert "Aanmelden is niet gelukt" in text_of(
            browser.get(f"{served.address}/niet-aangemeld")
        )
        assert browser.get(f"{served.address}/keten").status_code == 401


def test_a_provider_that_does_not_answer_is_told_in_the_readers_language(tmp_path, capfd):
    write_tiny(tmp_path / "published" / "platform")
    port, nobody = port_of_its_own(), port_of_its_own()
    write_home(tmp_path / "home", open_id(f"http://localhost:{nobody}", port))
    with (
        opened(tmp_path / "home", tmp_path / "published", port) as served,
        httpx.Client(timeout=60) as browser,
    ):
        to_login = browser.get(f"{served.address}/aanmelden").headers["location"]

        led_to = browser.get(f"{served.address}{to_login}").headers["location"]
        answer = browser.get(f"{served.address}{led_to}")

        assert answer.status_code == 502
        assert "Wie u aanmeldt geeft geen antwoord" in text_of(answer)
    # To whoever looks after it: one line that says why.
    told = capfd.readouterr().err
    assert "All connection attempts failed" in told
    assert "Traceback" not in told


def test_who_signs_out_is_out_also_with_a_copy_of_the_cookies(served):
    with httpx.Client() as browser:
        sign_in(browser, served.address, READER)
        copy = httpx.Client(cookies=dict(browser.cookies))
        assert copy.get(f"{served.address}/keten").status_code == 200

        away = browser.get(f"{served.address}/auth/logout")

        assert "end_session" in away.headers["location"]
        assert copy.get(f"{served.address}/keten").status_code == 401
        copy.close()


def test_who_has_no_group_here_may_only_sign_out(served):
    with httpx.Client() as browser:
        sign_in(browser, served.address, STRANGER)

        page = browser.get(f"{served.address}/keten")

        assert page.status_code == 403
        assert "U bent aangemeld als d.visser" in text_of(page)
        assert browser.get(f"{served.address}/static/js/x.js").status_code == 403
        assert browser.get(f"{served.address}/auth/logout").status_code == 302
        assert browser.get(f"{served.address}/keten").status_code == 401
    assert ("refused", "d.visser", "", "group") in served.logged
    assert served.is_whole()


def test_no_secret_is_in_the_environment_the_log_or_a_file_of_others(served):
    secrets = [path.read_text().strip() for path in (served.home / "sign_in").glob("*_secret")]
    environment = Path(f"/proc/{served.pid}/environ").read_bytes().decode()
    command = Path(f"/proc/{served.pid}/cmdline").read_bytes().decode()
    kept = "".join(path.read_text() for path in (served.home / "access").iterdir())

    assert len(secrets) == 3
    assert not [secret for secret in secrets if secret in environment + command + kept]


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_a_reader_signs_in_reads_and_signs_out_and_a_stranger_is_refused(browser, served, size):
    visit = Visit(browser, served.address, size)
    tab = visit.tab
    try:
        tab.goto(f"{served.address}/definities")
        picture(tab, "aanmelden", size)
        tab.get_by_role("link", name="Aanmelden").click()
        tab.get_by_role("button", name=READER).click()
        visit.wait()
        assert tab.url.startswith(f"{served.address}/definities")
        assert "a.jansen" in tab.inner_text(".km-reader")
        picture(tab, "aangemeld", size)

        tab.get_by_role("link", name="Afmelden").click()
        tab.get_by_role("button", name="End session").click()
        tab.wait_for_selector("text=Meld u aan")

        tab.get_by_role("link", name="Aanmelden").click()
        tab.get_by_role("button", name=STRANGER).click()
        tab.wait_for_selector("text=Geen toegang")
        assert "U bent aangemeld als d.visser" in tab.inner_text("main")
        picture(tab, "geen_toegang", size)
        tab.get_by_role("link", name="English").click()
        tab.wait_for_selector("text=No access")
    finally:
        visit.close()


@pytest.mark.browser
def test_signing_out_in_one_tab_ends_the_page_in_another(browser, served):
    visit = Visit(browser, served.address)
    tab = visit.tab
    try:
        tab.goto(f"{served.address}/definities")
        tab.get_by_role("link", name="Aanmelden").click()
        tab.get_by_role("button", name=READER).click()
        visit.wait()
        other = visit.context.new_page()
        other.goto(f"{served.address}/auth/logout")

        # Without a click: who looks at it reads no figure any longer.
        tab.wait_for_selector("text=Meld u aan", timeout=30_000)
    finally:
        visit.close()


def picture(tab: Any, name: str, size: tuple[int, int]) -> None:
    """Keep a picture to look at, where somebody asked for it."""
    if folder := os.environ.get("KEEP_PICTURES"):
        tab.screenshot(path=f"{folder}/{name}__{size[0]}.png", full_page=True)
