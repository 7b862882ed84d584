"""Noise on token ids at a fixed length: what the text and hybrid schemes share.

A token belongs to the alphabet if its id is below ``vocabulary``. Others (padding, special marks)
are passed on as they are and are no target of the attacker: where the clean and the changed text
agree, the noise does not tell them apart. The mask has the id ``vocabulary``, one past the
alphabet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

REPLACED, SYMBOL = 1, 2
"""Lanes of the draws: which tokens change, and to what."""
MOST_WORDS = 256
"""Changed words that a count reaches."""
MOST_STEPS = 64
"""Changed words that a staircase reaches."""


def default_beta(tau: float) -> float:
    """Noise that leaves room for about six changed words.

    With a large alphabet the worst case of d words is about p - (1 - beta^d), so tau needs
    beta^d > tau: 0.90 for majority vote, much less for a small threshold.

    >>> default_beta(0.5), default_beta(4.6e-5)
    (0.9, 0.22)
    """
    return round(min(0.99, max(0.05, math.exp(math.log(tau) / 6.6))), 2)


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
