"""What a batch takes, tried a few times: by which batch sizes are compared before a run."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

BATCH_SECONDS = 0.06
"""A batch takes at most about this long: snapshots flow, and a stop is obeyed at once."""
TRIALS, MOST_TRIALS = 3, 12
"""The first batch of a size also sets things up; a short one, easily disturbed, is tried more."""
_LEAST_TRIALS, _TRIAL_SECONDS = 2, 0.01
_IDLE = 0.05
"""Share of a batch's time below which its thread waits for other programs or devices."""


class Trial(NamedTuple):
    """Seconds that a batch took: by the clock, and of the thread's own work.

    Where other programs take turns on the processors the clock tells as much of them as of the
    batch, most of all of a long one; so sizes are compared by the second. By the first where the
    thread does nothing but wait, or its work is not told.
    """

    clock: float
    work: float


def tried(batch: Callable[[], object], most: int, *, by_work: bool) -> Trial:
    """The least that a batch took in a few tries.

    Args:
        batch: classifies it, and waits for the answer.
        most: tries; fewer where they take long.
        by_work: the thread's own work is told apart from the clock.
    """
    found: list[Trial] = []
    while len(found) < most and sum(one.clock for one in found) < _enough(found):
        began, worked = time.perf_counter(), _work()
        batch()
        clock = time.perf_counter() - began
        work = _work() - worked if by_work else clock
        found.append(Trial(clock, max(work, _IDLE * clock)))
    return Trial(*map(min, zip(*found, strict=True)))


_work = time.perf_counter if sys.platform == "win32" else time.thread_time
"""Windows counts a thread's time in steps of 16 ms."""


def _enough(found: Sequence[Trial]) -> float:
    """Seconds after which a batch size needs no further trial: few trials may take longer."""
    if len(found) < _LEAST_TRIALS:
        return math.inf
    return 2 * BATCH_SECONDS if len(found) < TRIALS else _TRIAL_SECONDS
