from functools import partial

import numpy as np
from scipy.stats import norm

from engine.training.methods.macer import Macer


def test_loss_and_gradient_are_those_of_the_formula(bench, softmax):
    """With a small gamma some images that are right have no margin left to widen."""
    noise, rows, y = bench.noise(4), np.arange(5), bench.classes
    widened = []

    def expected(w, b, gamma):
        scores = (bench.images + noise) @ w.T + b
        right = -np.log(softmax(scores).mean(0)[rows, y])
        averaged = softmax(2.0 * scores).mean(0)
        others = averaged.copy()
        others[rows, y] = 0
        xi = norm.ppf(averaged[rows, y]) - norm.ppf(others.max(1))
        inside = (xi > 0) & (xi <= gamma)
        widened[:] = inside
        return (right + 3.0 * 0.3 / 2 * np.where(inside, gamma - xi, 0)).mean()

    counts = []
    for gamma in (8.0, 1.2):
        bench.check(Macer(weight=3.0, beta=2.0, gamma=gamma, m=4), partial(expected, gamma=gamma))
        counts.append(sum(widened))
    assert 5 > counts[0] > counts[1] > 0


def test_certain_scores_leave_no_gradient_that_is_not_finite(bench):
    """Phi^-1 of 1 is infinite: such an image counts 0 in the second term."""
    bench.network.head.weight.data *= 1e4
    loss = Macer(m=2).loss(bench.step(), bench.x, bench.labels)
    loss.value.backward()
    assert bench.network.head.weight.grad.isfinite().all()
