"""What is refused before a dashboard is opened: each in one Dutch line that names the remedy."""

import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dashboard import serve
from dashboard.access.opening import refuse_to_open
from pipelines.access.secrets import CLIENT, COOKIE, PROXY, SecretError, make_secret, read_secret
from pipelines.cli import app
from pipelines.settings import CONFIG_FILE_NAME, SettingsError, load_settings

OPENID = """
[sign_in]
method = "openid"
groups.platform = ["km-platform"]
addresses.platform = "https://platform.monitor.example"
[sign_in.openid]
provider = "https://idp.example/.well-known/openid-configuration"
client = "kwaliteitsmonitor"
"""
PROXIED = """
[sign_in]
method = "proxy"
groups.platform = ["km-platform"]
addresses.platform = "https://platform.monitor.example"
"""


def settings_with(home: Path, text: str) -> Any:
    home.mkdir(exist_ok=True)
    (home / CONFIG_FILE_NAME).write_text(text, encoding="utf-8")
    return load_settings({serve.HOME_VARIABLE: str(home)})


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.7", "monitor.example"])
def test_without_signing_in_a_dashboard_listens_on_this_machine_only(tmp_path, address):
    settings = settings_with(tmp_path, "")

    with pytest.raises(RuntimeError, match=r"zonder aanmelden .* richt eerst \[sign_in\] in"):
        refuse_to_open(settings, ["platform"], address)
    refuse_to_open(settings, ["platform"], "127.0.0.1")


def test_the_command_says_so_and_ends(tmp_path, monkeypatch):
    settings_with(tmp_path, "")
    monkeypatch.setenv(serve.HOME_VARIABLE, str(tmp_path))

    told = CliRunner().invoke(app, ["serve", "--audience", "platform", "--address", "0.0.0.0"])

    assert told.exit_code == 1
    assert "zonder aanmelden luistert een dashboard alleen op deze machine" in " ".join(
        told.output.split()
    )


def test_where_people_sign_in_it_listens_elsewhere_behind_encryption(tmp_path):
    settings = settings_with(tmp_path, PROXIED)
    make_secret(tmp_path / "sign_in", PROXY)
    refuse_to_open(settings, ["platform"], "10.0.0.7")

    bare = settings_with(
        tmp_path, PROXIED.replace("https://platform.monitor.example", "http://127.0.0.1:8502")
    )
    with pytest.raises(RuntimeError, match="onversleuteld"):
        refuse_to_open(bare, ["platform"], "10.0.0.7")


def test_an_audience_of_which_nobody_is_named_is_not_shown(tmp_path):
    settings = settings_with(tmp_path, PROXIED)

    with pytest.raises(RuntimeError, match="noemt geen groepen en adres voor 'researcher'"):
        refuse_to_open(settings, ["researcher"], "127.0.0.1")


def test_the_secret_that_signs_sessions_is_made_once_and_is_its_owners(tmp_path):
    settings = settings_with(tmp_path, OPENID)
    make_secret(tmp_path / "sign_in", CLIENT)
    refuse_to_open(settings, ["platform"], "127.0.0.1")
    first = read_secret(settings.sign_in_dir, COOKIE)
    refuse_to_open(settings, ["platform"], "127.0.0.1")

    assert read_secret(settings.sign_in_dir, COOKIE) == first
    assert len(first) == 64
    assert stat.S_IMODE((settings.sign_in_dir / COOKIE).stat().st_mode) == 0o600


@pytest.mark.parametrize(("text", "name"), [(OPENID, CLIENT), (PROXIED, PROXY)])
def test_without_its_secret_nothing_is_opened(tmp_path, text, name):
    settings = settings_with(tmp_path, text)

    with pytest.raises(SecretError, match=f"{name} ontbreekt"):
        refuse_to_open(settings, ["platform"], "127.0.0.1")


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        ("x" * 32, 0o640, "leesbaar voor anderen; doe `chmod 600"),
        ("x" * 32, 0o604, "leesbaar voor anderen"),
        ("kort", 0o600, "moet 16 tekens of meer hebben"),
        ("eerste regel lang genoeg\ntweede", 0o600, "op één regel"),
        ("geheim" * 4 + "\u2028", 0o600, "niet leesbaar"),
    ],
)
def test_a_secret_that_is_none_is_refused(tmp_path, content, mode, message):
    (tmp_path / PROXY).write_text(content, encoding="utf-8")
    (tmp_path / PROXY).chmod(mode)

    with pytest.raises(SecretError, match=message):
        read_secret(tmp_path, PROXY)


