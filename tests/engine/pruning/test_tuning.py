"""The Wasserstein distance against SciPy's, and tuning against its own loss."""

from __future__ import annotations

import pytest
import torch
from scipy.stats import wasserstein_distance

from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.channels import copied, detector
from engine.pruning.tuning import concentration, tuned, wasserstein
from engine.training.aircraft import Part, loss


def test_concentration_is_the_distance_to_two_heaps() -> None:
    scores = torch.tensor([0.3, -1.2, 4.0, 2.5, 0.1, 3.1, 0.9])
    better = scores.sort().values[3:]
    heaps = [0.0] * 3 + [float(better.mean())] * 4
    expected = wasserstein_distance(scores.tolist(), heaps)
    assert float(concentration(scores)) == pytest.approx(expected, rel=1e-6)
    assert float(concentration(torch.tensor([0.0, 2.0, 0.0, 2.0]))) == 0.0


def test_the_loss_pulls_scores_into_heaps(drawn: Part) -> None:
    network = detector("demo:aircraft")
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    seen = []
    for _ in range(11):
        found = wasserstein(network, drawn[0], torch.Generator().manual_seed(1))
        seen.append(float(found.detach()))
        optimizer.zero_grad()
        found.backward()
        optimizer.step()
    assert seen[-1] < seen[0] - 0.3


@pytest.mark.thorough
def test_tuning_lowers_the_loss_and_is_another_where_scores_are_concentrated(
    small: KeypointCNN, drawn: Part
) -> None:
    found = {}
    for concentrate in (False, True):
        network = copied(small)
        generator = torch.Generator().manual_seed(0)
        steps = list(tuned(network, drawn, 60, generator, concentrate=concentrate))
        assert steps == list(range(1, 61)) and not network.training
        with torch.no_grad():
            found[concentrate] = float(loss(network(drawn[0]), drawn[1]))
    with torch.no_grad():
        before = float(loss(small(drawn[0]), drawn[1]))
    assert max(found.values()) < before - 0.05 and found[True] != found[False]
