"""The home folder of Dagster and the little that is configured there.

Here: writing `dagster.yaml`, for a run in one process and for the web server alike.
Not here: definitions (`pipelines.definitions`).
"""

from pathlib import Path

from pipelines.atomic import write_text
from pipelines.settings import Settings, load_settings

_CONFIG = """\
# Written by kwaliteitsmonitor. Nothing is sent anywhere, nobody is asked to sign up, and the output
# of steps goes to the terminal.
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster.core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


def prepare_dagster_home(settings: Settings) -> Path:
    """Make Dagster's home folder with its configuration.

    Args:
        settings: Where the folder is.

    Returns:
        The folder.
    """
    config = settings.dagster_home / "dagster.yaml"
    if not config.exists() or config.read_text(encoding="utf-8") != _CONFIG:
        write_text(config, _CONFIG)
    return settings.dagster_home


if __name__ == "__main__":
    print(prepare_dagster_home(load_settings()))
