"""What a person reads when something failed: one line of Dutch with what to do about it.

Here: the faults of the machine (a full disk, one that may not be written or cannot be read, a file
in the place of a folder, and a query somebody stopped), in whichever library they come up.
Not here: faults in what was delivered or asked, which say themselves what is wrong.
"""

import errno
import re

FULL = "de schijf is vol; maak ruimte en geef dezelfde opdracht opnieuw"
FORBIDDEN = "hier mag niet worden geschreven; maak de map schrijfbaar voor wie de opdracht geeft"
BROKEN = "de schijf leest of schrijft niet (I/O-fout); vervang haar en zet de reservekopie terug"
MISPLACED = (
    "hier staat een bestand waar een map hoort, of omgekeerd; zet het elders en geef dezelfde "
    "opdracht opnieuw"
)

_BY_NUMBER = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), FULL),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), FORBIDDEN),
    errno.EIO: BROKEN,
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR, errno.EISDIR), MISPLACED),
}
# DuckDB, SQLite and Arrow write outside Python and hand on words instead of a number.
_BY_WORDS = (
    (re.compile(r"no space left|disk is full|disk quota|file too large", re.I), FULL),
    (re.compile(r"read-?only (file system|database)|permission denied", re.I), FORBIDDEN),
    (re.compile(r"input/output error|disk i/o error", re.I), BROKEN),
)
_INTERRUPTED = re.compile(r"\binterrupted\b", re.I)


def sentence_of(error: BaseException) -> str:
    """Why something failed, in one line.

    Args:
        error: What was raised; what it came from counts first.
    """
    cause = _root(error)
    known = _of_machine(cause)
    if known and isinstance(cause, OSError) and cause.filename:
        return f"{cause.filename}: {known}"
    return known or next(iter(str(cause).strip().splitlines()), type(cause).__name__)


def is_interrupted(error: BaseException) -> bool:
    """Whether somebody stopped a query: libraries then raise an error of their own."""
    cause = _root(error)
    return not isinstance(cause, OSError) and bool(_INTERRUPTED.search(str(cause)))


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _of_machine(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno in _BY_NUMBER:
        return _BY_NUMBER[error.errno]
    text = str(error)
    return next((said for words, said in _BY_WORDS if words.search(text)), "")
