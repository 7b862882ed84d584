from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from engine.regions.required_probability import BANDS
from gui.plots.heat import Scale, heat_image, ink
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme
from gui.style.theme import DARK, HIGH_CONTRAST, LIGHT


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST], ids=lambda theme: theme.name)
def test_more_takes_stronger_ink(theme) -> None:
    ground = QColor(theme.surface)
    away = [
        abs(ink(band, theme).lightness() - ground.lightness()) for band in range(len(BANDS) + 1)
    ]
    assert away == sorted(away) and len(set(away)) == len(away)


def test_a_cell_has_the_ink_of_its_band() -> None:
    image = heat_image(np.array([[0.5, 0.65], [0.9, 0.9995]]), LIGHT)
    tall, wide = image.shape[0] // 2, image.shape[1] // 2
    for (row, column), band in {(0, 0): 0, (0, 1): 1, (1, 0): 3, (1, 1): 7}.items():
        block = image[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide]
        assert (block == ink(band, LIGHT).getRgb()).all()


def test_what_nothing_reaches_is_hatched() -> None:
    image = heat_image(np.array([[0.5, 2.0]]), LIGHT)
    half = image.shape[1] // 2
    assert len(np.unique(image[:, :half].reshape(-1, 4), axis=0)) == 1
    colors = {tuple(row) for row in image[:, half:].reshape(-1, 4).tolist()}
    assert len(colors) == 2 and QColor(LIGHT.surface).getRgb() in colors


@pytest.mark.parametrize("width", [160, 320, 700])
def test_bands_run_from_faint_to_strong(shown, width) -> None:
    scale = shown(Scale(), width, 40)
    scale.resize(width, scale.sizeHint().height())
    image = scale.grab().toImage()
    y = scale.sizeHint().height() // 4
    row = [image.pixelColor(QPoint(x, y)).name() for x in range(width)]
    places = [row.index(ink(band, themes.current()).name()) for band in range(len(BANDS) + 1)]
    assert places == sorted(places)


def test_it_grows_with_the_type(shown, qapp) -> None:
    scale = shown(Scale())
    before = scale.sizeHint().height()
    apply_theme(qapp, "light", scale=1.6)
    assert scale.sizeHint().height() > 1.3 * before


def test_it_is_told_to_those_who_cannot_see_it(shown) -> None:
    scale = shown(Scale())
    assert scale.accessibleName() == "Scale of the required p_lower"
    assert "0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999" in scale.accessibleDescription()
