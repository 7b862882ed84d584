"""Strengths of a change that falls into parts, each under Gaussian noise of its own sigma.

A certificate depends on such a change through a = sqrt(sum_i (epsilon_i / sigma_i)^2) alone. A
region states norms of the whole change: one below the least sigma times the certified a is
certified however it is split. Parts whose norms are known count together as the norm of that least
sigma at which a is the same.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence

_UP = 1.0 + 2.0**-49
"""More than the rounding of quotients, root and product together."""
_LEAST = sys.float_info.min
"""A change so small that its squares vanish is still one."""


def part_terms(term: str, count: int) -> tuple[str, ...]:
    """Terms of the parts of a strength: ``epsilon1``, ``epsilon2``, ..."""
    return tuple(f"{term}{number}" for number in range(1, count + 1))


def together(perturbation: Mapping[str, float], term: str, sigmas: Sequence[float]) -> float:
    """The norm of the whole change, or what the norms of its parts count as, rounded up.

    Args:
        perturbation: with ``term``, or with some of its parts; parts not named are unchanged.
        term: the strength, e.g. ``epsilon``.
        sigmas: of the parts; empty where there is one sigma for all.

    Raises:
        KeyError: neither is named.
    """
    terms = part_terms(term, len(sigmas))
    if term in perturbation or not any(part in perturbation for part in terms):
        return perturbation[term]
    norms = [perturbation.get(part, 0.0) for part in terms]
    if not any(norms):
        return 0.0
    shift = math.hypot(*(norm / sigma for norm, sigma in zip(norms, sigmas, strict=True)))
    return max(_LEAST, min(sigmas) * shift * _UP)


def together_in_words(term: str, sigmas: Sequence[float]) -> str:
    """How the parts of a change are counted; every sigma to its last digit."""
    listed = ", ".join(map(str, sigmas))
    return (
        f"parts with norms {term}_i count together as {min(sigmas)} times the root of the sum of "
        f"({term}_i / sigma_i)^2, sigmas {listed}"
    )
