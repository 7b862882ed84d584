"""What the numbers mean, as images."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.rounding import round_down
from engine.figures import MeaningFigure, applied, described, sizes
from engine.report import palette
from engine.report.plots.base import RGB, Drawing, enlarged, png
from engine.report.plots.marking import Mask, hatched, outlined

_SHORT_SIDE = 240


def pixels_rgb(image: npt.NDArray[np.float32]) -> RGB:
    """A (C, H, W) image in [0, 1] as bytes; what lies outside is clipped for display."""
    levels = np.rint(np.clip(np.nan_to_num(image), 0.0, 1.0) * 255).astype(np.uint8)
    colour = np.repeat(levels, 3, axis=0) if levels.shape[0] == 1 else levels[:3]
    return np.ascontiguousarray(colour.transpose(1, 2, 0))


def image_png(
    image: npt.NDArray[np.float32],
    places: Mask | None = None,
    *,
    colour: str = "",
    gone: bool = False,
) -> bytes:
    """An image as PNG, small ones with visible pixels.

    Args:
        image: (C, H, W).
        places: (H, W) pixels that are pointed out.
        colour: of the mark.
        gone: nothing is left of these pixels: they are hatched, else outlined.
    """
    large = enlarged(pixels_rgb(image), _SHORT_SIDE)
    if places is not None:
        large = (hatched if gone else outlined)(large, places, colour)
    return png(large)


def _perturbed_words(figure: MeaningFigure) -> str:
    words = figure.perturbed_how
    return f"{words}; clipped to [0,1] for display" if figure.perturbed_clipped else words


Tile = dict[str, Any]


def draw(figure: MeaningFigure) -> Drawing:
    """The input, noisy samples of it with the base classifier's answers, and a certified change."""
    tiles: list[Tile] = [{"image": "original.png", "caption": "the input", "note": ""}]
    files = {"original.png": image_png(figure.original)}
    for tile, data in (*_noisy(figure), *_changed(figure)):
        tiles.append(tile)
        files[tile["image"]] = data
    return Drawing(
        kind="meaning",
        width=170,
        height=None,
        data={"title": "What it means", "subtitle": figure.noise_in_words, "tiles": tiles},
        alt="The input, noisy samples of it, and a change of the certified size",
        files=files,
    )


def _noisy(figure: MeaningFigure) -> list[tuple[Tile, bytes]]:
    gone, told = figure.noisy_mark == "taken away", figure.noisy_mark
    colour = palette.LIGHT["axis" if gone else "accent"]
    how = f", {'hatched' if gone else 'outlined'}: {told}" if told else ""
    found = []
    for i, (image, answer) in enumerate(zip(figure.noisy, figure.noisy_answers, strict=True)):
        places = figure.noisy_places[i] if figure.noisy_places else None
        name = f"noisy{i + 1}.png"
        tile = {"image": name, "caption": f"noisy: {answer}", "note": f"sample {i + 1}{how}"}
        found.append((tile, image_png(image, places, colour=colour, gone=gone)))
    return found


def _changed(figure: MeaningFigure) -> list[tuple[Tile, bytes]]:
    """The input changed by as much as is certified."""
    if figure.perturbed is not None and figure.perturbed_norm is not None:
        caption = f"changed by {round_down(figure.perturbed_norm, 3)}"
        tile = {"image": "perturbed.png", "caption": caption, "note": _perturbed_words(figure)}
        return [(tile, image_png(figure.perturbed))]
    found = sizes(figure.region)
    if figure.attack is None or figure.region is None or not found:
        return []
    change = found[len(found) // 2]
    changed = applied(figure.attack, figure.region, change)
    if changed is None:
        return []
    note = figure.attack.how + ("; clipped to [0,1] for display" if changed.clipped else "")
    words = f"changed: {described(figure.region, change)}"
    tile = {"image": "perturbed.png", "caption": words, "note": note}
    colour = palette.LIGHT["upper"]
    return [(tile, image_png(changed.pixels, changed.places, colour=colour))]
