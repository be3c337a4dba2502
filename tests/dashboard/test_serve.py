"""How a dashboard process is started, whatever else this machine serves.

Every test here runs as if other dashboards are up: the ports they prefer are taken.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from dashboard import serve
from pipelines.settings import DEFAULT_PORTS, Settings


@pytest.fixture(autouse=True)
def _preferred_ports_are_taken() -> Iterator[None]:
    with ExitStack() as stack:
        for port in DEFAULT_PORTS.values():
            taken = stack.enter_context(socket.socket())
            # In use already: by a dashboard, or by this test in another process.
            with suppress(OSError):
                taken.bind((serve.ADDRESS, port))
                taken.listen()
        yield


def test_the_server_listens_on_this_machine_only_and_contacts_nobody(tiny):
    command = serve.serve_command("platform", tiny.parent, 8611)

    assert "--server.address=127.0.0.1" in command
    assert "--server.port=8611" in command
    assert "--browser.gatherUsageStats=false" in command
    assert "--client.showErrorDetails=none" in command
    assert "--server.allowedHosts=127.0.0.1" in command
    assert "--server.fileWatcherType=none" in command


def test_an_audience_without_publications_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match="kwaliteitsmonitor run"):
        serve.serve_command("platform", tmp_path, 8611)


def test_the_environment_names_one_folder_and_drops_a_shells_own_settings(tiny):
    inherited = {"PATH": "/bin", "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}

    environment = serve.serve_environment("platform", tiny.parent, inherited)

    assert environment["KWALITEITSMONITOR_PUBLISHED"] == str(tiny)
    assert environment["PATH"] == "/bin"
    assert "STREAMLIT_SERVER_ADDRESS" not in environment
    assert environment["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] == "false"


def test_a_port_in_use_gives_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert serve.free_port(port) > port


def test_nothing_answers_on_a_port_nobody_serves():
    with socket.socket() as silent:
        silent.bind((serve.ADDRESS, 0))

        assert not serve.is_answering(silent.getsockname()[1])


def test_dashboards_beside_others_each_get_a_port_of_their_own(tmp_path):
    said: list[str] = []

    ports = serve.choose_ports(Settings(home=tmp_path), [*DEFAULT_PORTS], say=said.append)

    assert list(ports) == [*DEFAULT_PORTS]
    assert len({*ports.values(), *DEFAULT_PORTS.values()}) == 2 * len(DEFAULT_PORTS)
    assert said == [
        f"poort {DEFAULT_PORTS[audience]} is in gebruik; '{audience}' krijgt poort {port}"
        for audience, port in ports.items()
    ]


@pytest.mark.parametrize("published", [[], ["researcher"]], ids=["nothing", "one_of_two"])
def test_dashboards_that_cannot_start_are_told_and_none_is_left_behind(
    tmp_path, published, monkeypatch
):
    settings = Settings(home=tmp_path)
    for audience in published:
        (settings.published_dir / audience).mkdir(parents=True)
    monkeypatch.setattr(serve.subprocess, "Popen", lambda *_, **__: pytest.fail("was started"))
    said: list[str] = []

    code = serve.serve_all(settings, ["researcher", "platform"], say=said.append)

    assert code == 1
    [line] = said
    assert "draai eerst `kwaliteitsmonitor run`" in line
