"""Versions, devices and what is missing, as the ``doctor`` command tells it."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui.jobs.engine_jobs import EngineJobs
from gui.jobs.worker import Worker
from gui.style.theme import set_role
from gui.widgets.flag_names import in_the_window
from gui.widgets.page import Page


class DoctorPage(Page):
    """A text to read and to copy into a bug report."""

    beside_form = beside_statement = False

    def __init__(
        self, worker: Worker, engine: EngineJobs, *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Versions and devices", parent=parent)
        self._worker, self._engine = worker, engine
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setAccessibleName("Versions and devices")
        set_role(self.text, "mono")
        self.content.addWidget(self.text)
        self.add_button("Cop&y", self._copy)
        self.text.setPlainText("Looking…")

    def look(self) -> None:
        """Have the worker look, and show what it finds."""
        self._worker.submit(
            lambda stop: self._engine.examine(),
            "looking at this machine",
            on_done=self._show,
        )

    def _show(self, text: str) -> None:
        self.text.setPlainText(in_the_window(text))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
