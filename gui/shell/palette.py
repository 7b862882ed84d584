"""Find anything by a few of its letters (Ctrl+Shift+P): commands, files, settings, help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from engine.core.text import visible
from gui.style.theme import set_role

WIDTH, HEIGHT = 520, 340


@dataclass(frozen=True)
class Find:
    """Something that can be found and gone to.

    Attributes:
        kind: what it is, in a word or two.
        go: goes there.
        also: other words it is found by.
        keys: its shortcut, if it has one.
        possible: whether it makes sense now.
    """

    title: str
    kind: str
    go: Callable[[], object]
    also: tuple[str, ...] = ()
    keys: str = ""
    possible: bool = True


class Palette(QFrame):
    """A finder that floats over the window; Return goes there, Escape leaves.

    Args:
        actions: the commands, by id.
        finds: what else there is to find at the moment.
        parent: what it floats over.
    """

    def __init__(
        self,
        actions: dict[str, QAction],
        finds: Callable[[], Sequence[Find]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._over = parent
        set_role(self, "notice")
        self.setAccessibleName("Find")
        self._actions, self._finds = actions, finds
        self._others: Sequence[Find] = ()
        self._found: list[Find] = []
        self.query = QLineEdit()
        self.query.setPlaceholderText("A command, model, input, setting or term")
        self.query.setAccessibleName("What to find")
        self.results = QListWidget()
        self.results.setAccessibleName("Found")
        self.results.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.results.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        self._others = self._finds()
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
        """Commands, and everything else once something is typed; what fits best comes first."""
        self.results.clear()
        commands = [self._command(name) for name in self._actions if name != "palette"]
        ranked = []
        for position, find in enumerate((*commands, *(self._others if query.strip() else ()))):
            score = rank(query, find)
            if score is not None:
                ranked.append((score, position, find))
        self._found = [find for _, _, find in sorted(ranked, key=lambda entry: entry[:2])]
        for find in self._found:
            item = QListWidgetItem(visible(f"{find.title}    {find.keys or find.kind}".rstrip()))
            if not find.possible:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.results.addItem(item)
        if not self._found:
            nothing = QListWidgetItem(visible(f"Nothing matches '{query.strip()}'."))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.results.addItem(nothing)
        self.results.setCurrentRow(0)

    def _command(self, name: str) -> Find:
        action = self._actions[name]
        return Find(
            action.text().replace("&", "").removesuffix("…"),
            "",
            partial(action.trigger),
            (action.statusTip(),),
            action.shortcut().toString(),
            action.isEnabled(),
        )

    @Slot(QListWidgetItem)
    def _run(self, item: QListWidgetItem) -> None:
        row = self.results.row(item)
        if row >= len(self._found):
            return
        find = self._found[row]
        self._leave()
        if find.possible:
            find.go()

    def _leave(self) -> None:
        self.hide()
        self._over.setFocus()


def rank(query: str, find: Find) -> tuple[int, int] | None:
    """How well something fits what was typed, the best first; None where it does not.

    Its words come before scattered letters, which count for commands alone: they have no kind.
    """
    typed = query.strip().lower()
    for place, words in enumerate((find.title, *find.also)):
        if (at := words.lower().find(typed)) >= 0:
            return min(place, 1), at
    gaps = None if find.kind else match(query, find.title)
    return None if gaps is None else (2, gaps)


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
