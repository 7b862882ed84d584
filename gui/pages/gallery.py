"""The shipped inputs, to choose from."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QWidget

from engine.core.text import visible
from gui.jobs.shipped import Example
from gui.style import theme as themes
from gui.widgets.image import thumbnail
from gui.widgets.layouts import emptied, filled
from gui.widgets.neighbourhood import thumbnail_of
from gui.widgets.page import Page
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import words
from gui.widgets.tips import set_tip

SIDE = 72
_CELL = QSize(124, 112)
_EDGE = 6
_COMING = "The examples appear here as soon as the engine is warm."


class GalleryPage(Page):
    """A list of thumbnails for every group of examples; Return or a click takes one.

    Attributes:
        lists: by the group's title.
    """

    chosen = Signal(object)
    """An :class:`Example`."""
    set_wanted = Signal(object)
    """An :class:`Example` whose whole set is to be certified."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Gallery of examples", parent=parent)
        self.lists: dict[str, GroupList] = {}
        self._examples: tuple[Example, ...] = ()
        self._scroll = ScrollColumn("Gallery of examples", spacing=6)
        self.content.addWidget(self._scroll)
        self._scroll.column.addWidget(words(_COMING, "muted"))
        self._scroll.column.addStretch(1)
        self.set_subtitle("A shipped model that goes with an example is opened with it")
        themes.registry.follow(self.retheme)

    def show_examples(self, examples: tuple[Example, ...]) -> None:
        """Fill the page."""
        self._examples = examples
        emptied(self._scroll.column)
        self.lists = {}
        for group, members in groupby(examples, key=lambda example: example.group):
            found = GroupList(group, tuple(members))
            found.chosen.connect(self.chosen)
            self.lists[group] = found
            self._scroll.column.addLayout(self._heading(group, found.examples))
            self._scroll.column.addWidget(found)
        self._scroll.column.addStretch(1)

    def _heading(self, group: str, examples: tuple[Example, ...]) -> QHBoxLayout:
        """The group's title, and a way to the audit of its set where it is one."""
        line = filled(QHBoxLayout(), (words(group, "title"), 1), spacing=8)
        if len(examples) > 1:
            whole = QPushButton("Certify the set…")
            whole.setToolTip(f"Certify every input of {examples[0].of}, and the set")
            whole.setAccessibleName(f"Certify the set {examples[0].of}")
            whole.clicked.connect(lambda: self.set_wanted.emit(examples[0]))
            line.addWidget(whole)
        return line

    def retheme(self) -> None:
        """Drawings in the colours of the theme in force."""
        for group in self.lists.values():
            group.draw()

    def take_focus(self) -> None:
        """The keyboard is for the first list."""
        for group in self.lists.values():
            group.setFocus()
            return


class GroupList(QListWidget):
    """The examples of one group, as high as they need at their width."""

    chosen = Signal(object)

    def __init__(self, title: str, examples: tuple[Example, ...]) -> None:
        super().__init__()
        self.examples = examples
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(SIDE, SIDE))
        self._cell = _CELL
        self.setUniformItemSizes(True)
        self.setWordWrap(True)
        self.setAccessibleName(title or "Gallery of examples")
        for example in examples:
            item = QListWidgetItem(visible(example.title))
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            set_tip(item, example.spec)
            self.addItem(item)
        self.draw()
        self.itemActivated.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def draw(self) -> None:
        """Make the thumbnails, in cells with room for every word, and for a second line of them."""
        metrics = self.fontMetrics()
        titles = [visible(one.title) for one in self.examples]
        parts = [part for title in titles for part in title.split()]
        widest = max(map(metrics.horizontalAdvance, parts), default=0)
        wide, room = max(_CELL.width(), widest + _EDGE * 4), _EDGE * 4
        longest = max(map(metrics.horizontalAdvance, titles), default=0)
        lines = 1 if longest + room <= wide else 2
        high = max(_CELL.height(), SIDE + lines * metrics.lineSpacing() + room)
        self._cell = QSize(wide, high)
        self.setGridSize(self._cell)
        for row, example in enumerate(self.examples):
            self.item(row).setIcon(QIcon(_drawn(example, self.devicePixelRatioF())))

    def hasHeightForWidth(self) -> bool:
        """Fewer columns need more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The rows that the width leaves."""
        columns = max(1, (width - _EDGE) // self._cell.width())
        return -(-len(self.examples) // columns) * self._cell.height() + _EDGE

    def sizeHint(self) -> QSize:
        """At the present width."""
        wide = self._cell.width()
        return QSize(wide * 4, self.heightForWidth(max(self.width(), wide)))

    def minimumSizeHint(self) -> QSize:
        """One example wide."""
        return QSize(self._cell.width() + _EDGE, self._cell.height() + _EDGE)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard is somewhere: one example is marked, in the list that has it alone."""
        super().focusInEvent(event)
        self.setCurrentRow(max(0, self.currentRow()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No mark without the keyboard."""
        super().focusOutEvent(event)
        self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes the current example on every platform; Tab leaves the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem():
            self._choose(self.currentItem())
        else:
            super().keyPressEvent(event)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self.examples[self.row(item)])


def _drawn(example: Example, ratio: float) -> QPixmap:
    if example.pixels is not None:
        return thumbnail(example.pixels, SIDE)
    if example.around is not None:
        return thumbnail_of(example.around, SIDE, ratio=ratio)
    return QPixmap()
