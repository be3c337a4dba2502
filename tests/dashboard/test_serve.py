"""How a dashboard process is started."""

import socket
from pathlib import Path

import pytest

from dashboard import serve
from pipelines.settings import Settings


def test_the_server_listens_on_this_machine_only_and_contacts_nobody(tiny: Path) -> None:
    command = serve.serve_command("platform", tiny.parent, 8611)

    assert "--server.address=127.0.0.1" in command
    assert "--server.port=8611" in command
    assert "--browser.gatherUsageStats=false" in command
    assert "--client.showErrorDetails=none" in command
    assert "--server.allowedHosts=127.0.0.1" in command
    assert "--server.fileWatcherType=none" in command


def test_an_audience_without_publications_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="kwaliteitsmonitor run"):
        serve.serve_command("platform", tmp_path, 8611)


def test_the_environment_names_one_folder_and_drops_a_shells_own_settings(tiny: Path) -> None:
    inherited = {"PATH": "/bin", "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}

    environment = serve.serve_environment("platform", tiny.parent, inherited)

    assert environment["KWALITEITSMONITOR_PUBLISHED"] == str(tiny)
    assert environment["PATH"] == "/bin"
    assert "STREAMLIT_SERVER_ADDRESS" not in environment
    assert environment["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] == "false"


def test_a_port_in_use_gives_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert serve.free_port(port) > port


def test_nothing_answers_on_a_port_nobody_serves() -> None:
    assert not serve.is_answering(serve.free_port(8650))


def test_dashboards_that_cannot_start_are_told_and_none_is_left_behind(tmp_path: Path) -> None:
    said: list[str] = []

    code = serve.serve_all(Settings(home=tmp_path), ["platform"], say=said.append)

    assert code == 1
    assert "draai eerst `kwaliteitsmonitor run`" in said[0]
