"""Sizes of changes against exact fractions, never below the truth."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engine.attacks.measure import measured, norm_of
from engine.regions import Ball, Interval, Staircase
from engine.schemes import Brightness, Gaussian, HierarchicalGaussian, TextMask

BALL = Ball(norm="l2", radius=1.0, unit="pixels in [0,1]")


@pytest.mark.parametrize("seed", range(5))
def test_a_norm_is_rounded_up_and_hardly(seed: int) -> None:
    change = np.random.default_rng(seed).normal(size=(3, 9, 9)).astype(np.float32)
    exact = [abs(Fraction(float(value))) for value in change.flat]
    l1, square = sum(exact), sum(value * value for value in exact)
    for norm, found in ((1, norm_of(change, "l1")), (2, norm_of(change, "l2"))):
        power = Fraction(found) if norm == 1 else Fraction(found) ** 2
        true = l1 if norm == 1 else square
        assert true <= power <= true * (1 + Fraction(1, 10**11))
    assert norm_of(change, "linf") == max(map(float, exact))
    assert norm_of(np.zeros(3), "l2") == 0.0


def test_a_tiny_change_is_not_lost() -> None:
    assert norm_of(np.array([1e-200, 0.0]), "l2") >= 0.0  # squares underflow, and 0 is no claim
    assert norm_of(np.array([3.0, 4.0]), "l2") >= 5.0


def test_changes_are_measured_in_the_terms_of_their_scheme() -> None:
    before = (np.zeros((2, 3, 3), np.float32),)
    after = (before[0].copy(),)
    after[0][0, 0, 0], after[0][1, 0, 0], after[0][1, 2, 2] = 0.3, 0.4, 1.2
    ball = measured(Gaussian(), BALL, "image", before, after)
    assert ball == {"radius": pytest.approx(1.3, rel=1e-6)}
    scheme = HierarchicalGaussian()
    stairs = Staircase.model_construct(
        count_term="entities", strength_term="epsilon", norm="l2", first=1, reach=(1.0,)
    )
    found = measured(scheme, stairs, "image", before, after)
    assert found == {"entities": 2, "epsilon": pytest.approx(1.3, rel=1e-6)}
    darker = measured(
        Brightness(),
        Interval(term="brightness", lower=-1, upper=1, unit="u"),
        "image",
        before,
        (before[0] - np.float32(0.25),),
    )
    assert darker == {"brightness": -0.25}
    words = (np.array([1, 2, 3]),), (np.array([1, 0, 5]),)
    assert measured(TextMask(), BALL, "text", *words) == {"words": 2}
