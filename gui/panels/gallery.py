"""The shipped pictures, to choose from."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from gui.backend import Example
from gui.panels.input import thumbnail
from gui.panels.page import Page

SIDE = 72
_CELL = QSize(112, 112)


class GalleryPage(Page):
    """A page of thumbnails; Return or a click takes one."""

    chosen = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Gallery of examples", parent=parent)
        self.list = QListWidget()
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setIconSize(QSize(SIDE, SIDE))
        self.list.setGridSize(_CELL)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Gallery of examples")
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.set_subtitle("Handwritten digits that no shipped model was trained on")
        self.content.addWidget(self.list)

    def show_examples(self, examples: tuple[Example, ...]) -> None:
        """Fill the page."""
        self.list.clear()
        for example in examples:
            icon = QIcon(thumbnail(example.pixels, SIDE))
            item = QListWidgetItem(icon, example.title)
            item.setData(Qt.ItemDataRole.UserRole, example.spec)
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            self.list.addItem(item)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
