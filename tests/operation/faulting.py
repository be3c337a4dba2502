"""A process that does one thing in a home and meets a fault at a chosen change of the file system.

Here: what it can do, and the server that imports once and forks for every order.
Not here: how a fault comes (`tracing`), and what must hold afterwards (`faulted`).
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from pipelines.settings import Settings
from tests.operation.tracing import Look, Tracer, ask_to_be_traced


@dataclass(frozen=True)
class Order:
    """What to do, and which fault to meet.

    Attributes:
        home: Where.
        operation: Key of `OPERATIONS`, or a command with its arguments.
        fault: As of `Tracer`.
        at: As of `Tracer`.
        after: For a kill: after so many seconds instead; 0 for not.
        is_watched: Whether its changes are counted though it meets no fault.
    """

    home: Path
    operation: str
    fault: str = ""
    at: int = 0
    after: float = 0.0
    is_watched: bool = False


@dataclass(frozen=True)
class Ending:
    """How it ended.

    Attributes:
        code: Exit code; negative for the signal that killed it.
        changes: Changes of the file system it came to.
        told: What it printed.
        struck: As of `Tracer`.
    """

    code: int
    changes: int
    told: str
    struck: str

    @property
    def is_killed(self) -> bool:
        """Whether it was killed before it ended."""
        return self.code == -signal.SIGKILL


# --- what can be done


# Always the same, so that what is made is the same.
_DATES = ("--reference-date", "2026-03-31", "--known-at", "2099-01-01T00:00:00+00:00")


def _command(*arguments: str) -> Callable[[Settings], None]:
    def run(settings: Settings) -> None:
        from pipelines import cli

        os.environ["KWALITEITSMONITOR_HOME"] = str(settings.home)
        os.environ["COLUMNS"] = "1000"
        chain = ["--chain", str(settings.chain)] if settings.chain else []
        sys.argv = ["kwaliteitsmonitor", *arguments, *chain]
        cli.main()

    return run


def decide(settings: Settings) -> None:
    """Record a decision."""
    from datetime import UTC, date, datetime

    from pipelines.decisions.draft import Draft
    from pipelines.decisions.register import Register

    draft = Draft("besluit", date(2026, 4, 1), "Vaker leveren.", handoff_id="B1")
    Register(settings.register_path).record(
        draft, date(2026, 3, 31), known_from=datetime(2026, 4, 1, tzinfo=UTC)
    )


def _point(settings: Settings) -> None:
    """Go back to the oldest publication that is kept."""
    from pipelines.publication.publish import promote

    oldest = min((settings.published_dir / "platform").glob("*.duckdb"))
    promote(settings, "platform", oldest.stem)


def _prune(settings: Settings) -> None:
    """Publish again what is current, keeping nothing else."""
    from pipelines.publication import publish
    from pipelines.publication.current import current_path

    publish.KEPT_PUBLICATIONS = 1
    current = current_path(settings, "platform")
    assert current is not None
    publish.promote(settings, "platform", current.stem)


def _publish(settings: Settings) -> None:
    from pipelines.publication.audiences import AUDIENCES
    from pipelines.road import steps

    steps.prepare(settings, AUDIENCES["platform"])
    steps.publish(settings, "platform")
    steps.write_platform_pack(settings)


def _pack(settings: Settings) -> None:
    from pipelines.road import steps

    steps.write_platform_pack(settings)


def _release(settings: Settings) -> None:
    """Bring a release out, from wherever an earlier attempt stopped."""
    from pipelines.releases.desk import Desk
    from pipelines.releases.shelf import shelf
    from pipelines.releases.states import State
    from tests.releases.conftest import a_build

    drafts, signs = Desk(settings, "analist"), Desk(settings, "hoofd kenniscentrum")
    if not shelf(settings):
        # The small chain follows no figure long enough to bring it out.
        made = Path(tempfile.mkdtemp(dir=settings.home.parent))
        drafts.draft(a_build(made))
    for state, step in (
        (State.draft, drafts.submit),
        (State.submitted, signs.approve),
        (State.approved, signs.publish),
    ):
        [release] = shelf(settings)
        if release.state is state:
            step(release.id)


def _build_all(settings: Settings) -> None:
    from pipelines.road import walk

    walk.forget(settings)
    _command("build", *_DATES)(settings)


OPERATIONS: Mapping[str, Callable[[Settings], None]] = {
    "decide": decide,
    "first decision": decide,
    "pointer": _point,
    "prune": _prune,
    "pack": _pack,
    "publish": _publish,
    "release": _release,
    "build": _build_all,
    "run": _command("run", *_DATES),
}


# --- the process that does it


def _do(order: Order, chain: Path | None, told: Path, *, is_traced: bool) -> None:
    """In a fork: print into a file, let the parent trace, and do it."""
    output = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    if is_traced:
        ask_to_be_traced()
    code = 1
    try:
        do = OPERATIONS.get(order.operation) or _command(*shlex.split(order.operation))
        do(Settings(home=order.home, chain=chain))
        code = 0
    except BaseException as error:
        from pipelines.failure import sentence_of

        code = 1
        os.write(2, f"{type(error).__name__}: {sentence_of(error)}\n".encode())
    finally:
        os._exit(code)


def _serve(chain: Path | None) -> None:
    for line in iter(sys.stdin.readline, ""):
        said = json.loads(line)
        order = Order(**{**said, "home": Path(said["home"])})
        told = order.home.with_name(f"{order.home.name}.told")
        is_traced = bool(order.fault) or order.is_watched
        child = os.fork()
        if child == 0:
            _do(order, chain, told, is_traced=is_traced)
        tracer = Tracer(order.home, order.fault, order.at, _ask if order.is_watched else None)
        if order.after:
            signal.signal(signal.SIGALRM, lambda *_, child=child: os.kill(child, signal.SIGKILL))
            signal.setitimer(signal.ITIMER_REAL, order.after)
        if is_traced:
            code = tracer.watch(child)
        else:
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        signal.setitimer(signal.ITIMER_REAL, 0)
        text = told.read_text(encoding="utf-8", errors="replace")
        print(json.dumps([code, tracer.changes, text, tracer.struck]), flush=True)


def _ask(change: int, names: list[str]) -> None:
    """Let whoever gave the order look at the home, and wait until it has."""
    print(json.dumps([change, names]), flush=True)
    sys.stdin.readline()


class Server:
    """The process that imports once and forks for every order; see `serving`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def obey(self, order: Order, look: Look | None = None) -> Ending:
        """Have an order carried out.

        Args:
            order: The order.
            look: Where it is watched: what to do at every change, while the process stands still.
        """
        said: dict[str, Any] = {**vars(order), "home": str(order.home)}
        self._send(json.dumps(said))
        raised: BaseException | None = None
        while len(told := self._read()) != len(Ending.__dataclass_fields__):
            try:
                if look is not None and raised is None:
                    look(*told)
            except BaseException as error:
                # What was ordered goes on to its end, or the next order would read its answers.
                raised = error
            self._send("")
        if raised is not None:
            raise raised
        return Ending(*told)

    def _send(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _read(self) -> list[Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the process that carries out orders has ended"
        told: list[Any] = json.loads(line)
        return told


@contextmanager
def serving(chain: Path | None, *, builds: bool) -> Iterator[Server]:
    """A server for as long as it is needed.

    Args:
        chain: Folder of the chain; None for the built-in one.
        builds: Whether it will be asked to build, for which it imports much more.
    """
    # Whoever is killed leaves semaphores, and a process of its own to take them away that is killed
    # with it: that of the tests lives on.
    tracker = resource_tracker.getfd()
    assert tracker is not None
    with subprocess.Popen(
        [sys.executable, "-m", __name__, str(chain or ""), str(tracker), *["builds"] * builds],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(tracker,),
        text=True,
    ) as process:
        yield Server(process)


def _import_what_builds() -> None:
    """Import what every fork would else import again, and dbt takes seconds for."""
    import great_expectations
    from dbt.cli import main as dbt

    from pipelines.gx import batches

    del great_expectations, dbt
    batches()


if __name__ == "__main__":
    import pipelines.cli
    import pipelines.decisions.register
    import pipelines.publication.publish
    import pipelines.releases.desk
    import pipelines.road.walk  # noqa: F401

    vars(resource_tracker._resource_tracker)["_fd"] = int(sys.argv[2])
    if sys.argv[3:]:
        _import_what_builds()
    _serve(Path(sys.argv[1]) if sys.argv[1] else None)
