"""What the parts of the window are for: named in a picture for help, and shown one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.layouts import filled
from gui.widgets.section import words

if TYPE_CHECKING:
    from gui.pages.help import Mark

Photo = tuple[QPixmap, "list[Mark]"]
"""A picture of the window, and what is where in it."""


@dataclass(frozen=True)
class Place:
    """Parts of the window that belong together.

    Attributes:
        parts: their names, as the window knows them.
        title, text: what they are, and what they are for.
    """

    parts: tuple[str, ...]
    title: str
    text: str


PLACES: tuple[Place, ...] = (
    Place(("model",), "Model", "The base model, its identity, and its class without noise."),
    Place(("input",), "Input", "What is certified, as the model takes it."),
    Place(
        ("attacker",),
        "Attacker",
        "What the attacker may change. The scheme fixes the noise, and with it what can be "
        "certified.",
    ),
    Place(
        ("settings",), "Settings", "Noise, n0, n, alpha and bound; they are declared before a run."
    ),
    Place(("certify",), "Certify", "Starts a run (F5); Esc ends it and keeps what was counted."),
    Place(("votes",), "Votes", "What the base model says of the noisy samples, class by class."),
    Place(
        ("bounds",),
        "Bounds",
        "p_lower over n: solid where it may be claimed, dashed where it is provisional.",
    ),
    Place(("region",), "Region", "What is certified, over the classes of the base model."),
    Place(
        ("examples",), "Examples", "Noisy samples, and a perturbation within the certified region."
    ),
    Place(
        ("statement",), "Statement", "The claim in words, its numbers, and what it does not say."
    ),
    Place(("progress",), "Progress", "How far the run is, how fast, and the time left."),
)

STOPS: tuple[Place, ...] = (
    Place(
        ("model", "input"),
        "What is certified",
        "A model and an input. Drop your own files anywhere on the window, or choose shipped ones "
        "here.",
    ),
    Place(
        ("attacker", "settings"),
        "Against whom",
        "What the attacker may do, and the noise and numbers of the run. Point at a name to read "
        "what it means.",
    ),
    Place(
        ("certify",),
        "Certify",
        "F5 starts a run. Esc stops it whenever you like: what was counted counts.",
    ),
    Place(
        ("plots",),
        "Watch",
        "Votes, bounds and the certified region grow while samples are drawn. A double click "
        "gives a plot all the room.",
    ),
    Place(
        ("statement",),
        "What may be claimed",
        "The claim in words. Report (Ctrl+P) turns it into a PDF that a colleague can verify. "
        "F1 opens help, and Ctrl+Shift+P finds anything.",
    ),
)

_GAP = 12
_FRAME = 4
"""Pixels between a part and the line around it."""
_ROUNDS = 4
"""A change reaches the innermost layouts after so many rounds of requests."""
_WIDTH = 330


class Tour(QFrame):
    """A card that goes from stop to stop; it can be left at any time, by Escape too.

    Attributes:
        stop: the place it is at; None while it is not going.
        next, before, leave: its buttons.
    """

    def __init__(self, parts: Mapping[str, QWidget], over: QWidget) -> None:
        super().__init__(over)
        self._parts, self._over = parts, over
        self._place = -1
        self._frame = _Frame(over)
        set_role(self, "notice")
        self.setAccessibleName("Tour")
        self.number, self.title = QLabel(), words(role="title")
        set_role(self.number, "muted")
        self.text = words(name="This stop of the tour")
        self.leave, self.before = QPushButton("&Leave the tour"), QPushButton("&Back")
        self.next = QPushButton()
        set_role(self.next, "primary")
        self.leave.clicked.connect(self.end)
        self.before.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        buttons = QHBoxLayout()
        filled(buttons, self.leave, (QWidget(), 1), self.before, self.next, spacing=6)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 12)
        for part in (self.number, self.title, self.text):
            column.addWidget(part)
        column.addLayout(buttons)
        over.installEventFilter(self)
        self._moved = QTimer(self, singleShot=True, interval=0)
        self._moved.timeout.connect(self._follow)
        self.hide()

    @property
    def stop(self) -> Place | None:
        """The stop it is at."""
        return STOPS[self._place] if 0 <= self._place < len(STOPS) else None

    @Slot()
    def begin(self) -> None:
        """Start at the first stop."""
        for part in self._parts.values():  # a model that opens makes its panel larger
            part.installEventFilter(self)
        settle()
        self._show(0)

    @Slot()
    def end(self) -> None:
        """Leave it."""
        for part in self._parts.values():
            part.removeEventFilter(self)
        self._place = -1
        self.hide()
        self._frame.hide()
        self._over.setFocus()

    def event(self, event: QEvent) -> bool:
        """Escape also is the shortcut of Stop: here it only leaves the tour."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
            return event.isAccepted()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another size of the window moves its parts, and so does what they show."""
        if self.stop is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            if watched is self._over:
                self._stand()
            else:  # once the others have their places too
                self._moved.start()
        return super().eventFilter(watched, event)

    @Slot()
    def _follow(self) -> None:
        if self.stop is not None:
            self._stand()

    @Slot()
    def _go_on(self) -> None:
        if self._place + 1 == len(STOPS):
            self.end()
        else:
            self._show(self._place + 1)

    @Slot()
    def _go_back(self) -> None:
        self._show(max(0, self._place - 1))

    def _show(self, place: int) -> None:
        self._place = place
        stop = STOPS[place]
        self.number.setText(f"{place + 1} of {len(STOPS)}")
        self.title.setText(stop.title)
        self.text.setText(stop.text)
        self.before.setEnabled(place > 0)
        self.next.setText("&Done" if place + 1 == len(STOPS) else "&Next")
        self._frame.show()
        self.show()
        self._stand()  # in the type that it has once it is shown
        for widget in (self._frame, self):
            widget.raise_()
        self.next.setFocus()

    def _stand(self) -> None:
        """Beside the parts it is about, inside the window."""
        stop, layout = self.stop, self.layout()
        assert stop is not None and layout is not None
        around = around_parts([self._parts[name] for name in stop.parts], self._over)
        self._frame.setGeometry(_framed(around, self._over))
        settle()
        layout.activate()
        wide = max(round(themes.current().px(_WIDTH)), layout.totalMinimumSize().width())
        high = max(layout.totalHeightForWidth(wide), layout.totalMinimumSize().height())
        room = self._over.rect()
        right = around.right() + _GAP
        x = right if right + wide <= room.width() else around.left() - wide - _GAP
        y = around.top() + _GAP
        if x < 0:  # no room at either side: below, or inside where it is as large as the window
            x, y = room.width() - wide - _GAP, around.bottom() + _GAP
            y = y if y + high <= room.height() else around.bottom() - high - _GAP
        x, y = min(max(0, x), room.width() - wide), min(max(0, y), room.height() - high)
        self.setGeometry(x, y, wide, high)


class _Frame(QWidget):
    """A frame around what the tour is about; the mouse goes through it."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Two pixels of accent."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(themes.current().focus), 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 8, 8)


