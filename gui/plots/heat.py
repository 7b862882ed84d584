"""Maps of required probabilities as images: the more it takes, the stronger the ink."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from engine.regions.required_probability import BANDS
from gui.style.theme import Theme

_FAINTEST, _STRONGEST = 0.06, 0.42
_PITCH = 8
_FINE = 256
"""The image is drawn at about this many pixels a side, so that its hatch is finer than cells."""

Grid = npt.NDArray[np.float64]


def ink(band: int, theme: Theme) -> QColor:
    """Colour of a band; ``len(BANDS)`` is the last one below certainty."""
    share = _FAINTEST + (_STRONGEST - _FAINTEST) * band / len(BANDS)
    return mixed(mixed(theme.accent, theme.text, 0.45).name(), theme.surface, share)


def heat_image(required: Grid, theme: Theme) -> npt.NDArray[np.uint8]:
    """RGBA of a map (rows, columns), row 0 first; hatched where nothing suffices."""
    tall, wide = (max(1, _FINE // side) for side in required.shape)
    fine = required.repeat(tall, axis=0).repeat(wide, axis=1)
    bands = np.searchsorted(np.array(BANDS), fine, side="left")
    table = [ink(band, theme).getRgb() for band in range(len(BANDS) + 1)]
    image = np.array(table, dtype=np.uint8)[bands]
    never = fine >= 1
    rows, columns = np.indices(fine.shape, sparse=True)
    stripe = (rows + columns) % _PITCH < 2
    image[never] = QColor(theme.surface).getRgb()
    image[never & stripe] = mixed(theme.muted, theme.surface, 0.6).getRgb()
    return image


def mixed(color: str, ground: str, strength: float) -> QColor:
    """A colour thinned with the ground it lies on."""
    over, under = QColor(color), QColor(ground)
    parts = zip(over.getRgb()[:3], under.getRgb()[:3], strict=True)
    return QColor(*(round(strength * a + (1 - strength) * b) for a, b in parts))
