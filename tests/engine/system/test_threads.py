from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.system import threads

CORES = os.cpu_count() or 1


def in_a_thread(work: Callable[[], Any]) -> Any:
    """What ``work`` returns in a thread of its own, after which torch has its threads back."""
    before, found = torch.get_num_threads(), []
    one = threading.Thread(target=lambda: found.append(work()))
    one.start()
    one.join()
    torch.set_num_threads(before)
    return found[0]


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of threads are Linux's")
def test_the_engine_takes_all_cores_behind_everybody_else() -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)

    def work() -> tuple[int, int, list[int]]:
        count = threads.step_aside()
        known = {int(one.name) for one in Path("/proc/self/task").iterdir()}
        torch.randn(2000, 2000) @ torch.randn(2000, 2000)  # starts torch's own threads
        started = {int(one.name) for one in Path("/proc/self/task").iterdir()} - known
        children = [os.getpriority(os.PRIO_PROCESS, one) for one in started]
        return count, os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), children

    count, niceness, children = in_a_thread(work)
    expected = min(ours + threads.NICENESS, 19)  # behind the window under ``nice`` too
    assert (count, niceness) == (torch.get_num_threads(), expected)
    assert all(child == expected for child in children)
    assert os.getpriority(os.PRIO_PROCESS, 0) == ours


@pytest.mark.skipif(sys.platform != "linux", reason="so is how late a thread may wake")
def test_the_engine_s_threads_wake_in_time_when_they_wait_for_python_s_lock() -> None:
    """Linux lets a thread sleep on for 50 us, as long as it waits for the lock before it asks."""

    def slack() -> int:
        return ctypes.CDLL(None).prctl(30, 0, 0, 0, 0)  # PR_GET_TIMERSLACK

    def work() -> list[int]:
        threads.step_aside()
        return [slack(), in_a_thread(slack)]

    before = slack()
    assert in_a_thread(work) == [1_000, 1_000] and slack() == before


def test_where_there_are_no_priorities_one_core_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    usual = torch.get_num_threads()
    assert in_a_thread(threads.step_aside) == min(usual, max(1, CORES - 1))
