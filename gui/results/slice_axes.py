"""Which plane through the image the region is drawn in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from gui.jobs.shipped import Example
from gui.jobs.sketches import AxesChoice, AxesKind
from gui.widgets.card import Card
from gui.widgets.file_dialogs import FileAsker, image_filter
from gui.widgets.image import thumbnail

_KINDS: tuple[tuple[str, AxesKind], ...] = (
    ("strongest attack", "adversarial"),
    ("towards an image", "towards"),
    ("random", "random"),
    ("two pixels", "pixels"),
)
_DRAWN: tuple[tuple[str, AxesKind], ...] = (
    ("adversarial", "adversarial"),
    ("towards", "towards"),
    ("random", "random"),
    ("one number", "pixels"),
)
"""How the words of a figure's first axis begin."""
_FILE = "a file…"
_BESIDE_TITLE = 190
"""Pixels that the title and the menu button of the header take."""


class AxesChooser(QWidget):
    """Two small boxes for the region's header: the kind of axes, and the other image."""

    chosen = Signal(object)
    """An :class:`AxesChoice`."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card: Card | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.kind, self.other = QComboBox(), QComboBox()
        self.kind.setAccessibleName("Axes of the slice")
        self.kind.setToolTip("Which plane through the image is drawn")
        self.other.setAccessibleName("Image the axis points to")
        for title, kind in _KINDS:
            self.kind.addItem(title, kind)
        self.other.addItem(_FILE, "")
        self.other.hide()
        row.addWidget(self.kind)
        row.addWidget(self.other)
        self.kind.activated.connect(self._choose)
        self.other.activated.connect(self._choose_other)

    def stand_in(self, card: Card) -> None:
        """Stand in a card's header, or in a line of its own where that is too narrow."""
        self._card = card
        card.installEventFilter(self)
        self._find_room()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The card has another width."""
        if event.type() == QEvent.Type.Resize:
            self._find_room()
        return super().eventFilter(watched, event)

    def _find_room(self) -> None:
        card = self._card
        if card is None:
            return
        fits = card.width() >= _BESIDE_TITLE + self.sizeHint().width()
        if fits and card.header.indexOf(self) < 0:
            card.content.removeWidget(self)
            card.header.insertWidget(card.header.count() - 1, self)
        elif not fits and card.content.indexOf(self) < 0:
            card.header.removeWidget(self)
            card.content.insertWidget(1, self)

    def offer(self, examples: tuple[Example, ...]) -> None:
        """Shipped images to point to."""
        for position, example in enumerate(examples):
            icon = QIcon() if example.pixels is None else QIcon(thumbnail(example.pixels, 16))
            self.other.insertItem(position, icon, example.title, example.spec)
        self.other.setCurrentIndex(0)

    def agree(self, axes: tuple[str, str] | None) -> None:
        """Name the plane that is drawn, which is random where no attack was found or tried.

        Where the plane is none of those that can be chosen, there is no choice to be seen.


        Args:
            axes: of the figure, in words; None while there is none.
        """
        kinds = {words: kind for words, kind in _DRAWN if axes and axes[0].startswith(words)}
        self.setVisible(axes is None or bool(kinds))
        for kind in kinds.values():
            self.kind.setCurrentIndex(self.kind.findData(kind))
            self.other.setVisible(kind == "towards")

    def choice(self) -> AxesChoice:
        """What the boxes say."""
        kind = self.kind.currentData()
        return AxesChoice(kind, self.other.currentData() if kind == "towards" else "")

    @Slot()
    def _choose(self) -> None:
        self.other.setVisible(self.kind.currentData() == "towards")
        self._find_room()
        if self.kind.currentData() == "towards" and not self.other.currentData():
            self._ask()
        else:
            self.chosen.emit(self.choice())

    @Slot()
    def _choose_other(self) -> None:
        if self.other.currentText() == _FILE:
            self._ask()
        else:
            self.chosen.emit(self.choice())

    def _ask(self) -> None:
        asker = FileAsker(self)
        asker.open_file("Image the axis points to", image_filter(), lambda p: self.point_to(str(p)))

    def point_to(self, spec: str) -> None:
        """Point the axis to an image of the person's own."""
        self.other.insertItem(0, spec.rsplit("/", 1)[-1], spec)
        self.other.setCurrentIndex(0)
        self.chosen.emit(self.choice())
