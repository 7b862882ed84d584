"""What the numbers mean, as pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.figures import MeaningFigure
from engine.report.plots.base import RGB, Drawing, enlarged, png
from engine.rounding import round_down

_SHORT_SIDE = 240


def pixels_rgb(picture: npt.NDArray[np.float32]) -> RGB:
    """A (C, H, W) picture in [0, 1] as bytes; what lies outside is clipped for display."""
    levels = np.rint(np.clip(np.nan_to_num(picture), 0.0, 1.0) * 255).astype(np.uint8)
    colour = np.repeat(levels, 3, axis=0) if levels.shape[0] == 1 else levels[:3]
    return np.ascontiguousarray(colour.transpose(1, 2, 0))


def picture_png(picture: npt.NDArray[np.float32]) -> bytes:
    """A picture as PNG, small ones with visible pixels."""
    return png(enlarged(pixels_rgb(picture), _SHORT_SIDE))


def _perturbed_words(figure: MeaningFigure) -> str:
    words = figure.perturbed_how
    return f"{words}; clipped to [0,1] for display" if figure.perturbed_clipped else words


def draw(figure: MeaningFigure) -> Drawing:
    """The input, noisy samples of it with the base classifier's answers, and a certified change."""
    tiles: list[dict[str, Any]] = [{"picture": "original.png", "caption": "the input", "note": ""}]
    files = {"original.png": picture_png(figure.original)}
    for i, (picture, answer) in enumerate(zip(figure.noisy, figure.noisy_answers, strict=True), 1):
        files[f"noisy{i}.png"] = picture_png(picture)
        tiles.append(
            {"picture": f"noisy{i}.png", "caption": f"noisy: {answer}", "note": f"sample {i}"}
        )
    if figure.perturbed is not None and figure.perturbed_norm is not None:
        files["perturbed.png"] = picture_png(figure.perturbed)
        size = round_down(figure.perturbed_norm, 3)
        tiles.append(
            {
                "picture": "perturbed.png",
                "caption": f"changed by {size}",
                "note": _perturbed_words(figure),
            }
        )
    return Drawing(
        kind="meaning",
        width=170,
        height=None,
        data={"title": "What it means", "subtitle": figure.noise_in_words, "tiles": tiles},
        alt="The input, noisy samples of it, and a change of the certified size",
        files=files,
    )
