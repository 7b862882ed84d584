"""The bench runs and compares like with like; its figures are not checked here."""

from __future__ import annotations

import pytest
import torch

from bench.reference import RepeatingNormalize, reference_votes
from bench.samplers import REFERENCE, compare, our_sampler
from bench.subjects import SUBJECTS
from engine.models import ModelRequest, load_model
from engine.noise.gaussian import Stream

CPU = torch.device("cpu")


def test_the_reference_normalises_as_a_broadcast_does() -> None:
    x = torch.rand(5, 3, 4, 6)
    mean, std = (0.1, 0.2, 0.3), (0.5, 0.6, 0.7)
    wanted = (x - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
    assert torch.allclose(RepeatingNormalize(mean, std)(x), wanted)


@pytest.mark.walk
@pytest.mark.parametrize("subject", SUBJECTS[:2], ids=lambda subject: subject.arch)
def test_both_sample_the_same_distribution(subject: object) -> None:
    n = 400
    *_, ours = our_sampler(subject, "fp32", CPU).votes(Stream.ESTIMATION, n)
    torch.manual_seed(0)
    theirs = reference_votes(
        subject.theirs(), subject.input(), sigma=0.25, n=n, batch=150, classes=subject.classes
    )
    assert sum(theirs) == ours.n == n
    for mine, his in zip(ours.counts, theirs, strict=True):
        assert abs(mine - his) < 5 * (2 * n * 0.25) ** 0.5


def test_the_small_subject_is_the_shipped_network() -> None:
    shipped = load_model(ModelRequest("demo:digits-0.25")).identity
    ours = SUBJECTS[0].ours()
    assert ours.identity.input_shape == shipped.input_shape
    assert sum(p.numel() for p in ours.network.parameters()) == shipped.parameters


@pytest.mark.thorough
def test_ratios_come_with_their_spread() -> None:
    ratios = compare(SUBJECTS[0], ("fp32",), CPU, rounds=2, seconds=0.01)
    found = next(ratio for ratio in ratios if ratio.other == REFERENCE)
    assert 0 < found.least <= found.median <= found.most
