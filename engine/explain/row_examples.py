"""Rows of tables as examples: numbers that move and fields that are replaced."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from engine.explain.presenter import Presenter, Ready
from engine.explain.substitutions import substitutions
from engine.figures.examples import Arrays, Attack, Media
from engine.figures.media import CellsMedium
from engine.inputs.coding import TableCoding
from engine.regions import Region


@dataclass(frozen=True)
class RowPresenter(Presenter):
    """Shows a row, standardised numbers (F,) and codes (G,), in its table's words and units."""

    arrays: Arrays
    coding: TableCoding

    def show(self, arrays: Arrays) -> Media:
        """The row, its cells marked where they differ."""
        (numbers, codes), (clean, clean_codes) = arrays, self.arrays
        row, before = (numbers.tolist(), codes.tolist()), (clean.tolist(), clean_codes.tolist())
        return (CellsMedium.of(self.coding.columns, row, before),)

    def attack(
        self, ready: Ready, region: Region, *, top: int | None, tries: int, stop: threading.Event
    ) -> Attack | None:
        """Fields to replace and numbers to move."""
        if top is None:
            return None
        words = ("fields", "numbers")
        found, how = substitutions(
            ready, self.arrays, self.coding.arities, top=top, tries=tries, words=words
        )
        return Attack(how, found.change, self.show)
