"""The line under the top bar: what a run would take, or why none can start; notices lie over it.

It is always there, so that no notice moves the page below it. A question and two lines of text have
room on it; more hangs down over the page. In a low window, where that would cover headings, a
warning keeps to one line until it is unfolded.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from gui.controllers.session import Session
from gui.shell.notice import NoticeArea
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.buttons import menu_button
from gui.widgets.elided import ElidedLabel
from gui.widgets.layouts import filled
from gui.widgets.page import Page

_ROOM, _TIGHT = 22, 18
"""Pixels above and below the text: as the buttons of a notice have, and in a low window."""


_REASONS = (
    QEvent.Type.LayoutRequest,
    QEvent.Type.Resize,
    QEvent.Type.ShowToParent,
    QEvent.Type.HideToParent,
)


class StatusLine(QFrame):
    """A reserved line.

    Attributes:
        text: why nothing can be certified yet, else what a run of the form would take.
        over: what lies over it, the notices first; it stands in the widget around the line.
        choices: a menu of other n with the time each takes.

    Signals:
        n_chosen: one of them.
    """

    n_chosen = Signal(int)

    def __init__(
        self,
        session: Session,
        notices: NoticeArea,
        *others: QWidget,
        around: QWidget,
        pages: QStackedWidget,
    ) -> None:
        super().__init__(around)
        self._session, self._notices, self._around = session, notices, around
        self._pages = pages
        self._room = _ROOM
        self.text = ElidedLabel()
        self.text.setAccessibleName("Before a run")
        set_role(self.text, "muted")
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill)
        tip = "How long other numbers of samples take"
        self.choices = menu_button("Other n ▾", "Other n, with the time each takes", tip, self.menu)
        parts = (self.text, 1), self.choices
        filled(QHBoxLayout(self), *parts).setContentsMargins(12, 0, 12, 0)
        self.over = QWidget(around)
        filled(QVBoxLayout(self.over), notices, *others, spacing=4)
        for part in (self, around, self.over, *self._parts()):
            part.installEventFilter(self)
        for signal in (
            session.worker.activity_changed,
            session.form.changed,
            session.loading.model_changed,
            session.loading.input_changed,
            session.loading.fitted_changed,
            session.timing.changed,
        ):
            signal.connect(self.refresh)
        pages.currentChanged.connect(self.refresh)
        themes.registry.follow(self.retheme)
        self.retheme()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what is so now; while something opens or runs, other places do.

        Nothing is said above a page without the form, or with a form of other votes: no run is
        begun from it.
        """
        runs, timing, page = self._session.runs, self._session.timing, self._pages.currentWidget()
        apart = isinstance(page, Page) and not (page.beside_form and page.begins_runs)
        silent = runs.running or self._session.loading.busy or apart
        expected = timing.expected()
        said = runs.obstacle or (f"{expected} on this machine." if expected else "")
        self.text.setText("" if silent else said)
        self.choices.setVisible(not silent and not runs.obstacle and bool(timing.choices()))

    @Slot()
    def _fill(self) -> None:
        """The choices, as long as the model takes for them now."""
        timing = self._session.timing
        self.menu.clear()
        for n in timing.choices():
            self.menu.addAction(timing.expected(n), partial(self.n_chosen.emit, n))

    def retheme(self) -> None:
        """As high as a notice of one line, in the type in force."""
        room = round(themes.current().px(self._room))
        self.setFixedHeight(self.text.fontMetrics().height() + room)

    def set_tight(self, *, on: bool) -> None:
        """In a low window: no higher than two lines of text."""
        self._room = _TIGHT if on else _ROOM
        self._notices.be_low(on=on)
        self.retheme()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What lies over it is as wide."""
        super().resizeEvent(event)
        self.lay_over()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another size of what lies over it, or another place of the line."""
        if event.type() in _REASONS:
            self.lay_over()
        return super().eventFilter(watched, event)

    def lay_over(self) -> None:
        """Put notices and questions where the line begins, as high as they need to be."""
        shown = [part for part in self._parts() if not part.isHidden()]
        self.over.setVisible(bool(shown))
        if not shown:
            return
        layout = self.over.layout()
        assert layout is not None
        # on stage there is no line, and what is asked there lies at the top
        line = self if not self.isHidden() else self._around
        place = line.mapTo(self._around, line.rect().topLeft())
        self.over.resize(line.width(), self.over.height())
        layout.activate()  # the notices must know their width to know their height
        self._notices.fit()
        needed = layout.totalHeightForWidth(line.width())
        height = needed if needed > 0 else layout.totalSizeHint().height()
        self.over.setGeometry(place.x(), place.y(), line.width(), height)
        for inner, room in ((layout, self.over), *((part.layout(), part) for part in shown)):
            if inner is not None:  # a part that was just shown, in a place of the size it had
                inner.setGeometry(room.rect())
        self.over.raise_()

    def _parts(self) -> list[QWidget]:
        layout = self.over.layout()
        assert layout is not None
        items = [layout.itemAt(place) for place in range(layout.count())]
        found = [item.widget() for item in items if item is not None]
        return [widget for widget in found if widget is not None]
