"""Scores against their definitions, summed by hand; bounds against sampled lights."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.channels import HIDDEN, activations, copied
from engine.pruning.records import METHODS
from engine.pruning.scores import SCORES, Sample, gap, moments
from engine.training.aircraft import Part


@pytest.fixture
def sample(drawn: Part) -> Sample:
    return Sample.of(drawn, 5, (0.25, 0.15))


def test_bias_and_variance_add_up_to_the_mean_squared_change(
    small: KeypointCNN, sample: Sample
) -> None:
    """E (A - a)^2 over lights, images and places, number by number."""
    found = moments(small, sample)
    with torch.no_grad():
        clean = activations(small, sample.clean)
        total = {name: np.zeros(clean[name].shape[1]) for name in HIDDEN}
        for images in sample.lit:
            for name, changed in activations(small, images).items():
                away = (changed.double() - clean[name].double()).numpy() ** 2
                total[name] += away.mean((0, 2, 3)) / len(sample.lit)
    for name, (bias2, variance, signal) in found.items():
        assert (bias2 + variance).numpy() == pytest.approx(total[name], rel=1e-9)
        assert signal.numpy() == pytest.approx(
            clean[name].double().numpy().var((0, 2, 3)), rel=1e-9
        )
        usn = SCORES["usn"](small, sample)[name].numpy()
        expected = np.log((signal.numpy() + 1e-12) / (total[name] + 1e-6))
        assert usn == pytest.approx(expected, rel=1e-9)
        assert SCORES["usn-raw"](small, sample)[name].numpy() == pytest.approx(-total[name])


def test_a_channel_that_is_always_silent_has_the_lowest_score(
    small: KeypointCNN, sample: Sample
) -> None:
    dead = copied(small)
    with torch.no_grad():
        dead.conv2.weight[2], dead.conv2.bias[2] = 0.0, -1.0
    for method in ("usn", "gap"):
        assert int(SCORES[method](dead, sample)["conv2"].argmin()) == 2


def test_the_relaxation_gap_is_that_of_intervals_which_hold_every_light(
    small: KeypointCNN, sample: Sample
) -> None:
    """In the first layer, where linear bounds are exact without clipping, of images far from it."""
    grey = Sample(0.4 + 0.2 * sample.clean, sample.lit, sample.generator, sample.box)
    images = grey.clean[:16].double()
    corners = [(c, b) for c in (-0.125, 0.125) for b in (-0.075, 0.075)]
    with torch.no_grad():
        before = torch.stack([small.double().conv1((1 + c) * images + b) for c, b in corners])
        low, high = before.amin(0), before.amax(0)
        wide = torch.where((low < 0) & (high > 0), -low * high / (high - low), 0.0)
        deviation = torch.relu(small.conv1(grey.clean.double())).std((0, 2, 3), correction=0)
        expected = ((deviation + 1e-12) / (wide.mean((0, 2, 3)) + 1e-6)).log()
        found = gap(small.float(), grey)["conv1"]
    assert found.numpy() == pytest.approx(expected.numpy(), rel=1e-4)


def test_magnitude_is_the_sum_of_sizes_and_lots_come_again(
    small: KeypointCNN, drawn: Part, sample: Sample
) -> None:
    found = SCORES["magnitude"](small, sample)["conv3"]
    assert float(found[1]) == pytest.approx(small.conv3.weight[1].detach().abs().sum().item())
    first, again = (SCORES["random"](small, Sample.of(drawn, 5, (0.1, 0.1))) for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in HIDDEN)
    assert set(SCORES) == set(METHODS)
