"""Learning ensembles of decision stumps that noise will smooth: each by itself, or boosted.

Both look at the noisy input and not at the clean one: a stump sees row i left of its cut with
probability P(x_i + e < cut). Independent stumps are maximum-likelihood estimates, one for each
number (Horvath et al., NeurIPS 2022, section 4.1). Boosting descends the logistic loss of what is
certifiable at a radius: with mean m and deviation s of the noisy sum, y m - z s, where z is the
standard normal quantile of the p_lower that the radius requires. Leaves are whole numbers in the
end, so that the ensemble that is written down is the one that is certified.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtr, ndtri

from engine.certificates.stumps import Norm, Steps, StumpEnsemble, required_outside

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
LEAF = 100
"""Largest leaf, in units."""
_LEAST = 1e-9


@dataclass(frozen=True)
class StumpRecipe:
    """How an ensemble is learned.

    Attributes:
        method: ``independent``, one stump for each number, or ``boosted``.
        norm: ``l2`` with Gaussian noise, ``l1`` with uniform noise.
        scale: standard deviation or half-width of the noise.
        radius: that boosting aims at.
        rounds: stumps that are boosted.
        rate: by which each is shrunk.
        candidates: cuts that are tried for each number, evenly from the least value less two scales
            to the greatest and two scales.
    """

    method: Literal["independent", "boosted"]
    norm: Norm
    scale: float
    radius: float = 0.0
    rounds: int = 500
    rate: float = 0.3
    candidates: int = 64


@dataclass(frozen=True)
class Learned:
    """Stumps (M,) with whole numbers as leaves; class 1 where their sum exceeds ``threshold``."""

    column: Integers
    cut: Floats
    below: Integers
    above: Integers
    threshold: int

    def ensemble(self, width: int) -> StumpEnsemble:
        """The same as step functions of so many numbers."""
        parts: list[list[tuple[float, Fraction, Fraction]]] = [[] for _ in range(width)]
        stumps = (self.column, self.cut, self.below, self.above)
        for column, cut, below, above in zip(*stumps, strict=True):
            parts[column].append((float(cut), Fraction(int(below)), Fraction(int(above))))
        return StumpEnsemble(tuple(map(Steps.of, parts)), above=Fraction(self.threshold))


def even_weights(labels: Integers) -> Floats:
    """(N,) weights of mean 1 under which the classes 0 and 1 weigh alike."""
    share = np.bincount(labels, minlength=2) / len(labels)
    return np.asarray(0.5 / np.maximum(share, _LEAST)[labels])


def learn(
    x: Floats, labels: Integers, recipe: StumpRecipe, weights: Floats | None = None
) -> Learned:
    """An ensemble for rows x (N, F) of the classes 0 and 1.

    The same call gives the same ensemble: nothing is drawn.

    Args:
        x, labels: what to learn from.
        recipe: how.
        weights: (N,) of the rows; None where both classes weigh alike.
    """
    rows = np.asarray(x, dtype=np.float64)
    cuts = np.linspace(
        rows.min(axis=0) - 2 * recipe.scale, rows.max(axis=0) + 2 * recipe.scale, recipe.candidates
    ).T
    left = _left(cuts[:, :, None] - rows.T[:, None, :], recipe)
    weights = even_weights(labels) if weights is None else weights
    if recipe.method == "independent":
        return _independent(cuts, left, labels, weights)
    return _boosted(cuts, left, labels, weights, recipe)


def _left(away: Floats, recipe: StumpRecipe) -> Floats:
    """P(noise < away)."""
    if recipe.norm == "l2":
        return np.asarray(ndtr(away / recipe.scale))
    return np.clip(away / (2 * recipe.scale) + 0.5, 0.0, 1.0)


def _independent(cuts: Floats, left: Floats, labels: Integers, weights: Floats) -> Learned:
    """For each number the cut of least entropy, and the share of class 1 on either side of it."""
    ones = weights * labels
    sides = [(part @ ones, np.maximum(part @ weights, _LEAST)) for part in (left, 1.0 - left)]
    entropy = sum(total * _entropy(one / total) for one, total in sides)
    best = np.argmin(entropy, axis=1)
    every = np.arange(len(cuts))
    shares = [(one / total)[every, best] for one, total in sides]
    below, above = (np.rint(LEAF * np.clip(share, 0, 1)).astype(np.int64) for share in shares)
    told = below != above  # a number that tells nothing votes for neither class
    return Learned(
        every[told],
        cuts[every, best][told],
        below[told],
        above[told],
        LEAF * int(told.sum()) // 2,
    )


def _entropy(share: Floats) -> Floats:
    held = np.clip(share, _LEAST, 1 - _LEAST)
    return np.asarray(-held * np.log(held) - (1 - held) * np.log(1 - held))


def _boosted(
    cuts: Floats, left: Floats, labels: Integers, weights: Floats, recipe: StumpRecipe
) -> Learned:
    """Newton steps, one stump each, on the loss of what is certifiable.

    A stump that goes with others of its number spreads the noisy sum, which the loss holds against
    it: so stumps are taken from many numbers.
    """
    needed = required_outside(recipe.radius, norm=recipe.norm, scale=recipe.scale)
    depth = -float(ndtri(max(needed, 1e-6)))
    signs, count = 2.0 * labels - 1.0, len(labels)
    mean, spread = np.zeros(count), np.full(count, 1e-3)
    own = np.zeros((len(cuts), count))  # means of the steps of each number
    joint = np.zeros_like(left)  # E[steps of a number, noisy number below a cut]
    found: list[tuple[int, float, float, float]] = []
    for _ in range(recipe.rounds):
        deviation = np.sqrt(spread)
        wrong = weights * expit(depth * deviation - signs * mean)
        pull, brake = wrong * signs, wrong * depth / deviation
        together = joint @ brake - np.einsum("fcn,fn->fc", left, own * brake)
        low = left @ pull - together
        high = pull.sum() - left @ pull + together
        low_curve = left @ wrong + 1.0
        high_curve = wrong.sum() - left @ wrong + 1.0
        gain = low**2 / low_curve + high**2 / high_curve
        column, place = divmod(int(np.argmax(gain)), gain.shape[1])
        below = recipe.rate * float(low[column, place] / low_curve[column, place])
        above = recipe.rate * float(high[column, place] / high_curve[column, place])
        found.append((column, float(cuts[column, place]), below, above))
        chance, rise = left[column, place], below - above
        with_own = joint[column, place] - own[column] * chance
        spread += 2 * rise * with_own + rise**2 * chance * (1 - chance)
        both = np.minimum(left[column], chance)
        joint[column] += below * both + above * (left[column] - both)
        own[column] += above + rise * chance
        mean += above + rise * chance
    return _whole(found)


def _whole(found: list[tuple[int, float, float, float]]) -> Learned:
    """Leaves in units of a hundredth of the largest."""
    columns, cuts, below, above = (np.array(part) for part in zip(*found, strict=True))
    unit = max(np.abs(below).max(), np.abs(above).max()) / LEAF
    low, high = (np.rint(part / unit).astype(np.int64) for part in (below, above))
    return Learned(columns.astype(np.int64), cuts.astype(np.float64), low, high, 0)
