"""How a text becomes token ids, and the cells of a table numbers: what noise works on.

A text's alphabet is the tokens that noise may draw and an attacker may use, numbered from 0
without gaps; the model translates them back to its own ids. So every position of a noised text
belongs to the alphabet: the marks that a model needs around a text are added by the model, after
the noise, and padding there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError, quoted

Tokens = npt.NDArray[np.int64]
MOST_TOKENS = 512
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SHOWN = 6


@dataclass(frozen=True)
class Encoded:
    """A text as token ids.

    Attributes:
        tokens: (L,) int64, each in [0, size of the alphabet).
        notes: what was lost, one clause each: a text cut to what the model takes.
    """

    tokens: Tokens
    notes: tuple[str, ...] = ()


class Tokenizer(Protocol):
    """Cuts texts into tokens of an alphabet."""

    @property
    def size(self) -> int:
        """Of the alphabet."""
        ...

    def encode(self, text: str) -> Encoded:
        """The text as tokens.

        Raises:
            UserError: it has no token, or one outside the alphabet.
        """
        ...

    def words(self, tokens: Sequence[int]) -> tuple[str, ...]:
        """Tokens as people read them; one past the alphabet is the mask."""
        ...


MASK_WORD = "▯"
"""How a masked word is shown."""


class WordTokenizer:
    """Whole words in lower case from a short list; punctuation is left out.

    Args:
        vocabulary: the words, by id.
        most: longest text, in words.
    """

    def __init__(self, vocabulary: Sequence[str], most: int = MOST_TOKENS) -> None:
        self._words = tuple(vocabulary)
        self._ids = {word: index for index, word in enumerate(self._words)}
        self._most = most

    @property
    def size(self) -> int:
        """Number of words."""
        return len(self._words)

    def encode(self, text: str) -> Encoded:
        """The words of the list in ``text``, in order.

        Raises:
            UserError: there is no word, or one that is not in the list.
        """
        words = _WORD.findall(text.lower())
        if not words:
            raise UserError("The text has no word in it; write a few words.")
        unknown = next((word for word in words if word not in self._ids), None)
        if unknown is not None:
            shown = ", ".join(self._words[:_SHOWN])
            raise UserError(
                f"The word '{quoted(unknown, 40)}' is not among the {self.size} that this model "
                f"knows ({shown}, ...); write the text with these."
            )
        tokens = np.array([self._ids[word] for word in words[: self._most]], dtype=np.int64)
        return Encoded(tokens, cut(len(words), self._most))

    def words(self, tokens: Sequence[int]) -> tuple[str, ...]:
        """The words themselves."""
        return tuple(self._words[int(t)] if t < self.size else MASK_WORD for t in tokens)


def cut(length: int, most: int) -> tuple[str, ...]:
    """What to say of a text longer than a model takes."""
    if length <= most:
        return ()
    return (
        f"the text was cut to its first {most:,} of {length:,} tokens, all that the model takes",
    )


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: as in the table's first line.
        values: of a categorical column, by code; empty for a numeric one.
        mean, scale: of a numeric column: a cell becomes (cell - mean) / scale.
    """

    name: str
    values: tuple[str, ...] = ()
    mean: float = 0.0
    scale: float = 1.0

    @property
    def categorical(self) -> bool:
        """Whether its cells are values of a list."""
        return bool(self.values)


@dataclass(frozen=True)
class TableCoding:
    """A row as standardised numbers and as codes of categorical fields.

    Attributes:
        columns: those that a model reads, in its order.
    """

    columns: tuple[Column, ...]

    @property
    def numeric(self) -> tuple[Column, ...]:
        """Columns of numbers."""
        return tuple(column for column in self.columns if not column.categorical)

    @property
    def fields(self) -> tuple[Column, ...]:
        """Columns of values from a list."""
        return tuple(column for column in self.columns if column.categorical)

    @property
    def arities(self) -> tuple[int, ...]:
        """Number of values of each field."""
        return tuple(len(column.values) for column in self.fields)

    def encode(
        self, cells: Mapping[str, str], where: str
    ) -> tuple[npt.NDArray[np.float32], Tokens]:
        """The numbers (F,) and the codes (G,) of a row.

        Args:
            cells: by column name.
            where: what refusals call the row.

        Raises:
            UserError: a column is missing, or a cell is not a number or none of the values.
        """
        missing = next((one.name for one in self.columns if one.name not in cells), None)
        if missing is not None:
            raise UserError(f"{where} has no column '{missing}', which the model reads.")
        numbers = [_standardised(one, cells[one.name], where) for one in self.numeric]
        codes = [_code(one, cells[one.name], where) for one in self.fields]
        return np.array(numbers, dtype=np.float32), np.array(codes, dtype=np.int64)

    def facts(self) -> bytes:
        """All of it as bytes, for a digest."""
        return repr(self.columns).encode()


@dataclass(frozen=True)
class Columns:
    """The columns that a model reads, standardised and coded as the table itself tells.

    Attributes:
        names: in the model's order; none for all of the table's.
    """

    names: tuple[str, ...]


Coding = Tokenizer | TableCoding | Columns
"""What a model reads its inputs with, where they are no images or graphs."""


def number(cell: str) -> float | None:
    """A cell as a finite number; None if it is none."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _standardised(column: Column, cell: str, where: str) -> float:
    value = number(cell)
    if value is None:
        shown = quoted(cell, 40) or "nothing"
        raise UserError(
            f"{where} has '{shown}' in the column '{column.name}', which needs a number."
        )
    return (value - column.mean) / column.scale


def _code(column: Column, cell: str, where: str) -> int:
    if cell not in column.values:
        known = ", ".join(column.values[:_SHOWN]) + (", ..." if len(column.values) > _SHOWN else "")
        raise UserError(
            f"{where} has '{quoted(cell, 40)}' in the column '{column.name}', which is none of its "
            f"{len(column.values)} values ({known})."
        )
    return column.values.index(cell)
