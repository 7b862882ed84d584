"""Rows of a set as images: those at the ends, with what became of them."""

from __future__ import annotations

from collections.abc import Callable

from engine.core.errors import UserError
from engine.figures.examples import Example, Media
from engine.procedures.set_result import SetResult, as_path
from engine.replay.rows import NO_LABEL, ReplayRow
from engine.report.audit.words import class_name, ends, size_in_words
from engine.report.plots.base import Drawing
from engine.report.plots.examples import WIDTH, tile

KIND = "gallery"
ALT = "Inputs at the ends of the set: largest and smallest certified, wrong, abstained"
Show = Callable[[str], Media | None]
"""The parts of an input by its name in the set; None where its kind has no image."""


def gallery(result: SetResult, show: Show) -> Drawing | None:
    """The rows at the ends, in a row of tiles each; None where none can be shown.

    An input that is not there any more is left out: its row stands in the table.
    """
    groups = []
    files: dict[str, bytes] = {}
    for title, rows in ends(result).items():
        tiles = []
        for row in rows:
            media = _shown(show, str(row.idx))
            if media:
                name = f"row{len(files)}"
                tiles.append(tile(_example(row, result, media), name, files, ink="accent"))
        if tiles:
            worded = any(one["chips"] for one in tiles)
            groups.append({"title": title, "lines" if worded else "tiles": tiles})
    if not groups:
        return None
    data = {"title": "Rows at the ends", "subtitle": "by size of what is certified"}
    return Drawing(
        kind=KIND, width=WIDTH, height=None, data={**data, "groups": groups}, alt=ALT, files=files
    )


def _shown(show: Show, idx: str) -> Media | None:
    try:
        return show(idx)
    except UserError:
        return None


def _example(row: ReplayRow, result: SetResult, media: Media) -> Example:
    names, predicted = result.model.class_names, row.predicted_class
    answer = "abstains" if predicted is None else f"certified: {class_name(names, predicted)}"
    label = "" if row.label == NO_LABEL else f"; label {class_name(names, row.label)}"
    size = "" if row.region is None else f"; {size_in_words(row.region, result.model.kind)}"
    return Example(
        name=str(row.idx),
        caption=answer,
        note=f"{as_path(str(row.idx))}{label}{size}",
        media=media,
    )
