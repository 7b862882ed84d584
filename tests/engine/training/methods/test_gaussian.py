import numpy as np

from engine.training.methods.gaussian import GaussianTraining


def test_loss_and_gradient_are_those_of_the_formula(bench, softmax):
    noisy, rows = bench.images + bench.noise(1)[0], np.arange(5)

    def expected(w, b):
        return -np.log(softmax(noisy @ w.T + b)[rows, bench.classes]).mean()

    bench.check(GaussianTraining(), expected)
