"""The window's dealings with case files, votes and reports of others, and the pages they have."""

from __future__ import annotations

import re
from abc import abstractmethod
from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from engine.evidence import Evidence
from gui.backend import ExportFormat
from gui.casework import SUFFIX
from gui.files import CASE_FILTER, REPORT_FILTER, FileAsker, is_case, is_report
from gui.panels.notice import NoticeArea
from gui.panels.page import Page
from gui.panels.runs import RunsPage
from gui.panels.verify import VerifyPage
from gui.session import Session

TITLE = "Certiscope"


class DocumentWindow(QMainWindow):
    """A main window that opens documents.

    Attributes:
        wide: pages that take the whole width, because they bring their own results.
    """

    session: Session
    asker: FileAsker
    notices: NoticeArea
    wide: tuple[Page, ...]

    @abstractmethod
    def show_page(self, page: QWidget) -> None:
        """Let a page take the window's middle."""

    @abstractmethod
    def refresh_actions(self) -> None:
        """Enable the commands that make sense now."""

    def build_documents(self, session: Session) -> None:
        """Make the pages."""
        self.runs = RunsPage(session.casebook)
        self.verify = VerifyPage(session.desk)
        self.wide = (self.runs, self.verify)

    def connect_documents(self) -> None:
        """Connect them to the session."""
        self.runs.go_on.connect(self.session.resume_run)
        self.verify.ask.connect(self.ask_what_to_verify)
        for page in (self.runs, self.verify):
            page.export.connect(self.ask_where_to_save)
            page.notice.connect(self.notices.show_notice)
        self.session.casebook.opened.connect(self._on_case)

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
        else:
            return False
        return True

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


def file_name(evidence: Evidence, fmt: str) -> str:
    """The name proposed for a file about a result."""
    return re.sub(r"[^\w.-]+", "-", f"{evidence.procedure}-{evidence.input.name}.{fmt}")
