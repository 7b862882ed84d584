"""What an example shows of an input: an image, words, the cells of a row, the nodes of a graph."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.core.records import Record
from engine.figures.graphs import NeighbourhoodFigure
from engine.figures.places import Place
from engine.inputs.coding import Column

Touch = Literal["", "noised", "taken away", "changed", "denoised"]
"""What happened to the marked places; *taken away* if nothing is left of them. A whole image may
be *denoised*: what a denoiser made of the noisy one beside it."""
WordMark = Literal["", "replaced", "masked"]
CellMark = Literal["", "raised", "lowered", "replaced"]
ARROWS: dict[CellMark, str] = {"raised": "▲", "lowered": "▼"}
"""Stand before a moved number, beside its colour."""


class Medium(BaseModel):
    """One part of an input as people see it, with marks on what was touched.

    ``kind`` selects the widget in the window and the drawing in the report; ``columns`` names what
    ``rows`` yields, the part's lines in a CSV table.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, arbitrary_types_allowed=True)

    kind: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]

    def told(self) -> str:
        """What happened to it in words; empty for nothing."""
        raise NotImplementedError

    def key(self) -> str:
        """What its drawing means, said once, beside the input; empty for nothing."""
        return ""

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The values under ``columns``, at full precision."""
        raise NotImplementedError


_TOLD_APART = 0.02
"""Difference of two pixels that an eye can see."""


class ImageMedium(Medium):
    """An image.

    Attributes:
        pixels: (C, H, W), clipped to [0, 1] for display.
        places: (H, W) True where it was touched; None where nothing is marked.
        touch: what happened there.
        clipped: whether clipping changed anything.
        unseen: why nothing of it is to be seen though its pixels differ; empty where something is.
        frames: places that the model answers with, each in the frame that a tolerance leaves it.
    """

    kind: ClassVar[str] = "image"
    columns: ClassVar[tuple[str, ...]] = ("channel", "row", "column", "value")

    pixels: npt.NDArray[np.float32]
    places: npt.NDArray[np.bool_] | None = None
    touch: Touch = ""
    clipped: bool = False
    unseen: str = ""
    frames: tuple[Place, ...] = ()

    @classmethod
    def of(
        cls,
        pixels: npt.NDArray[np.floating],
        places: npt.NDArray[np.bool_] | None = None,
        touch: Touch = "",
    ) -> ImageMedium:
        """The image of any pixels, those outside [0, 1] clipped."""
        shown = np.clip(pixels, 0.0, 1.0).astype(np.float32)
        clipped = bool((shown != pixels.astype(np.float32)).any())
        plain = clipped and _spread(pixels) >= _TOLD_APART > _spread(shown)
        unseen = f"too {_ends(shown)} to show" if plain else ""
        return cls(pixels=shown, places=places, touch=touch, clipped=clipped, unseen=unseen)

    def told(self) -> str:
        """How the noise's marks are to be read."""
        if self.touch == "denoised":
            return "beside it as the denoiser gives it to the model"
        if self.places is None or self.touch == "changed":
            return ""
        cue = "hatched" if self.touch == "taken away" else "outlined"
        return f"{cue} pixels were {self.touch}"

    def key(self) -> str:
        """Of frames, if it has any."""
        return "frames: within the tolerance; dots: the model's answer" if self.frames else ""

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every pixel."""
        for (channel, row, column), value in np.ndenumerate(self.pixels):
            yield channel, row, column, float(value)


def _spread(pixels: npt.NDArray[np.floating]) -> float:
    """How far the pixels of a channel are apart; a plain colour has channels that differ."""
    return float(np.ptp(pixels, axis=(1, 2)).max(initial=0.0))


def _ends(shown: npt.NDArray[np.float32]) -> str:
    """Beyond which end of what is shown the channels of a plain image lie."""
    bright = shown.mean(axis=(1, 2)) > 0.5
    return "bright" if bright.all() else "bright or too dark" if bright.any() else "dark"


class WordsMedium(Medium):
    """A text, one word per token, with what happened to each of them."""

    kind: ClassVar[str] = "words"
    columns: ClassVar[tuple[str, ...]] = ("position", "word", "mark")

    words: tuple[str, ...]
    marks: tuple[WordMark, ...]

    def text(self) -> str:
        """The words in a row."""
        return " ".join(self.words)

    def told(self) -> str:
        """How many words are marked: ``2 replaced, 1 masked``; empty for none."""
        kinds: tuple[WordMark, ...] = ("replaced", "masked")
        counts = [(self.marks.count(kind), kind) for kind in kinds]
        return ", ".join(f"{count} {kind}" for count, kind in counts if count)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every word."""
        for place, (word, mark) in enumerate(zip(self.words, self.marks, strict=True)):
            yield place, word, mark


