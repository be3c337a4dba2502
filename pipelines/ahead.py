"""Work in threads that stays a few results ahead of whoever reads them, in order.

Here: that one pattern, for work that leaves Python's lock to others: SQL, packing, joining texts.
Not here: work of which nothing is read before all of it is done (an executor maps that by itself).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, at_a_time: int
) -> Iterator[Result]:
    """Give results in the order of their items, with so many more under way or waiting.

    Args:
        work: What is done with one item; of one at a time nobody else may use its connection until
            the last result is read.
        items: What it is done with.
        at_a_time: How many threads there are, and how many results may wait to be read.
    """
    with ThreadPoolExecutor(at_a_time) as pool:
        coming: deque[Future[Result]] = deque()
        for item in items:
            coming.append(pool.submit(work, item))
            if len(coming) > at_a_time:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
