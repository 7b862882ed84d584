import numpy as np

from engine.training.methods.consistency import Consistency


def test_loss_and_gradient_are_those_of_the_formula(bench, softmax):
    noise, rows = bench.noise(3), np.arange(5)

    def expected(w, b):
        p = softmax((bench.images + noise) @ w.T + b)
        q = p.mean(0)
        right = -np.log(p[:, rows, bench.classes]).mean()
        distance = (q * np.log(q / p)).sum(2).mean()
        entropy = -(q * np.log(q)).sum(1).mean()
        return right + 4.0 * distance + 0.7 * entropy

    bench.check(Consistency(weight=4.0, eta=0.7, m=3), expected)
