import numpy as np

from engine.training.methods.stability import Stability


def test_loss_and_gradient_are_those_of_the_formula(bench, softmax):
    noise, rows = bench.noise(1)[0], np.arange(5)

    def expected(w, b):
        clean = softmax(bench.images @ w.T + b)
        noisy = softmax((bench.images + noise) @ w.T + b)
        between = -(clean * np.log(noisy)).sum(1)
        return (-np.log(clean[rows, bench.classes]) + 1.5 * between).mean()

    bench.check(Stability(weight=1.5), expected)
