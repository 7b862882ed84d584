"""All the room of its page for one plot, and its own place again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QWidget

from gui.widgets.page import Page

_SIZED = (QEvent.Type.Resize, QEvent.Type.LayoutRequest)
_GONE = (QEvent.Type.Hide, QEvent.Type.HideToParent)


class Alone(QObject):
    """Lays a plot over the rest of its page, below the page's header, as long as it is wanted.

    Something empty keeps its place meanwhile. The plot goes back by itself when the page, or what
    it stood in, is hidden: then there may be something else to see.

    Args:
        plot: part of a page; beside none, nothing happens.
    """

    def __init__(self, plot: QWidget) -> None:
        super().__init__(plot)
        self._plot = plot
        self._page: Page | None = None
        self._kept: QWidget | None = None
        plot.installEventFilter(self)

    @property
    def on(self) -> bool:
        """Whether the plot has all the room now."""
        return self._kept is not None

    @Slot()
    def toggle(self) -> None:
        """Take all the room, or give it back."""
        page = _page_of(self._plot)
        if self.on:
            self.give_back()
        elif page is not None:
            self._take(page)

    def _take(self, page: Page) -> None:
        kept, plot = QWidget(), self._plot
        kept.setMinimumSize(plot.minimumSize())
        kept.setSizePolicy(plot.sizePolicy())
        _replace(plot, kept)
        plot.setParent(page)
        plot.show()
        plot.raise_()
        self._page, self._kept = page, kept  # only now: on its way the plot was hidden
        for watched in (page, kept):
            watched.installEventFilter(self)
        self._lay()
        plot.setFocus()

    def give_back(self) -> None:
        """To where it was."""
        page, kept = self._page, self._kept
        if page is None or kept is None:
            return
        self._page = self._kept = None  # first: what follows hides both
        for watched in (page, kept):
            watched.removeEventFilter(self)
        seen = not self._plot.isHidden()
        _replace(kept, self._plot)
        self._plot.setVisible(seen)
        kept.setParent(None)
        kept.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the page's size, and end with what is hidden or by Escape."""
        kind = event.type()
        if watched is self._page and kind in _SIZED:
            self._lay()
        elif self.on and watched is not self._page and kind in _GONE:
            self.give_back()
        elif self.on and watched is self._plot and _is_escape(event):
            self.give_back()
            return True
        return False

    def _lay(self) -> None:
        if self._page is None:
            return
        room, head = self._page.content.geometry(), self._page.header.geometry()
        room.setTop(head.bottom() + self._page.content.spacing())
        self._plot.setGeometry(room)


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and (event.type(), event.key()) == (
        QEvent.Type.KeyPress,
        Qt.Key.Key_Escape,
    )


def _page_of(widget: QWidget) -> Page | None:
    around = widget.parentWidget()
    while around is not None and not isinstance(around, Page):
        around = around.parentWidget()
    return around


def _replace(old: QWidget, new: QWidget) -> None:
    """Put one widget where another is."""
    around = old.parentWidget()
    if isinstance(around, QSplitter):
        around.replaceWidget(around.indexOf(old), new)
    elif around is not None and (layout := around.layout()) is not None:
        layout.replaceWidget(old, new)
        new.setVisible(not old.isHidden())
