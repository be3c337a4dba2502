"""The home folder of Dagster, and the little that is configured there.

Here: writing `dagster.yaml`, for the web server and the daemon.
Not here: definitions (`pipelines.definitions`).
"""

from pathlib import Path

from pipelines.atomic import write_text
from pipelines.private import close_to_others, owner_only
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
    owner_only()
    found = load_settings()
    close_to_others(found.home)
    print(prepare_dagster_home(found))
