"""The window's middle: the plots of a run, and the pages that take their place for a while.

The plots and tables of documents take longer to make than the rest of the window: their pages are
made once it has been painted, or when one of them is asked for before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QPixmap
from PySide6.QtWidgets import QWidget

from gui.controllers.session import Session
from gui.jobs.shipped import Example, Offer
from gui.results.generations import AnswersPanel, VotesOrAnswers
from gui.results.overview import Explore
from gui.shell.notice import NoticeArea
from gui.shell.replaying import Replaying
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.page import Page
from gui.widgets.stack import PageStack

if TYPE_CHECKING:
    from gui.pages.audit import AuditPage
    from gui.pages.comparison import TradeOffPage
    from gui.pages.doctor import DoctorPage
    from gui.pages.encrypted import EncryptedPage
    from gui.pages.external_votes import VotesPage
    from gui.pages.gallery import GalleryPage
    from gui.pages.help import HelpPage, Mark
    from gui.pages.keys import KeysPage
    from gui.pages.logs import LogsPage
    from gui.pages.oracle_labels import LabelPage
    from gui.pages.planner import PlannerPage
    from gui.pages.preview import Preview
    from gui.pages.pruning import PruningPage
    from gui.pages.runs import RunsPage
    from gui.pages.training import TrainingPage
    from gui.pages.verify import VerifyPage
    from gui.playground.lecture import LecturePage
    from gui.playground.page import PlaygroundPage
    from gui.shell.welcoming import Welcoming

_AnyPage = TypeVar("_AnyPage", bound=Page)
_DOCUMENTS = (
    "preview",
    "gallery",
    "doctor",
    "audit",
    "labels",
    "runs",
    "verify",
    "planner",
    "votes",
    "logs",
    "tradeoff",
    "training",
    "help",
    "keys",
)
Photograph = Callable[[], "tuple[QPixmap, Sequence[Mark]]"]


class Pages(PageStack):
    """The plots, and a page of each kind.

    Attributes:
        documents_are_made: the pages of documents are there.
        replaying: replays of the run in sight.

    Signals:
        turned: another page is in sight.
        save_asked: a result, and the format in which somebody wants to save it.
        planned: an n and a target for the form; 0 or an empty text leaves one as it is.
        tour_asked: the tour is wanted.
        settings_wanted: settings for the form.

    Args:
        photograph: takes the picture of the window that help explains.
    """

    turned = Signal()
    save_asked = Signal(object, str)
    planned = Signal(int, str)
    tour_asked = Signal()
    settings_wanted = Signal(object)

    def __init__(
        self,
        session: Session,
        actions: dict[str, QAction],
        notices: NoticeArea,
        asker: FileAsker,
        photograph: Photograph,
    ) -> None:
        super().__init__()
        self._session, self._notices, self._asker = session, notices, asker
        self._actions, self._photograph = actions, photograph
        self.explore = Explore(session)
        self.answers = AnswersPanel(session, actions)
        self.said = VotesOrAnswers(session, self.explore.votes, self.answers)
        self.explore.grid.upper.insertWidget(0, self.said)
        self.explore.grid.upper.setSizes([500, 500])
        self.addWidget(self.explore)
        self.replaying = Replaying(session, self, self.explore, self.show_page)
        for part in (self.explore, self.answers, self.replaying):
            part.notice.connect(notices.tell)
        session.loading.offered.connect(self._on_offer)
        session.runs.began.connect(self.show_explore)
        session.case.opened.connect(self.show_runs)

    @cached_property
    def preview(self) -> Preview:
        """The report's pages."""
        from gui.pages.preview import Preview

        page = self.add(Preview(self._session.exports, self._actions))
        page.form.changed.connect(self._make_preview)
        for signal in (self._session.runs.evidence_changed, self._session.illustrator.changed):
            signal.connect(self._follow_result)
        page.form.keys_asked.connect(self.show_keys)
        return page

    @cached_property
    def gallery(self) -> GalleryPage:
        """The shipped inputs."""
        from gui.pages.gallery import GalleryPage

        page = self.add(GalleryPage())
        page.chosen.connect(self._on_example)
        page.set_wanted.connect(self._on_set)
        return page

    @cached_property
    def doctor(self) -> DoctorPage:
        """Versions and devices."""
        from gui.pages.doctor import DoctorPage

        return self.add(DoctorPage(self._session.worker, self._session.engine))

    @cached_property
    def audit(self) -> AuditPage:
        """Certify a set."""
        from gui.pages.audit import AuditPage

        page = self.add(AuditPage(self._session, self._asker))
        page.export.connect(self.save_asked)
        page.settings_wanted.connect(self.settings_wanted)
        return page

    @cached_property
    def labels(self) -> LabelPage:
        """Oracle labels."""
        from gui.pages.oracle_labels import LabelPage

        return self.add(LabelPage(self._session))

    @cached_property
    def runs(self) -> RunsPage:
        """The runs of the case."""
        from gui.pages.runs import RunsPage

        page = self.add(RunsPage(self._session.case))
        page.resume_asked.connect(self._session.runs.resume_recorded)
        page.export.connect(self.save_asked)
        return page

    @cached_property
    def verify(self) -> VerifyPage:
        """Verify a report."""
        from gui.pages.verify import VerifyPage

        page = self.add(VerifyPage(self._session.worker, self._asker))
        page.written.connect(self._session.exports.exported)
        page.export.connect(self.save_asked)
        return page

    @cached_property
    def planner(self) -> PlannerPage:
        """What would it take."""
        from gui.pages.planner import PlannerPage

        page = self.add(PlannerPage(self._session))
        page.wanted.connect(self.planned)
        return page

    @cached_property
    def votes(self) -> VotesPage:
        """Externally collected votes."""
        from gui.pages.external_votes import VotesPage

        return self.add(VotesPage(self._session, self._asker))

    @cached_property
    def logs(self) -> LogsPage:
        """Other people's logs."""
        from gui.pages.logs import LogsPage

        return self.add(LogsPage(self._session, self._asker))

    @cached_property
    def tradeoff(self) -> TradeOffPage:
        """Compare schemes."""
        from gui.pages.comparison import TradeOffPage

        return self.add(TradeOffPage(self._session, self._asker))

    @cached_property
    def training(self) -> TrainingPage:
        """Train a model."""
        from gui.pages.training import TrainingPage

        return self.add(TrainingPage(self._session, self._asker))

    @cached_property
    def pruning(self) -> PruningPage:
        """Prune for robustness; made when it is first asked for."""
        from gui.pages.pruning import PruningPage

        return self.add(PruningPage(self._session, self._asker))

    @cached_property
    def keys(self) -> KeysPage:
        """Signing keys."""
        from gui.pages.keys import KeysPage

        return self.add(KeysPage(self._session.worker, self._session.exports, self._asker))

    @cached_property
    def help(self) -> HelpPage:
        """First steps, the window explained, terms, shortcuts."""
        from gui.pages.help import HelpPage

        page = self.add(HelpPage(self._actions, self._photograph))
        page.tour_asked.connect(self.tour_asked)
        return page

    @cached_property
    def encrypted(self) -> EncryptedPage:
        """Encrypted inference; made when it is first asked for."""
        from gui.pages.encrypted import EncryptedPage

        return self.add(EncryptedPage(self._session))

    @cached_property
    def playground(self) -> PlaygroundPage:
        """Smoothing in the plane; made when it is first asked for."""
        from gui.playground.page import PlaygroundPage

        return self.add(PlaygroundPage())

    @cached_property
    def lecture(self) -> LecturePage:
        """The lecture, step by step; made when it is first asked for."""
        from gui.playground.lecture import LecturePage

        return self.add(LecturePage(self._session))

    @cached_property
    def welcoming(self) -> Welcoming:
        """Recorded cases; made when they are first asked for."""
        from gui.shell.welcoming import Welcoming

        made = Welcoming(self._session, self._actions, add=self.add, show=self.show_page)
        made.plots_wanted.connect(self.show_explore)
        made.encrypted_wanted.connect(lambda: self.show_page(self.encrypted))
        made.verify_wanted.connect(lambda path: self.verify.verify(path))
        made.settings_wanted.connect(self.settings_wanted)
        made.export.connect(self.save_asked)
        made.tour_asked.connect(self.tour_asked)
        return made

    @property
    def documents_are_made(self) -> bool:
        """Whether the pages of documents are there."""
        return all(name in vars(self) for name in _DOCUMENTS)

    def make_documents(self) -> Iterator[str]:
        """Make the pages of documents, one whenever the next is asked for, and name it."""
        for name in _DOCUMENTS:
            getattr(self, name)
            yield name

    def show_page(self, page: QWidget) -> None:
        """Put a page in sight."""
        self.setCurrentWidget(page)
        self.turned.emit()
        page.setFocus()

    @Slot()
    def show_explore(self) -> None:
        """Back to the plots."""
        self.show_page(self.explore)

    @Slot()
    def show_runs(self) -> None:
        """The runs of the case."""
        self.show_page(self.runs)
        self.runs.table.setFocus()
        self._session.case.refresh()

    def show_lecture(self, key: str) -> None:
        """A step of the lecture."""
        self.lecture.open(key)
        self.show_page(self.lecture)

    def show_preview(self) -> None:
        """The report's pages."""
        self.show_page(self.preview)
        self._make_preview()

    @Slot()
    def _make_preview(self) -> None:
        """The pages of the shown run, as they would be saved now."""
        evidence, exports = self._session.runs.evidence, self._session.exports
        if evidence is not None:
            self.preview.wait()
            exports.preview(evidence, self._session.illustrator.illustrations)
        else:
            exports.drop_preview()
            self.preview.show_none()

    @Slot()
    def _follow_result(self) -> None:
        """Labels, an attack or a map came to the result, or it is gone: so the pages in sight."""
        if self.currentWidget() is self.preview and not self._session.illustrator.busy:
            self._make_preview()

    @Slot()
    def show_keys(self) -> None:
        """One's own key and those of others."""
        self.show_page(self.keys)

    def show_gallery(self) -> None:
        """The shipped inputs."""
        self.show_page(self.gallery)
        self.gallery.take_focus()

    def show_doctor(self) -> None:
        """Versions and devices."""
        self.show_page(self.doctor)
        self.doctor.look()

    def show_help(self, chapter: str = "", term: str = "") -> None:
        """A chapter of help; the picture in it is of the plots and what is beside them."""
        if self.currentWidget() is not self.help:
            self.show_explore()
            self.help.look()
        self.show_page(self.help)
        self.help.open(*filter(None, (chapter, term)))

    def open_example(self, example: Example) -> None:
        """A shipped input, among the plots."""
        self.show_explore()
        self._session.loading.open_example(example)

    def show_labels(self) -> None:
        """The answers of the shown run, to be labelled."""
        self.show_page(self.labels)
        self.labels.take_focus()

    def add(self, page: _AnyPage, back: Callable[[], object] | None = None) -> _AnyPage:
        """A page more, and where it leads back to: the plots, if nowhere else."""
        self.addWidget(page)
        page.left.connect(back or self.show_explore)
        page.to_front.connect(self._on_front)
        page.notice.connect(self._notices.tell)
        return page

    @Slot(object)
    def _on_front(self, page: Page) -> None:
        self.show_page(page)

    @Slot(object)
    def _on_offer(self, offer: Offer) -> None:
        self.gallery.show_examples(offer.gallery)
        self.explore.offer(tuple(one for one in offer.gallery if one.kind == "image"))

    @Slot(object)
    def _on_example(self, example: Example) -> None:
        self.open_example(example)

    @Slot(object)
    def _on_set(self, example: Example) -> None:
        """A shipped set, described on the page that certifies it, beside its model."""
        self.open_example(example)
        if not self._session.audits.running:
            self.audit.setup.put([example.of])
        self.show_page(self.audit)
