from __future__ import annotations

import threading

import pytest

from engine.evidence.settings import CertifySettings, ExactSettings, Execution
from engine.evidence.tries import SESSION
from engine.procedures import timing
from engine.procedures.timing import seconds_each
from engine.schemes.dssn_l1 import DssnL1
from tests.fakes import HalfSpace, fitted


def measured(model, settings=None, execution=None, stop=None):
    return seconds_each(
        model,
        fitted(),
        settings or CertifySettings(),
        execution=execution or Execution(device="cpu"),
        stop=stop or threading.Event(),
    )


class Slow(HalfSpace):
    """Takes a stated time by a clock of the test's own."""

    def __init__(self, clock, each, call):
        super().__init__(0.3)
        self.clock, self.each, self.call, self.sizes = clock, each, call, []

    def classify(self, batch):
        self.sizes.append(len(batch))
        self.clock[0] += self.call + self.each * len(batch)
        return super().classify(batch)


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])
    return now


@pytest.mark.parametrize(("each", "call"), [(1e-5, 1e-3), (1e-3, 0.0), (0.5, 0.1)])
def test_it_finds_the_time_of_a_sample_in_the_batch_that_is_best(clock, each, call):
    model = Slow(clock, each, call)
    found = measured(model)
    best = min(each + call / size for size in model.sizes)
    assert found == pytest.approx(best)
    assert clock[0] < timing.BUDGET_SECONDS + call + each * max(model.sizes)


def test_a_model_under_encryption_is_asked_nothing(clock):
    class Served(Slow):
        usual_batch = 4096

    model = Served(clock, 1.0, 1.0)
    assert measured(model) is None and not model.sizes


def test_a_busy_moment_does_not_end_the_trial(clock):
    class Interrupted(Slow):
        def classify(self, batch):
            if len(batch) == 2:
                self.clock[0] += 4e-3  # another program had the processor
            return super().classify(batch)

    model = Interrupted(clock, 1e-5, 1e-3)
    assert measured(model) < 2e-5 * 2
    assert max(model.sizes) > 64


@pytest.mark.parametrize("slow_calls", [1, 3])
def test_slow_first_batches_are_not_taken_for_the_model(clock, slow_calls):
    """Of a network of 1 ms a call, whose first calls waited for a busy machine."""

    class Cold(Slow):
        def classify(self, batch):
            if len(self.sizes) < slow_calls:
                self.clock[0] += 0.065
            return super().classify(batch)

    model = Cold(clock, 1e-5, 1e-3)
    assert measured(model) < 1e-4
    assert max(model.sizes) >= 16 and clock[0] < 2 * timing.BUDGET_SECONDS


def test_a_machine_that_is_busy_all_along_is_given_time_as_long_as_larger_batches_pay(clock):
    """A call of 25 ms, whatever it holds, was taken for the cost of a sample."""
    model = Slow(clock, 1e-6, 0.025)
    assert measured(model) < 5e-5
    assert timing.BUDGET_SECONDS < clock[0] < timing.PATIENCE_SECONDS


@pytest.mark.parametrize("call", [0.035, 0.1])
def test_a_call_that_takes_longer_than_a_batch_may_is_no_time_of_a_sample(clock, call):
    """Two processors of which another program has one: every call waits for it."""
    model = Slow(clock, 1e-6, call)
    assert measured(model) < 2e-3
    assert clock[0] < 1.5 * timing.PATIENCE_SECONDS


def test_a_batch_that_waited_is_followed_by_larger_ones(clock):
    """A single sample had luck; every batch of two to eight waits, but for none larger."""

    class Waiting(Slow):
        def classify(self, batch):
            if 1 < len(batch) <= 8:
                self.clock[0] += 0.035
            return super().classify(batch)

    model = Waiting(clock, 1e-6, 1e-3)
    assert measured(model) < 1e-4


def test_a_second_sample_of_a_slow_model_is_as_dear_as_the_first(clock):
    model = Slow(clock, 0.1, 0.0)
    assert measured(model) == pytest.approx(0.1)
    assert max(model.sizes) == 2 and clock[0] < 2 * timing.BUDGET_SECONDS + 0.1


def test_a_slow_model_is_given_no_more_than_the_budget(clock):
    model = Slow(clock, 0.02, 0.0)
    assert measured(model) == pytest.approx(0.02)
    assert clock[0] < timing.BUDGET_SECONDS + 0.1


def test_a_given_batch_is_the_one_that_is_measured(clock):
    model = Slow(clock, 1e-4, 1e-3)
    assert measured(model, execution=Execution(device="cpu", batch=1)) == pytest.approx(1.1e-3)
    assert set(model.sizes) == {1}


def test_it_stops_within_a_batch_and_enters_no_try():
    stop = threading.Event()
    model = HalfSpace(0.3)
    before = {claim: list(streams) for claim, streams in SESSION._streams.items()}
    assert measured(model) > 0
    stop.set()
    assert measured(model, stop=stop) is None
    assert dict(SESSION._streams) == before


def test_a_law_that_is_counted_whole_is_not_asked_beyond_its_samples(clock):
    scheme = DssnL1(lam=4 / 255)
    model = Slow(clock, 1e-5, 1e-4)
    assert measured(model, ExactSettings(scheme=scheme)) > 0
    assert max(model.sizes) <= scheme.noise().samples
