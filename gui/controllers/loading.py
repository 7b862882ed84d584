"""What is loaded: one model, one input, and the two brought together."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.evidence.settings import USUAL, CertifySettings, Counting
from engine.models.kinds import DEMO
from engine.models.native_metadata import taught_scheme
from engine.models.request import ModelRequest
from gui.controllers.exports import Errands
from gui.controllers.preferences import Preferences
from gui.jobs.engine_jobs import Backend, Subject
from gui.jobs.shipped import Example, Offer, set_of

if TYPE_CHECKING:
    from engine.core.records import ModelIdentity
    from engine.figures import NeighbourhoodFigure
    from engine.inputs import GivenInput
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier


class Loading(Errands):
    """A model and an input; whatever was known of an older one is dropped.

    Attributes:
        settings, execution: what the next run will use.
        model, request: the model, and how it was asked for.
        given: the input; ``specs`` the row of inputs it stands in.
        offer: what is shipped to choose from; nothing until the worker has looked.
        around: what to draw of a graph around its node; None for other inputs, and until then.
        clean_answer: the model's answer without noise.
        input_is_newer: the input was opened after the model.
    """

    scheme_proposed = Signal(object)
    """The scheme that a newly opened model was trained for."""
    model_changed = Signal()
    input_changed = Signal()
    fitted_changed = Signal()
    around_changed = Signal()
    normalizations_compared = Signal(object)

    def __init__(
        self, backend: Backend, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(backend, parent)
        self.preferences = preferences
        self.settings: Counting = CertifySettings()
        self.execution = USUAL
        self.model: ModelIdentity | None = None
        self.request: ModelRequest | None = None
        self.given: GivenInput | None = None
        self.around: NeighbourhoodFigure | None = None
        self.specs: list[str] = []
        self.offer = Offer()
        self.clean_answer: int | None = None
        self.input_is_newer = self._fit_waits = False
        self._asked: ModelRequest | None = None
        self._classifier: Classifier | None = None
        self._subject: Subject | None = None

    @property
    def running(self) -> bool:
        """Whether votes are being counted."""
        return self.worker.busy("run")

    @property
    def loading(self) -> bool:
        """Whether a model or input is being read."""
        return any(self.worker.busy(kind) for kind in ("model", "input", "fit"))

    @property
    def asked(self) -> ModelRequest | None:
        """The model that was asked for last, whether it opened or not."""
        return self._asked

    @property
    def has_labelled_images(self) -> bool:
        """Whether the open image is one of a folder or set with labels."""
        given = self.given
        labelled = given is not None and given.kind == "image" and given.label is not None
        return labelled and len(self.specs) > 1

    @property
    def fitted(self) -> FittedInput | None:
        """The input as the model takes it, once both are there."""
        return self._subject.fitted if self._subject else None

    @property
    def position(self) -> int:
        """Index of the input in the folder, set or graph it came from; -1 if it came alone."""
        source = self.given.source if self.given else ""
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
        """Read an input, or the first of a folder, set or graph."""
        if self._refuse_while_running("open an input"):
            return
        known = self.specs
        self._submit("input", f"opening {spec}", lambda stop: self.backend.open_input(spec, known))

    def step_input(self, step: int) -> None:
        """The next (1) or previous (-1) input of the row; from beside it, an end of it."""
        if self.specs:
            at = self.position if self.position >= 0 else min(0, -step)
            self.open_input(self.specs[(at + step) % len(self.specs)])

    def open_example(self, example: Example) -> None:
        """Read a shipped input, and a shipped model that goes with it unless one is open."""
        spec = self.request.spec if self.request is not None else ""
        own = self.model is not None and not spec.startswith(DEMO)
        goes_with = spec in example.models or (own and self.model.kind == example.kind)
        if example.models and not goes_with:
            self.open_model(ModelRequest(example.models[0]))
        self.open_input(example.spec)

    def fitting_example(self) -> Example | None:
        """A shipped input for the open shipped model, where the open input is not of its set."""
        example = self.offer.example_for(self.request.spec) if self.request is not None else None
        known = set_of(self.given.source) if self.given is not None else ""
        return example if example is not None and example.of != known else None

    def fitting_model(self) -> str:
        """A shipped model for the open input of a shipped set; empty where there is none."""
        models = self.offer.models_for(self.given.source) if self.given is not None else ()
        open_already = self.request is not None and self.request.spec in models
        return "" if open_already or not models else models[0]

    def compare_normalizations(self) -> None:
        """Measure the model behind every normalisation on the labelled images that are open."""
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
        elif kind == "around":
            self.around = outcome
            self.around_changed.emit()
        elif kind == "compare":
            self.normalizations_compared.emit(outcome)

    @abstractmethod
    def _clear_result(self) -> None:
        """Forget the shown result: it was of another model or image."""

    def _take_model(self, loaded: tuple[ModelRequest, Classifier]) -> None:
        before, self.input_is_newer = self.model, False
        if self._classifier is not None:
            self._classifier.unload()
        self._subject = self.clean_answer = None  # those of an older pair are nobody's business now
        self.request, self._classifier = loaded
        self.model = self._classifier.identity
        taught = taught_scheme(self.model)
        if taught is not None and (before is None or before.sha256 != self.model.sha256):
            self.scheme_proposed.emit(taught)
        self.preferences.remember("models", self.request.spec)
        self._clear_result()
        self.model_changed.emit()
        if not self._follow_with_example():
            self._fit()

    def _take_input(self, loaded: tuple[list[str], GivenInput]) -> None:
        self._subject = self.clean_answer = None
        self.input_is_newer = True
        self.specs, given = loaded
        self.given, self.around = given, None
        self.preferences.remember("inputs", given.source)
        self._clear_result()
        self.input_changed.emit()
        self.worker.drop("around")
        if given.kind == "graph":
            self._submit(
                "around",
                "drawing the neighbourhood",
                lambda stop: self.backend.neighbourhood(given),
            )
        self._fit()

    def _follow_with_example(self) -> bool:
        """Open the model's example in place of an example that goes with other models only."""
        given, example = self.given, self.fitting_example()
        if given is None or example is None or self.worker.busy("input"):
            return False
        if not self.offer.models_for(given.source):
            return False  # somebody's own
        self.open_input(example.spec)
        return True

    def _fit(self) -> None:
        """Fit the input to the model once both are there; no older pair counts any more."""
        self._subject = self.clean_answer = None
        self.fitted_changed.emit()
        classifier, request, given = self._classifier, self.request, self.given
        if classifier is None or request is None or given is None:
            return
        self._fit_waits = self.worker.busy("model") or self.worker.busy("input")
        if self._fit_waits:
            return  # what is there now is about to be replaced
        settings, device = self.settings, self.execution.device
        self._submit(
            "fit",
            "fitting the input to the model",
            lambda stop: self.backend.prepare(classifier, request, given, settings, device),
        )

    def _refuse_while_running(self, wish: str) -> bool:
        if self.running:
            self.notice.emit("warning", f"A run is going; stop it (Esc) to {wish}.")
        return self.running