def settle() -> None:
    """Let layouts take up who is in sight now: what was just shown has no place before that."""
    for _ in range(_ROUNDS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def around_parts(parts: Sequence[QWidget], over: QWidget) -> QRect:
    """What is in sight of some widgets, in the coordinates of the one they lie in."""
    around = QRect()
    for part in parts:
        seen = part.visibleRegion().boundingRect()
        if not seen.isEmpty():
            around |= QRect(part.mapTo(over, seen.topLeft()), seen.size())
    return around


def _framed(around: QRect, over: QWidget) -> QRect:
    """With room for a frame: the words of a part begin at its edge."""
    return around.adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME).intersected(over.rect())


def photograph(
    parts: Mapping[str, QWidget], over: QWidget, without: Sequence[QWidget] = ()
) -> Photo:
    """The window as it is now, and where in it the parts are that are in sight.

    Args:
        parts: by name.
        over: what is photographed.
        without: what comes and goes, such as a notice, and is none of it.
    """
    hidden = [part for part in without if part.isVisible()]
    for part in hidden:
        part.hide()
    try:
        return _photograph(parts, over)
    finally:
        for part in hidden:
            part.show()


def _photograph(parts: Mapping[str, QWidget], over: QWidget) -> Photo:
    from gui.pages.help import Mark  # not for the start of a window

    settle()
    picture = over.grab()
    ratio = picture.devicePixelRatio()
    picture.setDevicePixelRatio(1.0)
    marks = []
    for place in PLACES:
        rect = around_parts([parts[name] for name in place.parts], over)
        if not rect.isEmpty():
            rect = _framed(rect, over)
            corner, size = rect.topLeft() * ratio, rect.size() * ratio
            marks.append(Mark(QRect(corner, size), place.title, place.text))
    return picture, marks
