import itertools
import math

import pytest
import torch

from engine.noise.discrete_gaussian import ExactNoiseStream
from engine.noise.gaussian import NoiseStream
from engine.noise.integers import IntegerNoise, subset_total_variation, total_variation

N = 200_000


def noise() -> IntegerNoise:
    return IntegerNoise(11, 2)


def deviation(share: float, p: float, n: int) -> float:
    return abs(share - p) / math.sqrt(p * (1 - p) / n)


@pytest.mark.parametrize("p", [0.01, 0.25, 437 / 512, 0.999])
def test_masks_have_their_probability_and_are_independent(p: float):
    mask = noise().bernoulli(N, 3, p, start=0, lane=1).double()
    for column in range(3):
        assert deviation(float(mask[:, column].mean()), p, N) < 5
    joint = float((mask[:, 0] * mask[:, 1]).mean())
    assert deviation(joint, p * p, N) < 5


def test_certain_and_impossible_masks():
    assert noise().bernoulli(100, 5, 1.0, start=0, lane=1).all()
    assert not noise().bernoulli(100, 5, 0.0, start=0, lane=1).any()


def test_a_probability_for_each_element():
    p = torch.tensor([0.0, 0.3, 1.0], dtype=torch.float64)
    mask = noise().bernoulli(N, 3, p, start=0, lane=1).double().mean(dim=0)
    assert mask[0] == 0 and mask[2] == 1
    assert deviation(float(mask[1]), 0.3, N) < 5


def test_symbols_are_uniform():
    drawn = noise().integers(N, 1, 7, start=0, lane=3).flatten()
    counts = torch.bincount(drawn, minlength=7).double()
    chi_square = float(((counts - N / 7) ** 2 / (N / 7)).sum())
    assert len(counts) == 7 and chi_square < 40  # 6 degrees of freedom, p < 1e-6


def test_symbols_against_exact_division():
    uniform = noise().uniform63(500, 3, start=9, lane=0)
    for high in (2, 10, 20_000, 2**31 - 1):
        drawn = noise().integers(500, 3, high, start=9, lane=0)
        expected = [[u * high >> 63 for u in row] for row in uniform.tolist()]
        assert drawn.tolist() == expected


def test_every_subset_comes_alike():
    drawn = noise().subset(N, 5, 2, start=0, lane=4)
    assert (drawn.sum(dim=1) == 2).all()
    code = (drawn.long() * (2 ** torch.arange(5))).sum(dim=1)
    wanted = [sum(2**i for i in pair) for pair in itertools.combinations(range(5), 2)]
    counts = torch.stack([(code == w).sum() for w in wanted]).double()
    assert counts.sum() == N
    assert float(((counts - N / 10) ** 2 / (N / 10)).sum()) < 45  # 9 degrees of freedom


def test_empty_and_full_subsets():
    assert not noise().subset(10, 5, 0, start=0, lane=1).any()
    assert noise().subset(10, 5, 5, start=0, lane=1).all()


def test_a_sample_depends_on_its_index_alone():
    whole = noise().uniform63(100, 7, start=0, lane=1)
    pieces = [noise().uniform63(n, 7, start=s, lane=1) for s, n in ((0, 13), (13, 87))]
    assert torch.equal(whole, torch.cat(pieces))


def test_lanes_and_streams_differ():
    one = noise().uniform63(50, 8, start=0, lane=1)
    assert not (one == noise().uniform63(50, 8, start=0, lane=2)).any()
    assert not (one == IntegerNoise(11, 3).uniform63(50, 8, start=0, lane=1)).any()


def test_both_noise_modes_draw_the_same_integers():
    fast, exact = NoiseStream(5, 1), ExactNoiseStream(5, 1)
    for draw in (fast, exact):
        assert torch.equal(
            draw.bernoulli(20, 9, 0.4, start=3, lane=1),
            IntegerNoise(5, 1).bernoulli(20, 9, 0.4, start=3, lane=1),
        )


def test_impossible_lanes_are_refused():
    with pytest.raises(ValueError, match="lane 256"):
        noise().uniform63(1, 1, start=0, lane=256)


def test_distances_from_the_law_are_tiny_and_grow_with_the_draws():
    assert 0 < total_variation(1) < total_variation(1000) < 1e-14
    assert total_variation(5, 20_000) == 100_000 * 2.0**-63
    assert subset_total_variation(50_176) < 3e-10


def test_masks_follow_the_counters_bytes_and_further_bits():
    """The layout as documented, worked out again with Python integers."""
    from engine.noise.integers import LANE
    from engine.noise.philox import Philox

    key, stream, lane, sample, elements = 77, 9, 3, 2**33 + 5, 4000
    p = torch.linspace(0, 1, elements, dtype=torch.float64)
    mask = IntegerNoise(key, stream).bernoulli(1, elements, p, start=sample, lane=lane)[0].tolist()

    def words(counter: int) -> list[int]:
        even, odd = Philox(key).words(sample, 1, 1, stream, first=lane * LANE + counter)
        return [int(w) for pair in zip(even.flatten(), odd.flatten(), strict=True) for w in pair]

    for element in range(0, elements, 7):
        threshold = int(p[element].item() * 2**63)
        drawn = words(element // 16)[element % 16 // 4] >> 8 * (element % 4) & 255
        if drawn == threshold >> 55:
            high, low = words(LANE // 2 + element)[:2]
            expected = (high << 23 | low >> 9) < threshold & (2**55 - 1)
        else:
            expected = drawn < threshold >> 55
        assert mask[element] == expected or p[element] == 1
    assert mask[-1]
