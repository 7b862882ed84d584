"""The certified disc on a slice through the input, over the maps of who wins where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.figures.axes import Axis
from engine.figures.images import PIXEL_UNITS, SliceFigure
from engine.report import palette
from engine.report.numbers import count
from engine.report.plots.base import RGB, Drawing, hex_rgb, marked, png

NO_CLASS, NOT_COMPUTED = -1, -2
_SHORT_SIDE = 480
_LABEL_SHARE = 0.04
_DOTS = 400
_DISC_MARGIN, _MARK_MARGIN = 0.18, 0.25

Map = npt.NDArray[np.int16]


@dataclass(frozen=True)
class _Key:
    """Colour and name of each class on both maps."""

    ranks: dict[int, int]
    dark: bool

    def colour(self, index: int) -> str:
        if index == NO_CLASS:
            return palette.no_class_colour(dark=self.dark)
        if index == NOT_COMPUTED:
            return palette.theme(dark=self.dark)["paper"]
        return palette.map_colour(self.ranks[index], dark=self.dark)


def _maps(figure: SliceFigure) -> list[Map]:
    """Those that are drawn."""
    return [figure.base, figure.smoothed] if figure.smoothed_votes else [figure.base]


def _key(figure: SliceFigure, *, dark: bool) -> _Key:
    cells = np.concatenate([cells.ravel() for cells in _maps(figure)])
    classes, areas = np.unique(cells[cells >= 0], return_counts=True)
    order = sorted(
        zip(classes.tolist(), areas.tolist(), strict=True),
        key=lambda pair: (pair[0] != figure.center_class, -pair[1], pair[0]),
    )
    first = 0 if order and order[0][0] == figure.center_class else 1
    return _Key({index: rank for rank, (index, _) in enumerate(order, start=first)}, dark)


def _borders(cells: Map) -> npt.NDArray[np.bool_]:
    edges = np.zeros(cells.shape, dtype=bool)
    edges[1:] |= cells[1:] != cells[:-1]
    edges[:, 1:] |= cells[:, 1:] != cells[:, :-1]
    return edges


def _raster(cells: Map, key: _Key) -> RGB:
    """The map as pixels, v upwards, with a dark line wherever the class changes."""
    factor = max(1, _SHORT_SIDE // max(cells.shape))
    large = cells[::-1].repeat(factor, axis=0).repeat(factor, axis=1)
    pixels = np.zeros((*large.shape, 3), dtype=np.uint8)
    for index in np.unique(large).tolist():
        pixels[large == index] = hex_rgb(key.colour(index))
    if factor > 1:
        edge = hex_rgb(palette.theme(dark=key.dark)["muted"])
        pixels[_borders(large)] = edge
    return pixels


def _depth(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int16]:
    """For every cell of a class, how many steps away the nearest other cell or the frame is."""
    depth = np.zeros(mask.shape, dtype=np.int16)
    inside = np.pad(mask, 1)
    while inside.any():
        depth += inside[1:-1, 1:-1]
        core = inside[1:-1, 1:-1] & inside[:-2, 1:-1] & inside[2:, 1:-1]
        core &= inside[1:-1, :-2] & inside[1:-1, 2:]
        inside = np.pad(core, 1)
    return depth


def _free(cells: Map, disc: float) -> npt.NDArray[np.bool_]:
    """Where a name may stand: clear of the input's mark, and of the disc if that leaves room."""
    up = np.linspace(-1.0, 1.0, cells.shape[0])[:, None]
    across = np.linspace(-1.0, 1.0, cells.shape[1])[None, :]
    if disc + _DISC_MARGIN < 1.0:
        clear = np.hypot(up, across) / (disc + _DISC_MARGIN)
    else:  # names are wide: keep them off the mark's sides
        clear = np.hypot(up / _MARK_MARGIN, across / (2 * _MARK_MARGIN))
    free: npt.NDArray[np.bool_] = clear > 1.0
    return free


def _labels(cells: Map, names: tuple[str, ...], disc: float) -> list[dict[str, Any]]:
    """The name of each large class, at the place deepest inside it."""
    free = _free(cells, disc)
    labels = []
    for index in np.unique(cells[cells >= 0]).tolist():
        mask = cells == index
        if mask.mean() < _LABEL_SHARE:
            continue
        depth = _depth(mask) * free
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        if depth[row, column] > 0:
            x = (column + 0.5) / cells.shape[1]
            labels.append({"x": x, "y": (row + 0.5) / cells.shape[0], "text": names[index]})
    return labels


