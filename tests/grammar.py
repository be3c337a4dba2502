"""A chart as a browser gets it, held against the grammar of Vega-Lite.

Here: only that. Nothing checks a chart as it is made, so every test of one takes it through here.
"""

import json
from typing import Any

import altair as alt


def valid(chart: dict[str, Any]) -> dict[str, Any]:
    """Return a chart as it is sent; of which JSON carries all, and the grammar knows all."""
    assert chart["$schema"] == alt.SCHEMA_URL
    alt.TopLevelLayerSpec.validate(chart)
    sent: dict[str, Any] = json.loads(json.dumps(chart, allow_nan=False))
    return sent
