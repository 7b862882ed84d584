"""What the numbers mean for a row of a table: cells that noise and an attack touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from engine.figures import RowsFigure, RowValues, described, sizes
from engine.report.plots.base import Drawing


def draw(figure: RowsFigure) -> Drawing:
    """The row, noisy samples of it with the base model's answers, and an attack."""
    lines = [
        {
            "caption": caption,
            "note": note,
            "image": "",
            "chips": _chips(figure, row),
            "before": "",
            "after": "",
        }
        for caption, note, row in _shown(figure)
    ]
    return Drawing(
        kind="meaning",
        width=170,
        height=None,
        data={"title": "What it means", "subtitle": figure.noise_in_words, "lines": lines},
        alt="The cells of the row, noisy samples of them, and a change of a certified size",
    )


def table(figure: RowsFigure) -> tuple[list[str], list[list[Any]]]:
    """Every cell of every copy, numbers in full and standardised."""
    copies = [("input", figure.original)]
    copies += [(f"noisy sample {i}", one) for i, one in enumerate(figure.samples, start=1)]
    for change in sizes(figure.region):
        changed = figure.changed(change)
        if changed is not None and figure.region is not None:
            copies.append((f"changed: {described(figure.region, change)}", changed))
    rows: list[list[Any]] = []
    for name, row in copies:
        numbers = iter(row.numbers)
        for column, cell in zip(figure.columns, figure.cells(row), strict=True):
            standardised = "" if column.values else next(numbers)
            value = cell.text if column.values else column.mean + column.scale * float(standardised)
            rows.append([name, row.answer, column.name, value, standardised, cell.mark])
    return ["copy", "answer", "column", "value", "standardised", "mark"], rows


TABLES: dict[type, Callable[[Any], tuple[list[str], list[list[Any]]]]] = {RowsFigure: table}


def _shown(figure: RowsFigure) -> Iterator[tuple[str, str, RowValues]]:
    yield f"without noise: {figure.original.answer}", "", figure.original
    for i, sample in enumerate(figure.samples, start=1):
        note = "; ".join(filter(None, (f"sample {i}", figure.told(sample))))
        yield f"noisy: {sample.answer}", note, sample
    found = sizes(figure.region) if figure.attack else ()
    changed = figure.changed(found[len(found) // 2]) if found else None
    if changed is not None and figure.region is not None and figure.attack is not None:
        said = described(figure.region, found[len(found) // 2])
        answer = f": {changed.answer}" if changed.answer else ""
        yield f"changed{answer}", f"{said}; {figure.attack.how}", changed


def _chips(figure: RowsFigure, row: RowValues) -> list[dict[str, str]]:
    """Cells beside their columns' names, dots between them; replaced fields framed as words are."""
    chips: list[dict[str, str]] = []
    for column, cell in zip(figure.columns, figure.cells(row), strict=True):
        word = f"{column.name} {cell.told()}".replace(" ", "\u00a0")
        mark = "replaced" if cell.mark == "replaced" else ""
        chips += [{"word": word, "mark": mark}, {"word": "·", "mark": ""}]
    return chips[:-1]
