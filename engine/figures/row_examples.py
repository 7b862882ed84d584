"""What noise and an attack do to a row of a table: its numbers moved, its fields replaced."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from engine.core.records import Record
from engine.figures.changes import sizes
from engine.regions import CellMap, Perturbation, Region, Staircase
from engine.regions.base import whole

CellMark = Literal["", "raised", "lowered", "replaced"]
ARROWS: dict[CellMark, str] = {"raised": "▲", "lowered": "▼"}
"""Stand before a moved number, beside its colour."""


class RowColumn(Record):
    """A column of the table.

    Attributes:
        name: as in the table's first line.
        values: of a categorical column, by code; empty for a numeric one.
        mean, scale: of a numeric column: a cell is mean + scale times its standardised number.
    """

    name: str
    values: tuple[str, ...] = ()
    mean: float = 0.0
    scale: float = 1.0

    def number(self, standardised: float) -> str:
        """A number in the column's own unit, to a tenth of its deviation or finer."""
        return f"{self.mean + self.scale * standardised:.{self._decimals()}f}"

    def difference(self, standardised: float) -> str:
        """How far a number moved in the column's own unit, with its sign."""
        return f"{self.scale * standardised:+.{self._decimals()}f}"

    def _decimals(self) -> int:
        return max(0, 1 - math.floor(math.log10(self.scale)))


class RowValues(Record):
    """A row as a model reads it.

    Attributes:
        numbers: standardised, in the order of the numeric columns.
        codes: in the order of the categorical columns.
        answer: of the base model; empty where not asked.
    """

    numbers: tuple[float, ...]
    codes: tuple[int, ...]
    answer: str = ""


class RowCell(Record):
    """A cell as people read it.

    Attributes:
        text: its value.
        mark: what happened to it.
        by: how far a number moved, with its sign.
    """

    text: str
    mark: CellMark = ""
    by: str = ""

    def shown(self) -> str:
        """With an arrow before a moved number."""
        arrow = ARROWS.get(self.mark, "")
        return f"{arrow} {self.text}" if arrow else self.text

    def told(self) -> str:
        """With how far a number moved behind it: ``89.6 (+3.1)``."""
        return f"{self.text} ({self.by})" if self.by else self.text


class FieldStep(Record):
    """A field and the code put into it."""

    field: int
    code: int


class RowAttack(Record):
    """How a row is changed, for any number of fields and any strength.

    Attributes:
        steps: one for every field, those to change first leading.
        direction: of l2 norm 1, how the standardised numbers are moved.
        how: in words.
    """

    steps: tuple[FieldStep, ...]
    direction: tuple[float, ...]
    how: str

    def planned(
        self, region: Region, change: Perturbation
    ) -> tuple[tuple[FieldStep, ...], float] | None:
        """The steps to take and how far to move the numbers; None for other terms."""
        if isinstance(region, Staircase) and region.first == 0:
            count = whole(change, region.count_term)
            return self.steps[:count], change[region.strength_term]
        if isinstance(region, CellMap) and region.strength_term and not region.layer_term:
            added = [step for step in self.steps if step.code][: whole(change, region.row_term)]
            gone = [step for step in self.steps if not step.code]
            taken = (*added, *gone[: whole(change, region.column_term)])
            return taken, change[region.strength_term]
        return None

    def on(self, row: RowValues, steps: tuple[FieldStep, ...], strength: float) -> RowValues:
        """The row after these steps, its numbers moved by ``strength`` in l2 norm."""
        new = {step.field: step.code for step in steps}
        moved = np.array(row.numbers) + strength * np.array(self.direction)
        return RowValues(
            numbers=tuple(moved.tolist()),
            codes=tuple(new.get(i, code) for i, code in enumerate(row.codes)),
        )


class RowsFigure(BaseModel):
    """What the numbers mean for a row of a table.

    Attributes:
        columns: those that the model reads, in its order.
        original: the row, with the answer of the base model.
        samples: noisy samples with its answers.
        noise_in_words: the law.
        attack: how the row is changed; None where no class was chosen.
        region: what is certified, which says how large a change may be.
        answers: of the base model after each of ``sizes(region)``; empty where not asked.
    """

    model_config = ConfigDict(frozen=True)

    columns: tuple[RowColumn, ...]
    original: RowValues
    samples: tuple[RowValues, ...]
    noise_in_words: str
    attack: RowAttack | None = None
    region: Region | None = None
    answers: tuple[str, ...] = ()

    def cells(self, row: RowValues) -> tuple[RowCell, ...]:
        """A row in the table's own words and units, one cell per column."""
        found, numbers, fields = [], 0, 0
        for column in self.columns:
            if column.values:
                old, new = self.original.codes[fields], row.codes[fields]
                mark: CellMark = "replaced" if new != old else ""
                found.append(RowCell(text=column.values[new], mark=mark))
                fields += 1
            else:
                before, after = self.original.numbers[numbers], row.numbers[numbers]
                mark = "raised" if after > before else "lowered" if after < before else ""
                by = column.difference(after - before) if mark else ""
                found.append(RowCell(text=column.number(after), mark=mark, by=by))
                numbers += 1
        return tuple(found)

    def told(self, row: RowValues) -> str:
        """What happened to a row: ``3 numbers moved, 1 field replaced``; empty for nothing."""
        marks = [cell.mark for cell in self.cells(row)]
        replaced = marks.count("replaced")
        moved = sum(bool(mark) for mark in marks) - replaced
        counts = ((moved, "number", "moved"), (replaced, "field", "replaced"))
        return ", ".join(f"{n} {unit}{'s' * (n > 1)} {what}" for n, unit, what in counts if n)

    def changed(self, change: Perturbation) -> RowValues | None:
        """The row after an attack of this size, with the base model's answer where asked."""
        if self.attack is None or self.region is None:
            return None
        plan = self.attack.planned(self.region, change)
        if plan is None:
            return None
        answers = dict(zip(map(_key, sizes(self.region)), self.answers, strict=False))
        found = self.attack.on(self.original, *plan)
        return found.model_copy(update={"answer": answers.get(_key(change), "")})


def _key(change: Perturbation) -> frozenset[tuple[str, float]]:
    return frozenset(change.items())
