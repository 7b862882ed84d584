"""What a batch takes: the least of a few tries, fewer where they take long."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from engine.sampling import trials
from engine.sampling.trials import BATCH_SECONDS, MOST_TRIALS, Trial, grown, tried


@pytest.mark.parametrize(
    ("seconds", "times"),
    [([0.0] * 12, MOST_TRIALS), ([BATCH_SECONDS] * 12, 2), ([0.2, 0.001], 2), ([0.004] * 12, 3)],
)
def test_the_least_of_a_few_tries(
    monkeypatch: pytest.MonkeyPatch, seconds: list[float], times: int
) -> None:
    clock, done = 0.0, list[float]()

    def batch() -> None:
        nonlocal clock
        clock += seconds[len(done)]
        done.append(seconds[len(done)])

    monkeypatch.setattr(time, "perf_counter", lambda: clock)
    monkeypatch.setattr(trials, "_work", lambda: clock / 2)
    found = tried(batch, MOST_TRIALS, by_work=True)
    assert len(done) == times
    assert found == pytest.approx((min(done), min(done) / 2))


def test_a_thread_that_only_waits_is_timed_by_the_clock() -> None:
    found = tried(lambda: time.sleep(0.01), 1, by_work=True)
    assert 0.05 * found.clock <= found.work < 0.5 * found.clock
    found = tried(lambda: time.sleep(0.01), 1, by_work=False)
    assert found.work == found.clock


def sizes_tried(clock: Callable[[int], float], work: Callable[[int], float]) -> list[int]:
    """The sizes that were tried from 1 on, and at last the one that was taken."""
    tried_sizes = [1]

    def attempt(size: int, most: int) -> Trial:
        assert most >= 1
        tried_sizes.append(size)
        return Trial(clock(size), work(size))

    size, trial = grown(1, Trial(clock(1), work(1)), attempt, largest=4096, patience=0.12)
    assert trial == (clock(size), work(size))
    return [*tried_sizes, size]


def test_calls_that_wait_whatever_they_are_asked_take_more() -> None:
    """Two of two processors busy: each operation waits, and a sample's own time is none of it."""
    clock, work = (lambda n: 0.5 + 1e-5 * n), (lambda n: 2e-4 + 1e-5 * n)
    assert sizes_tried(clock, work) == [1, 2, 16, 128, 1024, 1024]


def test_who_waits_for_each_sample_is_asked_for_one() -> None:
    """Somebody elsewhere, who takes half a second for each."""
    assert sizes_tried(lambda n: 0.5 * n, lambda n: 0.02 * n) == [1, 2, 1]


def test_a_slow_model_is_tried_no_further() -> None:
    assert sizes_tried(lambda n: 0.5 * n, lambda n: 0.45 * n) == [1, 1]
