"""What every reader of stump ensembles shares: trees, their sum, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

import numpy as np

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import Steps, StumpEnsemble, moved
from engine.core.errors import UserError, quoted
from engine.inputs.coding import Column, Columns, TableCoding, number

MOST_BYTES = 64_000_000
MOST_TREES, MOST_NUMBERS = 100_000, 100_000
ROUNDING32, ROUNDING64 = 2.0**-24, 2.0**-53
"""Of one addition, relative, in the arithmetic that a library sums in."""


def check_size(path: Path, columns: int, trees: int) -> None:
    """Refuse a file whose numbers, which may be anything, are no ensemble's that opens here.

    Raises:
        UserError: naming the limits.
    """
    if not 0 < columns <= MOST_NUMBERS or trees > MOST_TREES:
        raise UserError(
            f"{path} has no columns, or more columns or trees than open here ({MOST_NUMBERS:,} and "
            f"{MOST_TREES:,})."
        )


@dataclass(frozen=True)
class StumpFile:
    """A file's ensemble, in the units of its own columns or pixels.

    Attributes:
        ensemble: its step functions, one for each column or pixel; or ensembles that vote.
        format: of the file, in words.
        trees: how many it holds.
        names: of its columns, in order; empty where the file names none.
        coding: how its columns are standardised, where the file says so: its cuts then are in
            standard deviations.
        shape: of an image in its input format; empty for rows of a table.
        classes: names of both classes; empty where the file names none.
        scheme: the scheme it was made for, where the file says so.
    """

    ensemble: StumpEnsemble | StumpVote
    format: str
    trees: int
    names: tuple[str, ...] = ()
    coding: TableCoding | None = None
    shape: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()
    scheme: Mapping[str, object] | None = None

    @property
    def reads(self) -> TableCoding | Columns | None:
        """Its columns; None where it takes an image."""
        return None if self.shape else self.coding or Columns(self.names)

    def bound(self, coding: TableCoding | None, name: str) -> StumpEnsemble | StumpVote:
        """The ensemble of the numbers that receive the noise, and of the codes beside them.

        Args:
            coding: of the row; None for an image.
            name: of the model, for refusals.

        Raises:
            UserError: the row has other columns, or words where the model takes numbers.
        """
        if coding is None or self.coding is not None or isinstance(self.ensemble, StumpVote):
            return self.ensemble
        return in_units(self.ensemble, coding, name)


def in_units(ensemble: StumpEnsemble, coding: TableCoding, name: str) -> StumpEnsemble:
    """The ensemble of standardised numbers and of codes, of one whose cuts are in cells' units.

    A column that the table takes for categorical has a value for each of its codes.

    Raises:
        UserError: another number of columns, or words where the model takes numbers.
    """
    if len(coding.columns) != len(ensemble.numbers):
        raise UserError(
            f"The model '{name}' takes {len(ensemble.numbers)} columns, the table has "
            f"{len(coding.columns)}; give the table that it was trained on."
        )
    pairs = list(zip(coding.columns, ensemble.numbers, strict=True))
    return replace(
        ensemble,
        numbers=tuple(
            moved(steps, one.mean, one.scale) for one, steps in pairs if not one.categorical
        ),
        fields=tuple(
            _values(one, steps, name, closed=ensemble.closed)
            for one, steps in pairs
            if one.categorical
        ),
    )


def _values(column: Column, steps: Steps, name: str, *, closed: bool) -> tuple[Fraction, ...]:
    cells = [number(value) for value in column.values]
    if any(cell is None for cell in cells):
        raise UserError(
            f"The model '{name}' takes numbers in the column '{column.name}', but the table has "
            "words there."
        )
    side = "left" if closed else "right"
    places = np.searchsorted(steps.cuts, np.array(cells, dtype=np.float64), side=side)  # type: ignore[call-overload]
    return tuple(steps.values[int(place)] for place in places)


@dataclass(frozen=True)
class Stump:
    """One tree of depth one: ``below`` left of the cut, ``above`` right of it.

    A tree without a split has ``column`` None, and both values alike.
    """

    column: int | None
    cut: float
    below: float
    above: float


def ensemble_of(
    stumps: Iterable[Stump],
    width: int,
    *,
    base: float = 0.0,
    above: float = 0.0,
    rounding: float,
    closed: bool,
) -> StumpEnsemble:
    """The sum of stumps as step functions of ``width`` numbers.

    Args:
        stumps: all trees.
        width: how many numbers the model takes.
        base: what is added to the sum.
        above: the sum beyond which class 1 is predicted.
        rounding: of one addition in the library's arithmetic, relative.
        closed: whether a number that equals a cut lies below it.
    """
    parts: list[list[tuple[float, Fraction, Fraction]]] = [[] for _ in range(width)]
    start, size, trees = Fraction(base), abs(base), 1
    for one in stumps:
        trees += 1
        size += max(abs(one.below), abs(one.above))
        if one.column is None:
            start += Fraction(one.below)
        else:
            parts[one.column].append((one.cut, Fraction(one.below), Fraction(one.above)))
    # A sum of m terms in any order is off by at most (m - 1) roundings of the sum of their sizes;
    # the link from sum to probability is rounded too.
    slack = 1.01 * (trees * size + 8.0 * max(1.0, abs(base), abs(above))) * rounding
    return StumpEnsemble(
        tuple(map(Steps.of, parts)),
        above=Fraction(above) - start,
        slack=Fraction(slack),
        closed=closed,
    )


def refuse_depth(path: Path, tree: int, depth: str) -> NoReturn:
    """Say why a deeper tree does not open.

    Raises:
        UserError: always.
    """
    raise UserError(
        f"{path}: its tree {tree} {depth}. Exact probabilities are computed for sums of functions "
        "of one column each, and a deeper tree makes columns depend on each other; train with "
        "trees of depth one (max_depth=1, num_leaves=2)."
    )


def damaged(path: Path, format: str, why: str = "") -> UserError:
    """The refusal of a file that is not as its format says."""
    reason = f" ({quoted(why, 80)})" if why else ""
    return UserError(f"{path} is a damaged {format} file{reason}; save it again.")
