"""Counts to probability bounds. NumPy and SciPy only: nothing here imports torch.

The catalogue of methods a run can declare before it starts.
"""

from __future__ import annotations

from engine.bounds.base import BoundMethod
from engine.bounds.methods import Anytime, AnytimeTwoClass, ClopperPearson, Live, TwoClass

BOUND_METHODS: tuple[BoundMethod, ...] = (
    Live(),
    Anytime(),
    AnytimeTwoClass(),
    ClopperPearson(),
    TwoClass(),
)


def bound_method(key: str) -> BoundMethod:
    """The method called ``key``.

    Raises:
        KeyError: there is no such method.
    """
    return {method.key: method for method in BOUND_METHODS}[key]


__all__ = ["BOUND_METHODS", "BoundMethod", "bound_method"]
