"""Whole frontiers of one kernel: how many symbols may change, and how strongly the rest besides.

One p_lower, estimated once under one fixed kernel, certifies the whole frontier at the same
confidence. The tables behind it depend on the kernel alone and are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.certificates.atoms import AtomTable, Floats
from engine.certificates.hybrid import largest_strengths, lower_rows, required_rows
from engine.certificates.kernels import DiscreteKernel, Flip


@dataclass(frozen=True)
class Decision:
    """What has to hold at a changed input, and what is known at the clean one.

    Attributes:
        levels: probabilities known at the clean input.
        total: what their worst cases must sum to; to 1 for two of them.
    """

    levels: tuple[float, ...]
    total: float

    @classmethod
    def of(cls, p_lower: float, p_upper: float, tau: float) -> Decision | None:
        """The decision by majority (tau 1/2) or by a deployed threshold; None if it is lost.

        By majority the top class stays ahead of every other one: LB(p_lower) > UB(p_upper), which
        is LB(p_lower) > 1/2 where the others' bound is 1 - p_lower. By a threshold its own
        probability stays at tau or above, whatever the others do.
        """
        if tau != 0.5:
            return cls((p_lower,), tau) if p_lower >= tau else None
        if p_lower <= p_upper:
            return None
        if p_upper >= 1.0 - p_lower:
            return cls((p_lower,), 0.5)
        return cls((p_lower, 1.0 - p_upper), 1.0)

    def certified(self, table: AtomTable) -> npt.NDArray[np.bool_]:
        """Which changes of the symbols are certified, nothing else being changed."""
        zero = np.zeros(table.rows)
        bounds = [lower_rows(zero + p, zero, table) for p in self.levels]
        kept: npt.NDArray[np.bool_] = np.sum(bounds, axis=0) >= self.total
        return kept

    def strengths(self, table: AtomTable, sigma: float) -> Floats:
        """Certified strength besides each change of the symbols; NaN where none is."""
        return largest_strengths(self.levels, table, sigma=sigma, total=self.total)


@lru_cache(maxsize=32)
def words_table(kernel: DiscreteKernel, most: int) -> AtomTable:
    """One row for each of 0 .. ``most`` changed symbols."""
    return AtomTable.of([kernel.atoms(changes).trimmed() for changes in range(most + 1)])


@lru_cache(maxsize=32)
def flips_table(kernel: Flip, most: int) -> AtomTable:
    """Row a (most + 1) + d for a additions and d deletions, up to ``most`` of each."""
    sides = range(most + 1)
    return AtomTable.of([kernel.atoms(a, d).trimmed() for a in sides for d in sides])


def most_words(kernel: DiscreteKernel, decision: Decision, most: int) -> int:
    """Largest certified number of changed symbols, up to ``most``.

    The unchanged input is certified by the decision itself.
    """
    changed = decision.certified(words_table(kernel, most))[1:]
    return int(np.logical_and.accumulate(changed).sum())


def staircase(
    kernel: DiscreteKernel, decision: Decision, *, sigma: float, most: int
) -> tuple[float, ...]:
    """Certified strengths for 0, 1, 2, ... changed symbols, falling, until none is certified."""
    found = decision.strengths(words_table(kernel, most), sigma)
    return (_or_zero(found[0]), *_falling(found[1:]))


def cells(
    kernel: Flip, decision: Decision, *, sigma: float, most: int
) -> tuple[tuple[float | None, ...], ...]:
    """Certified strength of every pair of additions (rows) and deletions; None where none is."""
    side = most + 1
    found = decision.strengths(flips_table(kernel, most), sigma)
    found[0] = _or_zero(found[0])
    # A cell covers all smaller ones: dropping a change is a garbling, so rounding alone may differ.
    grid = np.nan_to_num(found.reshape(side, side), nan=-1.0)
    grid = np.minimum.accumulate(np.minimum.accumulate(grid, axis=0), axis=1)
    rows, columns = int((grid[:, 0] >= 0).sum()), int((grid[0] >= 0).sum())
    return tuple(
        tuple(float(value) if value >= 0 else None for value in row)
        for row in grid[:rows, :columns]
    )


def required_of(
    table: AtomTable, cells: Sequence[tuple[int, float]], tau: float
) -> list[float | None]:
    """:func:`required_by` of many (row, shift) at once: a whole map costs a few milliseconds."""
    rows, shifts = zip(*cells, strict=True)
    found = required_rows(np.array(shifts, dtype=np.float64), table.take(list(rows)), tau=tau)
    return [float(one) if one < 1.0 else None for one in found]


def required_by(table: AtomTable, row: int, shift: float, tau: float) -> float | None:
    """Smallest p_lower that certifies one row at a shift epsilon / sigma; None if nothing does."""
    return required_of(table, [(row, shift)], tau)[0]


def _or_zero(strength: float) -> float:
    """The unchanged symbols are certified at strength 0 at least, by the decision itself."""
    return 0.0 if np.isnan(strength) else float(strength)


def _falling(strengths: Sequence[float] | Floats) -> list[float]:
    """Up to the first that is not certified; each at most the one before."""
    found: list[float] = []
    for strength in strengths:
        if np.isnan(strength):
            break
        found.append(float(min(strength, *found[-1:])) if found else float(strength))
    return found
