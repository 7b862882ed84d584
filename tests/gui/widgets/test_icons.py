"""Icons: every drawing renders, in the theme's colour."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

from engine.core.resources import assets
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme
from gui.widgets.icons import program_icon, themed_icon

NAMES = sorted(path.stem for path in (assets() / "icons").glob("*.svg"))


def opaque_colors(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    image = icon.pixmap(32, mode).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {color.name() for color in pixels if color.alpha() == 255}


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_draws_something(qapp: QApplication, name: str) -> None:
    assert opaque_colors(themed_icon(name))


def test_an_icon_has_the_theme_s_colour(qapp: QApplication) -> None:
    apply_theme(qapp, "dark")
    assert QColor(themes.current().accent).name() in opaque_colors(
        themed_icon("stop", token="accent")
    )
    off = QColor(themes.current().off).name()
    assert off in opaque_colors(themed_icon("stop"), QIcon.Mode.Disabled)
    apply_theme(qapp, "light")
    assert QColor(themes.current().text).name() in opaque_colors(themed_icon("stop"))


def test_the_program_has_an_icon(qapp: QApplication) -> None:
    assert len(opaque_colors(program_icon())) > 2


@pytest.mark.usefixtures("qapp")
def test_an_icon_is_drawn_in_the_size_asked_for() -> None:
    icon = themed_icon("stop")
    for side, ratio in ((16, 1.0), (20, 1.25), (40, 2.0), (100, 3.0)):
        pixmap = icon.pixmap(QSize(side, side), ratio)
        assert pixmap.width() == round(side * ratio) and pixmap.devicePixelRatio() == ratio
    copied = QIcon(icon)
    copied.setIsMask(False)  # which takes a copy of its own
    assert opaque_colors(copied) == opaque_colors(icon)
