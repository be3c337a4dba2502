"""The note an intake leaves of its refusals, for whoever started it.

Here: writing and reading one line per refused file.
Not here: the registry of deliveries (`pipelines.deliveries.landing`), which is the lasting record.
"""

import json

from pipelines.atomic import write_text
from pipelines.deliveries.intake import DeliveryReport
from pipelines.settings import Settings

_NAME = "last_intake.json"


def write_intake_note(settings: Settings, report: DeliveryReport) -> None:
    """Leave the refusals of this intake, replacing those of the one before."""
    lines = [one.line for one in report.refused]
    write_text(settings.home / _NAME, json.dumps(lines, ensure_ascii=False))


def read_intake_note(settings: Settings) -> list[str]:
    """The lines of the last intake; empty when nothing was refused."""
    path = settings.home / _NAME
    lines: list[str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return lines
