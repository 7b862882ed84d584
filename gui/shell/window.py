"""The main window: panels around a session, and what the commands do."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from engine.core.errors import UserError
from engine.models.request import ModelRequest
from gui.controllers.deferred_start import EarlyStart
from gui.controllers.preferences import data_folder
from gui.controllers.resume import counted
from gui.controllers.session import Session
from gui.jobs.engine_jobs import ExportFormat, PredictTest
from gui.jobs.shipped import Example, Offer
from gui.pages.doctor import DoctorPage
from gui.pages.gallery import GalleryPage
from gui.pages.preview import Preview
from gui.results.extend import ExtendBar
from gui.results.generations import AnswersPanel, VotesOrAnswers
from gui.results.overview import Explore
from gui.results.progress import ProgressPanel
from gui.results.statement import StatementPanel
from gui.setup.column import WIDTH as LEFT_WIDTH
from gui.setup.column import LeftColumn
from gui.shell import commands, geometry
from gui.shell.consent import ask_to_close
from gui.shell.document_window import TITLE, DocumentWindow, file_name
from gui.shell.menus import TopBar, build_menus
from gui.shell.notice import NoticeArea
from gui.shell.notifications import Noticing
from gui.shell.palette import Palette
from gui.shell.recent_files import RecentMenus
from gui.style.stylesheet import apply_theme
from gui.style.theme import TALK_SCALE, THEMES
from gui.widgets.body import Body
from gui.widgets.file_dialogs import (
    INPUT_FILTER,
    MODEL_FILTER,
    FileAsker,
    is_document,
    is_model,
    model_spec,
    pasted_image,
)
from gui.widgets.page import Page
from gui.widgets.stack import PageStack

RIGHT_WIDTH = 300


class Window(DocumentWindow):
    """Left: what is certified. Middle: plots. Right: the statement. Bottom: progress.

    Attributes:
        ended: False if the worker was still at work when the window closed.

    Args:
        session: what it shows.
        remembers: it opens where the last one was, and the next one where it is.
    """

    painted = Signal()
    """Emitted once, after the first paint."""
    closed = Signal()
    """Emitted when the window leaves, its worker ended."""

    def __init__(self, session: Session, *, remembers: bool = True) -> None:
        super().__init__()
        self.session = session
        self._remembers = remembers
        self._was_painted = False
        self._leaving = False
        self.ended = True
        self.setWindowTitle(TITLE)
        self.setAcceptDrops(True)
        self.commands = commands.build_actions(self)
        self.asker = FileAsker(self)
        self.early = EarlyStart(session, parent=self)
        self._build()
        self._connect()
        self._restore()
        self.refresh_actions()

    # -- making -----------------------------------------------------------------------------

    def _build(self) -> None:
        session = self.session
        self.top = TopBar(self.commands)
        self.notices = NoticeArea()
        self.noticing = Noticing(session, self.notices, parent=self)
        self.extend_bar = ExtendBar()
        self.left = LeftColumn(session, self.commands)
        self.explore = Explore(session)
        self.answers = AnswersPanel(session, self.commands)
        self.said = VotesOrAnswers(session, self.explore.votes, self.answers)
        self.explore.upper.insertWidget(0, self.said)
        self.explore.upper.setSizes([500, 500])
        self.preview = Preview(self.commands)
        self.gallery = GalleryPage()
        self.doctor = DoctorPage()
        self.statement = StatementPanel(session, self.commands)
        self.progress = ProgressPanel(session)
        self.middle = PageStack()
        self.middle.addWidget(self.explore)
        for page in (self.preview, self.gallery, self.doctor):
            self.middle.addWidget(page)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.setChildrenCollapsible(False)
        self.columns.setHandleWidth(10)
        for widget in (self.left, self.middle, self.statement):
            self.columns.addWidget(widget)
        self.columns.setStretchFactor(1, 1)
        self.columns.setSizes(
            [LEFT_WIDTH, geometry.FIRST_SIZE[0] - LEFT_WIDTH - RIGHT_WIDTH, RIGHT_WIDTH]
        )
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(12, 10, 12, 10)
        inner.addWidget(self.notices)
        inner.addWidget(self.extend_bar)
        inner.addWidget(Body(self.columns), 1)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.top, body, self.progress):
            column.addWidget(widget, 1 if widget is body else 0)
        self.setCentralWidget(central)
        menus = build_menus(self.menuBar(), self.commands)
        self.recent = RecentMenus(menus["&File"], self.commands["quit"], session)
        self.palette_finder = Palette(self.commands, central)
        QWidget.setTabOrder(self.left.command.copy, self.explore.votes)
        QWidget.setTabOrder(self.explore.votes, self.explore.votes.more)

    def _connect(self) -> None:
        session = self.session
        for signal in (
            session.activity_changed,
            session.settings_changed,
            session.evidence_changed,
            session.input_changed,
            session.model_changed,
        ):
            signal.connect(self.refresh_actions)
        self.early.due.connect(self.certify)
        session.preview_ready.connect(self.preview.show_pages)
        session.offered.connect(self._on_offer)
        session.examined.connect(self.doctor.show_text)
        self.extend_bar.wanted.connect(self.extend)
        session.evidence_changed.connect(self.extend_bar.hide)
        self.explore.notice.connect(self.notices.show_notice)
        self.answers.notice.connect(self.notices.show_notice)
        session.resumed.connect(self.show_explore)
        self.connect_documents()
        self.left.model.wanted.connect(session.open_model)
        self.gallery.chosen.connect(self._on_example)
        for page in (self.preview, self.gallery, self.doctor):
            page.left.connect(self.show_explore)
        themes = QActionGroup(self)
        for name in THEMES:
            themes.addAction(self.commands[f"theme-{name}"])

    def _restore(self) -> None:
        preferences = self.session.preferences
        self.set_theme(preferences.theme)
        geometry.restore(self, self._splitters(), preferences if self._remembers else None)

    def _splitters(self) -> dict[str, QSplitter]:
        explore = self.explore
        return {
            "columns": self.columns,
            "rows": explore.rows,
            "upper": explore.upper,
            "lower": explore.lower,
        }

    # -- commands ---------------------------------------------------------------------------

    @Slot()
    def refresh_actions(self) -> None:
        """Enable the commands that make sense now."""
        commands.refresh(self.commands, self.session)

    def ask_for_model(self) -> None:
        """Open model."""
        self.asker.open_file("Open model", MODEL_FILTER, self.open_path)

    def ask_for_input(self) -> None:
        """Open input."""
        self.asker.open_file("Open input", INPUT_FILTER, self.open_path)

    def ask_for_folder(self) -> None:
        """Open image folder."""
        self.asker.open_folder("Open image folder", self.open_path)

    def open_path(self, path: Path) -> None:
        """Open a file or folder as what it is: a document, a model, or an input."""
        if self.open_document(path):
            return
        if is_model(path) or path.name == "config.json":
            self.session.open_model(ModelRequest(model_spec(path)))
        else:
            self.session.open_input(str(path))

    def paste_image(self) -> None:
        """The image in the clipboard."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self.notices.show_notice("info", "There is no image in the clipboard.")
            return
        try:
            self.session.open_input(str(pasted_image(image, data_folder())))
        except UserError as error:
            self.notices.show_notice("error", str(error))

    def step_input(self, step: int) -> None:
        """Next or previous input."""
        self.session.step_input(step)

    def certify(self) -> None:
        """Start CERTIFY, or remember to while the model still loads."""
        self._begin()
        self.early.certify()

    def predict(self, test: PredictTest) -> None:
        """Start PREDICT."""
        self._begin()
        self.session.predict(test)

    def stop(self) -> None:
        """Stop the run."""
        self.session.stop()

    def go_on(self) -> None:
        """Go on with a stopped run."""
        self._begin()
        self.session.go_on()

    def ask_how_far(self) -> None:
        """Ask for the n to extend the shown run to."""
        if self.session.evidence is not None:
            self.extend_bar.ask(counted(self.session.evidence))

    def extend(self, n: int) -> None:
        """Extend the shown run."""
        self._begin()
        self.session.extend(n)

    def copy_command(self) -> None:
        """The command line to the clipboard."""
        QGuiApplication.clipboard().setText(self.session.command_line())
        self.notices.show_notice("info", "Command line copied.")

    def ask_where_to_export(self, fmt: ExportFormat) -> None:
        """Save the shown result."""
        evidence = self.session.evidence
        if evidence is not None:
            self.asker.save_file(
                f"Save {fmt.upper()}", file_name(evidence, fmt), partial(self.session.export, fmt)
            )

    def show_explore(self) -> None:
        """Back to the plots."""
        self.show_page(self.explore)

    def show_preview(self) -> None:
        """The report's pages."""
        self.preview.wait()
        self.show_page(self.preview)
        self.session.request_preview()

    def show_gallery(self) -> None:
        """The shipped inputs."""
        self.show_page(self.gallery)
        self.gallery.take_focus()

    def show_doctor(self) -> None:
        """Versions and devices."""
        self.show_page(self.doctor)
        self.session.request_examination()

    def show_palette(self) -> None:
        """The command finder."""
        self.palette_finder.open()

    def set_theme(self, name: str) -> None:
        """Another theme, remembered."""
        name = name if name in THEMES else "light"
        self.session.preferences.theme = name
        self.commands[f"theme-{name}"].setChecked(True)
        scale = TALK_SCALE if self.commands["talk"].isChecked() else 1.0
        apply_theme(QApplication.instance(), name, scale=scale)

    def follow_talk_mode(self) -> None:
        """Large type; only plots and progress are left."""
        on = self.commands["talk"].isChecked()
        self._make_room()
        self.set_theme(self.session.preferences.theme)
        if on:
            self.showFullScreen()
        else:
            self.showNormal()

    # -- what happens -----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first paint, when it is over."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The notices have a part of the height."""
        super().resizeEvent(event)
        self.notices.fit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and images may be dropped anywhere."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open every kind of file that was dropped: a model, an input, or both."""
        mime = event.mimeData()
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        documents = [path for path in paths if is_document(path)]
        models = [path for path in paths if is_model(path)]
        inputs = [path for path in paths if path not in (*documents, *models)]
        for path in (*documents[:1], *models[:1], *inputs[:1]):
            self.open_path(path)
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first if a run is going, in the window; otherwise end the worker and leave."""
        if self.session.running and not self._leaving:
            event.ignore()
            ask_to_close(self.notices, self.leave)
            return
        if self._remembers:
            geometry.remember(self, self._splitters(), self.session.preferences)
        self._leaving = True
        self.hide()
        self.ended = self.session.shutdown()
        self.closed.emit()
        event.accept()

    def leave(self) -> None:
        """Close without asking; a run that is going is stopped and its votes kept."""
        self._leaving = True
        self.close()

    def _begin(self) -> None:
        self.notices.clear("error", "info")
        self.show_explore()

    def show_page(self, page: QWidget) -> None:
        """Let a page take the window's middle."""
        self.middle.setCurrentWidget(page)
        self._make_room()
        page.setFocus()

    def _make_room(self) -> None:
        """Side columns go in talk mode, and for pages with results of their own."""
        talk, page = self.commands["talk"].isChecked(), self.middle.currentWidget()
        document = page if isinstance(page, Page) else Page
        self.left.setVisible(not talk and document.beside_form)
        self.statement.setVisible(not talk and document.beside_statement)

    @Slot(object)
    def _on_offer(self, offer: Offer) -> None:
        self.left.model.offer(offer)
        self.gallery.show_examples(offer.gallery)
        images = (example for example in offer.gallery if example.kind == "image")
        self.explore.offer(tuple(images))

    @Slot(object)
    def _on_example(self, example: Example) -> None:
        self.show_explore()
        self.session.open_example(example)
