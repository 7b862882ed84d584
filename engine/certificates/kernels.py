"""Discrete noise kernels, and how well each tells a changed input from the clean one.

Positions with equal symbols cancel in the likelihood ratio, so only the changed ones matter; and as
every position has the same kernel, only their number does. Dropping a changed position is a
garbling of the experiment: by data processing, a bound on d changes covers every smaller number.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.certificates.atoms import NOTHING_CHANGED, Atoms, Floats

_MOST_ATOMS = 1000
"""Of a product over fields of different sizes, which would otherwise grow as 3^d."""


class DiscreteKernel(Protocol):
    """Noise on symbols that an attacker substitutes."""

    def atoms(self, changes: int) -> Atoms:
        """The clean law against the law after ``changes`` substitutions, the worst of them."""
        ...

    def __hash__(self) -> int:
        """Kernels are values: tables made from them are kept."""
        ...


@dataclass(frozen=True)
class Uniform:
    """A symbol is kept with probability 1 - beta, else replaced by one of the others alike.

    Attributes:
        vocabulary: number of symbols V that both the clean and the changed symbol belong to.
        beta: probability of a replacement, in (0, 1).
        include_self: a replacement may draw the symbol itself (1 in V).
    """

    vocabulary: int
    beta: float
    include_self: bool = False

    @property
    def replaced(self) -> float:
        """Probability that another symbol is seen."""
        return (
            self.beta * (self.vocabulary - 1) / self.vocabulary if self.include_self else self.beta
        )

    def atoms(self, changes: int) -> Atoms:
        """2d + 1 atoms: a ratio of rho^m, m the changed symbols seen less the clean ones.

        A position shows the clean symbol with probability 1 - beta under the clean law and
        beta/(V-1) under the changed one, the changed symbol the other way round, and any third
        with the same one; rho = (1 - beta)(V - 1) / beta.
        """
        other = self.replaced / (self.vocabulary - 1)
        step = np.array([1.0 - self.replaced, (self.vocabulary - 2) * other, other])
        clean = _convolved(step, changes)
        log_rho = math.log((1.0 - self.replaced) / other)
        return Atoms.of(log_rho * np.arange(-changes, changes + 1), clean, clean[::-1])


@dataclass(frozen=True)
class Mask:
    """A symbol is masked with probability beta.

    The two laws agree where every changed position is masked and have nothing else in common
    (Levine & Feizi, AAAI 2020).
    """

    beta: float

    def atoms(self, changes: int) -> Atoms:
        """One atom of mass beta^d that both laws share."""
        return Atoms.shared(self.beta**changes)


@dataclass(frozen=True)
class FieldUniform:
    """The uniform kernel on the fields of a table, each with its own number of values.

    The worst d fields are the d with most values: with equal beta and 1 - beta >= beta / (V - 1),
    a field of V values garbles one of more values. (Map the outcomes of the larger one onto the
    smaller's so that both laws match; possible whenever the smaller has at least two values.)

    Attributes:
        arities: number of values of each field, at least 2.
        beta: probability of a replacement, at most (V - 1) / V for the smallest V.

    Raises:
        ValueError: beta is larger, so that the lemma would not hold.
    """

    arities: tuple[int, ...]
    beta: float

    def __post_init__(self) -> None:
        smallest = min(self.arities)
        if smallest < 2 or self.beta > (smallest - 1) / smallest:
            raise ValueError(f"beta {self.beta:g} with a field of {smallest} values")

    def atoms(self, changes: int) -> Atoms:
        """The atoms of the ``changes`` fields with most values.

        Raises:
            ValueError: more changes than fields.
        """
        if changes > len(self.arities):
            raise ValueError(f"{changes} changes of {len(self.arities)} fields")
        sizes = _few_sizes(Counter(sorted(self.arities, reverse=True)[:changes]))
        found = NOTHING_CHANGED
        for arity, fields in sorted(sizes.items()):
            found = found.times(Uniform(arity, self.beta).atoms(fields))
        return found


def _few_sizes(sizes: Counter[int]) -> Counter[int]:
    """The fields by size, some taken for larger ones (no better for us) to keep the atoms few."""
    while math.prod(2 * fields + 1 for fields in sizes.values()) > _MOST_ATOMS and len(sizes) > 1:
        order = sorted(sizes)
        pairs = zip(order, order[1:], strict=False)
        smaller, larger = min(pairs, key=lambda pair: pair[1] / pair[0])
        sizes[larger] += sizes.pop(smaller)
    return sizes


@dataclass(frozen=True)
class Flip:
    """A 0 becomes 1 with probability p_plus, a 1 becomes 0 with probability p_minus.

    Bojchevski, Gasteiger & Guennemann, ICML 2020.
    """

    p_plus: float
    p_minus: float

    def atoms(self, additions: int, deletions: int) -> Atoms:
        """After so many 0s were set to 1 and so many 1s to 0: at most a + d + 1 atoms.

        The ratio depends on k, the ones seen among the added bits less those seen among the deleted
        ones: log l = k (A + B) - (a - d) B with A = log((1-p_minus)/p_plus) and
        B = log((1-p_plus)/p_minus).
        """
        if 0.0 in (self.p_plus, self.p_minus):
            return self._one_sided(additions, deletions)
        ones_clean, ones_added = self.p_plus, 1.0 - self.p_minus
        clean = np.convolve(_ones(ones_clean, additions), _ones(ones_added, deletions)[::-1])
        changed = np.convolve(_ones(ones_added, additions), _ones(ones_clean, deletions)[::-1])
        shown = math.log(ones_added / ones_clean)
        hidden = math.log((1.0 - self.p_plus) / self.p_minus)
        seen = np.arange(-deletions, additions + 1)
        return Atoms.of(seen * (shown + hidden) - (additions - deletions) * hidden, clean, changed)

    def _one_sided(self, additions: int, deletions: int) -> Atoms:
        """One of the probabilities is 0: a bit that never flips gives the laws one common outcome.

        With p_plus 0 all changed bits show 0, with p_minus 0 all show 1.
        """
        flipped, stays = (self.p_minus, True) if self.p_plus == 0.0 else (self.p_plus, False)
        clean, changed = (deletions, additions) if stays else (additions, deletions)
        if not additions + deletions:
            return NOTHING_CHANGED
        if flipped == 0.0:
            return Atoms(np.zeros(1), np.zeros(1), np.zeros(1), 1.0, 1.0)
        masses = flipped**clean, flipped**changed
        ratio = (changed - clean) * math.log(flipped)
        return Atoms(
            np.array([ratio]),
            np.array([masses[0]]),
            np.array([masses[1]]),
            1.0 - masses[0],
            1.0 - masses[1],
        )


def _ones(probability: float, bits: int) -> Floats:
    """Law of the number of ones among so many bits."""
    return _convolved(np.array([1.0 - probability, probability]), bits)


def _convolved(step: Floats, times: int) -> Floats:
    """The law of a sum of ``times`` independent steps.

    Sums of positive products: every mass is right to about 1e-15 of its value.
    """
    found = np.ones(1)
    for bit in bin(times)[2:] if times else "":
        found = np.convolve(found, found)
        if bit == "1":
            found = np.convolve(found, step)
    return found
