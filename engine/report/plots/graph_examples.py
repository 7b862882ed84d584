"""What the numbers mean for a node of a graph: drawings of its neighbourhood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.figures import NodeSample, NodesFigure, NodeTouch, described, sizes
from engine.regions import Perturbation
from engine.report import palette
from engine.report.plots.base import Drawing

_SIDE, _REACH = 240.0, 108.0
"""Side of a drawing and radius of the disc that its nodes lie in."""
_NODE, _SMALLEST, _CROWD = 7.0, 2.2, 40
Tile = dict[str, Any]


def draw(figure: NodesFigure, *, dark: bool = False) -> Drawing:
    """The neighbourhood, noisy samples of it with the base model's answers, and an attack."""
    theme = palette.theme(dark=dark)
    tiles = [_tile("around.svg", "the input", f"without noise: {figure.answer}")]
    files = {"around.svg": neighbourhood_svg(figure, {}, dark=dark)}
    for i, sample in enumerate(figure.samples, start=1):
        name = f"noisy{i}.svg"
        tiles.append(_tile(name, f"noisy: {sample.answer}", noised_words(sample)))
        rings = {touch.position: theme["accent"] for touch in sample.touches}
        gone = {touch.position for touch in sample.touches} if _gone(sample) else set()
        files[name] = neighbourhood_svg(figure, rings, gone=gone, dark=dark)
    change = _middle(figure)
    touches = figure.touched(change) if change else None
    if change and touches is not None and figure.region and figure.attack:
        rings = {touch.position: theme["upper"] for touch in touches}
        words = f"changed: {described(figure.region, change)}"
        tiles.append(_tile("attack.svg", words, _after(figure, change, touches)))
        files["attack.svg"] = neighbourhood_svg(figure, rings, dark=dark)
    return Drawing(
        kind="meaning",
        width=170,
        height=None,
        data={"title": "What it means", "subtitle": figure.noise_in_words, "tiles": tiles},
        alt=f"The neighbourhood of {figure.around.nodes[0].name}, noisy samples of it, and a "
        "change of a certified size",
        files=files,
    )


def noised_words(sample: NodeSample) -> str:
    """What the noise did, in one line."""
    nodes = f"{len(sample.touches)} node{'' if len(sample.touches) == 1 else 's'}"
    if _gone(sample):
        return f"{nodes} taken away"
    added, removed = (sum(getattr(t, way) for t in sample.touches) for way in ("added", "removed"))
    return f"{nodes} noised: +{added} features, -{removed}"


def neighbourhood_svg(
    figure: NodesFigure,
    rings: Mapping[int, str],
    *,
    gone: set[int] | frozenset[int] = frozenset(),
    dark: bool,
) -> bytes:
    """The neighbourhood with some nodes ringed, those that are gone drawn hollow."""
    around, theme = figure.around, palette.theme(dark=dark)
    middle = _SIDE / 2
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
        paint = theme["paper"] if i in gone else fill
        edge = theme["ink"] if i not in rings else rings[i]
        width = 3.0 if i in rings else 0.8
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{paint}" stroke="{edge}" '
            f'stroke-width="{width}"/>'
        )
    body = "".join(parts)
    frame = f'viewBox="0 0 {_SIDE:g} {_SIDE:g}" width="{_SIDE:g}" height="{_SIDE:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{body}</svg>'.encode()


def table(figure: NodesFigure) -> tuple[list[str], list[list[Any]]]:
    """Every touched node of every noisy sample and of every attack."""
    copies: list[tuple[str, str, tuple[NodeTouch, ...]]] = [("input", figure.answer, ())]
    for i, sample in enumerate(figure.samples, start=1):
        copies.append((f"noisy sample {i}", sample.answer, sample.touches))
    for change in sizes(figure.region):
        touches = figure.touched(change)
        if touches is not None and figure.region is not None:
            words = f"changed: {described(figure.region, change)}"
            copies.append((words, figure.answer_after(change), touches))
    rows: list[list[Any]] = []
    for name, answer, touched in copies:
        if not touched:
            rows.append([name, answer, "", "", "", ""])
        for touch in touched:
            node = figure.around.nodes[touch.position]
            rows.append([name, answer, node.number, node.name, touch.added, touch.removed])
    return ["copy", "answer", "node", "name", "added", "removed"], rows


TABLES: dict[type, Callable[[Any], tuple[list[str], list[list[Any]]]]] = {NodesFigure: table}


def _tile(image: str, caption: str, note: str) -> Tile:
    return {"image": image, "caption": caption, "note": note}


def _gone(sample: NodeSample) -> bool:
    return sample.mark == "taken away"


def _middle(figure: NodesFigure) -> Perturbation | None:
    found = sizes(figure.region) if figure.attack else ()
    return found[len(found) // 2] if found else None


def _after(figure: NodesFigure, change: Perturbation, touches: tuple[NodeTouch, ...]) -> str:
    answer = figure.answer_after(change)
    said = f"; the base model answers {answer}" if answer else ""
    return f"{figure.told(touches)}{said}"
