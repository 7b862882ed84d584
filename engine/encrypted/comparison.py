"""Telling classes apart: from scores with an error, or from encrypted comparisons.

The sign of x in [-1, 1] is approximated by odd polynomials of degree 9 after one another (Cheon,
Kim, Kim, Lee, Efficient Homomorphic Comparison Methods with Optimal Complexity, ASIACRYPT 2020): g4
is steep at 0, f4 flat at -1 and 1, and both keep the sign. A vote is counted only where it is out
of doubt; every other sample counts against every class, so that a count under encryption is never
above the clear one.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from engine.encrypted.quadratic import LARGEST, Matrix

STEEP = (0.0, 5850.0, 0.0, -34974.0, 0.0, 97015.0, 0.0, -113492.0, 0.0, 46623.0)
"""g4, in units of 2^-10, by rising power."""
FLAT = (0.0, 315.0, 0.0, -420.0, 0.0, 378.0, 0.0, -180.0, 0.0, 35.0)
"""f4, in units of 2^-7."""
DOUBT = 0.25
"""How far a decrypted bit may be from 0 or 1 to be one."""
_EVALUATED = 0.01
"""By how much noise may move what the polynomials make of a number: each adds about 1e-4 at most,
and the next are at most six times as steep."""
ONE_CLASS = ("anytime", "live", "clopper-pearson")
"""Bounds that rest on the votes of the top class alone: a sample in doubt may be of any other."""
NOT_COUNTED = -1
"""Class of a sample in doubt."""


def polynomials(steep: int) -> list[list[float]]:
    """Coefficients, by rising power, of ``steep`` times g4, then of (f4 + 1) / 2: a bit."""
    flat = [value / 256 for value in FLAT]
    flat[0] = 0.5
    return [[value / 1024 for value in STEEP] for _ in range(steep)] + [flat]


def bit(x: Matrix, steep: int) -> Matrix:
    """In the clear what the polynomials make of numbers in [-1, 1]: near 0 or 1."""
    for coefficients in polynomials(steep):
        x = np.asarray(np.polynomial.polynomial.polyval(x, coefficients), dtype=np.float64)
    return x


def in_doubt(error: float, steep: int) -> bool:
    """Whether no number within ``error`` of 0, whose sign it may turn, is made a bit."""
    within = np.linspace(0.0, min(error, 1.0), 1001)
    least = 0.5 - DOUBT - _EVALUATED
    return bool(error < 1.0 and (np.abs(bit(within, steep) - 0.5) < least).all())


def by_scores(scores: Matrix, error: float) -> npt.NDArray[np.int64]:
    """Classes (B,) of decrypted scores (B, K); NOT_COUNTED where the lead is within the error.

    So are rows that hold a score larger than any: they were not computed so, or under other keys.

    Args:
        scores: not finite in rows that were not sent.
        error: of the difference of two scores.
    """
    usable = np.all(np.abs(scores) <= LARGEST + error, axis=1)  # not where one is no number
    safe = np.where(usable.reshape(-1, 1), scores, 0.0)
    best = safe.argmax(axis=1)
    ordered = np.sort(safe, axis=1)
    clear = usable & (ordered[:, -1] - ordered[:, -2] > error)
    return np.where(clear, best, NOT_COUNTED).astype(np.int64)


def by_bits(bits: Matrix, classes: int) -> npt.NDArray[np.int64]:
    """Classes (B,) that won every comparison; NOT_COUNTED where one of theirs is in doubt.

    Args:
        bits: (B, K (K - 1) / 2), for classes a < b near 1 where a won.
        classes: K.
    """
    sure = (np.abs(bits - np.round(bits)) <= DOUBT) & np.isin(np.round(bits), (0.0, 1.0))
    won = np.zeros((len(bits), classes), dtype=np.int64)
    for column, (a, b) in enumerate(combinations(range(classes), 2)):
        won[:, a] += sure[:, column] & (np.round(bits[:, column]) == 1.0)
        won[:, b] += sure[:, column] & (np.round(bits[:, column]) == 0.0)
    best = won.argmax(axis=1)
    return np.where(won.max(axis=1) == classes - 1, best, NOT_COUNTED).astype(np.int64)


def deviation(bits: Matrix) -> float:
    """Sum of |v - round(v)|: by how much the sum of bits may differ from a count, at most."""
    return float(np.abs(bits - np.clip(np.round(bits), 0.0, 1.0)).sum())
