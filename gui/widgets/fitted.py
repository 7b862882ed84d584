"""Words as large as their room: the number that a whole hall is to read."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetricsF, QResizeEvent

from gui.style import theme as themes
from gui.widgets.section import Words

LARGEST = 3.0
"""Times the size of a headline, at most, where height does not matter."""


class FittedLabel(Words):
    """Bold words in the largest type whose lines fit the width, a headline's or more.

    Args:
        name: what a screen reader calls it.

    Attributes:
        largest: times the size of a headline, at most.
    """

    def __init__(self, name: str) -> None:
        super().__init__("")
        self.setAccessibleName(name)
        self.largest = LARGEST
        self.setWordWrap(False)
        themes.registry.follow(self.fit)
        self.fit()

    def setText(self, text: str) -> None:
        """Show another text in its own size."""
        if text != self.text():
            super().setText(text)
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for another size."""
        super().resizeEvent(event)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """Any width, and the height of its lines."""
        return QSize(1, self.sizeHint().height())

    def fit(self) -> None:
        """Take the size that fits."""
        theme = themes.current()
        font, most = theme.font("headline", bold=True), self.largest * theme.points("headline")
        metrics = QFontMetricsF(font)
        widest = max(metrics.horizontalAdvance(line) for line in self.text().split("\n"))
        fitting = 0.98 * self.width() / max(1.0, widest) * theme.points("headline")
        font.setPointSizeF(min(most, max(theme.points("small"), fitting)))
        if font != self.font():
            self.setFont(font)
