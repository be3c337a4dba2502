"""The protection of figures, once for all tests that publish the same ones.

Here: a memory of what an audience gets, by the content of everything it is made from. Two thirds of
what a published file takes is its protection, and most tests are about what is done with the file.
Not here: the tests of the protection itself (`tests.disclosure`), which never remember.
"""

import hashlib
import pickle
from typing import Any

from pipelines.disclosure.protect import Protected, protect

_made: dict[str, Protected] = {}


def protected_once(*figures: Any, **told: Any) -> Protected:
    """What `protect` gives, worked out once per content."""
    content = hashlib.sha256(pickle.dumps((figures, told))).hexdigest()
    if content not in _made:
        _made[content] = protect(*figures, **told)
    made = _made[content]
    return Protected(made.result.copy(), made.catalogue.copy(), made.broken.copy())