class Cell(Record):
    """A cell of a table as people read it.

    Attributes:
        column: its column's name.
        text: its value, a number to a tenth of its column's deviation or finer.
        mark: what happened to it.
        by: how far a number moved, with its sign.
        value: a number in full, in the column's own unit; else the text.
        standardised: a number as the model reads it.
    """

    column: str
    text: str
    value: float | str
    standardised: float | None = None
    mark: CellMark = ""
    by: str = ""

    def shown(self) -> str:
        """With an arrow before a moved number."""
        arrow = ARROWS.get(self.mark, "")
        return f"{arrow} {self.text}" if arrow else self.text

    def told(self) -> str:
        """With how far a number moved behind it: ``89.6 (+3.1)``."""
        return f"{self.text} ({self.by})" if self.by else self.text


class CellsMedium(Medium):
    """A row of a table, one cell per column."""

    kind: ClassVar[str] = "cells"
    columns: ClassVar[tuple[str, ...]] = ("column", "value", "standardised", "mark")

    cells: tuple[Cell, ...]

    @classmethod
    def of(
        cls,
        columns: Sequence[Column],
        row: tuple[Sequence[float], Sequence[int]],
        clean: tuple[Sequence[float], Sequence[int]],
    ) -> CellsMedium:
        """A row in the table's own words and units, marked where it differs from the clean one.

        Args:
            columns: those that the model reads, in its order.
            row: standardised numbers (F,) and codes (G,).
            clean: the same of the row without noise.
        """
        numbers, codes = (zip(*pair, strict=True) for pair in zip(row, clean, strict=True))
        return cls(
            cells=tuple(
                _field(one, *map(int, next(codes))) if one.values else _number(one, *next(numbers))
                for one in columns
            )
        )

    def told(self) -> str:
        """What happened to the row: ``3 numbers moved, 1 field replaced``; empty for nothing."""
        marks = [cell.mark for cell in self.cells]
        replaced = marks.count("replaced")
        moved = sum(bool(mark) for mark in marks) - replaced
        counts = ((moved, "number", "moved"), (replaced, "field", "replaced"))
        return ", ".join(f"{n} {unit}{'s' * (n > 1)} {what}" for n, unit, what in counts if n)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every cell, numbers in full and standardised."""
        for cell in self.cells:
            yield cell.column, cell.value, cell.standardised, cell.mark


def _field(column: Column, new: int, old: int) -> Cell:
    text = column.values[new]
    return Cell(column=column.name, text=text, value=text, mark="replaced" if new != old else "")


def _number(column: Column, new: float, old: float) -> Cell:
    digits = max(0, 1 - math.floor(math.log10(column.scale)))
    mark: CellMark = "raised" if new > old else "lowered" if new < old else ""
    value = column.mean + column.scale * float(new)
    return Cell(
        column=column.name,
        text=f"{value:.{digits}f}",
        value=value,
        standardised=float(new),
        mark=mark,
        by=f"{column.scale * float(new - old):+.{digits}f}" if mark else "",
    )


class NodeTouch(Record):
    """A node that was touched.

    Attributes:
        position: in the neighbourhood's ``nodes``.
        added, removed: features turned from 0 to 1, and from 1 to 0.
    """

    position: int
    added: int = 0
    removed: int = 0

    def words(self) -> str:
        """``+2 features, -1``."""
        signs = [f"+{self.added}"] * (self.added > 0) + [f"-{self.removed}"] * (self.removed > 0)
        if not signs:
            return "no feature"
        one = (self.added or self.removed) == 1
        return ", ".join((f"{signs[0]} feature{'' if one else 's'}", *signs[1:]))


class GraphMedium(Medium):
    """A node's neighbourhood.

    Attributes:
        around: the neighbourhood that the model reads.
        touches: the nodes that were touched, by rising position.
        touch: what happened to them.
    """

    kind: ClassVar[str] = "graph"
    columns: ClassVar[tuple[str, ...]] = ("node", "name", "added", "removed")

    around: NeighbourhoodFigure
    touches: tuple[NodeTouch, ...] = ()
    touch: Touch = ""

    def told(self, most: int | None = None) -> str:
        """Noised nodes counted; changed ones listed, ``most`` of them at most."""
        if self.touch == "changed":
            listed = "; ".join(f"{self._node(t).name}: {t.words()}" for t in self.touches[:most])
            more = len(self.touches) - (len(self.touches) if most is None else most)
            nothing = "no flip within these limits helps the attack"
            return f"{listed or nothing}{f'; {more} more' if more > 0 else ''}"
        if not self.touch:
            return ""
        count = f"{len(self.touches)} of {len(self.around.nodes)} nodes {self.touch}"
        if self.touch == "taken away":
            return count
        added, removed = (sum(getattr(t, k) for t in self.touches) for k in ("added", "removed"))
        return f"{count}: +{added} features, -{removed}"

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every touched node."""
        for touch in self.touches:
            node = self._node(touch)
            yield node.number, node.name, touch.added, touch.removed

    def _node(self, touch: NodeTouch) -> Any:
        return self.around.nodes[touch.position]
