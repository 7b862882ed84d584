"""Files that come into the window and go out of it: asked for, dropped, pasted, saved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication, QImage

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.models.request import ModelRequest
from engine.slides.film import FILMS, Film
from gui.controllers.preferences import data_folder
from gui.controllers.session import Session
from gui.jobs.engine_jobs import ExportFormat
from gui.shell.notice import NoticeArea
from gui.shell.pages import Pages
from gui.style import theme as themes
from gui.widgets.file_dialogs import (
    CASE_FILTER,
    MODEL_FILTER,
    SLIDES_FILTER,
    SUFFIX,
    FileAsker,
    input_filter,
    is_case,
    is_document,
    is_log,
    is_model,
    is_report,
    is_votes,
    model_spec,
    pasted_image,
)
from gui.widgets.page import Page

if TYPE_CHECKING:
    from engine.figures.images import Illustrations

_LEFT_OUT = "left out"
"""What a notice goes with that says which of the given files were not opened."""
_SEVERAL = "several inputs"
"""What the question goes with that is asked about them: other files are another question."""


class Opening(QObject):
    """Opens every file as what it is, and saves results."""

    def __init__(
        self,
        session: Session,
        asker: FileAsker,
        pages: Pages,
        notices: NoticeArea,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._asker, self._pages, self._notices = session, asker, pages, notices
        pages.save_asked.connect(self.save_record)

    def ask_for_model(self) -> None:
        """Open model."""
        self._asker.open_file("Open model", MODEL_FILTER, self.open_path)

    def ask_for_input(self) -> None:
        """Open input."""
        self._asker.open_file("Open input", input_filter(), self.open_path)

    def ask_for_folder(self) -> None:
        """Open image folder."""
        self._asker.open_folder("Open image folder", self.open_path)

    def ask_for_new_case(self) -> None:
        """New case."""
        self._asker.save_file("New case", f"case{SUFFIX}", self._session.case.create)

    def ask_for_case(self) -> None:
        """Open case."""
        self._asker.open_file("Open case", CASE_FILTER, self._session.case.open)

    def open_path(self, path: Path) -> None:
        """Open a file or folder as what it is: a document, a model, or an input."""
        self._open(path)
        if not is_document(path):
            self._turn_to_form()

    def _turn_to_form(self) -> None:
        """Leave a page that shows nothing of what was opened: the first one, help, keys, others."""
        page = self._pages.currentWidget()
        shows = not isinstance(page, Page) or page.beside_form
        if not shows and page is not vars(self._pages).get("tradeoff"):  # it takes what is open
            self._pages.show_explore()

    def _open(self, path: Path) -> None:
        loading = self._session.loading
        if is_case(path):
            self._session.case.open(path)
        elif is_report(path):
            self._pages.verify.verify(path)
        elif is_log(path):
            self._pages.logs.open([path])
        elif is_votes(path):
            self._pages.votes.open(path)
        elif is_model(path) or path.name == "config.json":
            loading.open_model(ModelRequest(model_spec(path)))
        else:
            loading.open_input(str(path))

    def open_dropped(self, mime: QMimeData) -> None:
        """Open the files that were dropped, or an image that is in no file of this machine."""
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        image = mime.imageData() if mime.hasImage() else None
        if paths:
            self.open_paths(paths)
        elif isinstance(image, QImage) and not image.isNull():
            self._open_image(image)
        else:
            sentence = "Only files of this machine can be dropped; save this one first."
            self._notices.show_notice("info", sentence)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open logs, a document, a model and an input; no other of a kind goes in silence."""
        if logs := [path for path in paths if is_log(path)]:
            self._pages.logs.open(logs)
        paths = [path for path in paths if path not in logs]
        documents = [path for path in paths if is_document(path)]
        models = [path for path in paths if is_model(path) or path.name == "config.json"]
        inputs = [path for path in paths if path not in (*documents, *models)]
        self._notices.clear_about(_LEFT_OUT, _SEVERAL)
        for kind, found in (("document", documents), ("model", models)):
            for path in found[:1]:
                self._open(path)
            if len(found) > 1:
                sentence = f"Only {found[0].name} was opened, the first of {len(found)} {kind}s."
                self._notices.show_notice("warning", sentence, about=_LEFT_OUT)
        if logs and documents:
            self._lead_to(logs)
        if inputs and self._pages.currentWidget() is vars(self._pages).get("audit"):
            self._pages.audit.choose(inputs)
        elif len(inputs) == 1:
            self._open(inputs[0])
        elif inputs:
            self._ask_about_set([str(path) for path in inputs])
        if (models or inputs) and not (documents or logs):
            self._turn_to_form()

    def _lead_to(self, logs: Sequence[Path]) -> None:
        """Say that logs are open, which another page hides."""
        opened = f"{logs[0].name} is" if len(logs) == 1 else f"{len(logs):,} logs are"
        words = f"{opened} open too, on the page Logs."
        notice = self._notices.show_notice("info", words, about=_LEFT_OUT, stays=True)
        notice.offer("Show &logs", partial(self._pages.show_page, self._pages.logs))

    def _ask_about_set(self, specs: list[str]) -> None:
        """Several inputs become a row to step through, if that is meant."""
        loading = self._session.loading
        self._notices.ask(
            f"{len(specs):,} inputs were given, and one is certified at a time.",
            {
                "Open as a &set": partial(loading.open_input, specs[0], specs),
                "&Audit them": partial(self._audit, specs),
                "Only the &first": partial(loading.open_input, specs[0], specs[:1]),
                "&Leave it": lambda: None,
            },
            about=_SEVERAL,
        )

    def _audit(self, specs: list[str]) -> None:
        """Certify all of them."""
        self._pages.show_page(self._pages.audit)
        self._pages.audit.setup.put(specs)

    def paste_image(self) -> None:
        """The image in the clipboard."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self._notices.show_notice("info", "There is no image in the clipboard.")
            return
        self._open_image(image)

    def _open_image(self, image: QImage) -> None:
        """Open an image that is in no file: it is kept in one."""
        try:
            self._session.loading.open_input(str(pasted_image(image, data_folder())))
            self._turn_to_form()
        except UserError as error:
            self._notices.show_notice("error", str(error))

    def copy_command(self) -> None:
        """The command line to the clipboard."""
        QGuiApplication.clipboard().setText(self._session.runs.command_line())
        self._notices.show_notice("info", "Command line copied.")

    def ask_where_to_save_case(self) -> None:
        """A copy of the case, or a new one with the shown run."""
        case, evidence = self._session.case, self._session.runs.evidence
        request = self._session.loading.request
        self._asker.save_file(
            "Save as case",
            f"{case.title}-copy{SUFFIX}" if case.title else f"case{SUFFIX}",
            case.saver(evidence, request),
        )

    def save_shown(self, fmt: ExportFormat) -> None:
        """Save the shown result, with what is drawn beside it."""
        shown = self.shown()
        if shown is not None:
            self.save(fmt, shown)

    def save(self, fmt: ExportFormat, result: tuple[Evidence, Illustrations]) -> None:
        """Save a result of a run of this window, with what is drawn beside it."""
        write = partial(self._write_shown, fmt, result)
        self._asker.save_file(f"Save {fmt.upper()}", file_name(result[0], fmt), write)

    def save_slides(self) -> None:
        """Save the shown result for a talk: the ending that is chosen says as what."""
        shown = self.shown()
        if shown is not None:
            name = file_name(shown[0], FILMS[0].removeprefix("."))
            write = partial(self._write_slides, shown)
            self._asker.save_file("Save for slides", name, write, SLIDES_FILTER)

    def shown(self) -> tuple[Evidence, Illustrations] | None:
        """The shown result, and what is drawn beside it so far."""
        evidence = self._session.runs.evidence
        return None if evidence is None else (evidence, self._session.illustrator.illustrations)

    def _latest(self, asked: tuple[Evidence, Illustrations]) -> tuple[Evidence, Illustrations]:
        """A result that a dialog was opened for, with what came to it while that was open.

        A run that began meanwhile, or another input, is nothing that its name was typed for.
        """
        now = self.shown()
        return asked if now is None or now[0].run_id != asked[0].run_id else now

    def _write_slides(self, asked: tuple[Evidence, Illustrations], path: Path) -> None:
        evidence, drawn = self._latest(asked)
        film = Film(dark=themes.current().dark)
        self._session.exports.slides(evidence, path, drawn.region, film)

    @Slot(object, str)
    def save_record(self, evidence: Evidence, fmt: ExportFormat) -> None:
        """Save a result that is looked at, with what is typed of client and purpose or its own."""
        exports = self._session.exports
        if evidence.assignment is None:
            evidence = exports.assigned(evidence)
        write = partial(exports.export, evidence, fmt)
        self._asker.save_file(f"Save {fmt.upper()}", file_name(evidence, fmt), write)

    def _write_shown(
        self, fmt: ExportFormat, asked: tuple[Evidence, Illustrations], path: Path
    ) -> None:
        evidence, drawn = self._latest(asked)
        exports = self._session.exports
        exports.export(exports.assigned(evidence), fmt, path, drawn)


def file_name(evidence: Evidence, fmt: str) -> str:
    """The name proposed for a file about a result."""
    return re.sub(r"[^\w.-]+", "-", f"{evidence.procedure}-{evidence.input.name}.{fmt}")