def _legend(figure: SliceFigure, key: _Key) -> list[dict[str, str]]:
    coloured = [index for index, rank in key.ranks.items() if rank < palette.ranks_with_colour()]
    entries = [{"colour": key.colour(c), "text": figure.class_names[c]} for c in coloured]
    rest = [index for index in key.ranks if index not in coloured]
    if rest:
        name = figure.class_names[rest[0]] if len(rest) == 1 else f"{len(rest)} other classes"
        entries.append({"colour": key.colour(rest[0]), "text": name})
    marks = {NO_CLASS: "no class", NOT_COMPUTED: "not computed"}
    for mark, text in marks.items():
        if any((cells == mark).any() for cells in _maps(figure)):
            entries.append({"colour": key.colour(mark), "text": text})
    return entries


def _panel(figure: SliceFigure, cells: Map, title: str, image: str) -> dict[str, Any]:
    disc = figure.reach / figure.extent
    return {
        "title": title,
        "image": image,
        "labels": _labels(cells, figure.class_names, disc),
    }


def _outline(figure: SliceFigure) -> list[list[float]]:
    """The border of a ball that is no disc, as fractions of the frame."""
    places = (figure.outline / figure.extent + 1.0) / 2.0
    return [[round(float(x), 5), round(float(y), 5)] for x, y in places]


def _attack(figure: SliceFigure) -> dict[str, Any] | None:
    """A ring at the distance of the attack, as fractions of the frame, and what it is."""
    at = figure.attacked
    if figure.attack is None or at is None:
        return None
    grown = [] if not figure.radius else (figure.outline * at / figure.radius).tolist()
    places = [[(u / figure.extent + 1) / 2, (v / figure.extent + 1) / 2] for u, v in grown]
    return {
        "radius": at / figure.extent / 2,
        "outline": [[round(x, 5), round(y, 5)] for x, y in places],
        "text": figure.attack.words,
    }


def _dots(figure: SliceFigure) -> list[list[float]]:
    inside = (np.abs(figure.samples) <= figure.extent).all(axis=1)
    places = (figure.samples[inside][:_DOTS] / figure.extent + 1.0) / 2.0
    return [[round(float(x), 4), round(float(y), 4)] for x, y in places]


def _unit(figure: SliceFigure) -> str:
    """In full: a page has the room that a plot in the window lacks."""
    return "pixels in [0,1]" if figure.unit == PIXEL_UNITS else figure.unit


def draw(figure: SliceFigure, *, dark: bool = False) -> Drawing:
    """Maps of one slice, base classifier and smoothed one where there is one, with the ball."""
    key = _key(figure, dark=dark)
    radius = figure.radius
    size = figure.size if radius else ""
    claim = f"certified: {size}" if radius else "nothing is certified"
    if figure.refuted:
        claim = f"stated and refuted by an attack: {size}"
    what = "Certified region" if radius else "Decision maps"
    if radius and figure.reach > figure.extent:
        claim += ", beyond the frame"
    bare = bool((figure.base == NOT_COMPUTED).all()) and not figure.smoothed_votes
    title = "the ball in a plane of its own; nothing is mapped" if bare else "base classifier f"
    panels = [_panel(figure, figure.base, title, "base.png")]
    files = {"base.png": png(_raster(figure.base, key))}
    if figure.smoothed_votes:
        how = f"{count(figure.smoothed_votes)} votes per cell, no claim"
        title = f"smoothed classifier g ({how})"
        panels.append(_panel(figure, figure.smoothed, title, "smoothed.png"))
        files["smoothed.png"] = png(_raster(figure.smoothed, key))
    return Drawing(
        kind="region",
        width=160,
        height=None,
        data={
            "title": f"{what} on a slice through the input",
            "subtitle": f"l2 distance, {_unit(figure)}",
            "panels": panels,
            "note": ""
            if figure.smoothed_votes or bare
            else "the smoothed classifier is not mapped",
            "axes": list(figure.axes),
            "ticks": marked(Axis(-figure.extent, figure.extent).ticks(4)),
            "radius": figure.reach / figure.extent / 2 if radius else None,
            "outline": _outline(figure),
            "refuted": figure.refuted,
            "attack": _attack(figure),
            "size": size,
            "claim": claim,
            "dots": _dots(figure),
            "legend": [] if bare else _legend(figure, key),
        },
        alt=f"Decision maps around the input; {claim}",
        files=files,
    )
