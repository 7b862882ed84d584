"""Certify pressed too early: remembered while model and image still load, and then done."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from gui.controllers.session import Session

PROMISE = "The run starts as soon as the model and the input are ready."


def is_coming(session: Session) -> bool:
    """Whether a run could start once what is being read is there."""
    worker = session.worker
    model = session.model is not None or worker.busy("model")
    image = session.given is not None or worker.busy("input")
    return session.loading and model and image and not session.running and not session.complaint


class EarlyStart(QObject):
    """Waits for what loads; a model or image that does not open ends the wait.

    Attributes:
        waiting: a run was asked for and will be due.
    """

    due = Signal()
    """What was waited for is there."""

    def __init__(self, session: Session, *, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.waiting = False
        session.activity_changed.connect(self._follow)

    def certify(self) -> None:
        """Start CERTIFY now, or promise to."""
        if self._session.ready:
            self.waiting = False
            self._session.certify()
        elif is_coming(self._session):
            self.waiting = True
            self._session.notice.emit("info", PROMISE)

    @Slot()
    def _follow(self) -> None:
        if self.waiting and not is_coming(self._session):
            self.waiting = False
            if self._session.ready:
                self.due.emit()
