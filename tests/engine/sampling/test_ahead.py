"""Batches given out ahead: the answers of one by one, in order, whatever fails or is short."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import torch

from engine.core.batches import Batch
from engine.core.records import Votes
from engine.models.base import Classifier
from engine.noise.gaussian import NoiseStream, Stream
from engine.sampling.ahead import BatchesAhead, Course
from engine.sampling.sampler import Sampler
from engine.schemes import Gaussian
from tests.fakes import SHAPE, HalfSpace, Misbehaving

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("two_threads")


class Concurrent(Misbehaving):
    """May be asked by several threads; notes how large batches were and which threads asked."""

    def __init__(self, what: str = "", after: int = 0, largest: int = 10**9) -> None:
        super().__init__(what, after, largest)
        self.threshold = 0.2
        self.asked: list[tuple[str, int]] = []

    @property
    def concurrent(self) -> bool:
        return True

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        name = threading.current_thread().name
        self.asked.append((name, len(batch)))
        if name.startswith("classify") and len(batch) > self.largest:
            raise torch.OutOfMemoryError("out of memory")
        return super().scores(batch)

    @property
    def beside(self) -> list[int]:
        """Sizes of the batches that other threads were given."""
        return [size for name, size in self.asked if name.startswith("classify")]


def sampler(classifier: Classifier, **changes: Any) -> Sampler:
    return Sampler(
        classifier,
        torch.zeros(SHAPE),
        Gaussian(sigma=0.5).noise(),
        noise=lambda stream: NoiseStream(5, int(stream)),
        device=CPU,
        **{"batch": 100, **changes},
    )


def counted(one: Sampler, total: int, **how: Any) -> dict[int, list[int]]:
    """Counts by blocks."""
    one.calibrate(total)
    found: dict[int, list[int]] = {}
    for rows in one.rows(Stream.ESTIMATION, 0, total, **{"block": 700, **how}):
        for block, counts in rows.items():
            sums = found.get(block, [0] * len(counts))
            found[block] = [a + b for a, b in zip(sums, counts, strict=True)]
    return found


@pytest.mark.parametrize("often", [False, True])
@pytest.mark.parametrize("batch", [64, 100, 0])
def test_the_votes_of_one_by_one(batch: int, often: bool) -> None:
    model = Concurrent()
    found = counted(sampler(model, batch=batch), 5000, often=often)
    assert found == counted(sampler(HalfSpace(0.2), batch=100), 5000, often=often)
    assert sum(map(sum, found.values())) == 5000
    if batch:
        assert model.beside and set(model.beside) <= set(range(1, batch + 1))
    assert torch.get_num_threads() == 2


def test_a_batch_ends_where_its_block_does() -> None:
    course = Course(1000, 300)
    assert [course.end(place) for place in (0, 299, 300, 900, 999)] == [300, 300, 600, 1000, 1000]
    model, drawn = Concurrent(), list[tuple[int, int, int]]()

    def draw(place: int, size: int, end: int) -> Batch:
        drawn.append((place, size, end))
        return torch.full((size, *SHAPE), float(place))

    ahead = BatchesAhead(model, CPU, draw, course)
    assert ahead.begin(0, 200, 1e-4, fixed=True) == 200 and ahead.open
    sizes, place = list[int](), 0
    while place < 1000:
        sizes.append(len(ahead.classes(place, 200)))
        place += sizes[-1]
    ahead.close()
    assert sizes == [200, 100] * 3 + [100]
    assert [one[:2] for one in drawn] == [(sum(sizes[:i]), sizes[i]) for i in range(7)]
    assert all(end == course.end(place) for place, _, end in drawn)


def test_what_was_drawn_is_not_overwritten_while_it_waits() -> None:
    buffer = torch.zeros(10, *SHAPE)

    def draw(place: int, size: int, end: int) -> Batch:
        return buffer[:size].fill_(0.0 if place % 20 else 1.0)  # class 1 in every other batch

    ahead = BatchesAhead(Concurrent("slow"), CPU, draw, Course(100, 100))
    ahead.begin(0, 10, 1e-4, fixed=True)
    found = [ahead.classes(place, 10).tolist() for place in range(0, 100, 10)]
    ahead.close()
    assert found == [[0 if place % 20 else 1] * 10 for place in range(0, 100, 10)]


@pytest.mark.parametrize(
    ("model", "batch", "seconds", "fixed", "size"),
    [
        (Concurrent(), 100, 0.001, False, 100),
        (Concurrent(), 100, 0.1, False, 30),  # a thread alone takes 2 ms for a sample
        (Concurrent(), 100, 0.1, True, 0),
        (Concurrent(), 100, 0.6, False, 0),
        (Concurrent(), 5000, 0.001, False, 0),  # too few are left
        (HalfSpace(0.2), 100, 0.001, False, 0),
    ],
)
def test_when_it_pays(
    model: Classifier, batch: int, seconds: float, fixed: bool, size: int
) -> None:
    ahead = BatchesAhead(model, CPU, lambda *_: torch.zeros(0), Course(10_000, 10_000))
    assert ahead.begin(0, batch, seconds, fixed=fixed) == (size or batch)
    assert ahead.open == (size > 0)
    assert torch.get_num_threads() == (1 if size else 2)
    ahead.close()
    assert torch.get_num_threads() == 2 and not ahead.open


def test_memory_that_is_short_makes_smaller_batches_and_loses_no_vote() -> None:
    model = Concurrent(largest=30)
    one = sampler(model)
    found = counted(one, 5000)
    assert found == counted(sampler(HalfSpace(0.2)), 5000)
    assert one.batch == 25 and set(model.beside) >= {100, 25}
    assert [w for w in one.warnings if "short of memory" in w]


def test_a_batch_that_fails_counts_against_every_class_once() -> None:
    model = Concurrent("twice", after=20)
    one = sampler(model)
    one.calibrate(5000)
    one.check.allowance.seconds = -1e9  # it would be refused at once
    one.check.tested = True
    votes = list(one.votes(Stream.ESTIMATION, 5000))[-1]
    assert votes.n == 5000 and 1000 < votes.failures < 4500
    assert any("200 answers to 100 samples" in warning for warning in one.warnings)


def test_stopped_it_keeps_what_was_handed_out_and_leaves_no_thread() -> None:
    stop = threading.Event()
    one = sampler(Concurrent("slow"), stop=stop)
    one.calibrate(100_000)
    found = Votes(counts=(0, 0))
    for found in one.votes(Stream.ESTIMATION, 100_000):
        if found.n >= 1000:
            stop.set()
    assert 1000 <= found.n < 5000
    whole = list(sampler(HalfSpace(0.2)).votes(Stream.ESTIMATION, found.n))[-1]
    assert found == whole
    assert not [one for one in threading.enumerate() if one.name.startswith("classify")]
    assert torch.get_num_threads() == 2


def test_a_run_that_nobody_goes_on_with_leaves_no_thread() -> None:
    one = sampler(Concurrent())
    one.calibrate(100_000)
    rows = one.rows(Stream.ESTIMATION, 0, 100_000, block=1000)
    while not [each for each in threading.enumerate() if each.name.startswith("classify")]:
        next(rows)
    assert torch.get_num_threads() == 2  # who has a snapshot may compute
    rows.close()  # type: ignore[attr-defined]
    assert torch.get_num_threads() == 2
    assert not [each for each in threading.enumerate() if each.name.startswith("classify")]


def test_a_long_batch_is_made_smaller() -> None:
    one = sampler(Concurrent(), batch=0)
    one.calibrate(100_000)
    one.batch, one._batch_seconds, one._each = 1000, 0.1, 1e-4
    next(rows := one.rows(Stream.ESTIMATION, 0, 100_000, block=1000))
    while one.batch == 1000:
        next(rows)
    assert 16 <= one.batch < 1000
    rows.close()  # type: ignore[attr-defined]


def test_a_machine_that_stands_still_for_a_moment_makes_no_batch_smaller() -> None:
    one = sampler(Concurrent(), batch=0)
    one.calibrate(100_000)
    size, one._batch_seconds = one.batch, 60.0
    for _ in one.rows(Stream.ESTIMATION, 0, 100_000, block=1000):
        pass
    assert one.batch == size and one.classifier.beside  # type: ignore[attr-defined]


def test_where_drawing_is_slow_the_first_batch_waits_for_few() -> None:
    drawn = list[int]()

    def draw(place: int, size: int, end: int) -> Batch:
        drawn.append(place)
        time.sleep(0.03)
        return torch.zeros(size, *SHAPE)

    ahead = BatchesAhead(Concurrent(), CPU, draw, Course(10_000, 10_000))
    ahead.begin(0, 10, 1e-4, fixed=True)
    ahead.classes(0, 10)
    ahead.classes(10, 10)  # so short that two hundred may be under way
    ahead.close()
    assert len(drawn) <= 6
