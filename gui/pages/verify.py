"""What a report, an evidence file or a case claims, and whether that is so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from gui.jobs.document_jobs import Checked, signature_in_words, verified, written_protocol
from gui.jobs.worker import Failure, Lane, Worker
from gui.results.record import RecordView
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.buttons import menu_button
from gui.widgets.columns import FittedColumns
from gui.widgets.file_dialogs import REPORT_FILTER, FileAsker
from gui.widgets.flag_names import in_the_window
from gui.widgets.halves import Halves
from gui.widgets.page import Page
from gui.widgets.section import say, words
from gui.widgets.text_table_model import RowsModel, plain_table

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.verify import Claim, VerificationReport

RERUN = 3
"""Blocks that are drawn again when that is asked for."""
_UNSIGNED = "Protocols are not signed"
"""An envelope is about the files of a run; nothing here could check one about a protocol."""
_FOUND = f"What was checked, and what was found. {_UNSIGNED}"
_MARKS = {"holds": "✓", "does not hold": "✗", "cannot be checked": "?"}
_INKS = {"holds": "certified", "does not hold": "danger", "cannot be checked": "warning"}


class VerifyPage(Page):
    """The claims of one file, and the run it is about.

    Signals:
        export: evidence and format.
        written: a file that was written.
    """

    written = Signal(object)
    beside_form = beside_statement = False

    export = Signal(object, str)

    def __init__(self, worker: Worker, asker: FileAsker, *, parent: QWidget | None = None) -> None:
        super().__init__("Verify a report", parent=parent)
        self._verifications, self._asker = Lane(worker), asker
        self.path: Path | None = None
        self.checked: Checked | None = None
        self.summary, self.notes = words(role="certified"), words(role="small")
        self.signature = words(name="Signature")
        self.summary.setAccessibleName("Outcome of the verification")
        self.model: RowsModel[Claim] = RowsModel(("Verdict", "Claim", "Found"), _texts, _ink)
        self.table = plain_table(self.model, "Claims", (170, 330))
        FittedColumns(self.table, (0, 160, 200))
        self.record = RecordView()
        self.record.export.connect(self.export)
        self.record.notice.connect(self.notice)
        parts = self.table, self.record
        self.halves = Halves(("Claims", "The run"), parts, sizes=(240, 360))
        self.halves.turned.connect(self._make_room)
        for label in (self.summary, self.signature, self.notes):
            label.give_way()
            self.content.addWidget(label)
        self.content.addWidget(self.halves, 1)
        tip = "Open the model and input, draw some votes again and compare them"
        draw, protocol = QMenu(self), QMenu(self)
        self.again = draw.addAction(f"&{RERUN} blocks of votes", self._draw_again)
        self.all = draw.addAction("&Every vote", self._draw_all)
        self.pdf = protocol.addAction("As &PDF…", lambda: self._ask_where("pdf"))
        self.json = protocol.addAction("As &JSON…", lambda: self._ask_where("json"))
        protocol.addSeparator()
        protocol.addAction(_UNSIGNED).setEnabled(False)
        for place, button in enumerate(
            (
                menu_button("&Draw again ▾", "Draw again", tip, draw),
                menu_button("&Protocol ▾", "Save the protocol", _FOUND, protocol),
            )
        ):
            self.buttons.insertWidget(place, button)
        self.other = self.add_button("&Verify another…", self.ask)
        self._worker = worker
        self._enable()

    def _enable(self) -> None:
        """Votes can be drawn again where they are on record, and what was checked can be saved."""
        known = self.checked
        evidence = known.evidence if known is not None else None
        for action in (self.again, self.all):
            action.setEnabled(evidence is not None and bool(evidence.chain))
        for action in (self.pdf, self.json):
            action.setEnabled(known is not None)

    @Slot()
    def _make_room(self) -> None:
        """What was not checked stands with the claims; in a low window the run has its room."""
        self.notes.setVisible(bool(self.notes.text()) and self.halves.alone != 1)

    @Slot()
    def ask(self) -> None:
        """Ask for a file to check."""
        self._asker.open_file("Verify a report", REPORT_FILTER, self.verify)

    def verify(self, path: Path, *, rerun: int | Literal["all"] = 0) -> None:
        """Check a file: what follows from it, and so many blocks drawn again, or all of them."""
        self.to_front.emit(self)
        self.path, self.checked = path, None
        self.set_subtitle(str(path))
        set_role(self.summary, "muted")
        say(self.summary, "Verifying…")
        say(self.notes, "")
        self.model.show_rows(())
        self.halves.offer(lower=False)
        say(self.signature, "")
        self._enable()
        self._verifications.submit(
            lambda stop: verified(path, stop, rerun=rerun),
            f"verifying {path.name}",
            on_done=self.show_checked,
            on_failed=self._fail,
            urgent=True,
            asks="Stop the verification and close? Its result is lost." if rerun == "all" else "",
        )

    def shows_other(self, shown: Evidence | None) -> bool:
        """The result is that of the file, as it was checked."""
        return self.checked is not None and self.checked.evidence is not None

    def show_checked(self, checked: Checked) -> None:
        """Show the claims of a file that was checked."""
        self.checked, report = checked, checked.report
        signature, seen = signature_in_words(report)
        set_role(self.signature, seen)
        say(self.signature, in_the_window(signature))
        broken = bool(report.count("does not hold"))
        role = "certified" if report.ok else "danger" if broken else "abstained"
        set_role(self.summary, role)
        say(self.summary, report.summary())
        self.notes.setText(in_the_window(" ".join(report.notes)))
        self.model.show_rows(report.failures_first())
        if not report.ok and report.claims:
            self.table.selectRow(0)
            self.table.scrollToTop()
        self._enable()
        if checked.evidence is not None:
            title = f"As stated in {checked.path.name}"
            if broken:
                title += ", which does not hold"
            self.record.show_evidence(checked.evidence, title, recomputed=checked.recomputed)
        self.halves.offer(lower=checked.evidence is not None)

    def _fail(self, failure: Failure) -> None:
        set_role(self.summary, "danger")
        say(self.summary, in_the_window(failure.sentence))

    @Slot()
    def _draw_again(self) -> None:
        if self.path is not None:
            self.verify(self.path, rerun=RERUN)

    @Slot()
    def _draw_all(self) -> None:
        if self.path is not None:
            self.verify(self.path, rerun="all")

    def _ask_where(self, fmt: str) -> None:
        if self.checked is not None:
            report, stem = self.checked.report, self.checked.path.stem
            self._asker.save_file(
                f"Save protocol as {fmt.upper()}",
                f"{stem}-verified.{fmt}",
                lambda path: self._write(report, path),
            )

    def _write(self, report: VerificationReport, path: Path) -> None:
        self._worker.submit(
            lambda stop: written_protocol(report, path),
            f"writing {path.name}",
            owed=True,
            on_done=self.written.emit,
        )


def _texts(claim: Claim) -> tuple[str, str, str]:
    name = f"{claim.about}: {claim.name}" if claim.about else claim.name
    because = "because " if claim.verdict == "cannot be checked" else ""
    found = in_the_window(f"{because}{claim.detail}")
    return f"{_MARKS[claim.verdict]}  {claim.verdict}", name, found


def _ink(claim: Claim, column: int) -> str | None:
    return getattr(themes.current(), _INKS[claim.verdict]) if column == 0 else None