def test_where_people_sign_in_a_port_in_use_is_not_exchanged_for_another(tmp_path):
    # Whoever sits on that port would get what the proxy sends there: names, and its secret.
    import socket

    with socket.socket() as taken:
        taken.bind((serve.ADDRESS, 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = settings_with(tmp_path, f"{PROXIED}[ports]\nplatform = {port}\n")
        with pytest.raises(RuntimeError, match="maak haar vrij"):
            serve.choose_ports(settings, ["platform"], say=print)


BASE = 'groups.platform = ["a"]\naddresses.platform = "https://a.example"\n'
OPEN = 'provider = "https://a.example/c"\nclient = "km"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sign_in = 1", "sign_in: must be a table"),
        ("[sign_in]\n", 'sign_in.method: choose "openid" or "proxy"'),
        ('[sign_in]\nmethod = "ldap"', "sign_in.method: choose"),
        ('[sign_in]\nmethod = "proxy"', "name under .* the same audiences"),
        ('[sign_in]\nmethod = "proxy"\ngroups.platform = ["a"]', "the same audiences"),
        (f'[sign_in]\nmethod = "proxy"\nhours = 25\n{BASE}', "at most 24"),
        (f'[sign_in]\nmethod = "proxy"\nhours = 0\n{BASE}', "more than 0"),
        (f'[sign_in]\nmethod = "proxy"\nhours = "8"\n{BASE}', "more than 0"),
        (f'[sign_in]\nmethod = "proxy"\nsecret = "x"\n{BASE}', "unknown secret; known"),
        (f'[sign_in]\nmethod = "openid"\n{BASE}', "name provider and client"),
        (
            f'[sign_in]\nmethod = "openid"\n{BASE}[sign_in.openid]\n'
            + OPEN.replace("https", "http"),
            "must begin with https://",
        ),
        (
            f'[sign_in]\nmethod = "openid"\n{BASE}[sign_in.openid]\n{OPEN}client_secret = "x"',
            "unknown client_secret",
        ),
        (
            f'[sign_in]\nmethod = "proxy"\n{BASE}[sign_in.proxy]\nperson = "X_Remote_User"',
            "letters, digits and hyphens",
        ),
        (
            f'[sign_in]\nmethod = "proxy"\n{BASE}[sign_in.proxy]\npeers = ["proxy"]',
            "'proxy' is no IP address",
        ),
        (
            f'[sign_in]\nmethod = "proxy"\n{BASE}[sign_in.proxy]\nsign_out = "//elders.example"',
            "a path of the same address",
        ),
        (
            f'[sign_in]\nmethod = "proxy"\n{BASE.replace("https", "http")}',
            "must begin with https://, or lead to this machine",
        ),
        (
            f'[sign_in]\nmethod = "proxy"\n{BASE.replace("a.example", "a.example/monitor")}',
            "more than a host and a port",
        ),
        (f'[sign_in]\nmethod = "proxy"\n{BASE.replace(chr(34) + "a" + chr(34), "")}', "a list"),
        ("readers = 0", "readers: 0 lets nobody in"),
        ('readers = "veel"', "is not a whole number"),
    ],
)
def test_a_setting_that_is_wrong_is_refused_with_the_remedy(tmp_path, text, message):
    with pytest.raises(SettingsError, match=message):
        settings_with(tmp_path, text)


def test_an_address_is_as_a_browser_names_it(tmp_path):
    text = PROXIED.replace(
        "https://platform.monitor.example", "https://Platform.Monitor.example:443/"
    )

    settings = settings_with(tmp_path, text)

    assert settings.sign_in.addresses == {"platform": "https://platform.monitor.example"}


def test_a_server_of_a_dashboard_believes_no_header_about_where_a_request_comes_from(tmp_path):
    environment = serve.serve_environment("platform", tmp_path, {"FORWARDED_ALLOW_IPS": "*"})

    assert environment["FORWARDED_ALLOW_IPS"] == ""
