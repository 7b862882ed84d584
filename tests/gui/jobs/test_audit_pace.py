"""How long the rest of a set takes, by a clock that the test turns."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gui.jobs import audit_pace
from gui.jobs.audit_pace import Pace


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(audit_pace, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    return clock


def step(run: str, done: int, planned: int = 10_000) -> SimpleNamespace:
    return SimpleNamespace(run_id=run, n_done=done, n0_plan=0, n_plan=planned)


def test_the_first_batches_promise_nothing(clock):
    """After a start of 9 seconds a batch in 100 was drawn, which is no pace of a set."""
    pace = Pace([], 12)
    assert pace.after("digits:1")["left"] is None
    clock.now += 9.0
    first = pace.after(step("a", 100))
    assert first == {"doing": "digits:1", "share": 0.01, "left": None}
    clock.now += 0.5
    assert pace.after(step("a", 500))["left"] is None
    clock.now += 3.5  # 4 seconds for half a row
    assert pace.after(step("a", 5_100))["left"] == pytest.approx(8 * (12 - 0.51))


def test_a_row_that_was_counted_is_a_pace_and_one_that_was_there_before_is_none(clock):
    rows: list[SimpleNamespace] = []
    pace = Pace(rows, 12)
    pace.after(step("a", 5_000))
    rows += [SimpleNamespace(run_id=f"old {k}") for k in range(5)]
    clock.now += 0.5
    assert pace.after("digits:2")["left"] is None
    rows.append(SimpleNamespace(run_id="a"))
    clock.now += 0.5  # a second for the other half of the row
    assert pace.after("digits:3")["left"] == pytest.approx(2 * (12 - 6))


def test_rows_that_are_counted_together_share_a_pace(clock):
    pace = Pace([], 10)
    for run in "ab":
        pace.after(step(run, 1_000))
    clock.now += 4.0
    pace.after(step("a", 5_000))
    said = pace.after(step("b", 5_000))
    assert said["doing"] == "2 inputs together" and said["share"] == 1.0
    assert said["left"] == pytest.approx(4 / 0.9 * 9)
