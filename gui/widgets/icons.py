"""Line icons in the theme's colours, from the drawings in ``assets/icons``."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from engine.core.resources import assets
from gui.style import theme as themes

_SIZES = (16, 24, 32, 48, 64)


@cache
def _drawing(name: str) -> str:
    return (assets() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


class _Drawing(QIconEngine):
    """A drawing in one ink, and in another where it is disabled; drawn in the size asked for."""

    def __init__(self, name: str, ink: str, disabled: str) -> None:
        super().__init__()
        self._of = name, ink, disabled
        self._drawn: dict[tuple[int, int, bool], QPixmap] = {}

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """In a size in pixels of the screen, kept for the next time."""
        off = mode == QIcon.Mode.Disabled
        key = size.width(), size.height(), off
        if key not in self._drawn:
            pixmap = QPixmap(size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            self.paint(painter, pixmap.rect(), mode, state)
            painter.end()
            self._drawn[key] = pixmap
        return self._drawn[key]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Anywhere."""
        name, ink, disabled = self._of
        colour = disabled if mode == QIcon.Mode.Disabled else ink
        drawing = _drawing(name).replace("currentColor", colour)
        QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(rect))

    def clone(self) -> QIconEngine:
        """Another of the same."""
        return _Drawing(*self._of)


@cache
def _icon(name: str, color: str, disabled: str) -> QIcon:
    return QIcon(_Drawing(name, color, disabled))


def themed_icon(name: str, *, token: str = "text") -> QIcon:
    """The icon ``assets/icons/<name>.svg`` in a colour token of the theme in force."""
    theme = themes.current()
    return _icon(name, getattr(theme, token), theme.off)


def program_icon() -> QIcon:
    """The program's own icon, in the sizes that window managers ask for."""
    icon, drawn = QIcon(), _icon("certiscope", "#000000", "#000000")
    for side in _SIZES:
        icon.addPixmap(drawn.pixmap(QSize(side, side), 1.0))
    return icon
