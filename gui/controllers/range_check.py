"""Whether the base model keeps its class along the range of the form, before a run asks that."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from gui.controllers.form import Form
from gui.controllers.loading import Loading
from gui.controllers.spare_time import SpareTime
from gui.jobs.range_jobs import along_the_range
from gui.jobs.worker import Failure, Worker


class RangeCheck(QObject):
    """Asks the model about a few images of the range, while nobody waits for anything else.

    Attributes:
        sentences: what speaks against a run of the range; nothing while that is not known.

    Signals:
        changed: the sentences.
    """

    changed = Signal()

    def __init__(
        self, worker: Worker, loading: Loading, form: Form, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._loading, self._form = loading, form
        self._spare = SpareTime(worker, self._try, self)
        self._key: object = None
        self._settled: object = None
        """What has been asked about, with an answer or without one."""
        self.sentences: tuple[str, ...] = ()
        loading.fitted_changed.connect(self._follow)
        form.changed.connect(self._follow)
        worker.activity_changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        """Another model, input or range is asked about anew."""
        key = self._now()
        if key != self._key:
            self._key, self._settled = key, None
            self._spare.lane.drop()
            self._say(())
        if key is not None and key != self._settled:
            self._spare.wait()

    def _now(self) -> object:
        settings, subject = self._form.settings, self._loading.subject
        if subject is None or self._form.complaint or settings.kind != "sweep":
            return None
        return id(subject), settings.scheme

    def _try(self) -> None:
        subject, key = self._loading.subject, self._now()
        if subject is None or key is None or key == self._settled:
            return
        settings = self._form.settings
        self._spare.lane.submit(
            lambda stop: along_the_range(subject, settings),
            "asking about the range",
            on_done=partial(self._take, key),
            on_failed=partial(self._ignore, key),
            quiet=True,
        )

    def _take(self, key: object, sentences: tuple[str, ...]) -> None:
        self._settled = key
        self._say(sentences)

    def _ignore(self, key: object, failure: Failure) -> None:
        """A run says what is wrong with the model."""
        self._settled = key

    def _say(self, sentences: tuple[str, ...]) -> None:
        if sentences != self.sentences:
            self.sentences = sentences
            self.changed.emit()
