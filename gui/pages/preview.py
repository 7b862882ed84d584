"""The report as it will be printed, and beside it what a person writes into it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.controllers.exports import Exports
from gui.pages.assignment import AssignmentForm
from gui.style import theme as themes
from gui.widgets.layouts import filled
from gui.widgets.page import Page

WIDEST, FORM_WIDTH = 900, 220
_FORMATS = ("pdf", "html", "csv", "json")


class Preview(Page):
    """Pages one below the other, a button for every format, and what is written into them.

    Attributes:
        form: client, purpose, auditor, remarks and signature; not on stage, where the pages have
            its room and that of all buttons but the first.
    """

    beside_form = False

    def __init__(
        self, exports: Exports, actions: dict[str, QAction], *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Report", parent=parent)
        self.saves: list[QPushButton] = []
        for fmt in _FORMATS:
            action = actions[f"export-{fmt}"]
            button = self.add_button(f"Save {fmt.upper()}…", action.trigger)
            button.setAccessibleName(f"Save as {fmt.upper()}")
            action.enabledChanged.connect(button.setEnabled)
            button.setEnabled(action.isEnabled())
            self.saves.append(button)
        self.pages: list[QPixmap] = []
        self._labels: list[QLabel] = []
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column.setSpacing(12)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(self._inside)
        self.area.setAccessibleName("Pages of the report")
        self.form = AssignmentForm(exports)
        self.content.addLayout(filled(QHBoxLayout(), (self.area, 1), self.form, spacing=12), 1)
        exports.preview_ready.connect(self.show_pages)
        themes.registry.follow(self.retheme)
        self.retheme()
        self.wait()

    def retheme(self) -> None:
        """Larger type needs a wider form; on stage there is room for the pages alone."""
        theme = themes.current()
        self.form.setFixedWidth(round(theme.px(FORM_WIDTH)))
        for widget in (self.form, *self.saves[1:]):
            widget.setVisible(not theme.on_stage)

    def wait(self) -> None:
        """Say that the pages are being made."""
        self._clear()
        self.set_subtitle("Making the pages…")

    def show_none(self) -> None:
        """Say that no result is shown."""
        self._clear()
        self.set_subtitle("No result is shown any more; a run makes one.")

    @Slot(object)
    def show_pages(self, pages: list[bytes]) -> None:
        """Show PNG images of the pages."""
        self._clear()
        self.set_subtitle(f"{len(pages)} page{'s' * (len(pages) != 1)}, as they will be printed")
        for number, data in enumerate(pages, 1):
            pixmap = QPixmap()
            pixmap.loadFromData(data)
            label = QLabel()
            label.setAccessibleName(f"Page {number}")
            self.pages.append(pixmap)
            self._labels.append(label)
            self._column.addWidget(label)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pages are as wide as the window allows."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = min(WIDEST, max(200, self.area.viewport().width() - 30))
        ratio = self.devicePixelRatioF()
        for label, pixmap in zip(self._labels, self.pages, strict=True):
            mode = Qt.TransformationMode.SmoothTransformation
            scaled = pixmap.scaledToWidth(round(width * ratio), mode)
            scaled.setDevicePixelRatio(ratio)
            label.setPixmap(scaled)

    def _clear(self) -> None:
        for label in self._labels:
            self._column.removeWidget(label)
            label.deleteLater()
        self._labels, self.pages = [], []
