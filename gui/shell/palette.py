"""Find a command by a few of its letters (Ctrl+Shift+P)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui.style.theme import set_role

WIDTH, HEIGHT = 520, 340


class Palette(QFrame):
    """A finder that floats over the window; Return runs, Escape leaves."""

    def __init__(self, actions: dict[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        set_role(self, "notice")
        self.setAccessibleName("Find a command")
        self._actions = actions
        self.query = QLineEdit()
        self.query.setPlaceholderText("Type a few letters of a command")
        self.query.setAccessibleName("Command to find")
        self.results = QListWidget()
        self.results.setAccessibleName("Commands found")
        self.results.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.addWidget(self.query)
        column.addWidget(self.results)
        self.query.textChanged.connect(self._search)
        self.query.installEventFilter(self)
        self.results.itemClicked.connect(self._run)
        self.hide()

    def open(self) -> None:
        """Show it at the top of the window, empty."""
        width, height = min(WIDTH, self._over.width() - 40), min(HEIGHT, self._over.height() - 80)
        self.setGeometry((self._over.width() - width) // 2, 60, width, height)
        self.query.clear()
        self._search("")
        self.show()
        self.raise_()
        self.query.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that move in the list while the text field has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Escape also is the shortcut of Stop: here it only leaves the finder
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
            return event.isAccepted()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if key in moves and self.results.count():
            row = (self.results.currentRow() + moves[Qt.Key(key)]) % self.results.count()
            self.results.setCurrentRow(row)
        elif key == Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.results.currentItem():
            self._run(self.results.currentItem())
        else:
            return False
        return True

    @Slot(str)
    def _search(self, query: str) -> None:
        self.results.clear()
        found = []
        for position, (name, action) in enumerate(self._actions.items()):
            title = action.text().replace("&", "").removesuffix("…")
            score = match(query, title)
            if score is not None and name != "palette":
                found.append((score, position, title, name, action))
        for _, _, title, name, action in sorted(found, key=lambda entry: entry[:2]):
            shortcut = action.shortcut().toString()
            item = QListWidgetItem(f"{title}    {shortcut}" if shortcut else title)
            item.setData(Qt.ItemDataRole.UserRole, name)
            if not action.isEnabled():
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.results.addItem(item)
        self.results.setCurrentRow(0)

    @Slot(QListWidgetItem)
    def _run(self, item: QListWidgetItem) -> None:
        action = self._actions[item.data(Qt.ItemDataRole.UserRole)]
        self._leave()
        if action.isEnabled():
            action.trigger()

    def _leave(self) -> None:
        self.hide()
        self._over.setFocus()


def match(query: str, title: str) -> int | None:
    """How far the letters of ``query`` are spread in ``title``, None if they are not all there.

    >>> match("cert", "Certify"), match("tdk", "Dark theme"), match("pdf", "Save report as PDF")
    (0, None, 15)
    """
    letters, text = query.lower().replace(" ", ""), title.lower()
    position, gaps = 0, 0
    for letter in letters:
        found = text.find(letter, position)
        if found < 0:
            return None
        gaps += found - position
        position = found + 1
    return gaps
