"""Reading YAML: what `yaml.safe_load` reads, in a tenth of the time where the C library is there.

Here: that one act. Not here: what a file says, and what to tell whoever wrote it wrongly.
"""

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """Read a document of plain values.

    Raises:
        yaml.YAMLError: It is no YAML.
    """
    try:
        return yaml.load(text, Loader=_LOADER)
    except RecursionError as error:
        raise yaml.YAMLError("nested too deeply") from error
    # A day that is none, a number of too many digits: the loader's own conversions.
    except (ValueError, OverflowError, AttributeError) as error:
        raise yaml.YAMLError(str(error)) from error
