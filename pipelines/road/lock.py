"""One writer at a time in a home folder.

Here: the lock.
Not here: who takes it: every command that changes something, and every run of Dagster.
"""

import errno
import fcntl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from pipelines import journal, state
from pipelines.build import BuildError
from pipelines.private import close_to_others, owner_only
from pipelines.settings import Settings


@contextmanager
def one_writer(
    settings: Settings, *, on_wait: Callable[[str], object] | None = None
) -> Iterator[None]:
    """Hold the lock of the home folder, and keep its log for as long.

    The operating system frees it when the process ends, however it ends.

    Args:
        settings: Where the home folder is.
        on_wait: For who can wait: told once, in one line, that another is at work. A person at a
            terminal is sent away instead.

    Raises:
        BuildError: Another holds it, and nobody waits; or a newer version worked here.
    """
    owner_only()
    close_to_others(settings.home)
    with settings.lock_path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            busy = f"een andere opdracht werkt in {settings.home}"
            if on_wait is None:
                raise BuildError(
                    f"{busy}; wacht tot die klaar is of kies een andere map met "
                    "KWALITEITSMONITOR_HOME"
                ) from error
            on_wait(f"{busy}; dit begint zodra die klaar is")
            fcntl.flock(handle, fcntl.LOCK_EX)
        state.claim(settings)
        with journal.kept_in(settings.home):
            yield


@contextmanager
def no_writer(settings: Settings) -> Iterator[None]:
    """Let nobody write while all there is is read; on a disk that may only be read nobody can.

    Args:
        settings: As for `one_writer`.

    Raises:
        BuildError: As `one_writer`, when nobody waits.
    """
    with ExitStack() as held:
        try:
            held.enter_context(one_writer(settings))
        except OSError as error:
            if error.errno != errno.EROFS:
                raise
        yield


def is_at_work(settings: Settings) -> bool:
    """Whether somebody holds the lock of a home now."""
    try:
        with settings.lock_path.open() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False
