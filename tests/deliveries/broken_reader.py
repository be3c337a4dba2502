"""A process that reads files, as `readers.worker` is, of which one library does something else.

Run as `python -m tests.deliveries.broken_reader FUNCTION DEED [TEXT]`.
"""

import faulthandler
import os
import sys
from importlib import import_module

from pipelines.deliveries.readers import worker


class PanicError(BaseException):
    """As a library in Rust raises it."""


def never_comes_back(*_):
    # One call, of which Python does not see the end.
    sum(range(10**15))


def takes_all_memory(*_):
    taken = []
    while True:
        taken.append(bytearray(2**24))


def crashes(*_):
    faulthandler._sigsegv()


def ends_the_process(*_):
    os._exit(0)


def panics(*_):
    raise PanicError(sys.argv[3])


def talks(*given):
    """Say on every channel what is none of anybody's business, and then do as asked."""
    os.write(1, sys.argv[3].encode())
    os.write(2, sys.argv[3].encode())
    return original(*given)


if __name__ == "__main__":
    place, _, function = sys.argv[1].rpartition(".")
    module = import_module(place)
    original = getattr(module, function)
    setattr(module, function, globals()[sys.argv[2]])
    worker.main()
