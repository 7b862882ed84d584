"""The main window: columns, pages and notices around a session."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from engine.core.text import visible
from engine.evidence.settings import Counting, RunSettings
from engine.models.request import ModelRequest
from engine.schemes import Scheme
from gui.controllers.resume import unseeded
from gui.controllers.session import Session
from gui.jobs.session_file import Left
from gui.results.extend import ExtendBar
from gui.results.plot_grid import HANDLE
from gui.results.progress import ProgressPanel
from gui.results.statement import StatementPanel
from gui.setup.column import WIDTH as LEFT_WIDTH
from gui.setup.column import LeftColumn
from gui.shell import commands, geometry
from gui.shell.afterwards import Afterwards
from gui.shell.appearance import Appearance
from gui.shell.closing import Closing
from gui.shell.consent import ask_about_left, ask_for_oracle
from gui.shell.finding import Finder
from gui.shell.menus import TopBar, build_menus
from gui.shell.notice import NoticeArea
from gui.shell.notifications import Notifications
from gui.shell.opening import Opening
from gui.shell.pages import Pages
from gui.shell.palette import Palette
from gui.shell.recent_files import RecentMenus
from gui.shell.shares import Shares
from gui.shell.status_line import StatusLine
from gui.shell.talk_bar import Blank, TalkBar
from gui.shell.talking import Talking
from gui.shell.tour import Photo, Tour, photograph
from gui.widgets.body import Body
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.layouts import divided, filled

TITLE = "Certiscope"
RIGHT_WIDTH, MARGIN = 300, 12
LOW = 640
"""Pixels of a window's height: a lower one is a small screen, or one at 200 %."""


