"""The mark of a refused file: tells it from any other, and tells nobody what is in it.

Here: the mark, and the key it is made with, which never leaves the landing zone.
Not here: the hash of what landed, whose content keeps to a contract (`intake.resubmission`).

A refused file may hold a single number, and whoever has its hash need only try all numbers. So the
hash is keyed. Without its key a home marks the same file anew, and no more is lost than that.
"""

import hmac

from pipelines.atomic import secret_in
from pipelines.settings import Settings

KEY_FILE = ".key"


def mark_of(settings: Settings, sha256: str) -> str:
    """The mark of a file.

    Returns:
        Of the same length and form as the hash.
    """
    key = secret_in(settings.landing_dir / KEY_FILE)
    return hmac.new(key, sha256.encode(), "sha256").hexdigest()
