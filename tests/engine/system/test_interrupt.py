"""Ctrl+C once stops, twice interrupts."""

from __future__ import annotations

import signal
import threading

import pytest

from engine.system.interrupt import stoppable


def test_first_sets_the_event_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stoppable() as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_event_of_the_caller_is_the_one_that_is_set() -> None:
    mine = threading.Event()
    with stoppable(mine) as stop:
        signal.raise_signal(signal.SIGINT)
    assert stop is mine and mine.is_set()


def test_other_threads_get_an_event_and_no_handler() -> None:
    seen: list[bool] = []

    def body() -> None:
        with stoppable() as stop:
            seen.append(stop.is_set())

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert seen == [False]
