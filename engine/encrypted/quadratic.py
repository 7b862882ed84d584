"""What is computed under encryption: scores that are linear or quadratic in the input.

With x' the input's d values and a 1, a linear model has the scores ``x' A`` (A: (d + 1, K)), and a
network with one hidden layer of squares ``(x' A)^2 B`` (A: (d + 1, H), B: (H, K)): biases are
weights of the 1, the last one of a hidden unit that is 1 itself. Each score of the second is a
quadratic form x'^T M x', M = A diag(b) A^T, so that its largest value over a ball, and how far an
error of x' moves it, follow from eigenvalues of M.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError
from engine.encrypted.parameters import ERROR_DEVIATION, Parameters

Matrix = npt.NDArray[np.float64]
TAIL = 12.0
"""Standard deviations of noise that an error is bounded by: more happens with a chance of 1e-32."""
LARGEST = 8.0
"""Scores are divided by a constant so that none is larger: they must not outgrow the modulus."""
MOST_FEATURES, MOST_HIDDEN, MOST_CLASSES = 4096, 512, 1000
MOST_ROUNDED = 1.5
"""Steps by which rounding moves a weight at most: one that would be 0 becomes a step."""
_HALF = 2.0**-24
"""Unit roundoff of single precision, in which the clear model computes."""
_STEPS = 4
"""Operations on a value before the first sum: a normalisation may subtract, divide and add."""


@dataclass(frozen=True)
class Quadratic:
    """A linear model or a network with one layer of squares, in double precision.

    Attributes:
        first: (d + 1, H) weights of the hidden layer, its bias the last row; (d + 1, K) without.
        second: (H, K), or None for a linear model.
        sizes_inside: (H,) how large the terms of a hidden unit's square are together at most, over
            inputs of norm 1, with biases as large as the terms they are summed from; (1,), a 1,
            for a linear model.
        sizes_behind: (H, C), (1, C) of a linear model: what multiplies these in a column's clear
            scores; of a difference of two scores, the sum of theirs. Rounding in the clear is
            relative to their product.
        sigma: Gaussian noise that the inputs are expected to have; it makes room for them.
    """

    first: Matrix
    second: Matrix | None
    sizes_inside: Matrix
    sizes_behind: Matrix
    sigma: float = 0.0

    @classmethod
    def of_layers(
        cls,
        layers: list[tuple[Matrix, Matrix]],
        *,
        shifts: Matrix | None = None,
        sigma: float = 0.0,
    ) -> Quadratic:
        """From one or two layers, each a weight (out, in) and a bias (out,).

        Args:
            layers: a normalisation in front is part of the first one.
            shifts: (out,) sums of the absolute values of the terms that the first layer's bias was
                summed from; None where it is one number.
            sigma: as the attribute.

        Raises:
            UserError: too large, or a weight that is no number.
        """
        (weight, bias), *more = layers
        first = np.concatenate([weight.T, bias[None]]).astype(np.float64)
        sizes = np.hypot(np.linalg.norm(weight, axis=1), bias if shifts is None else shifts)
        second, inside, behind = None, np.ones(1), sizes[None]
        if more:
            one = np.zeros((len(first), 1))
            one[-1] = 1.0
            first = np.concatenate([first, one], axis=1)
            second = np.concatenate([more[0][0].T, more[0][1][None]]).astype(np.float64)
            inside, behind = np.append(sizes**2, 1.0), np.abs(second)
        found = cls(first, second, inside, behind, sigma)
        if not all(np.isfinite(part).all() for part in (first, found.last)):
            raise UserError("A weight of the model is no finite number; train it again.")
        limits = (MOST_FEATURES, MOST_HIDDEN, MOST_CLASSES)
        if any(size > most for size, most in zip(found.sizes, limits, strict=True)):
            raise UserError(
                f"Under encryption a model may have {MOST_FEATURES:,} inputs, {MOST_HIDDEN} hidden "
                f"units and {MOST_CLASSES:,} classes at most."
            )
        return found

    @property
    def last(self) -> Matrix:
        """The weights that give the scores."""
        return self.first if self.second is None else self.second

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Values of an input with the 1, hidden units, classes."""
        hidden = 0 if self.second is None else self.second.shape[0]
        return self.first.shape[0], hidden, self.last.shape[1]

    @property
    def limit(self) -> float:
        """Largest norm of x' that is taken: that of an image of ones, or more under much noise."""
        room = max(1.0, 0.5 + 2 * self.sigma**2)
        return float(np.sqrt(room * self.first.shape[0]))

    def scores(self, x: Matrix) -> Matrix:
        """Scores (B, K) of inputs (B, d), in double precision."""
        inner = with_one(x) @ self.first
        return inner if self.second is None else inner**2 @ self.second

    @cached_property
    def _root(self) -> Matrix:
        """The symmetric root of A^T A, which makes forms of d + 1 values forms of H."""
        values, vectors = np.linalg.eigh(self.first.T @ self.first)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T)

    def reaches(self, weights: Matrix) -> Matrix:
        """Largest score (C,) of columns (H, C) over inputs of norm 1; a square grows by norm^2."""
        if self.second is None:
            return np.asarray(np.linalg.norm(weights, axis=0))
        forms = np.einsum("gh,hc,ih->cgi", self._root, weights, self._root)
        return np.asarray(np.abs(np.linalg.eigvalsh(forms)).max(axis=1))

    def reach(self, weights: Matrix) -> float:
        """The largest of :meth:`reaches`."""
        return float(self.reaches(weights).max())

    @cached_property
    def differences(self) -> Matrix:
        """Output weights of every pair of classes, the first minus the second."""
        columns = [self.last[:, a] - self.last[:, b] for a, b in combinations(range(self.k), 2)]
        return np.stack(columns, axis=1)

    @property
    def _sizes_of_pairs(self) -> Matrix:
        """The :attr:`sizes_behind` of these differences: both scores are rounded."""
        sizes = self.sizes_behind
        pairs = [sizes[:, a] + sizes[:, b] for a, b in combinations(range(self.k), 2)]
        return np.stack(pairs, axis=1)

    @property
    def k(self) -> int:
        """Classes."""
        return int(self.last.shape[1])

    @property
    def power(self) -> float:
        """How a score grows to the edge of the ball of inputs that are taken."""
        return self.limit if self.second is None else self.limit**2

    def scaled(self, weights: Matrix, sizes: Matrix, by: float | Matrix) -> Quadratic:
        """The model whose scores are these columns' times a positive number, or one for each.

        Args:
            weights: columns of the last weights, or differences of two.
            sizes: (H, C), the :attr:`sizes_behind` that belong to them.
            by: the number, or (C,) numbers.
        """
        scaled = weights * by
        found = replace(self, sizes_behind=sizes * by)
        linear = self.second is None
        return replace(found, first=scaled) if linear else replace(found, second=scaled)

    def for_scores(self) -> Quadratic:
        """The model with all scores divided by one number: none is above :data:`LARGEST`.

        Raises:
            UserError: all scores are 0.
        """
        by = LARGEST / (self._some(self.reach(self.last)) * self.power)
        return self.scaled(self.last, self.sizes_behind, by)

    def for_comparisons(self) -> Quadratic:
        """The model whose scores are the differences of every two classes, each within [-1, 1].

        Raises:
            UserError: two classes have the same scores everywhere.
        """
        reaches = self.reaches(self.differences)
        self._some(float(reaches.min()))
        return self.scaled(self.differences, self._sizes_of_pairs, 1.0 / (reaches * self.power))

    @staticmethod
    def _some(reach: float) -> float:
        if reach <= 0.0:
            raise UserError("Two classes of the model have equal scores; nothing tells them apart.")
        return reach

    def rounded(self, bits: int) -> Quadratic:
        """The weights as multiples of 2^-bits, none of them 0: a product with 0 hides nothing."""
        step = 2.0**-bits

        def on_grid(weights: Matrix) -> Matrix:
            found = np.round(weights / step) * step
            return np.where(found == 0.0, step, found)

        second = None if self.second is None else on_grid(self.second)
        return replace(self, first=on_grid(self.first), second=second)

    def error(self, parameters: Parameters) -> float:
        """By how much the difference of two decrypted scores may differ from the clear model's."""
        fresh = TAIL * slot_deviation(parameters)
        error = self._error(self.differences, parameters, fresh, entries=2)
        return error + self._single(self._sizes_of_pairs)

    def comparison_error(self, parameters: Parameters) -> float:
        """The same of a difference that is about to be compared with 0 under encryption.

        Samples are encrypted under the public key, and each layer and the square end in a rounding
        of the ciphertext; both have the deviation of :func:`rounding_deviation`. That a prime is
        not 2^scale multiplies every difference by one positive number, and turns none.
        """
        rounding = TAIL * rounding_deviation(parameters)
        error = self._error(self.last, parameters, rounding, entries=1) + rounding
        if self.second is not None:
            moved = MOST_ROUNDED * 2.0**-parameters.scale * np.sqrt(len(self.first))
            norms = np.linalg.norm(self.first, axis=0) + moved
            size = np.abs(self.last).max(axis=1)
            error += rounding * float((size * (2 * self.limit * norms + rounding + 1)).sum())
        return error + self._single(self.sizes_behind)

    def _error(
        self, columns: Matrix, parameters: Parameters, fresh: float, *, entries: int
    ) -> float:
        """Of outputs (H, C), each the sum of so many columns of the last weights.

        Of noise by which each value of x' is moved by ``fresh`` at most, first and second order,
        and of weights rounded to the scale.
        """
        d = self.first.shape[0]
        step, radius, reach = MOST_ROUNDED * 2.0**-parameters.scale, self.limit, self.reach(columns)
        moved = step * np.sqrt(d)  # a column of the first weights, in norm
        if self.second is None:
            return float(fresh * (reach + entries * moved) + entries * moved * radius)
        norms = np.linalg.norm(self.first, axis=0)
        grown, size = norms + moved, np.abs(columns).max(axis=1)
        weights = moved * float((size * (norms + grown)).sum())
        weights += entries * step * float((grown**2).sum())
        noise = 2 * fresh * radius + fresh**2 * d
        return float(noise * (reach + weights) + radius**2 * weights)

    def _single(self, behind: Matrix) -> float:
        """Of the clear model's single precision, in outputs with these :attr:`sizes_behind`."""
        d, hidden, _ = self.sizes
        terms = 2 * (d + _STEPS) + hidden + _STEPS
        return _gamma(terms) * self.power * float((self.sizes_inside @ behind).max())


