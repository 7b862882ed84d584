"""What the numbers mean for a text: its words with what noise and an attack do to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from engine.figures import Wording, WordsFigure, described, sizes
from engine.report.plots.base import Drawing
from engine.report.plots.examples import image_png

_MOST_WORDS = 60
"""Words of a text that a drawing shows."""


def draw(figure: WordsFigure) -> Drawing:
    """The text, noisy samples of it with the base model's answers, and an attack."""
    lines, files = [], {}
    for i, (caption, note, wording) in enumerate(_shown(figure)):
        image = ""
        if wording.image is not None:
            image = f"words{i}.png"
            files[image] = image_png(wording.image)
        lines.append({"caption": caption, "note": note, "image": image, **_chips(wording)})
    return Drawing(
        kind="meaning",
        width=170,
        height=None,
        data={"title": "What it means", "subtitle": figure.noise_in_words, "lines": lines},
        alt="The words, noisy samples of them, and a change of a certified size",
        files=files,
    )


def window(wording: Wording, most: int) -> tuple[int, int]:
    """First and last word to show of a long text: from a little before its first mark on."""
    length = len(wording.words)
    marked = next((i for i, mark in enumerate(wording.marks) if mark), 0)
    first = max(0, min(marked - most // 4, length - most))
    return first, min(length, first + most)


def table(figure: WordsFigure) -> tuple[list[str], list[list[Any]]]:
    """Every word of every copy, and the values of the images."""
    copies = [("input", figure.original)]
    copies += [(f"noisy sample {i}", one) for i, one in enumerate(figure.samples, start=1)]
    for change in sizes(figure.region):
        changed = figure.changed(change)
        if changed is not None and figure.region is not None:
            copies.append((f"changed: {described(figure.region, change)}", changed))
    rows: list[list[Any]] = []
    for name, one in copies:
        for i, (word, mark) in enumerate(zip(one.words, one.marks, strict=True)):
            rows.append([name, one.answer, "word", "", "", i, word, mark])
        if one.image is not None:
            for (channel, row, column), value in np.ndenumerate(one.image):
                rows.append([name, one.answer, "pixel", channel, row, column, float(value), ""])
    return ["copy", "answer", "part", "channel", "row", "column", "value", "mark"], rows


TABLES: dict[type, Callable[[Any], tuple[list[str], list[list[Any]]]]] = {WordsFigure: table}


def _shown(figure: WordsFigure) -> Iterator[tuple[str, str, Wording]]:
    yield f"without noise: {figure.original.answer}", "", figure.original
    for i, sample in enumerate(figure.samples, start=1):
        words = "; ".join(filter(None, (f"sample {i}", sample.told())))
        yield f"noisy: {sample.answer}", words, sample
    found = sizes(figure.region) if figure.attack else ()
    changed = figure.changed(found[len(found) // 2]) if found else None
    if changed is not None and figure.region is not None and figure.attack is not None:
        said = f"{described(figure.region, found[len(found) // 2])}"
        note = figure.attack.how + ("; clipped to [0,1] for display" if changed.clipped else "")
        answer = f": {changed.answer}" if changed.answer else ""
        yield f"changed{answer}", f"{said}; {note}", changed


def _chips(wording: Wording) -> dict[str, Any]:
    first, last = window(wording, _MOST_WORDS)
    chips = [
        {"word": word, "mark": mark}
        for word, mark in zip(wording.words[first:last], wording.marks[first:last], strict=True)
    ]
    more = len(wording.words) - last
    return {
        "chips": chips,
        "before": f"{first:,} words before" if first else "",
        "after": f"{more:,} more words" if more else "",
    }
