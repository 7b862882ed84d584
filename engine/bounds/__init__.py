"""Counts to probability bounds. NumPy and SciPy only: nothing here imports torch.

The catalogue of methods a run can declare before it starts.
"""

from __future__ import annotations

from engine.bounds.base import BoundMethod
from engine.bounds.computed import Computed
from engine.bounds.enumeration import Enumeration
from engine.bounds.methods import (
    Anytime,
    AnytimeMultiClass,
    AnytimeTwoClass,
    ClopperPearson,
    Live,
    MultiClass,
    TwoClass,
    UnevenTwoClass,
)
from engine.bounds.soft import Soft

BOUND_METHODS: tuple[BoundMethod, ...] = (
    Anytime(),
    AnytimeTwoClass(),
    Live(),
    ClopperPearson(),
    TwoClass(),
    UnevenTwoClass(),
    MultiClass(),
    AnytimeMultiClass(),
)
"""Those that bound votes, of which a run may choose one, or :class:`Soft`; an enumerated noise law
takes :class:`Enumeration` by itself."""


def bound_method(key: str) -> BoundMethod:
    """The method called ``key``.

    Raises:
        KeyError: there is no such method.
    """
    return {method.key: method for method in (*BOUND_METHODS, Soft(), Enumeration(), Computed())}[
        key
    ]


__all__ = ["BOUND_METHODS", "BoundMethod", "Enumeration", "bound_method"]
