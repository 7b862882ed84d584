"""What a discrete law tells two inputs apart by: its likelihood ratio and the masses behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_RARE = 1e-22
"""Below this mass an atom is trimmed: it moves a bound by less than 1e-22 / (1 - p)."""


@dataclass(frozen=True)
class Atoms:
    """The outcomes of discrete noise, those of equal likelihood ratio taken together.

    The law at the clean input against the law at a changed one. Several atoms of equal ratio are
    harmless; only their sums count.

    Attributes:
        log_ratio: log(changed / clean) of each atom, (J,), finite.
        clean, changed: masses of each atom under the two laws, (J,).
        clean_only: mass of the clean law where the changed one has none.
        changed_only: mass of the changed law where the clean one has none.
    """

    log_ratio: Floats
    clean: Floats
    changed: Floats
    clean_only: float = 0.0
    changed_only: float = 0.0

    @classmethod
    def of(cls, log_ratio: Any, clean: Any, changed: Any) -> Atoms:
        """Atoms from any sequences of numbers."""
        parts = [np.asarray(part, dtype=np.float64) for part in (log_ratio, clean, changed)]
        return cls(parts[0], parts[1], parts[2])

    @classmethod
    def shared(cls, mass: float) -> Atoms:
        """Both laws agree on ``mass`` and have nothing else in common: masking."""
        same = np.array([mass])
        return cls(np.zeros(1), same, same, 1.0 - mass, 1.0 - mass)

    def times(self, other: Atoms) -> Atoms:
        """Both, drawn independently."""
        return Atoms(
            np.add.outer(self.log_ratio, other.log_ratio).ravel(),
            np.multiply.outer(self.clean, other.clean).ravel(),
            np.multiply.outer(self.changed, other.changed).ravel(),
            self.clean_only + other.clean_only * (1.0 - self.clean_only),
            self.changed_only + other.changed_only * (1.0 - self.changed_only),
        )

    def trimmed(self) -> Atoms:
        """Without atoms that one of the laws hardly ever shows, told apart for good.

        Their clean mass goes to ``clean_only``, their changed mass to ``changed_only``: the two
        laws get easier to tell apart, so bounds only weaken, by less than anyone can see.
        """
        kept = (self.clean > _RARE) & (self.changed > _RARE)
        return Atoms(
            self.log_ratio[kept],
            self.clean[kept],
            self.changed[kept],
            self.clean_only + float(self.clean[~kept].sum()),
            self.changed_only + float(self.changed[~kept].sum()),
        )

    def swapped(self) -> Atoms:
        """The changed input as the clean one."""
        return Atoms(-self.log_ratio, self.changed, self.clean, self.changed_only, self.clean_only)


NOTHING_CHANGED = Atoms(np.zeros(1), np.ones(1), np.ones(1))
"""The one atom of two equal laws."""


@dataclass(frozen=True)
class AtomTable:
    """Atoms of several changes, one per row, sorted by rising ratio and filled up with empty ones.

    Attributes:
        log_ratio, clean, changed: (rows, J); an empty atom repeats its row's largest ratio.
        clean_only, changed_only: (rows,).
    """

    log_ratio: Floats
    clean: Floats
    changed: Floats
    clean_only: Floats
    changed_only: Floats

    @classmethod
    def of(cls, rows: Sequence[Atoms]) -> AtomTable:
        """The table of these rows."""
        width = max(1, *(len(row.log_ratio) for row in rows))
        log_ratio, clean, changed = (np.zeros((len(rows), width)) for _ in range(3))
        for i, row in enumerate(rows):
            order, size = np.argsort(row.log_ratio, kind="stable"), len(row.log_ratio)
            log_ratio[i, :size] = row.log_ratio[order]
            log_ratio[i, size:] = row.log_ratio.max(initial=-np.inf) if size else 0.0
            clean[i, :size], changed[i, :size] = row.clean[order], row.changed[order]
        return cls(
            log_ratio,
            clean,
            changed,
            np.array([row.clean_only for row in rows]),
            np.array([row.changed_only for row in rows]),
        )

    @property
    def rows(self) -> int:
        """How many changes."""
        return len(self.clean_only)

    def take(self, rows: Any) -> AtomTable:
        """Some rows, by index or mask; a row may be taken several times."""
        return AtomTable(
            self.log_ratio[rows],
            self.clean[rows],
            self.changed[rows],
            self.clean_only[rows],
            self.changed_only[rows],
        )

    def swapped(self) -> AtomTable:
        """Every changed input as the clean one; the order of ratios turns round."""
        return AtomTable(
            -self.log_ratio[:, ::-1],
            self.changed[:, ::-1],
            self.clean[:, ::-1],
            self.changed_only,
            self.clean_only,
        )
