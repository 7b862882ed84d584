import torch

from engine.models.architectures.digits_cnn import DigitsCNN
from engine.training.digits import part
from engine.training.loop import Recipe, moved, noisy, noisy_accuracy, train


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_learns():
    recipe = Recipe(sigma=0.25, epochs=4, check_every=2)
    torch.manual_seed(0)
    result = train(DigitsCNN(), part("train"), part("validation"), recipe)
    assert result.validation_accuracy > 0.7
    assert result.epoch in (2, 4)


def test_noise_has_its_level():
    pixels = torch.zeros(200, 1, 8, 8)
    assert abs(float(noisy(pixels, 0.5, generator()).std()) - 0.5) < 0.02


def test_moving_keeps_shape_and_range_and_nothing_moves_without_amounts():
    pixels, _ = part("test")
    still = Recipe(sigma=0.0, rotation=0.0, shift=0.0, scale=0.0)
    assert torch.allclose(moved(pixels[:5], still, generator()), pixels[:5], atol=1e-5)
    turned = moved(pixels[:5], Recipe(sigma=0.0), generator())
    assert turned.shape == (5, 1, 8, 8) and turned.min() >= 0 and turned.max() <= 1 + 1e-5


def test_noisy_accuracy_is_a_share_and_reproducible():
    network, held_out = DigitsCNN(), part("validation")
    one = noisy_accuracy(network, held_out, 0.1, draws=2, seed=1)
    assert 0 <= one <= 1 and one == noisy_accuracy(network, held_out, 0.1, draws=2, seed=1)
