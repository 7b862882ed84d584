"""Examples: one drawing for each medium, as tiles in a row or as lines of words."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.figures.examples import Example, ExamplesFigure
from engine.figures.media import CellsMedium, GraphMedium, ImageMedium, WordsMedium
from engine.report import palette
from engine.report.plots.base import RGB, Drawing, enlarged, png
from engine.report.plots.frames import draw_places
from engine.report.plots.marking import hatched, outlined

WIDTH, ALT = 170, "The input, noisy samples of it, and a change of a certified size"
_SHORT_SIDE = 240
_MOST_WORDS = 60
"""Words of a text that a drawing shows."""
_SIDE, _REACH = 240.0, 108.0
"""Side of a graph's drawing and radius of the disc that its nodes lie in."""
_NODE, _SMALLEST, _CROWD = 7.0, 2.2, 40


def draw(figure: ExamplesFigure, *, dark: bool = False) -> Drawing:
    """The input, noisy samples of it with the base model's answers, and certified changes."""
    changed = figure.strip()
    violated = () if figure.violated is None else (figure.violated,)
    shown = [figure.original, *figure.samples, *changed, *violated]
    names = ["original", *(f"noisy{i + 1}" for i in range(len(figure.samples)))]
    names += ["perturbed", *(f"perturbed{i + 1}" for i in range(1, len(changed)))][: len(changed)]
    names += ["violated"] * len(violated)
    files: dict[str, bytes] = {}
    tiles = [
        tile(one, name, files, ink="upper" if "perturbed" in name else "accent", dark=dark)
        for one, name in zip(shown, names, strict=True)
    ]
    worded = any(one["chips"] for one in tiles)
    return Drawing(
        kind="examples",
        width=WIDTH,
        height=None,
        data={
            "title": "Examples: noisy samples"
            + (" and certified perturbations" if changed else "")
            + (", and one that violates" if violated else ""),
            "subtitle": figure.noise_in_words,
            "lines" if worded else "tiles": tiles,
        },
        alt=ALT,
        files=files,
    )


def table(figure: ExamplesFigure) -> tuple[list[str], list[list[Any]]]:
    """Every part of the input, of every noisy sample, and of the input after every change."""
    parts = [(one, part) for one in figure.everything() for part in one.media]
    columns = list(dict.fromkeys(name for _, part in parts for name in part.columns))
    rows: list[list[Any]] = []
    for one, part in parts:
        for row in list(part.rows()) or [()]:
            named = dict(zip(part.columns, row, strict=False))
            rows.append([one.name, one.answer, part.kind, *(named.get(c, "") for c in columns)])
    return ["example", "answer", "part", *columns], rows


def tile(
    example: Example, name: str, files: dict[str, bytes], *, ink: str, dark: bool = False
) -> dict[str, Any]:
    """Captions, and what stands below them; the images are put into ``files``."""
    made: dict[str, Any] = {"caption": example.caption, "note": example.note}
    made |= {"image": "", "chips": [], "before": "", "after": ""}
    # the first page shows an image's thumbnail, so only an image alone has its name
    alone = len(example.media) == 1
    for part in example.media:
        if isinstance(part, ImageMedium):
            made["image"] = f"{name}.png" if alone else f"{name}-beside.png"
            files[made["image"]] = image_png(part, ink)
        elif isinstance(part, GraphMedium):
            made["image"] = f"{name}.svg"
            files[made["image"]] = graph_svg(part, ink, dark=dark)
        elif isinstance(part, WordsMedium):
            made |= _words(part)
        elif isinstance(part, CellsMedium):
            made["chips"] = _cells(part)
    return made


def pixels_rgb(image: npt.NDArray[np.float32]) -> RGB:
    """A (C, H, W) image in [0, 1] as bytes; what lies outside is clipped for display."""
    levels = np.rint(np.clip(np.nan_to_num(image), 0.0, 1.0) * 255).astype(np.uint8)
    colour = np.repeat(levels, 3, axis=0) if levels.shape[0] == 1 else levels[:3]
    return np.ascontiguousarray(colour.transpose(1, 2, 0))


def image_png(image: ImageMedium, ink: str = "accent") -> bytes:
    """An image as PNG, small ones with visible pixels; marked places hatched or outlined.

    Args:
        image: the image.
        ink: the palette's token for outlines.
    """
    large = enlarged(pixels_rgb(image.pixels), _SHORT_SIDE)
    if image.places is not None:
        gone = image.touch == "taken away"
        colour = palette.LIGHT["axis" if gone else ink]
        large = (hatched if gone else outlined)(large, image.places, colour)
    draw_places(large, image.frames, large.shape[0] / image.pixels.shape[1])
    return png(large)


def graph_svg(graph: GraphMedium, ink: str = "accent", *, dark: bool = False) -> bytes:
    """A neighbourhood with its touched nodes ringed, those that are gone drawn hollow."""
    around, theme, middle = graph.around, palette.theme(dark=dark), _SIDE / 2
    touched = {touch.position for touch in graph.touches}
    places = [(middle + n.x * _REACH, middle - n.y * _REACH) for n in around.nodes]
    radius = max(_SMALLEST, _NODE * min(1.0, (_CROWD / len(around.nodes)) ** 0.5))
    parts = [
        f'<path d="M{places[a][0]:.1f} {places[a][1]:.1f}L{places[b][0]:.1f} {places[b][1]:.1f}" '
        f'stroke="{theme["axis"]}" stroke-width="0.8"/>'
        for a, b in around.edges
    ]
    for i, (node, (x, y)) in enumerate(zip(around.nodes, places, strict=True)):
        size = radius * (1.0 if i else 1.5)
        fill = palette.map_colour((node.label or 0) % palette.ranks_with_colour(), dark=dark)
        paint = theme["paper"] if i in touched and graph.touch == "taken away" else fill
        edge, width = (theme[ink], 3.0) if i in touched else (theme["ink"], 0.8)
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{paint}" stroke="{edge}" '
            f'stroke-width="{width}"/>'
        )
    frame = f'viewBox="0 0 {_SIDE:g} {_SIDE:g}" width="{_SIDE:g}" height="{_SIDE:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{"".join(parts)}</svg>'.encode()


def window(words: WordsMedium, most: int) -> tuple[int, int]:
    """First and last word to show of a long text: from a little before its first mark on."""
    length = len(words.words)
    marked = next((i for i, mark in enumerate(words.marks) if mark), 0)
    first = max(0, min(marked - most // 4, length - most))
    return first, min(length, first + most)


def _words(text: WordsMedium) -> dict[str, Any]:
    first, last = window(text, _MOST_WORDS)
    some = zip(text.words[first:last], text.marks[first:last], strict=True)
    more = len(text.words) - last
    return {
        "chips": [{"word": word, "mark": mark} for word, mark in some],
        "before": f"{first:,} words before" if first else "",
        "after": f"{more:,} more words" if more else "",
    }


def _cells(row: CellsMedium) -> list[dict[str, str]]:
    """Cells beside their columns' names, dots between them; replaced fields framed as words are."""
    chips: list[dict[str, str]] = []
    for cell in row.cells:
        word = f"{cell.column} {cell.told()}".replace(" ", "\u00a0")
        mark = "replaced" if cell.mark == "replaced" else ""
        chips += [{"word": word, "mark": mark}, {"word": "·", "mark": ""}]
    return chips[:-1]
