"""Noise on token ids at a fixed length: substitution and masking.

A token belongs to the alphabet if its id is below ``vocabulary``. Others (padding, special marks)
are passed on as they are and are no target of the attacker: where the clean and the changed text
agree, the noise does not tell them apart. The mask has the id ``vocabulary``, one past the
alphabet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.core.total_variation import total_variation
from engine.noise.law import PROBED, Array, Arrays, NoiseLaw, Numbers, Probe, flat

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

REPLACED, SYMBOL = 1, 2
"""Lanes of the draws: which tokens change, and to what."""


@dataclass(frozen=True)
class Substitution(NoiseLaw):
    """Each token is kept with probability 1 - beta, else one of the others of its alphabet.

    Attributes:
        beta: probability that a token gives way.
        arities: size of the alphabet, the same for all positions or one for each.
        thing: what a token is, in words.
    """

    beta: float
    arities: tuple[int, ...]
    thing: str = "word"

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x (L,) with tokens replaced, each by itself."""
        substitute(x, source, start, out, arities=self.arities, beta=self.beta)

    def in_words(self) -> str:
        """The law and its level."""
        many = len(self.arities) > 1 or self.thing != "word"
        other = "of its field's values" if many else f"of {self.arities[0]:,}"
        return f"each {self.thing} replaced with probability {self.beta:g} by another {other}"

    def total_variation(self, elements: int) -> float:
        """Of which tokens are replaced, and by what."""
        return total_variation(elements) + total_variation(elements, max(self.arities) - 1)

    def probes(self) -> tuple[Probe, ...]:
        """How many tokens change, and to what in the smallest and the largest alphabet."""
        from engine.noise.statistical_tests import Share, choices  # deferred: SciPy

        x = np.zeros(PROBED if len(self.arities) == 1 else len(self.arities), dtype=np.int64)
        samples = 2 * max(1, min(4 * PROBED, PROBED * PROBED // (2 * len(x))))

        def changed(out: Arrays) -> Numbers:
            hits: Numbers = (flat(out) != 0).astype(np.float64)
            return hits

        found = [Probe(self, (x,), x.shape, changed, Share("replaced", self.beta), samples)]
        for arity in sorted({min(self.arities), max(self.arities)}):
            where = np.broadcast_to(np.array(self.arities) == arity, x.shape)
            stated = choices(f"replaced by one of {arity:,}", self.beta, arity - 1)

            def read(out: Arrays, where: Array = where) -> Numbers:
                return flat(out)[:, where]

            found.append(Probe(self, (x,), x.shape, read, stated, samples))
        return tuple(found)


@dataclass(frozen=True)
class Masking(NoiseLaw):
    """Each token of the alphabet is masked with probability ``beta``."""

    beta: float
    vocabulary: int

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x (L,) with tokens masked, each by itself."""
        mask(x, source, start, out, vocabulary=self.vocabulary, beta=self.beta)

    def in_words(self) -> str:
        """The law and its level."""
        return f"each word masked with probability {self.beta:g}"

    def total_variation(self, elements: int) -> float:
        """Of which tokens are masked."""
        return total_variation(elements)

    def probes(self) -> tuple[Probe, ...]:
        """How many tokens are masked."""
        from engine.noise.statistical_tests import Share  # deferred: SciPy

        x = np.zeros(PROBED, dtype=np.int64)

        def masked(out: Arrays) -> Numbers:
            hits: Numbers = (flat(out) == self.vocabulary).astype(np.float64)
            return hits

        return (Probe(self, (x,), x.shape, masked, Share("masked", self.beta)),)


def substitute(
    tokens: torch.Tensor,
    stream: NoiseSource,
    start: int,
    out: torch.Tensor,
    *,
    arities: Sequence[int],
    beta: float,
) -> None:
    """Fill ``out`` (B, L) with ``tokens`` (L,), each replaced with probability beta.

    Args:
        tokens: int64 ids.
        stream: the noise.
        start: index of the first sample.
        out: int64, overwritten.
        arities: size of the alphabet, the same for all positions or one for each.
        beta: a token gives way to one of the others of its alphabet, each alike.
    """
    samples, length = out.shape
    replaced = stream.bernoulli(samples, length, beta, start=start, lane=REPLACED)
    out.copy_(tokens.expand_as(out))
    for arity in sorted(set(arities)):
        inside = (tokens >= 0) & (tokens < arity)
        if len(arities) > 1:
            inside &= tokens.new_tensor(arities) == arity
        shift = 1 + stream.integers(samples, length, arity - 1, start=start, lane=SYMBOL)
        moved = (tokens + shift) % arity
        chosen = replaced & inside
        out[chosen] = moved[chosen]


def mask(
    tokens: torch.Tensor,
    stream: NoiseSource,
    start: int,
    out: torch.Tensor,
    *,
    vocabulary: int,
    beta: float,
) -> None:
    """Fill ``out`` (B, L) with ``tokens`` (L,), each masked with probability beta."""
    samples, length = out.shape
    masked = stream.bernoulli(samples, length, beta, start=start, lane=REPLACED)
    inside = (tokens >= 0) & (tokens < vocabulary)
    out.copy_(tokens.expand_as(out)).masked_fill_(masked & inside, vocabulary)
