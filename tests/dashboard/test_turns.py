"""How many things are done at once, and what the others hear."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.access.turns import BusyError, Turns


def test_no_more_are_done_at_once_than_there_are_turns():
    turns, lock = Turns(3, 30), threading.Lock()
    at_once = [0]
    most = [0]

    def work(_: int) -> None:
        with turns.turn():
            with lock:
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
            threading.Event().wait(0.005)
            with lock:
                at_once[0] -= 1

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(60)))

    assert most == [3]


def test_who_waits_too_long_hears_that_it_is_busy_and_the_next_one_has_a_turn():
    turns = Turns(1, 0.01)
    with turns.turn(), pytest.raises(BusyError, match="over een minuut"), turns.turn():
        pass
    with turns.turn():
        pass


def test_a_turn_ends_with_its_work_also_when_that_fails():
    turns = Turns(1, 0.01)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.turn():
            raise ZeroDivisionError


def test_who_waits_for_another_process_holds_nobody_up():
    turns = Turns(1, 0.01)
    with turns.turn():
        with turns.aside(), turns.turn():
            pass
        with pytest.raises(BusyError), turns.turn():
            pass
