"""A sparse matrix of zeros and ones: which columns are set in each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pattern:
    """The ones of a binary matrix in compressed rows.

    Attributes:
        starts: (rows + 1,); row i has the entries ``starts[i]`` to ``starts[i + 1]``.
        entries: column numbers, rising within a row, none twice.
        columns: width of the matrix.
    """

    starts: Indices
    entries: Indices
    columns: int

    @property
    def rows(self) -> int:
        """Height of the matrix."""
        return len(self.starts) - 1

    @property
    def counts(self) -> Indices:
        """Ones per row."""
        return np.diff(self.starts)

    @classmethod
    def from_pairs(cls, pairs: Indices, shape: tuple[int, int]) -> Pattern:
        """The matrix with ones at ``pairs`` (2, n), which lie inside ``shape``; repeats count once.

        Raises:
            OverflowError: the shape has more than 2^63 cells.
        """
        rows, columns = shape
        if rows * columns >= 1 << 63:
            raise OverflowError(f"{rows} x {columns} cells are more than 2^63")
        cells = np.unique(pairs[0].astype(np.int64) * columns + pairs[1])
        height, entries = np.divmod(cells, columns) if columns else (cells, cells)
        starts = np.zeros(rows + 1, dtype=np.int64)
        np.cumsum(np.bincount(height, minlength=rows), out=starts[1:])
        return cls(starts, entries, columns)

    def row(self, index: int) -> Indices:
        """Columns set in a row, rising."""
        return self.entries[self.starts[index] : self.starts[index + 1]]

    def pairs(self) -> Indices:
        """(2, n): row and column of every one, in order."""
        return np.stack([np.repeat(np.arange(self.rows), self.counts), self.entries])

    def dense(self, chosen: Indices) -> npt.NDArray[np.uint8]:
        """The chosen rows as (len(chosen), columns) zeros and ones."""
        out = np.zeros((len(chosen), self.columns), dtype=np.uint8)
        for position, index in enumerate(chosen):
            out[position, self.row(int(index))] = 1
        return out
