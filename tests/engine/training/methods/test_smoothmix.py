import numpy as np
import pytest
import torch

from engine.training.methods.smoothmix import SmoothMix


@pytest.mark.parametrize(("epoch", "share"), [(1, 0.5), (2, 1.0)])
def test_loss_and_gradient_are_those_of_the_formula(bench, softmax, epoch, share):
    attacked = bench.attacked(2, 2, 0.4)
    noise, rows = bench.noise(2), np.arange(5)
    generator = torch.Generator().manual_seed(5)
    torch.randn(2 * 5, 1, 2, 2, generator=generator)
    part = (torch.rand(5, generator=generator) / 2).double().numpy()[:, None]
    mixed = (1 - part) * bench.images + part * attacked

    def expected(w, b):
        p = softmax((bench.images + noise) @ w.T + b)
        average = p.mean(0)
        right = -np.log(p[:, rows, bench.classes]).mean()
        classes = (1 - part) * average + part / 3
        q = softmax((mixed + noise) @ w.T + b)
        distance = (classes * np.log(classes / q)).sum(2)
        known = average.argmax(1) == bench.classes
        assert 0 < known.sum() < 5
        return right + share * 2.0 * (known * distance).mean()

    bench.check(SmoothMix(eta=2.0, step_length=0.4, steps=2, m=2, warmup=2), expected, epoch=epoch)
