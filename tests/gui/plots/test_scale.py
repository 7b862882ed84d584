from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint

from engine.regions.required_probability import BANDS
from gui.plots.heat import ink
from gui.plots.scale import Scale
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme


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
