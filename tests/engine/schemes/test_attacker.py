import itertools

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.schemes import Gaussian
from engine.schemes.attacker import ANY, ORDER, Attacker, attack_of, bounded, comparable, grid
from engine.schemes.laplace import Laplace
from engine.schemes.uniform import Uniform


def test_gaussian_smoothing_looks_at_the_norm_alone():
    assert attack_of(Gaussian(), Attacker(entities=3, epsilon=0.25)) == {"radius": 0.25}
    assert comparable(Gaussian)


def test_words():
    assert Attacker(entities=1, epsilon=0.5).words() == (
        "changes up to 1 pixel, together by at most 0.5 in l2 norm"
    )
    assert "at most 0.12345678 in" in Attacker(entities=1, epsilon=0.12345678).words()


def test_the_grid_has_every_pair():
    assert [(a.entities, a.epsilon) for a in grid([1, 2], [0.1, 0.2])] == [
        (1, 0.1),
        (1, 0.2),
        (2, 0.1),
        (2, 0.2),
    ]


def test_no_pixel_is_no_attacker():
    with pytest.raises(UserError, match="entities must be greater than or equal to 1"):
        checked(Attacker, entities=0)


def test_other_norms_are_bounded_by_the_numbers_that_change():
    """The bounds hold for random changes, and a flat or a lone number attains them."""
    rng, order = np.random.default_rng(3), {"l1": 1, "l2": 2, "linf": np.inf}
    changes = [np.ones(12), np.eye(12)[0], *rng.normal(size=(50, 12))]
    for norm, other in itertools.product(ORDER, ORDER):
        ratios = []
        for x in changes:
            size, found = (float(np.linalg.norm(x, ord=order[one])) for one in (norm, other))
            ratios.append(found / bounded(size, norm, other, 12))
        assert max(ratios) <= 1 + 1e-15 and max(ratios) == pytest.approx(1, rel=1e-9)


def test_an_attacker_in_another_norm_is_covered_in_the_scheme_s_own():
    attacker = Attacker(entities=4, epsilon=0.5, norm="linf")
    shape = (3, 8, 8)
    assert attack_of(Gaussian(), attacker, shape)["radius"] == pytest.approx(0.5 * 12**0.5)
    assert attack_of(Laplace(), attacker, shape)["radius"] == pytest.approx(6.0)
    assert attack_of(Uniform(norm="linf"), attacker, shape) == {"radius": 0.5}
    everything = Attacker(entities=ANY, epsilon=0.5, norm="linf")
    assert attack_of(Laplace(), everything, shape)["radius"] == pytest.approx(96.0)
    assert everything.words() == "changes any pixels, together by at most 0.5 in linf norm"
