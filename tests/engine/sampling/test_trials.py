"""What a batch takes: the least of a few tries, fewer where they take long."""

from __future__ import annotations

import time

import pytest

from engine.sampling import trials
from engine.sampling.trials import BATCH_SECONDS, MOST_TRIALS, tried


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