def slot_deviation(parameters: Parameters) -> float:
    """Standard deviation of the noise in a slot under the secret key, relative to the number.

    Noise of one coefficient and its rounding, summed over the ring; doubled for the noise of
    switching keys, which is smaller.
    """
    each = np.sqrt(ERROR_DEVIATION**2 + 1 / 12)
    return float(2 * each * np.sqrt(parameters.ring) / 2.0**parameters.scale)


def rounding_deviation(parameters: Parameters) -> float:
    """The same where a ciphertext was divided by a prime of its modulus and rounded.

    So it is after a multiplication, and in a fresh ciphertext under the public key, which is made
    with one prime more. Both polynomials are rounded; the second is multiplied by a ternary key,
    2/3 of whose coefficients are not 0. Doubled for what was there before, which the prime made
    small.
    """
    each = np.sqrt((1 + 2 * parameters.ring / 3) / 12)
    return float(2 * each * np.sqrt(parameters.ring) / 2.0**parameters.scale)


def with_one(x: Matrix) -> Matrix:
    """Inputs (B, d) with a last column of ones."""
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)


def _gamma(terms: int) -> float:
    """Relative error of a sum of so many products in single precision (Higham 2002, lemma 3.1)."""
    return terms * _HALF / (1 - terms * _HALF)
