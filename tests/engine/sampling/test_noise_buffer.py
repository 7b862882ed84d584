from __future__ import annotations

import pytest
import torch

from engine.noise.gaussian import NoiseSource, NoiseStream
from engine.noise.gaussian_law import GaussianNoise
from engine.sampling.noise_buffer import AHEAD, NoisyCopies

CPU = torch.device("cpu")


class Watched(GaussianNoise):
    """Gaussian noise that remembers what was drawn."""

    def draw(self, x: torch.Tensor, stream: NoiseSource, start: int, out: torch.Tensor) -> None:
        drawn.append(range(start, start + out.shape[0]))
        super().draw(x, stream, start, out)


drawn: list[range] = []


@pytest.fixture(autouse=True)
def forget() -> None:
    drawn.clear()


def copies_of(*shape: int) -> tuple[NoisyCopies, NoiseStream, torch.Tensor]:
    x = torch.rand(shape)
    return NoisyCopies(x, Watched(0.5, ""), shape, CPU), NoiseStream(7, 1, CPU), x


def directly(stream: NoiseStream, x: torch.Tensor, first: int, size: int) -> torch.Tensor:
    out = torch.empty(size, *x.shape)
    GaussianNoise(0.5, "").draw(x, stream, first, out)
    return out


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 5, 7)])
def test_copies_are_those_of_their_index_whatever_was_drawn_ahead(shape: tuple[int, ...]) -> None:
    copies, stream, x = copies_of(*shape)
    generator, start, last = torch.Generator().manual_seed(0), 0, 10_000
    while start < last:
        size = min(int(torch.randint(1, 900, (1,), generator=generator)), last - start)
        assert torch.equal(
            copies.batch(stream, start, size, last), directly(stream, x, start, size)
        )
        start += size


def test_small_copies_are_drawn_several_batches_at_once() -> None:
    copies, stream, _ = copies_of(1, 8, 8)
    for start in range(0, 16384, 256):
        copies.batch(stream, start, 256, 16384)
    assert drawn == [range(8192), range(8192, 16384)] and AHEAD == 8192 * 64


def test_nothing_is_drawn_twice_where_batches_do_not_fill_what_is_drawn_ahead() -> None:
    copies, stream, _ = copies_of(1, 8, 8)
    for start in range(0, 15_000, 3000):
        copies.batch(stream, start, 3000, 15_000)
    assert drawn == [range(6000), range(6000, 12_000), range(12_000, 15_000)]


def test_large_copies_are_drawn_batch_by_batch() -> None:
    copies, stream, _ = copies_of(3, 224, 224)
    for start in (0, 2, 4):
        copies.batch(stream, start, 2, 1000)
    assert drawn == [range(2), range(2, 4), range(4, 6)]


def test_nothing_is_drawn_past_the_end() -> None:
    copies, stream, _ = copies_of(1, 8, 8)
    copies.batch(stream, 0, 100, 150)
    copies.batch(stream, 100, 50, 150)
    assert drawn == [range(150)]


def test_another_stream_or_a_step_back_is_drawn_anew() -> None:
    copies, stream, x = copies_of(1, 8, 8)
    other = NoiseStream(8, 1, CPU)
    copies.batch(stream, 1000, 10, 2000)
    assert torch.equal(copies.batch(other, 1000, 10, 2000), directly(other, x, 1000, 10))
    assert torch.equal(copies.batch(other, 0, 10, 2000), directly(other, x, 0, 10))


def test_where_memory_is_short_no_more_is_drawn_than_asked_for() -> None:
    copies, stream, x = copies_of(1, 8, 8)
    copies.batch(stream, 0, 10, 1000)
    copies.release()
    assert torch.equal(copies.batch(stream, 0, 10, 1000), directly(stream, x, 0, 10))
    assert drawn[-1] == range(10)


def test_what_failed_half_way_is_not_taken_for_drawn() -> None:
    class Failing(Watched):
        def draw(self, x: torch.Tensor, stream: NoiseSource, start: int, out: torch.Tensor) -> None:
            super().draw(x, stream, start, out)
            if len(drawn) == 2:
                raise RuntimeError("out of memory")

    x, stream = torch.rand(1, 8, 8), NoiseStream(7, 1, CPU)
    copies = NoisyCopies(x, Failing(0.5, ""), (1, 8, 8), CPU)
    copies.batch(stream, 0, 10, 9000)
    with pytest.raises(RuntimeError):
        copies.batch(stream, 8192, 10, 9000)
    assert torch.equal(copies.batch(stream, 0, 10, 9000), directly(stream, x, 0, 10))
