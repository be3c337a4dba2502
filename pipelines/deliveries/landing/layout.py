"""Where everything lies in the landing zone and the quarantine.

Here: names of files and folders, and the folder of a delivery.
Not here: what is in them (`landed`, `refused`, `held`), and writing it (`writer`, `quarantine`).

Under the home folder:

    landing/<organisation>/<table>/<reference date>_v<version>/data.parquet and delivery.json
                                                        confirmed.json, once a held one is confirmed
    landing/<organisation>/<table>/<…>/aside.parquet    keys of rows set aside (`set_aside`), if any
    landing/_refused/<mark>.json                        why a file was refused; none of its content
    landing/.incoming/                                  deliveries being read and written
    quarantine/_refused/<mark>/<file name>              the refused file itself
    quarantine/<organisation>/<table>/<…>/rows.parquet  rows set aside from a landed delivery
"""

from datetime import date
from pathlib import Path

DATA_FILE = "data.parquet"


NOTE_FILE = "delivery.json"


CONFIRMED_FILE = "confirmed.json"


ROWS_FILE = "rows.parquet"


ASIDE_FILE = "aside.parquet"


INCOMING = ".incoming"


REFUSED = "_refused"


ATTEMPT = "_vervolg"


def delivery_folder(root: Path, identity: tuple[str, str, date, int], attempt: int) -> Path:
    """Folder of a delivery under the landing zone or the quarantine."""
    organisation, table, day, version = identity
    name = f"{day.isoformat()}_v{version}" + (f"{ATTEMPT}{attempt}" if attempt else "")
    return root / organisation / table / name


def identity_of(folder: Path) -> tuple[tuple[str, str, date, int], int] | None:
    """Which delivery lies in a folder, and which attempt; None when it is no such folder."""
    day, _, rest = folder.name.partition("_v")
    version, _, attempt = rest.partition(ATTEMPT)
    organisation, table = folder.parts[-3:-1]
    try:
        return (organisation, table, date.fromisoformat(day), int(version)), int(attempt or 0)
    except ValueError:
        return None
