"""Which sentences the window shows; they go with the model, input or run they are about."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot

from engine.core.errors import TrustRequired
from engine.models.request import ModelRequest
from gui.controllers.session import Session
from gui.shell.consent import ask_for_trust
from gui.shell.notice import NoticeArea


class Noticing(QObject):
    """Between a session and the notices of its window."""

    def __init__(
        self, session: Session, notices: NoticeArea, *, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._notices = session, notices
        session.notice.connect(notices.show_notice)
        session.refused.connect(self._on_refused)
        session.trust_asked.connect(self._on_trust_asked)
        session.model_changed.connect(self._on_model)
        session.input_changed.connect(self._on_input)
        session.fitted_changed.connect(self._warn_before_run)
        session.settings_changed.connect(self._warn_before_run)

    @Slot()
    def _on_model(self) -> None:
        self._notices.clear_about("model", "fit", "run")

    @Slot()
    def _on_input(self) -> None:
        self._notices.clear_about("input", "fit", "run")

    @Slot(str, str)
    def _on_refused(self, kind: str, sentence: str) -> None:
        """Say what the sentence goes with, in place of an older one; offer what leads on."""
        self._notices.clear_about(kind)
        notice = self._notices.show_notice("error", sentence, about=kind)
        if kind != "fit":
            return
        session, example = self._session, self._session.fitting_example()
        if session.input_is_newer and (spec := session.fitting_model()):
            notice.offer(f"Open {spec}", partial(session.open_model, ModelRequest(spec)))
        elif example is not None:
            notice.offer(f"Open {example.spec}", partial(session.open_input, example.spec))

    @Slot(object, object)
    def _on_trust_asked(self, error: TrustRequired, request: ModelRequest) -> None:
        asked = ask_for_trust(self._notices, error, request, self._session.open_model)
        asked.about = "model"

    @Slot()
    def _warn_before_run(self) -> None:
        """What speaks against a run of the form, before it is started."""
        self._notices.clear("warning")
        for sentence in self._session.warnings():
            self._notices.show_notice("warning", sentence)
