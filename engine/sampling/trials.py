"""What a batch takes, tried a few times, and the size that is taken by it before a run."""

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
_WORTH_WAITING, _NO_GAIN, _NO_LOSS = 1.08, 1.05, 0.9
"""Speed-up from doubling: above the first a longer batch pays, below the second none does; above
the third, a busy machine's chance, a short one is doubled: its operations wait for a window's."""
SHORT, FILLED = 0.01, 256
"""Seconds of a short batch; from that size on one fills the processor, and a dearer sample means a
full cache."""
_WAITS, _HARDLY, _LEAP = 0.5, 1.5, 8
"""A call whose thread works for less of the time than the first waits for others, on a busy machine
or elsewhere, however little it is asked: a batch that takes at most the second times as long is no
dearer, and the next that is tried has so many times more samples."""
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


def grown(
    size: int,
    trial: Trial,
    attempt: Callable[[int, int], Trial | None],
    *,
    largest: int,
    patience: float,
) -> tuple[int, Trial]:
    """The batch size to take, and what it takes: doubled while that makes a sample cheaper.

    Args:
        size: that was tried first.
        trial: what it took.
        attempt: tries a size, so many times at most; None where there is to be no larger one.
        largest: that fits.
        patience: seconds by the clock that a batch may take; one that waits for others, whatever
            its size, may take half as long again as a single sample does.
    """
    if trial.clock > patience and trial.work < _WAITS * trial.clock:
        return _grown_waiting(size, trial, attempt, largest)
    while 2 * size <= largest and trial.clock <= patience:
        doubled = attempt(2 * size, MOST_TRIALS)
        if doubled is None or doubled.clock > patience:
            break
        gain = 2 * trial.work / doubled.work
        if gain <= _WORTH_WAITING and doubled.work > BATCH_SECONDS:
            break
        if size >= FILLED and gain < (_NO_LOSS if trial.work < SHORT else _NO_GAIN):
            break
        size, trial = 2 * size, doubled
    return size, trial


def _grown_waiting(
    size: int, trial: Trial, attempt: Callable[[int, int], Trial | None], largest: int
) -> tuple[int, Trial]:
    longest, growth = _HARDLY * trial.clock, 2
    while growth * size <= largest:
        larger = attempt(growth * size, TRIALS)
        if larger is None or larger.clock > longest:
            break
        size, trial, growth = growth * size, larger, _LEAP
    return size, trial


_work = time.perf_counter if sys.platform == "win32" else time.thread_time
"""Windows counts a thread's time in steps of 16 ms."""


def _enough(found: Sequence[Trial]) -> float:
    """Seconds after which a batch size needs no further trial: few trials may take longer."""
    if len(found) < _LEAST_TRIALS:
        return math.inf
    return 2 * BATCH_SECONDS if len(found) < TRIALS else _TRIAL_SECONDS
