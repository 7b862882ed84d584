"""The controller: what is loaded, what was asked for, what came of it. It owns no widget.

A result is shown with the settings it carries, never with those of the form; whatever belongs to an
older model, picture or run is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.command import command_line
from engine.errors import TrustRequired, UserError
from engine.evidence import Evidence
from engine.models.request import ModelRequest
from engine.procedures.resume import Resume
from engine.procedures.snapshot import Snapshot
from engine.settings import RunSettings
from gui.backend import Backend, Offer, PredictTest, Subject
from gui.cautions import differences, wrong_without_noise
from gui.errands import Errands
from gui.preferences import Preferences, data_folder
from gui.resuming import counted, extended, may_extend, may_go_on, votes_so_far
from gui.worker import Failure

if TYPE_CHECKING:
    from engine.inputs.base import FittedInput, ImageInput
    from engine.models.base import Classifier
    from engine.records import ModelIdentity

KEPT = "stopped-run.json"
"""Where the votes of a run go that was stopped by closing the window."""


class Session(Errands):
    """One model, one picture, one run at a time.

    Every signal is emitted in the UI thread. Most say only that something changed; the new value
    is an attribute.
    """

    warmed = Signal()
    model_changed = Signal()
    input_changed = Signal()
    fitted_changed = Signal()
    settings_changed = Signal()
    activity_changed = Signal()
    snapshot_changed = Signal()
    evidence_changed = Signal()
    offered = Signal(object)
    trust_asked = Signal(object, object)
    normalizations_compared = Signal(object)

    def __init__(
        self,
        *,
        backend: Backend | None = None,
        preferences: Preferences | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(backend or Backend(), parent)
        self.preferences = preferences or Preferences()
        self.settings = RunSettings()
        self.complaint = ""
        self.model: ModelIdentity | None = None
        self.request: ModelRequest | None = None
        self.image: ImageInput | None = None
        self.specs: list[str] = []
        self.clean_answer: int | None = None
        self.snapshot: Snapshot | None = None
        self._before: Evidence | None = None
        self.stopping = False
        self.is_warm = False
        self._asked: ModelRequest | None = None
        self._classifier: Classifier | None = None
        self._subject: Subject | None = None
        self.worker.warm.connect(self._on_warm)
        self.worker.began.connect(self._on_activity)
        self.worker.idle.connect(self._on_activity)
        self.worker.snapshot.connect(self._on_snapshot)
        self.worker.done.connect(self._on_done)
        self.worker.failed.connect(self._on_failed)

    # -- what is so -------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether votes are being counted."""
        return self.worker.busy("run")

    @property
    def loading(self) -> bool:
        """Whether a model or picture is being read."""
        return any(self.worker.busy(kind) for kind in ("model", "input", "fit"))

    @property
    def ready(self) -> bool:
        """Whether a run could start."""
        free = not self.running and not self.loading
        return self._subject is not None and free and not self.complaint

    @property
    def can_go_on(self) -> bool:
        """Whether the shown run was stopped and can be counted to its planned n."""
        return self.ready and may_go_on(self.evidence)

    @property
    def can_extend(self) -> bool:
        """Whether the shown run can be counted past its planned n."""
        return self.ready and may_extend(self.evidence)

    @property
    def asked(self) -> ModelRequest | None:
        """The model that was asked for last, whether it opened or not."""
        return self._asked

    @property
    def has_labelled_pictures(self) -> bool:
        """Whether the open picture is one of a folder or set with labels."""
        return len(self.specs) > 1 and self.image is not None and self.image.label is not None

    @property
    def fitted(self) -> FittedInput | None:
        """The picture in the model's shape, once both are there."""
        return self._subject.fitted if self._subject else None

    @property
    def position(self) -> int:
        """Index of the picture in the folder or set it came from; -1 if it came alone."""
        source = self.image.source if self.image else ""
        return self.specs.index(source) if source in self.specs else -1

    def differences(self) -> list[str]:
        """Settings in which the shown result differs from the form; empty if it is current."""
        return differences(self.evidence, self.settings) if self.evidence else []

    def warnings(self) -> tuple[str, ...]:
        """What speaks against a run of the form, before it is started."""
        if self._subject is None or self.model is None:
            return ()
        fitted, answer = self._subject.fitted.identity, self.clean_answer
        said = self.backend.setting_warnings(self._subject.classifier, self.settings)
        return (*said, *wrong_without_noise(self.model, fitted, answer))

    def command_line(self) -> str:
        """The run of the form as a shell command; empty until model and picture are there."""
        if self.request is None or self.image is None:
            return ""
        return command_line("certify", self.request, self.image.source, self.settings)

    # -- what may be asked ------------------------------------------------------------------

    def start(self) -> None:
        """Start the worker; call it after the first paint."""
        self.worker.start()
        self._submit("offer", "looking for examples", lambda stop: self.backend.offer())

    def open_model(self, request: ModelRequest) -> None:
        """Read a model; the result of the old one is cleared when the new one is there."""
        if self._refuse_while_running("open a model"):
            return
        self._asked = request
        self._submit(
            "model",
            f"opening {request.spec}",
            lambda stop: (request, self.backend.load_model(request)),
        )

    def open_input(self, spec: str) -> None:
        """Read a picture, or the first of a folder or set."""
        if self._refuse_while_running("open a picture"):
            return
        known = self.specs
        self._submit(
            "input", f"opening {spec}", lambda stop: self.backend.open_input(spec, known)
        )

    def step_input(self, step: int) -> None:
        """The next (1) or previous (-1) picture of the folder."""
        if self.position >= 0:
            self.open_input(self.specs[(self.position + step) % len(self.specs)])

    def set_settings(self, settings: RunSettings) -> None:
        """What the next run will use."""
        self.complaint = ""
        self.settings = settings
        self.settings_changed.emit()

    def refuse_settings(self, complaint: str) -> None:
        """The form holds no valid settings: nothing can be started until it does."""
        self.complaint = complaint
        self.settings_changed.emit()

    def certify(self) -> None:
        """Start CERTIFY."""
        self._certify(self.settings)

    def go_on(self) -> None:
        """Count on from where the shown run was stopped, under its own settings."""
        evidence = self.evidence
        if evidence is not None and self.can_go_on:
            self._certify(evidence.settings, votes_so_far(evidence))

    def extend(self, n: int) -> None:
        """Count the shown run on up to a larger ``n``."""
        evidence = self.evidence
        if evidence is not None and self.can_extend and n > counted(evidence):
            self._certify(extended(evidence.settings, n), votes_so_far(evidence))

    def predict(self, test: PredictTest) -> None:
        """Start PREDICT."""
        subject, settings = self._subject, self.settings
        if subject is not None:
            self._run(
                "predicting", lambda stop: self.backend.predict(subject, settings, stop, test=test)
            )

    def stop(self) -> None:
        """End the run after the batch at hand; what was counted is kept."""
        if self.running:
            self.stopping = True
            self.worker.stop("run")
            self.activity_changed.emit()

    def compare_normalizations(self) -> None:
        """Measure the model behind every normalisation on the labelled pictures that are open."""
        classifier, specs = self._classifier, self.specs
        if classifier is not None and not self._refuse_while_running("measure"):
            self._submit(
                "compare",
                "measuring normalisations",
                lambda stop: self.backend.compare_normalizations(classifier, specs, stop),
            )

    def shutdown(self) -> bool:
        """End everything; the votes of a run that was going are kept in a file.

        Returns:
            False if the worker could not be ended.
        """
        was_running = self.running
        ended = self.worker.shutdown()
        if was_running and self.evidence is not None:
            path = Path(data_folder()) / KEPT
            try:
                self.backend.export(self.evidence, self.pictures.illustrations, "json", path)
            except UserError as error:
                self.notice.emit("error", str(error))
        return ended

    # -- what came of it --------------------------------------------------------------------

    @Slot()
    def _on_warm(self) -> None:
        self.is_warm = True
        self.warmed.emit()
        self.activity_changed.emit()

    @Slot()
    def _on_activity(self) -> None:
        self.activity_changed.emit()

    @Slot(str, object)
    def _on_snapshot(self, kind: str, snapshot: Any) -> None:
        if kind == "run":
            self.snapshot = snapshot
            self.snapshot_changed.emit()

    @Slot(str, object)
    def _on_done(self, kind: str, outcome: Any) -> None:
        takers: dict[str, Callable[[Any], None]] = {
            "offer": self._take_offer,
            "model": self._take_model,
            "input": self._take_input,
            "fit": self._take_fit,
            "run": self._take_evidence,
            "compare": self.normalizations_compared.emit,
        }
        taker = takers.get(kind)
        if taker is not None:
            taker(outcome)
        else:
            self.take_errand(kind, outcome)
        self.activity_changed.emit()

    @Slot(str, object)
    def _on_failed(self, kind: str, failure: Failure) -> None:
        if kind == "run":
            self.stopping = False
            if self._before is not None:
                self._take_evidence(self._before)
        if isinstance(failure.error, TrustRequired):
            self.trust_asked.emit(failure.error, self._asked)
        else:
            self.notice.emit("error", failure.sentence)
        self.activity_changed.emit()

    def _take_offer(self, offer: Offer) -> None:
        self.offered.emit(offer)

    def _take_model(self, loaded: tuple[ModelRequest, Classifier]) -> None:
        if self._classifier is not None:
            self._classifier.unload()
        self.request, self._classifier = loaded
        self.model = self._classifier.identity
        self.preferences.remember("models", self.request.spec)
        self._clear_result()
        self.model_changed.emit()
        self._fit()

    def _take_input(self, loaded: tuple[list[str], ImageInput]) -> None:
        self.specs, self.image = loaded
        self.preferences.remember("inputs", self.image.source)
        self._clear_result()
        self.input_changed.emit()
        self._fit()

    def _take_fit(self, fitted: tuple[Subject, int]) -> None:
        self._subject, self.clean_answer = fitted
        self.fitted_changed.emit()

    def _take_evidence(self, evidence: Evidence) -> None:
        self.evidence, self.stopping = evidence, False
        self.evidence_changed.emit()
        for warning in evidence.warnings:
            self.notice.emit("warning", warning)
        if self._subject is not None:
            self.pictures.draw(self._subject, evidence)

    # -- asking the worker ------------------------------------------------------------------

    def _run(self, title: str, work: Callable[[threading.Event], Any]) -> None:
        if self.ready:
            self._clear_result()
            self._submit("run", title, work)

    def _certify(self, settings: RunSettings, resume: Resume | None = None) -> None:
        """CERTIFY from the start, or from the votes of the shown run, which stays if that fails."""
        subject = self._subject
        if subject is None:
            return
        before = self.evidence if resume is not None else None
        self._run(
            "certifying",
            lambda stop: self.backend.certify(subject, settings, stop, resume=resume),
        )
        self._before = before

    def _fit(self) -> None:
        """Fit the picture to the model once both are there; no older pair counts any more."""
        self._subject = self.clean_answer = None
        self.fitted_changed.emit()
        classifier, request, image = self._classifier, self.request, self.image
        if classifier is None or request is None or image is None:
            return
        settings = self.settings
        self._submit(
            "fit",
            "fitting the picture to the model",
            lambda stop: self.backend.prepare(classifier, request, image, settings),
        )

    def _clear_result(self) -> None:
        self.pictures.clear()
        self.worker.drop("preview")
        self.snapshot = self.evidence = None
        self.evidence_changed.emit()

    def _refuse_while_running(self, wish: str) -> bool:
        if self.running:
            self.notice.emit("warning", f"A run is going; stop it (Esc) to {wish}.")
        return self.running
