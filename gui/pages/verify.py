"""What a report, an evidence file or a case claims, and whether that is so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from gui.jobs.document_jobs import Checked, verified
from gui.jobs.worker import Failure, Lane, Worker
from gui.results.record import RecordView
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.columns import FittedColumns
from gui.widgets.file_dialogs import REPORT_FILTER, FileAsker
from gui.widgets.layouts import divided
from gui.widgets.page import Page
from gui.widgets.section import say, words
from gui.widgets.text_table_model import RowsModel, plain_table

if TYPE_CHECKING:
    from engine.verify import Claim

RERUN = 3
"""Blocks that are drawn again when that is asked for."""
_MARKS = {"holds": "✓", "does not hold": "✗", "cannot be checked": "?"}
_INKS = {"holds": "certified", "does not hold": "danger", "cannot be checked": "warning"}


class VerifyPage(Page):
    """The claims of one file, and the run it is about.

    Signals:
        export: evidence and format.
    """

    beside_form = beside_statement = False

    export = Signal(object, str)

    def __init__(self, worker: Worker, asker: FileAsker, *, parent: QWidget | None = None) -> None:
        super().__init__("Verify a report", parent=parent)
        self._verifications, self._asker = Lane(worker), asker
        self.path: Path | None = None
        self.summary, self.notes = words(role="certified"), words(role="small")
        self.summary.setAccessibleName("Outcome of the verification")
        self.model: RowsModel[Claim] = RowsModel(("Verdict", "Claim", "Found"), _texts, _ink)
        self.table = plain_table(self.model, "Claims", (170, 330))
        FittedColumns(self.table, (0, 160, 200))
        self.record = RecordView()
        self.record.export.connect(self.export)
        self.record.notice.connect(self.notice)
        rows = divided(Qt.Orientation.Vertical, self.table, self.record, sizes=(240, 360))
        for widget in (self.summary, self.notes):
            self.content.addWidget(widget)
        self.content.addWidget(rows, 1)
        self.again = QPushButton(f"&Draw {RERUN} blocks again")
        self.again.setToolTip("Open the model and input, draw some votes again and compare them")
        self.again.clicked.connect(self._draw_again)
        self.other = QPushButton("&Verify another…")
        self.other.clicked.connect(self.ask)
        for place, button in enumerate((self.again, self.other)):
            self.buttons.insertWidget(place, button)
        self.again.setEnabled(False)

    @Slot()
    def ask(self) -> None:
        """Ask for a file to check."""
        self._asker.open_file("Verify a report", REPORT_FILTER, self.verify)

    def verify(self, path: Path, *, rerun: int = 0) -> None:
        """Check a file."""
        self.to_front.emit(self)
        self.path = path
        self.set_subtitle(str(path))
        set_role(self.summary, "muted")
        say(self.summary, "Verifying…")
        say(self.notes, "")
        self.model.show_rows(())
        self.record.hide()
        self.again.setEnabled(False)
        self._verifications.submit(
            lambda stop: verified(path, stop, rerun=rerun),
            f"verifying {path.name}",
            on_done=self.show_checked,
            on_failed=self._fail,
            urgent=True,
        )

    def show_checked(self, checked: Checked) -> None:
        """Show the claims of a file that was checked."""
        report = checked.report
        broken = bool(report.count("does not hold"))
        role = "certified" if report.ok else "danger" if broken else "abstained"
        set_role(self.summary, role)
        say(self.summary, report.summary())
        say(self.notes, " ".join(report.notes))
        self.model.show_rows(report.failures_first())
        if not report.ok and report.claims:
            self.table.selectRow(0)
            self.table.scrollToTop()
        self.again.setEnabled(checked.evidence is not None and bool(checked.evidence.chain))
        if checked.evidence is not None:
            title = f"As stated in {checked.path.name}"
            if broken:
                title += ", which does not hold"
            self.record.show_evidence(checked.evidence, title, recomputed=checked.recomputed)
        self.record.setVisible(checked.evidence is not None)

    def _fail(self, failure: Failure) -> None:
        set_role(self.summary, "danger")
        say(self.summary, failure.sentence)

    @Slot()
    def _draw_again(self) -> None:
        if self.path is not None:
            self.verify(self.path, rerun=RERUN)


def _texts(claim: Claim) -> tuple[str, str, str]:
    name = f"{claim.about}: {claim.name}" if claim.about else claim.name
    because = "because " if claim.verdict == "cannot be checked" else ""
    return f"{_MARKS[claim.verdict]}  {claim.verdict}", name, f"{because}{claim.detail}"


def _ink(claim: Claim, column: int) -> str | None:
    return getattr(themes.current(), _INKS[claim.verdict]) if column == 0 else None
