"""Processor time as a machine takes it on which a yardstick takes a fixed time.

A limit in seconds stops somebody who changed nothing when the machine is slow or shares its core.
The yardstick is measured on the same thread before and after what is timed: what slows one slows
the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

REFERENCE = 0.02
"""Seconds of the yardstick on the machine that the limits of the tests are meant for."""


def processor_seconds(work: Callable[[], object], times: int = 3) -> float:
    """The least time of ``work`` in several, in seconds of the reference machine.

    A machine that is faster than the reference is given no less time for it.
    """
    before = _spent(_yardstick)
    spent = min(_spent(work) for _ in range(times))
    slowness = max(before, _spent(_yardstick)) / REFERENCE
    return spent / max(1.0, slowness)


def _yardstick() -> None:
    """Half of it what the interpreter does, half what numpy does in the processor's cache."""
    found: dict[int, int] = {}
    for number in range(120_000):
        found[number & 1023] = found.get(number & 1023, 0) + number
    numbers = np.linspace(0.0, 1.0, 1 << 16)
    total = np.zeros_like(numbers)
    for _ in range(200):
        total += numbers * 0.5


def _spent(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began
