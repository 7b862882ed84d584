"""The window's dealings with case files, votes and reports of others, and the pages they have."""

from __future__ import annotations

import re
from abc import abstractmethod
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from engine.evidence.evidence import Evidence
from engine.models.request import ModelRequest
from gui.controllers.session import Session
from gui.jobs.engine_jobs import ExportFormat
from gui.setup.column import LeftColumn
from gui.shell.consent import ask_for_oracle
from gui.shell.notice import NoticeArea
from gui.widgets.file_dialogs import (
    CASE_FILTER,
    REPORT_FILTER,
    SUFFIX,
    VOTES_FILTER,
    FileAsker,
    is_case,
    is_report,
    is_votes,
)
from gui.widgets.stack import PageStack

if TYPE_CHECKING:
    from engine.replay import ReplayResult
    from gui.pages.comparison import TradeOffPage
    from gui.pages.external_votes import VotesPage
    from gui.pages.oracle_labels import LabelPage
    from gui.pages.planner import PlannerPage
    from gui.pages.runs import RunsPage
    from gui.pages.verify import VerifyPage
    from gui.shell.pages import Pages

TITLE = "Certiscope"


class DocumentWindow(QMainWindow):
    """A main window that opens documents, each on a page of its own."""

    session: Session
    asker: FileAsker
    notices: NoticeArea
    left: LeftColumn
    middle: PageStack
    _leaving: bool

    @abstractmethod
    def show_page(self, page: QWidget) -> None:
        """Let a page take the window's middle."""

    @abstractmethod
    def refresh_actions(self) -> None:
        """Enable the commands that make sense now."""

    @abstractmethod
    def show_explore(self) -> None:
        """Back to the plots."""

    @cached_property
    def pages(self) -> Pages:
        """The pages, made, laid into the middle and connected when first asked for."""
        from gui.shell.pages import make_pages  # deferred: the window is painted without them

        pages = make_pages(self.session, self.asker)
        for page in pages.all:
            self.middle.addWidget(page)
            page.left.connect(self.show_explore)
        pages.runs.go_on.connect(self.session.resume_run)
        pages.verify.ask.connect(self.ask_what_to_verify)
        for record in (pages.runs, pages.verify):
            record.export.connect(self.ask_where_to_save)
            record.notice.connect(self.notices.show_notice)
        for page in (pages.planner, pages.votes, pages.tradeoff):
            page.notice.connect(self.notices.show_notice)
        pages.planner.wanted.connect(self._put_into_form)
        pages.votes.ask.connect(self.ask_for_votes)
        pages.votes.save.connect(self._ask_where_to_save_votes)
        return pages

    @Slot()
    def begin(self) -> None:
        """Make what the first paint did without, then start the engine."""
        if not self._leaving:
            _ = self.pages
            self.session.start()

    @property
    def labels(self) -> LabelPage:
        """Label answers."""
        return self.pages.labels

    @property
    def runs(self) -> RunsPage:
        """The runs of the case."""
        return self.pages.runs

    @property
    def verify(self) -> VerifyPage:
        """Verify a report."""
        return self.pages.verify

    @property
    def planner(self) -> PlannerPage:
        """What would it take."""
        return self.pages.planner

    @property
    def votes(self) -> VotesPage:
        """Votes that somebody else drew."""
        return self.pages.votes

    @property
    def tradeoff(self) -> TradeOffPage:
        """Compare schemes."""
        return self.pages.tradeoff

    def connect_documents(self) -> None:
        """Follow what the session opens."""
        self.session.casebook.opened.connect(self._on_case)
        self.session.oracle_asked.connect(self._on_oracle_asked)

    def ask_for_new_case(self) -> None:
        """New case."""
        self.asker.save_file("New case", f"case{SUFFIX}", self.session.casebook.create)

    def ask_for_case(self) -> None:
        """Open case."""
        self.asker.open_file("Open case", CASE_FILTER, self.session.casebook.open)

    def ask_where_to_save_case(self) -> None:
        """A copy of the case, or a new one with the shown run."""
        session = self.session
        self.asker.save_file(
            "Save as case",
            f"{session.casebook.title or 'case'}-copy{SUFFIX}",
            lambda path: session.casebook.save_as(path, session.evidence, session.request),
        )

    def open_document(self, path: Path) -> bool:
        """Open a case, a report or votes; False if the file is none of these."""
        if is_case(path):
            self.session.casebook.open(path)
        elif is_report(path):
            self.verify_file(path)
        elif is_votes(path):
            self.open_votes(path)
        else:
            return False
        return True

    def show_labels(self) -> None:
        """The answers of the shown run, to be labelled."""
        self.show_page(self.labels)
        self.labels.take_focus()

    def show_planner(self) -> None:
        """What would it take."""
        self.show_page(self.planner)

    def show_tradeoff(self) -> None:
        """Compare schemes."""
        self.show_page(self.tradeoff)

    def ask_for_votes(self) -> None:
        """Open votes."""
        self.asker.open_file("Open votes", VOTES_FILTER, self.open_votes)

    def open_votes(self, path: Path) -> None:
        """Certify externally collected vote counts."""
        self.show_page(self.votes)
        self.votes.open(path)

    def ask_what_to_verify(self) -> None:
        """Verify a report."""
        self.asker.open_file("Verify a report", REPORT_FILTER, self.verify_file)

    def verify_file(self, path: Path) -> None:
        """Check what a file claims."""
        self.show_page(self.verify)
        self.verify.verify(path)

    @Slot(object, str)
    def ask_where_to_save(self, evidence: Evidence, fmt: ExportFormat) -> None:
        """Save a result that is looked at."""
        write = partial(self.session.export_record, evidence, fmt)
        self.asker.save_file(f"Save {fmt.upper()}", file_name(evidence, fmt), write)

    def show_runs(self) -> None:
        """The runs of the case."""
        self.show_page(self.runs)
        self.runs.table.setFocus()
        self.session.casebook.refresh()

    @Slot()
    def _on_case(self) -> None:
        """Another case: the title names it, its runs are shown."""
        title = self.session.casebook.title
        self.setWindowTitle(f"{title} - {TITLE}" if title else TITLE)
        self.refresh_actions()
        self.show_runs()

    @Slot(object)
    def _on_oracle_asked(self, request: ModelRequest) -> None:
        ask_for_oracle(self.notices, request, self.left.model.writing.choose)

    @Slot(int, str)
    def _put_into_form(self, n: int, target: str) -> None:
        """What a plan came to; 0 or an empty text leaves one as it is."""
        self.left.settings.put(n=n, target=target)
        self.notices.show_notice("info", "Put into the form.")

    @Slot(object, str)
    def _ask_where_to_save_votes(self, result: ReplayResult, fmt: str) -> None:
        name = f"{Path(result.source).stem}-certified.{fmt}"
        write = partial(self.session.desk.write_replay, result)
        self.asker.save_file(f"Save {fmt.upper()}", name, write)


def file_name(evidence: Evidence, fmt: str) -> str:
    """The name proposed for a file about a result."""
    return re.sub(r"[^\w.-]+", "-", f"{evidence.procedure}-{evidence.input.name}.{fmt}")