class Window(QMainWindow):
    """Left: what is certified. Middle: plots and pages. Right: the statement. Bottom: progress.

    Attributes:
        actions: an action for every command, by its id.
        ended: False if the worker was still at work when the window closed.

    Signals:
        painted: once, after the first paint.
        closed: the window leaves, its worker ended.

    Args:
        session: what it shows.
        remembers: it opens where the last one was, and the next one where it is.
    """

    painted = Signal()
    closed = Signal()

    def __init__(self, session: Session, *, remembers: bool = True) -> None:
        super().__init__()
        self.session = session
        self._remembers = remembers
        self._was_painted = self._leaving = False
        self.ended = True
        self.setWindowTitle(TITLE)
        self.setAnimated(False)  # or each change of a text would begin an animation of nothing
        self.setAcceptDrops(True)
        self.commands = commands.make_actions(self)
        self.asker = FileAsker(self)
        self.top = TopBar(self.commands)
        self.notices = NoticeArea()
        self.extend_bar = ExtendBar(session.runs)
        self.left = LeftColumn(session, self.commands)
        self.pages = Pages(session, self.commands, self.notices, self.asker, self._photograph)
        self.statement = StatementPanel(session, self.commands)
        self.progress = ProgressPanel(session, pages=self.pages)
        self.columns = self._lay_out()
        self.notifications = Notifications(session, self.notices, parent=self)
        self.opening = Opening(session, self.asker, self.pages, self.notices, self)
        self.closing = self._closing()
        self.talking = Talking(
            session, self.commands, self.pages, self.notices, self.asker, parent=self
        )
        catalogue = self.left.attacker.catalogue
        self._rest = Afterwards(self.pages, catalogue, session.runs, parent=self)
        self.blank = Blank(session.talks, self)
        finder = Finder(session, self.left, self.pages)
        self.palette_finder = Palette(self.commands, finder.finds, self.central)
        self.tour = Tour(self._parts(), self.central)
        self.appearance = Appearance(
            self,
            self.commands,
            session.preferences,
            self.pages,
            form=self.left,
            statement=self.statement,
            chrome=(self.top, self.menuBar(), self.status_line),
            rooms=(
                self.top,
                self.menuBar(),
                self.status_line,
                self.status_line.over,
                self.progress,
                self.talk_bar,
                self.body.verticalScrollBar(),
                self.body.horizontalScrollBar(),
                self.palette_finder,
                self.tour,
            ),
            notices=self.notices,
        )
        menus = build_menus(self.menuBar(), self.commands)
        self.recent = RecentMenus(menus["&File"], self.commands["quit"], session)
        self._connect()
        geometry.restore(self, self._splitters(), session.preferences if remembers else None)
        self.refresh_actions()

    def _closing(self) -> Closing:
        return Closing(
            self.session,
            self.notices,
            self.asker,
            self.opening,
            close=self.close,
            leave=self.leave,
            keeps=self._remembers,
            parent=self,
        )

    def _lay_out(self) -> QSplitter:
        middle = geometry.FIRST_SIZE[0] - LEFT_WIDTH - RIGHT_WIDTH - 2 * (MARGIN + HANDLE)
        parts, sizes = (self.left, self.pages, self.statement), (LEFT_WIDTH, middle, RIGHT_WIDTH)
        columns = divided(Qt.Orientation.Horizontal, *parts, sizes=sizes)
        columns.setHandleWidth(HANDLE)
        for place, share in enumerate((1, 6, 2)):
            columns.setStretchFactor(place, share)
        Shares(columns, sizes, self.session.preferences if self._remembers else None)
        body, self.body, over = QWidget(), Body(columns), (self.notices, self.extend_bar)
        inner = QVBoxLayout(body)
        self.status_line = StatusLine(self.session, *over, around=body, pages=self.pages)
        filled(inner, self.status_line, (self.body, 1), spacing=0)
        inner.setContentsMargins(MARGIN, 0, MARGIN, 10)
        self.central = QWidget()
        self.talk_bar = TalkBar(self.session.talks)
        stack = (self.top, (body, 1), self.progress, self.talk_bar)
        filled(QVBoxLayout(self.central), *stack, spacing=0)
        self.setCentralWidget(self.central)
        votes = self.pages.explore.votes
        QWidget.setTabOrder(self.left.command.copy, votes)
        QWidget.setTabOrder(votes, votes.more)
        return columns

    def _connect(self) -> None:
        session = self.session
        commands.connect(
            self.commands,
            commands.Parts(
                window=self,
                session=session,
                opening=self.opening,
                pages=self.pages,
                appearance=self.appearance,
                palette=self.palette_finder,
                extend_bar=self.extend_bar,
                tour=self.tour,
                talking=self.talking,
            ),
        )
        for signal in (
            session.worker.activity_changed,
            session.form.changed,
            session.runs.evidence_changed,
            session.loading.input_changed,
            session.loading.model_changed,
            session.loading.fitted_changed,
            session.case.opened,
            session.talks.changed,
            self.pages.turned,
        ):
            signal.connect(self.refresh_actions)
        for signal in (session.case.opened, session.keeping.changed):
            signal.connect(self._name)
        self._rest.made.connect(self._start)
        self.closed.connect(self._rest.stop)  # before garbage may be collected by any thread again
        session.audits.changed.connect(self._hold_form)
        session.keeping.found.connect(self._on_left)
        session.loading.oracle_asked.connect(self._on_oracle_asked)
        self.left.model.wanted.connect(session.loading.open_model)
        self.pages.planned.connect(self._put_into_form)
        self.pages.settings_wanted.connect(self._show_settings)
        self.status_line.n_chosen.connect(self._follow_extension)
        self.statement.scheme_wanted.connect(self._run_with_scheme)
        self.statement.n0_wanted.connect(self._run_with_n0)
        self.notifications.one_a_call_wanted.connect(self._run_one_a_call)
        for hides in (self.extend_bar.hide, self.tour.end):
            self.pages.turned.connect(hides)
        self.pages.tour_asked.connect(self.commands["tour"].trigger)
        session.runs.extending.connect(self._follow_extension)
        session.runs.resuming.connect(self._follow_resumption)

    def _splitters(self) -> dict[str, QSplitter]:
        grid = self.pages.explore.grid
        return {
            "rows": grid.rows,
            "upper": grid.upper,
            "lower": grid.under,
        }

    def _parts(self) -> dict[str, QWidget]:
        """What the tour and help speak of."""
        left, explore = self.left, self.pages.explore
        return {
            "model": left.model,
            "input": left.input,
            "attacker": left.attacker,
            "settings": left.settings,
            "certify": self.top.buttons["certify"],
            "plots": explore,
            "votes": explore.votes,
            "bounds": explore.bounds,
            "region": explore.place,
            "examples": explore.examples,
            "statement": self.statement,
            "progress": self.progress,
        }

    def _photograph(self) -> Photo:
        return photograph(self._parts(), self.central, (self.notices, self.extend_bar))

    @Slot()
    def begin(self) -> None:
        """Make what the first paint did without, then start the engine."""
        if not self._leaving:
            self._rest.begin()

    @Slot()
    def _start(self) -> None:
        self.session.start()
        if self._remembers:
            self.session.keeping.begin()

    def leave(self) -> None:
        """Close without asking; the current run is stopped and its votes kept."""
        self._leaving = True
        self.close()

    @Slot()
    def _hold_form(self) -> None:
        """While a set is certified the form is that of all its runs."""
        self.left.setEnabled(not self.session.audits.running)

    @Slot()
    def refresh_actions(self) -> None:
        """Enable the commands that make sense now."""
        commands.refresh(self.commands, self.session, self.pages.currentWidget())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first paint, when it is over."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low window has less room around its words, a narrow one fewer columns."""
        super().resizeEvent(event)
        for bar in (self.top, self.status_line):
            bar.set_tight(on=self.height() < LOW)
        self.appearance.make_room()
        self.appearance.fit_stage()
        self.status_line.lay_over()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and images may be dropped anywhere."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            _take_a_copy(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """What was let in may be dropped at every place."""
        _take_a_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open every kind of file that was dropped."""
        self.opening.open_dropped(event.mimeData())
        _take_a_copy(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first, in the window, while work would be lost or a result is saved nowhere."""
        if not self._leaving and self.closing.asks():
            if self.appearance.talks:  # whoever closes the window has ended the talk
                self.commands["talk"].trigger()
            event.ignore()
            return
        if self._remembers:
            geometry.remember(self, self._splitters(), self.session.preferences)
        self._leaving = True
        self.hide()
        self.ended = self.session.shutdown()
        self.closed.emit()
        event.accept()

    @Slot(object)
    def _on_left(self, left: Left) -> None:
        keeping = self.session.keeping
        ask_about_left(
            self.notices,
            left,
            open_left=partial(keeping.open_left, left),
            resume=partial(keeping.open_left, left, resume=True),
            discard=partial(keeping.discard_left, left),
            later=partial(keeping.put_off, left),
        )

    @Slot()
    def _name(self) -> None:
        """The open case, or how much is saved nowhere, in the title."""
        title, count = self.session.case.title, len(self.session.keeping.unsaved)
        unsaved = f"{count:,} result{'s' * (count != 1)} not saved" if count else ""
        self.setWindowTitle(" - ".join(filter(None, (visible(title), unsaved, TITLE))))

    @Slot(object)
    def _on_oracle_asked(self, request: ModelRequest) -> None:
        ask_for_oracle(self.notices, request, self.left.model.choose_oracle)

    @Slot(object)
    def _run_with_scheme(self, scheme: Scheme) -> None:
        """A way out of an abstention: the noise that the model was trained with."""
        self.left.settings.show_scheme(scheme)
        self.left.attacker.show_scheme(type(scheme))
        self.session.runs.certify()

    @Slot(int)
    def _run_with_n0(self, n0: int) -> None:
        """A way out of an abstention: more votes that choose the class."""
        self.left.settings.put(n0=n0)
        self.session.runs.certify()

    @Slot()
    def _run_one_a_call(self) -> None:
        """A way on where a model's class depends on its batch."""
        self.left.settings.put(batch=1)
        self.session.runs.certify()

    @Slot(int)
    def _follow_extension(self, n: int) -> None:
        """The form asks for what is counted, so that the result is not of earlier settings."""
        self.left.settings.put(n=n)

    @Slot(object)
    def _follow_resumption(self, settings: RunSettings) -> None:
        """The form asks for it too, but the next run draws a seed of its own."""
        if isinstance(settings, Counting):
            self._show_settings(unseeded(settings))

    @Slot(object)
    def _show_settings(self, settings: Counting) -> None:
        """Those of a set that is to be resumed, whatever the open model proposes."""
        self.left.settings.show_settings(settings, self.session.form.execution)
        self.left.attacker.show_scheme(type(settings.scheme))

    @Slot(int, str)
    def _put_into_form(self, n: int, target: str) -> None:
        """What a plan came to; 0 or an empty text leaves one as it is."""
        self.left.settings.put(n=n, target=target)
        self.notices.show_notice("info", "Put into the form.")


def _take_a_copy(event: QDropEvent) -> None:
    """Whoever gives files keeps them: the default, where it is offered, is to move them away."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
