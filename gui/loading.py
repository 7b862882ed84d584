"""What is loaded: one model, one picture, and the two brought together."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.models.request import ModelRequest
from engine.settings import RunSettings
from engine.taught import taught_scheme
from gui.backend import Backend, Subject
from gui.errands import Errands
from gui.preferences import Preferences

if TYPE_CHECKING:
    from engine.inputs.base import FittedInput, ImageInput
    from engine.models.base import Classifier
    from engine.records import ModelIdentity


class Loading(Errands):
    """A model and an input; whatever was known of an older one is dropped.

    Attributes:
        settings: what the next run will use.
        model, request: the model, and how it was asked for.
        image: the picture; ``specs`` the row of pictures it stands in.
        clean_answer: the model's answer without noise.
    """

    scheme_proposed = Signal(object)
    """The scheme that a newly opened model was trained for."""
    model_changed = Signal()
    input_changed = Signal()
    fitted_changed = Signal()
    normalizations_compared = Signal(object)

    def __init__(
        self, backend: Backend, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(backend, parent)
        self.preferences = preferences
        self.settings = RunSettings()
        self.model: ModelIdentity | None = None
        self.request: ModelRequest | None = None
        self.image: ImageInput | None = None
        self.specs: list[str] = []
        self.clean_answer: int | None = None
        self._asked: ModelRequest | None = None
        self._classifier: Classifier | None = None
        self._subject: Subject | None = None

    @property
    def running(self) -> bool:
        """Whether votes are being counted."""
        return self.worker.busy("run")

    @property
    def loading(self) -> bool:
        """Whether a model or picture is being read."""
        return any(self.worker.busy(kind) for kind in ("model", "input", "fit"))

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
        self._submit("input", f"opening {spec}", lambda stop: self.backend.open_input(spec, known))

    def step_input(self, step: int) -> None:
        """The next (1) or previous (-1) picture of the folder."""
        if self.position >= 0:
            self.open_input(self.specs[(self.position + step) % len(self.specs)])

    def compare_normalizations(self) -> None:
        """Measure the model behind every normalisation on the labelled pictures that are open."""
        classifier, specs = self._classifier, self.specs
        if classifier is not None and not self._refuse_while_running("measure"):
            self._submit(
                "compare",
                "measuring normalisations",
                lambda stop: self.backend.compare_normalizations(classifier, specs, stop),
            )

    def take_loaded(self, kind: str, outcome: Any) -> None:
        """Take in what was loaded; other jobs are not its business."""
        if kind == "model":
            self._take_model(outcome)
        elif kind == "input":
            self._take_input(outcome)
        elif kind == "fit":
            self._subject, self.clean_answer = outcome
            self.fitted_changed.emit()
        elif kind == "compare":
            self.normalizations_compared.emit(outcome)

    @abstractmethod
    def _clear_result(self) -> None:
        """Forget the shown result: it was of another model or picture."""

    def _take_model(self, loaded: tuple[ModelRequest, Classifier]) -> None:
        before = self.model
        if self._classifier is not None:
            self._classifier.unload()
        self.request, self._classifier = loaded
        self.model = self._classifier.identity
        taught = taught_scheme(self.model)
        if taught is not None and (before is None or before.sha256 != self.model.sha256):
            self.scheme_proposed.emit(taught)
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

    def _refuse_while_running(self, wish: str) -> bool:
        if self.running:
            self.notice.emit("warning", f"A run is going; stop it (Esc) to {wish}.")
        return self.running
