"""Which sentences the window shows; they go with the model, input or run they are about."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from engine.core.errors import NotOneSample, TrustRequired
from engine.models.request import ModelRequest
from gui.controllers.session import Session
from gui.shell.consent import CLOSING, ask_for_trust
from gui.shell.file_manager import select_in_folder
from gui.shell.notice import Notice, NoticeArea


class Notifications(QObject):
    """Between a session and the notices of its window.

    Signals:
        one_a_call_wanted: the run is to be begun again, with one sample a call.
    """

    one_a_call_wanted = Signal()

    def __init__(
        self, session: Session, notices: NoticeArea, *, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._notices = session, notices
        session.notice.connect(self._on_notice)
        session.exports.exported.connect(self._on_written)
        notices.written.connect(session.exports.exported)
        session.loading.refused.connect(self._on_refused)
        session.loading.remarked.connect(self._on_remark)
        session.loading.misfit.connect(self._on_misfit)
        session.runs.refused.connect(self._on_run_refused)
        session.runs.began.connect(self._on_run)
        session.loading.trust_asked.connect(self._on_trust_asked)
        session.loading.model_changed.connect(self._on_model)
        session.loading.input_changed.connect(self._on_input)
        session.loading.fitted_changed.connect(self._warn_before_run)
        session.form.changed.connect(self._warn_before_run)
        session.range_check.changed.connect(self._warn_before_run)
        session.worker.activity_changed.connect(self._on_activity)
        session.keeping.changed.connect(partial(notices.clear_about, "unsaved"))
        session.keeping.unread.connect(self._on_unread)

    @Slot(str, str)
    def _on_notice(self, kind: str, sentence: str) -> None:
        """A run warns of what was said of the form before it: who dismissed that has read it."""
        if kind != "warning" or not self._notices.was_read(sentence):
            self._notices.show_notice(kind, sentence)

    @Slot()
    def _on_model(self) -> None:
        self._notices.forget_read()
        self._notices.clear_about("model", "fit", "run")

    @Slot()
    def _on_input(self) -> None:
        self._notices.forget_read()
        self._notices.clear_about("input", "fit", "run")

    @Slot()
    def _on_run(self) -> None:
        self._notices.clear("error", "info")

    @Slot()
    def _on_activity(self) -> None:
        """Whether to stop something is no question any more once that has ended."""
        for one in list(self._notices.notices):
            if one.about == CLOSING and one.sentence != self._session.worker.asks:
                self._notices.dismiss(one)

    @Slot(str)
    def _on_unread(self, sentence: str) -> None:
        """Goes with nothing that is opened or changed: it stays until somebody has read it."""
        self._notices.show_notice("warning", sentence, about="an earlier session")

    @Slot(str, str)
    def _on_refused(self, topic: str, sentence: str) -> Notice:
        """Say what the sentence goes with, in place of an older one."""
        self._notices.clear_about(topic)
        return self._notices.show_notice("error", sentence, about=topic)

    @Slot(str, str)
    def _on_remark(self, topic: str, sentence: str) -> None:
        """Keep it until another model or input is there: forms are filled in meanwhile."""
        self._notices.show_notice("warning", sentence, about=topic)

    @Slot(str)
    def _on_run_refused(self, sentence: str) -> None:
        notice = self._on_refused("run", sentence)
        if isinstance(self._session.runs.refusal, NotOneSample):
            notice.offer("One &sample a call", self._one_a_call)

    def _one_a_call(self) -> None:
        self._notices.clear_about("run")
        self.one_a_call_wanted.emit()

    @Slot(str)
    def _on_misfit(self, sentence: str) -> None:
        """Offer what leads on."""
        notice, loading = self._on_refused("fit", sentence), self._session.loading
        example = loading.fitting_example()
        if loading.input_is_newer and (spec := loading.fitting_model()):
            notice.offer(f"Open {spec}", partial(loading.open_model, ModelRequest(spec)))
        elif example is not None:
            notice.offer(f"Open {example.spec}", partial(loading.open_input, example.spec))

    @Slot(object)
    def _on_written(self, path: Path) -> None:
        """Say what was written, and lead there."""
        self._notices.clear_about("written")
        whole = path.absolute()
        signature = self._session.exports.signatures.get(path, "")
        said = f"Wrote {path}, {signature}." if signature else f"Wrote {path}."
        notice = self._notices.show_notice("info", said, about="written", stays=True)
        notice.offer("&Show in folder", partial(self._show_in_folder, whole))
        notice.offer("&Open", partial(self._open_outside, whole))

    def _show_in_folder(self, path: Path) -> None:
        """Mark the file in the desktop's file manager; where none answers, open its folder."""
        select_in_folder(path, self, otherwise=partial(self._open_outside, path.parent))

    def _open_outside(self, path: Path) -> None:
        """Hand a file or folder to the program that the desktop has for it."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._notices.show_notice("error", f"No program is set to open {path}.")

    @Slot(object, object)
    def _on_trust_asked(self, error: TrustRequired, request: ModelRequest) -> None:
        asked = ask_for_trust(self._notices, error, request, self._session.loading.open_model)
        asked.about = "model"

    @Slot()
    def _warn_before_run(self) -> None:
        """What speaks against a run of the form, before it is started."""
        session = self._session
        said = *session.runs.warnings(), *session.range_check.sentences
        self._notices.keep_loose("warning", said, known=session.loading.subject is not None)
