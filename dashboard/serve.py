"""How dashboards are started: the command, its environment, a free port, and all of them at once.

Here: the hardened settings of the server, in one place, and the life of its processes.
Not here: pages, and how the server answers (`asgi.py`).
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.access.addresses import HEALTH
from dashboard.access.house import AUDIENCE_VARIABLE, HOME_VARIABLE
from dashboard.access.opening import refuse_to_open
from pipelines.access.secrets import SecretError
from pipelines.charts.style import PALETTE, THEMES
from pipelines.settings import HIGHEST_PORT, Settings, offline_environment

ADDRESS = "127.0.0.1"
# The folder of one audience, which holds `CURRENT`.
PUBLISHED_VARIABLE = "KWALITEITSMONITOR_PUBLISHED"
# The folder of releases; who reads those gets no publication.
RELEASES_VARIABLE = "KWALITEITSMONITOR_RELEASES"
_READS_RELEASES = "advisory"
# The register of decisions; only the process of this audience is told where it is.
REGISTER_VARIABLE = "KWALITEITSMONITOR_REGISTER"
_WRITING_AUDIENCE = "platform"

_FOLDER = Path(__file__).resolve().parent
# Starting takes two seconds, and minutes on a machine that is busy: only one that hangs, which is
# neither up nor ended, is given up on.
_START_SECONDS = 600.0
_STOP_SECONDS = 10.0
# Under another name the server does not answer: a page elsewhere cannot reach it (DNS rebinding).
_ALLOWED_HOSTS = (ADDRESS, "localhost")
_OPTIONS: Mapping[str, str] = {
    # Streamlit looks up its own outside address unless this and `server.address` are given.
    "browser.serverAddress": ADDRESS,
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "server.enableStaticServing": "false",
    # Nothing is uploaded; the least the option allows.
    "server.maxUploadSize": "1",
    "server.enableAgentApi": "false",
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    # An error on screen may quote what it failed on.
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    # The menu offers nothing a reader needs and is in English only.
    "client.toolbarMode": "minimal",
    "runner.magicEnabled": "false",
    "logger.level": "warning",
    "theme.base": str(_FOLDER / "theme.toml"),
}
# What widgets take from the palette, in each theme.
_WIDGET_COLOURS: Mapping[str, str] = {
    "primaryColor": "blue",
    "backgroundColor": "paper",
    "secondaryBackgroundColor": "wash",
    "textColor": "ink",
    "linkColor": "blue",
    "borderColor": "line",
}


def serve_command(
    audience: str,
    published_dir: Path,
    port: int,
    *,
    address: str = ADDRESS,
    host: str = "",
) -> list[str]:
    """Return the command that serves one audience's current publication.

    Args:
        audience: Name of the audience; its folder is below `published_dir`.
        published_dir: Folder that holds one folder an audience.
        port: Port on that address; see `free_port`.
        address: Where it listens.
        host: Name under which browsers find it, where people are signed in.

    Returns:
        The command; run it with `serve_environment` of the same audience and folder.

    Raises:
        FileNotFoundError: The audience has no folder; the message says what to do.
    """
    _refuse_unpublished(audience, published_dir)
    options = {
        **_OPTIONS,
        **_widget_colours(),
        "server.address": address,
        "server.port": str(port),
    }
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(_FOLDER / "asgi.py"),
        *(f"--{name}={value}" for name, value in options.items()),
        # A list is given by repeating the option.
        *(f"--server.allowedHosts={name}" for name in (*_ALLOWED_HOSTS, host) if name),
    ]


def _widget_colours() -> dict[str, str]:
    return {
        f"theme.{theme}.{option}": PALETTE[name][theme]
        for theme in THEMES
        for option, name in _WIDGET_COLOURS.items()
    }


def serve_environment(
    audience: str,
    published_dir: Path,
    environ: Mapping[str, str] | None = None,
    *,
    register: Path | None = None,
    releases: Path | None = None,
    home: Path | None = None,
) -> dict[str, str]:
    """Return the environment of that command: telemetry off, and the folder it may read.

    Args:
        audience: Name of the audience.
        published_dir: Folder that holds one folder an audience.
        environ: Variables to start from; those of this process when None.
        register: The register of decisions; the platform's process learns where it is, no other.
        releases: The folder of releases; the advisory body's process reads these alone.
        home: The home folder, whose settings say who gets in and which holds the access log.
    """
    inherited = dict(os.environ if environ is None else environ)
    # Settings of a developer's shell must not reach the server.
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith("STREAMLIT_")
        and name
        not in {REGISTER_VARIABLE, PUBLISHED_VARIABLE, RELEASES_VARIABLE, AUDIENCE_VARIABLE}
    }
    if home is not None:
        kept[AUDIENCE_VARIABLE] = audience
        kept[HOME_VARIABLE] = str(home)
    # The server would believe whoever on this machine says in a header for whom it asks.
    kept["FORWARDED_ALLOW_IPS"] = ""
    if register is not None and audience == _WRITING_AUDIENCE:
        kept[REGISTER_VARIABLE] = str(register.resolve())
    if audience == _READS_RELEASES and releases is not None:
        kept[RELEASES_VARIABLE] = str(releases.resolve())
    else:
        kept[PUBLISHED_VARIABLE] = str((published_dir / audience).resolve())
    return {**kept, **offline_environment()}


def free_port(preferred: int) -> int:
    """Return the preferred port of 127.0.0.1, or the next one that is free.

    Raises:
        OSError: No port from the preferred one up is free.
    """
    for port in range(preferred, HIGHEST_PORT + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As the server does: a port in its closing minute counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, port))
            except OSError:
                continue
            return port
    raise OSError(f"geen vrije poort op {ADDRESS} vanaf {preferred}")


def is_answering(port: int, address: str = ADDRESS) -> bool:
    """Whether a dashboard on a port is ready for readers.

    Args:
        port: Its port.
        address: Where it listens.
    """
    # Who listens everywhere listens here too.
    there = ADDRESS if address in {"0.0.0.0", "::"} else address
    connection = http.client.HTTPConnection(there, port, timeout=2)
    try:
        connection.request("GET", HEALTH, headers={"Host": f"{ADDRESS}:{port}"})
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def serve_all(
    settings: Settings,
    audiences: Sequence[str],
    *,
    say: Callable[[str], None],
    address: str = ADDRESS,
) -> int:
    """Serve dashboards until they are interrupted, each audience as a process of its own.

    Args:
        settings: Where publications are, and the preferred port of each audience.
        audiences: Whose dashboards.
        say: Takes each line for the person at the terminal, in Dutch.
        address: Where they listen; anywhere but on this machine only where people are signed in.

    Returns:
        0 when interrupted (Ctrl-C or SIGTERM), 1 when a dashboard did not start or stopped.
    """
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        with _interrupted_by_termination():
            refuse_to_open(settings, audiences, address)
            ports = _start(settings, audiences, processes, say, address)
            for audience, port in ports.items():
                wait_until_answering(audience, port, processes[audience], address)
            for audience, port in ports.items():
                shown = settings.sign_in and settings.sign_in.addresses[audience]
                say(f"{audience:<12} {shown or f'http://{ADDRESS}:{port}'}")
            say("Ctrl-C stopt alle dashboards.")
            while True:
                stopped = [
                    name for name, process in processes.items() if process.poll() is not None
                ]
                if stopped:
                    say(f"dashboard '{stopped[0]}' is gestopt; start opnieuw met `serve`")
                    return 1
                time.sleep(0.5)
    except KeyboardInterrupt:
        return 0
    except (FileNotFoundError, RuntimeError, SecretError) as error:
        say(str(error))
        return 1
    finally:
        _stop(processes.values())


def choose_ports(
    settings: Settings, audiences: Sequence[str], *, say: Callable[[str], None]
) -> dict[str, int]:
    """Return a free port for each audience: the preferred one, or the next, and then say so."""
    ports: dict[str, int] = {}
    for audience in audiences:
        preferred = settings.ports[audience]
        port = free_port(preferred)
        if port != preferred and settings.sign_in is not None:
            # Whoever sits there now would get what a proxy or a browser sends to this port.
            raise RuntimeError(
                f"poort {preferred} van '{audience}' is in gebruik; maak haar vrij: wie aanmeldt "
                "verwacht dit dashboard daar"
            )
        # Nor one that is promised to another audience.
        taken = {*ports.values(), *settings.ports.values()} - {preferred}
        while port in taken:
            port = free_port(port + 1)
        if port != preferred:
            say(f"poort {preferred} is in gebruik; '{audience}' krijgt poort {port}")
        ports[audience] = port
    return ports


def _start(
    settings: Settings,
    audiences: Sequence[str],
    processes: dict[str, subprocess.Popen[bytes]],
    say: Callable[[str], None],
    address: str,
) -> dict[str, int]:
    """Start a process per audience, and return its port; none where one has nothing to show."""
    for audience in audiences:
        _refuse_unpublished(audience, settings.published_dir)
    ports = choose_ports(settings, audiences, say=say)
    sign_in = settings.sign_in
    for audience, port in ports.items():
        host = urlsplit(sign_in.addresses[audience]).hostname if sign_in else ""
        # A session of its own: Ctrl-C reaches this process, which stops them in order.
        processes[audience] = subprocess.Popen(
            serve_command(audience, settings.published_dir, port, address=address, host=host or ""),
            env=serve_environment(
                audience,
                settings.published_dir,
                register=settings.register_path,
                releases=settings.releases_dir,
                home=settings.home,
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    return ports


def _refuse_unpublished(audience: str, published_dir: Path) -> None:
    if not (published_dir / audience).is_dir():
        raise FileNotFoundError(
            f"voor '{audience}' is niets gepubliceerd in {published_dir}; "
            "draai eerst `kwaliteitsmonitor run`"
        )


def wait_until_answering(
    audience: str, port: int, process: subprocess.Popen[bytes], address: str = ADDRESS
) -> None:
    """Wait until a dashboard that was started answers.

    Raises:
        RuntimeError: It ended, or hangs.
    """
    deadline = time.monotonic() + _START_SECONDS
    while not is_answering(port, address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(
                f"dashboard '{audience}' start niet op poort {port}; zie de melding hierboven"
            )
        time.sleep(0.2)


def _stop(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _interrupted_by_termination() -> Iterator[None]:
    """Let a request to end do what Ctrl-C does, so that no dashboard is left behind."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
