"""Maps of required p_lower as images, and their scale: what requires more has stronger ink."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.late import np
from engine.regions.required_probability import BANDS
from gui.style import theme as themes
from gui.style.theme import Theme, mixed, rgba

if TYPE_CHECKING:
    import numpy.typing as npt

_TITLE, _SHORT, _NEVER = "required p_lower", "p_lower", "never"
_FAINTEST, _STRONGEST = 0.06, 0.42
_PITCH = 8
_FINE = 256
"""The image is drawn at about this many pixels a side, so that its hatch is finer than cells."""

Grid: TypeAlias = "npt.NDArray[np.float64]"


def ink(band: int, theme: Theme) -> QColor:
    """Colour of a band; ``len(BANDS)`` is the last one below certainty."""
    share = _FAINTEST + (_STRONGEST - _FAINTEST) * band / len(BANDS)
    return mixed(mixed(theme.accent, theme.text, 0.45).name(), theme.surface, share)


def heat_image(required: Grid, theme: Theme) -> npt.NDArray[np.uint8]:
    """RGBA of a map (rows, columns), row 0 first; hatched where nothing suffices."""
    tall, wide = (max(1, _FINE // side) for side in required.shape)
    fine = required.repeat(tall, axis=0).repeat(wide, axis=1)
    bands = np.searchsorted(np.array(BANDS), fine, side="left")
    table = [rgba(ink(band, theme)) for band in range(len(BANDS) + 1)]
    image = np.array(table, dtype=np.uint8)[bands]
    never = fine >= 1
    rows, columns = np.ogrid[: fine.shape[0], : fine.shape[1]]
    stripe = (rows + columns) % _PITCH < 2
    image[never] = rgba(QColor(theme.surface))
    image[never & stripe] = rgba(mixed(theme.muted, theme.surface, 0.6))
    return image


class Scale(QWidget):
    """Bands of ink with the values of p* between them, and the hatch for what nothing reaches."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        steps = ", ".join(f"{level:g}" for level in BANDS)
        self.setAccessibleName("Scale of the required p_lower")
        self.setAccessibleDescription(f"The ink grows stronger at {steps}; hatched: never.")
        self.setToolTip("The required p_lower of every cell; hatched where none suffices")
        themes.registry.follow(self.retheme)

    def retheme(self) -> None:
        """Take up the theme in force."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line of bands and one of numbers."""
        return QSize(200, round(self._line() + self._band() + 3))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title, bands, numbers under their ends."""
        theme, metrics = themes.current(), self._metrics()
        painter = QPainter(self)
        painter.setFont(theme.font("small"))
        title = _TITLE if metrics.horizontalAdvance(_TITLE) < 0.3 * self.width() else _SHORT
        left = metrics.horizontalAdvance(title) + theme.px(10)
        never = metrics.horizontalAdvance(_NEVER) + theme.px(8)
        step = (self.width() - left - never) / (len(BANDS) + 1)
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(0, 0, left, self._band()), Qt.AlignmentFlag.AlignVCenter, title)
        for band in range(len(BANDS) + 1):
            box = QRectF(left + band * step, 1, step, self._band() - 2)
            painter.fillRect(box, ink(band, theme))
        last = QRectF(left + (len(BANDS) + 1) * step, 1, never - 1, self._band() - 2)
        painter.fillRect(last, QBrush(QColor(theme.muted), Qt.BrushStyle.BDiagPattern))
        painter.setPen(QColor(theme.border))
        painter.drawRect(QRectF(left, 1, self.width() - left - 1, self._band() - 2))
        self._paint_numbers(painter, left, step)
        below = QRectF(last.left(), self._band(), never, self._line())
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, _NEVER)

    def _paint_numbers(self, painter: QPainter, left: float, step: float) -> None:
        painter.setPen(QColor(themes.current().muted))
        metrics, free = self._metrics(), left
        for i, level in enumerate(BANDS, start=1):
            text = f"{level:g}"
            width = metrics.horizontalAdvance(text) + 6
            start = left + i * step - width / 2
            if start >= free:
                box = QRectF(start, self._band(), width, self._line())
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, text)
                free = start + width

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(themes.current().font("small"))

    def _line(self) -> float:
        return self._metrics().height()

    def _band(self) -> float:
        return themes.current().px(13)
