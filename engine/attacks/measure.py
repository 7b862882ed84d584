"""How far a changed input is from the one it was made of, in a scheme's terms, rounded up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.core.late import np
from engine.core.records import InputKind
from engine.regions import Perturbation, Region
from engine.schemes import Scheme

if TYPE_CHECKING:
    from engine.figures.examples import Arrays

_ROUNDING = 1e-12
"""More than a sum of float64 squares in another order may differ by, relatively."""
KNOWN = frozenset(
    {"radius", "entities", "fields", "words", "additions", "deletions", "epsilon", "brightness"}
)
"""Terms whose sizes can be measured."""


def norm_of(change: np.ndarray, norm: str) -> float:
    """The norm of a change in float64, rounded up; exactly 0 for none.

    Squares, absolute values and their sums are exact to the last bits (``math.fsum``); what is left
    of rounding is added.
    """
    flat = np.abs(change.astype(np.float64)).ravel()
    if not flat.any():
        return 0.0
    if norm == "linf":
        return float(flat.max())
    size = math.fsum(flat) if norm == "l1" else math.sqrt(math.fsum(flat * flat))
    return math.nextafter(size * (1 + _ROUNDING), math.inf)


def measured(
    scheme: Scheme, utmost: Region, kind: InputKind, before: Arrays, after: Arrays
) -> Perturbation:
    """The perturbation that leads from one input to another.

    Args:
        scheme: whose terms it is written in; all must be ``KNOWN``.
        utmost: any region of the scheme, for its norm.
        kind: of the inputs.
        before, after: the inputs' parts as the model takes them without noise.
    """
    change = after[0].astype(np.float64) - before[0].astype(np.float64)
    found: Perturbation = {}
    for term in scheme.terms:
        if term == "brightness":
            furthest = float(change.flat[np.abs(change).argmax()])
            found[term] = math.copysign(norm_of(change, "linf"), furthest)
        elif term in ("radius", "epsilon"):
            found[term] = norm_of(change, utmost.certified_norm or _norm(utmost))
        elif term in ("entities", "fields", "words"):
            found[term] = float(_things(kind, before, after))
        else:
            found[term] = float(_flips(before[-1], after[-1], adds=term == "additions"))
    return found


def _norm(utmost: Region) -> str:
    """Of the numbers beside things that are counted."""
    allowed = utmost.budget(dict.fromkeys(utmost.terms, 1.0))
    return (allowed.norm if allowed else "") or "l2"


def _things(kind: InputKind, before: Arrays, after: Arrays) -> int:
    """Pixels with any changed channel, nodes with any changed feature, changed words or fields."""
    if kind == "image":
        return int((before[0] != after[0]).any(axis=0).sum())
    if kind == "graph":
        return int((before[0] != after[0]).any(axis=1).sum())
    return int((before[-1] != after[-1]).sum())


def _flips(before: np.ndarray, after: np.ndarray, *, adds: bool) -> int:
    """Values that were 0 and are no more, or that were not and are now."""
    was, now = before != 0, after != 0
    return int((~was & now).sum() if adds else (was & ~now).sum())
