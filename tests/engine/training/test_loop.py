import dataclasses

import pytest
import torch

from engine.models.architectures.digits_cnn import DigitsCNN
from engine.schemes import Gaussian
from engine.schemes.ablation import Ablation
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.training.digits import digits, part
from engine.training.loop import Recipe, noisy_accuracy, train


@pytest.mark.parametrize(
    ("scheme", "channels", "least"),
    [
        (Gaussian(sigma=0.25), 1, 0.7),
        (Ablation(entities=64, keep=30), 2, 0.6),
        (HierarchicalGaussian(sigma=0.25, p=0.8), 2, 0.7),
    ],
    ids=str,
)
def test_learns(scheme, channels, least):
    recipe = Recipe(scheme=scheme, epochs=4, check_every=2, draws=5)
    torch.manual_seed(0)
    result = train(DigitsCNN(channels), digits(), recipe)
    assert result.validation_accuracy > least
    assert result.epoch in (2, 4)


def test_another_optimizer_and_bytes_for_pixels():
    data = digits()
    some = tuple(half[:64] for half in data.train)
    levels = (some[0] * 255).to(torch.uint8)
    small = dataclasses.replace(data, train=(levels, some[1]), validation=(levels, some[1]))
    recipe = Recipe(
        Gaussian(sigma=0.1), epochs=30, batch=16, optimizer="sgd", learning_rate=0.05, draws=1
    )
    for precision in ("fp32", "bf16"):
        torch.manual_seed(0)
        result = train(DigitsCNN(), small, dataclasses.replace(recipe, precision=precision))
        assert result.validation_accuracy > 0.6
        assert {one.dtype for one in result.network.parameters()} == {torch.float32}


def test_noisy_accuracy_is_a_share_and_reproducible():
    network, held_out, scheme = DigitsCNN(), part("validation"), Gaussian(sigma=0.1)
    one = noisy_accuracy(network, held_out, scheme, draws=2, seed=1)
    assert 0 <= one <= 1
    assert one == noisy_accuracy(network, held_out, scheme, draws=2, seed=1)
