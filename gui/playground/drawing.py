"""A drawing that can be copied and saved, like every plot."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPoint, QSizeF
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtWidgets import QMenu, QWidget

from engine.core.errors import UserError
from engine.core.files import write_atomically
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.page import WRITTEN, Page

FORMATS = {"png": "PNG image", "svg": "SVG drawing", "pdf": "PDF page"}
_DPI = 96


class Drawing(QWidget):
    """A painted widget whose menu (right click, or the menu key) copies and saves it.

    Attributes:
        stem: proposed name of a file.
    """

    stem: ClassVar[str] = "drawing"

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu."""
        menu = QMenu(self)
        menu.addAction("Copy image", self.copy_image)
        for fmt in FORMATS:
            menu.addAction(f"Save {fmt.upper()}...", partial(self.ask_and_save, fmt))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the image."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_image()
        else:
            super().keyPressEvent(event)

    def copy_image(self) -> None:
        """Put the drawing on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.grab())
        self._tell("info", f"{self.accessibleName()}: image copied.")

    def ask_and_save(self, fmt: str) -> None:
        """Ask for a place, without stopping anything that moves, then save."""
        title, kinds = f"Save {FORMATS[fmt]}", f"{FORMATS[fmt]} (*.{fmt})"
        FileAsker(self).save_file(title, f"{self.stem}.{fmt}", self.save, kinds)

    def save(self, path: Path) -> None:
        """Write the drawing; the format follows the suffix (.png, .svg or .pdf)."""
        fmt = path.suffix.lower().lstrip(".")
        if fmt not in FORMATS:
            self._tell("error", f"Cannot save {path.name}: choose .png, .svg or .pdf.")
            return
        try:
            write_atomically(path, self.rendered(fmt))
        except UserError as error:
            self._tell("error", str(error))
        else:
            self._tell(WRITTEN, str(path))

    def rendered(self, fmt: str) -> bytes:
        """The drawing as it is now, in one of :data:`FORMATS`."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if fmt == "png":
            self.grab().save(buffer, "PNG")
        elif fmt == "svg":
            from PySide6.QtSvg import QSvgGenerator  # deferred: loaded when somebody saves

            drawing = QSvgGenerator()
            drawing.setOutputDevice(buffer)
            drawing.setSize(self.size())
            drawing.setViewBox(self.rect())
            drawing.setTitle(self.accessibleName())
            drawing.setDescription(self.accessibleDescription())
            self._paint_on(drawing)
        else:
            page = QPdfWriter(buffer)
            page.setResolution(_DPI)
            size = QSizeF(self.width() / _DPI, self.height() / _DPI)
            page.setPageSize(QPageSize(size, QPageSize.Unit.Inch))
            page.setPageMargins(QMarginsF())
            page.setTitle(self.accessibleName())
            self._paint_on(page)
        return bytes(buffer.data().data())

    def _paint_on(self, device: object) -> None:
        painter = QPainter(device)  # type: ignore[call-overload]  # any of Qt's paint devices
        self.render(painter, QPoint())
        painter.end()

    def _tell(self, kind: str, sentence: str) -> None:
        """By the page that the drawing stands on."""
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, Page):
            parent = parent.parentWidget()
        if parent is not None:
            parent.notice.emit(kind, sentence)
