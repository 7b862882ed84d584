import pytest

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.schemes import Gaussian
from engine.schemes.attacker import Attacker, attack_of, comparable, grid


def test_gaussian_smoothing_looks_at_the_norm_alone():
    assert attack_of(Gaussian(), Attacker(entities=3, epsilon=0.25)) == {"radius": 0.25}
    assert comparable(Gaussian)


def test_words():
    assert Attacker(entities=1, epsilon=0.5).words() == (
        "changes up to 1 pixel, together by at most 0.5 in l2 norm"
    )


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
