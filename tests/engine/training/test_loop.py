import threading

import pytest
import torch

from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.models.architectures.digits_cnn import DigitsCNN
from engine.schemes import Gaussian
from engine.schemes.ablation import Ablation
from engine.schemes.hierarchical_gaussian import HierarchicalGaussian
from engine.training.digits import digits, part
from engine.training.loop import noisy_accuracy, training
from engine.training.methods.consistency import Consistency
from engine.training.recipe import Recipe
from tests.training import few_digits


@pytest.mark.walk
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
    result = result_of(training(DigitsCNN(channels), digits(), recipe))
    assert result.validation_accuracy > least
    assert result.epoch in (2, 4)


@pytest.mark.thorough
def test_another_optimizer_and_bytes_for_pixels():
    small = few_digits(64)
    recipe = Recipe(
        scheme=Gaussian(sigma=0.1),
        epochs=30,
        batch=16,
        optimizer="sgd",
        learning_rate=0.05,
        draws=1,
    )
    for precision in ("fp32", "bf16"):
        torch.manual_seed(0)
        result = result_of(
            training(DigitsCNN(), small, recipe.model_copy(update={"precision": precision}))
        )
        assert result.validation_accuracy > 0.6
        assert {one.dtype for one in result.network.parameters()} == {torch.float32}


def test_noisy_accuracy_is_a_share_and_reproducible():
    network, held_out, scheme = DigitsCNN(), part("validation"), Gaussian(sigma=0.1)
    one = noisy_accuracy(network, held_out, scheme, draws=2, seed=1)
    assert 0 <= one <= 1
    assert one == noisy_accuracy(network, held_out, scheme, draws=2, seed=1)


@pytest.mark.parametrize("kept", ["best", "last"])
def test_keeps_the_epoch_that_was_asked_for(kept):
    recipe = Recipe(
        scheme=Gaussian(sigma=0.5), epochs=4, check_every=1, draws=2, kept=kept, learning_rate=0.05
    )
    torch.manual_seed(0)
    result = result_of(training(DigitsCNN(), few_digits(64), recipe))
    shares = [one.validation for one in result.history]
    assert shares[-1] < max(shares)
    assert result.epoch == (
        4 if kept == "last" else max(range(4), key=lambda n: (shares[n], n)) + 1
    )
    assert result.validation_accuracy == shares[result.epoch - 1]
    again = noisy_accuracy(
        result.network, few_digits(64).validation, recipe.scheme, draws=2, seed=0
    )
    assert again == result.validation_accuracy


def test_says_how_far_it_is_and_stops_within_an_epoch():
    stop, seen = threading.Event(), []
    recipe = Recipe(
        scheme=Gaussian(sigma=0.1), method=Consistency(m=3), epochs=3, batch=16, draws=1, seed=1
    )

    def look(progress):
        seen.append((progress.done, progress.share))
        if progress.done == 1 and progress.share == 0.5:
            stop.set()

    assert result_of(training(DigitsCNN(), few_digits(64), recipe, stop=stop), look) is None
    assert seen == [(0, 0.25), (0, 0.5), (0, 0.75), (0, 1.0), (1, 0), (1, 0.25), (1, 0.5)]


def test_a_loss_that_is_no_number_ends_it():
    recipe = Recipe(
        scheme=Gaussian(sigma=0.1),
        epochs=9,
        batch=16,
        learning_rate=100.0,
        optimizer="sgd",
        draws=1,
    )
    with pytest.raises(UserError, match=r"loss is no finite number in epoch \d: the steps are too"):
        result_of(training(DigitsCNN(), few_digits(64), recipe))
