"""How many examples a property is tried on: a few in `make test`, thousands in `make test-long`.

Here: the settings of hypothesis for a property, by how many examples it can afford in passing, and
how many draws of something else.
Not here: strategies, which stand beside what they are strategies of.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

LONG_VARIABLE = "TEST_LONG"
MANY = 2_000

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def as_many(few: int, long: int) -> int:
    """How much of something is tried that is no property: few in passing, more by `test-long`.

    Whatever asks for it is marked `property`, or `make test-long` would leave it out.
    """
    return long if os.environ.get(LONG_VARIABLE) else few


def examples(few: int, long: int = MANY) -> Decorator:
    """Mark a property: tried on `few` examples in passing, on two thousand by `make test-long`.

    Args:
        few: Examples in `make test`: as many as it takes to see a plain mistake.
        long: In place of the two thousand, where an example takes a tenth of a second or more.
    """
    tried = max(few, long) if os.environ.get(LONG_VARIABLE) else few

    def decorate(test: Callable[..., Any]) -> Callable[..., Any]:
        limited = settings(
            max_examples=tried, deadline=None, suppress_health_check=list(HealthCheck)
        )
        marked: Callable[..., Any] = pytest.mark.property(limited(test))
        return marked

    return decorate
