import numpy as np
import pytest

from engine.training.methods.smoothadv import SmoothAdv


@pytest.mark.parametrize(("epoch", "share"), [(1, 0.25), (3, 0.75), (9, 1.0)])
def test_loss_and_gradient_are_those_of_the_formula(bench, softmax, epoch, share):
    """The attack itself is no function of the weights here: no gradient is taken through it."""
    epsilon = share * 0.8
    attacked = bench.attacked(2, 3, 2 * epsilon / 3, epsilon)
    noise, rows = bench.noise(2), np.arange(5)

    def expected(w, b):
        p = softmax((attacked + noise) @ w.T + b)
        return -np.log(p[:, rows, bench.classes]).mean()

    bench.check(SmoothAdv(epsilon=0.8, steps=3, m=2, warmup=4), expected, epoch=epoch)
