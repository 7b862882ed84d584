import threading
import time

import pytest
import torch

from engine.core.errors import UserError
from engine.core.records import Votes
from engine.models.base import Classifier
from engine.noise.gaussian import NoiseStream, Stream
from engine.sampling.sampler import Sampler
from engine.sampling.trials import Trial
from engine.schemes import Gaussian
from engine.system.calibrations import Pace
from tests.fakes import SHAPE, HalfSpace, Misbehaving


def sampler(classifier: Classifier, *, batch: int = 0, stop: threading.Event | None = None):
    return Sampler(
        classifier,
        torch.zeros(SHAPE),
        Gaussian(sigma=0.5).noise(),
        noise=lambda stream: NoiseStream(5, int(stream)),
        device=torch.device("cpu"),
        batch=batch,
        stop=stop,
    )


def last(one: Sampler, total: int) -> Votes:
    one.calibrate(total)
    return list(one.votes(Stream.ESTIMATION, total))[-1]


def test_same_votes_whatever_the_batch():
    votes = [last(sampler(HalfSpace(0.2), batch=b), 5000) for b in (0, 1000, 64, 7)]
    assert len(set(votes)) == 1
    assert votes[0].n == 5000


def calibrated(monkeypatch, disturbed, known=None):
    """The size for a batch's own cost of 1 ms and 10 us a sample, and the sizes that were tried."""
    sizes = []

    def trial(self, size, *, most=3):
        sizes.append(size)
        work = 1e-3 + 1e-5 * size
        return Trial(work * disturbed(size), work)

    monkeypatch.setattr(Sampler, "_trial", trial)
    one = sampler(HalfSpace(0.2))
    pace = one.calibrate(100_000, known)
    assert pace.batch == one.batch and pace.seconds_each < 2e-5
    return one.batch, sizes


def test_a_busy_machine_makes_no_small_batches(monkeypatch):
    quiet = calibrated(monkeypatch, lambda size: 1.0)[0]
    assert quiet == 1024
    # Other programs take turns of milliseconds: short batches escape them, long ones do not.
    assert calibrated(monkeypatch, lambda size: 1.0 if size < 64 else 7.0)[0] == quiet
    # One that stands still for as long as somebody waits is enough all the same.
    assert calibrated(monkeypatch, lambda size: 1.0 if size < 512 else 100.0)[0] == 256


def test_a_known_size_is_tried_once_and_measured_anew_where_it_is_slow_now(monkeypatch):
    def busy(size):
        return 5.0

    assert calibrated(monkeypatch, busy, Pace(700, 1.2e-5)) == (700, [700])
    batch, sizes = calibrated(monkeypatch, busy, Pace(700, 3e-6))
    assert batch == 1024 and sizes[:2] == [700, 1]


def test_a_size_that_a_busy_machine_left_too_small_grows(monkeypatch):
    assert calibrated(monkeypatch, lambda size: 1.0, Pace(2, 6e-4))[0] == 1024


def test_a_first_batch_that_sets_things_up_makes_no_small_batches():
    class SlowAtFirst(HalfSpace):
        def scores(self, batch):
            if not batches:
                time.sleep(0.5)
            batches.append(len(batch))
            return super().scores(batch)

    batches: list[int] = []
    one = sampler(SlowAtFirst(0.2))
    one.calibrate(5_000)
    assert one.batch >= 256


def test_a_thread_that_only_waits_is_timed_by_the_clock():
    class Elsewhere(HalfSpace):
        def scores(self, batch):
            time.sleep(0.02)
            return super().scores(batch)

    trial = sampler(Elsewhere(0.2))._trial(2)
    assert trial.work >= 0.001 <= 0.02 <= trial.clock


def test_estimates_the_known_probability():
    votes = last(sampler(HalfSpace(0.5)), 20_000)
    assert votes.counts[0] / votes.n == pytest.approx(0.8413, abs=0.013)


def test_counts_grow_between_snapshots():
    one = sampler(Misbehaving("slow"), batch=50)
    one.calibrate(500)
    totals = [votes.n for votes in one.votes(Stream.ESTIMATION, 500)]
    assert totals == sorted(totals) and totals[-1] == 500 and len(totals) > 2


def test_not_a_number_counts_against_every_class():
    votes = last(sampler(Misbehaving("nan")), 100)
    assert votes == Votes(counts=(0, 0), failures=100)


def test_a_crash_after_the_start_counts_as_failures_and_is_said():
    one = sampler(Misbehaving("crash", after=3), batch=10)
    votes = last(one, 100)
    assert votes.n == 100 and votes.failures > 0
    assert "count against every class: mat1 and mat2" in one.warnings[0]


def test_a_model_that_fails_at_once_is_refused():
    with pytest.raises(UserError, match="The model fails on this input"):
        last(sampler(Misbehaving("crash")), 10)


def test_short_memory_halves_the_batch_and_loses_no_sample():
    one = sampler(Misbehaving("memory", after=3, largest=9), batch=64)
    assert last(one, 300) == last(sampler(HalfSpace(10.0), batch=64), 300)
    assert one.batch <= 9
    assert "ran short of memory" in one.warnings[0]


def test_no_memory_at_all_keeps_what_was_counted():
    one = sampler(Misbehaving("memory", after=5, largest=0), batch=10)
    votes = last(one, 1000)
    assert 0 < votes.n < 1000
    assert "too little memory for a single sample" in one.warnings[-1]


def test_no_memory_from_the_start_is_refused():
    with pytest.raises(UserError, match="too little memory for a single sample"):
        last(sampler(Misbehaving("memory", largest=0), batch=10), 100)


def test_a_stop_is_obeyed_within_a_batch():
    stop = threading.Event()
    one = sampler(Misbehaving("slow"), batch=10, stop=stop)
    one.calibrate(100_000)
    counting = one.votes(Stream.ESTIMATION, 100_000)
    next(counting)
    stop.set()
    began = time.perf_counter()
    rest = list(counting)
    assert time.perf_counter() - began < 2  # the whole takes far longer
    assert sum(1 for _ in rest) <= 1


def test_answers_to_another_number_of_samples_are_failures():
    one = sampler(Misbehaving("twice", after=3), batch=10)
    votes = last(one, 100)
    assert votes.n == 100 and votes.failures > 0 and sum(votes.counts) <= 30
    assert "20 answers to 10 samples" in one.warnings[0]
