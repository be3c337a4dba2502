"""A command whose disk refuses, from any change of a file on: full, broken, or only to be read.

It says so in one line, readers have the publication from before or the new one, whole, and the same
command given again ends where one ends that was never disturbed.

All of it is `make test-faults`; how much of that elsewhere, says `test_faults`. Counts are printed.
Not here: a command on a disk that may only be read from its beginning (`test_read_only`).
"""

import pytest

from tests.examples import as_many
from tests.operation.faulted import EVERY, operations, points
from tests.operation.faulting import Order
from tests.operation.tracing import FAULTS

pytestmark = pytest.mark.property

# How often the disk of a command refuses that takes seconds.
REFUSED = {"pack": 12, "publish": 10, "release": 10, "build": 4, "run": 4}


@operations
@pytest.mark.parametrize("refusal", FAULTS)
def test_refused_by_the_disk_from_any_change_on_a_command_says_so_and_can_be_given_again(
    faults, operation, refusal
):
    changes, _ = faults.undisturbed(operation)
    refused = points(changes, REFUSED.get(operation, changes) if EVERY else as_many(1, 2))
    for at in refused:
        faults.strike(Order(faults.home, operation, refusal, at))
    print(f"{operation}: {refusal} from {len(refused)} of {changes} changes on")
