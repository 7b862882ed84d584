"""Line icons in the theme's colours, from the drawings in ``assets/icons``."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from engine.core.resources import assets
from gui.style import theme as themes

_SIZES = (16, 20, 24, 32, 48, 64)


@cache
def _drawing(name: str) -> str:
    return (assets() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _icon(name: str, color: str, disabled: str) -> QIcon:
    icon = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled)):
        renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", ink).encode()))
        for size in _SIZES:
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter)
            painter.end()
            icon.addPixmap(pixmap, mode)
    return icon


def themed_icon(name: str, *, token: str = "text") -> QIcon:
    """The icon ``assets/icons/<name>.svg`` in a colour token of the theme in force."""
    theme = themes.current()
    return _icon(name, getattr(theme, token), theme.off)


def program_icon() -> QIcon:
    """The program's own icon."""
    return _icon("certiscope", "#000000", "#000000")
