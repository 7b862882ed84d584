"""What is loaded: one model, one input, and the two brought together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.core.downloads import fetching
from engine.core.errors import OracleRequired, TrustRequired
from engine.models.kinds import DEMO
from engine.models.native_metadata import proposed_scheme
from engine.models.request import ModelRequest
from gui.controllers.form import Form
from gui.controllers.preferences import Preferences
from gui.jobs.engine_jobs import EngineJobs, Subject
from gui.jobs.shipped import Example, Offer, set_of
from gui.jobs.worker import Failure, Lane, Worker

if TYPE_CHECKING:
    from engine.core.records import ModelIdentity
    from engine.figures.graphs import NeighbourhoodFigure
    from engine.inputs import GivenInput
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier
    from engine.schemes import Scheme


class Loading(QObject):
    """A model and an input; whatever was known of an older one is dropped.

    Attributes:
        model, request, classifier: the model, how it was asked for, and what answers.
        asked: the model that was asked for last, whether it opened or not.
        given: the input; ``specs`` the row of inputs it stands in.
        subject: model and input brought together; None until they are.
        offer: what is shipped to choose from; nothing until the worker has looked.
        around: what to draw of a graph around its node; None for other inputs, and until then.
        clean_answer: the model's answer without noise.
        input_is_newer: the input was opened after the model.
        astray: ``model`` or ``input`` to what was asked for there and did not open. The field shows
            it, so nothing is certified until something opens or :meth:`go_back` is called.
        models, inputs: what is being read.

    Signals:
        scheme_proposed: the scheme that a newly opened model was trained for.
        offered: ``offer`` is there.
        trust_asked: an error and the request; the file can run code.
        oracle_asked: the request; the model writes, and what turns its text into classes lacks.
        refused: ``model`` or ``input``, and why it was not opened.
        remarked: ``input``, and what stays true of it as long as it is open.
        misfit: why the input does not fit the model.
        notice: kind and sentence.
    """

    scheme_proposed = Signal(object)
    model_changed = Signal()
    input_changed = Signal()
    fitted_changed = Signal()
    around_changed = Signal()
    offered = Signal(object)
    trust_asked = Signal(object, object)
    oracle_asked = Signal(object)
    refused = Signal(str, str)
    remarked = Signal(str, str)
    misfit = Signal(str)
    notice = Signal(str, str)

    def __init__(
        self,
        worker: Worker,
        engine: EngineJobs,
        preferences: Preferences,
        form: Form,
        counting: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker, self._engine, self._counting = worker, engine, counting
        self._preferences, self._form = preferences, form
        self.models, self.inputs, self._fits = Lane(worker), Lane(worker), Lane(worker)
        self._arounds = Lane(worker)
        self.model: ModelIdentity | None = None
        self.request: ModelRequest | None = None
        self.asked: ModelRequest | None = None
        self.classifier: Classifier | None = None
        self.given: GivenInput | None = None
        self.around: NeighbourhoodFigure | None = None
        self.specs: list[str] = []
        self.subject: Subject | None = None
        self.offer = Offer()
        self.clean_answer: int | None = None
        self.astray: dict[str, str] = {}
        self.input_is_newer = self._fit_waits = False

    @property
    def busy(self) -> bool:
        """Whether a model or input is being read."""
        return self.models.busy or self.inputs.busy or self._fits.busy

    @property
    def obstacle(self) -> str:
        """Why nothing can be certified yet, in a sentence; empty where nothing is in the way."""
        for kind, asked in self.astray.items():
            return f"{asked} did not open; choose another {kind}, or go back to the one before."
        if self.model is None or self.given is None:
            lacking = "a model" if self.model is None else "an input"
            return f"Open {lacking} first."
        if self.subject is None and not self.busy:
            return "The input does not fit the model."
        return ""

    @property
    def fits(self) -> bool:
        """Whether the input is being fitted to the model."""
        return self._fits.busy

    @property
    def has_labelled_images(self) -> bool:
        """Whether the open image is one of a folder or set with labels."""
        given = self.given
        labelled = given is not None and given.kind == "image" and given.label is not None
        return labelled and len(self.specs) > 1

    @property
    def fitted(self) -> FittedInput | None:
        """The input as the model takes it, once both are there."""
        return self.subject.fitted if self.subject else None

    def in_plans(self, scheme: Scheme) -> Scheme:
        """The scheme with what the input decides, where there is one; a run finds that out."""
        return scheme if self.fitted is None else scheme.for_input(self.fitted.identity)

    @property
    def position(self) -> int:
        """Index of the input in the folder, set or graph it came from; -1 if it came alone."""
        source = self.given.source if self.given else ""
        return self.specs.index(source) if source in self.specs else -1

    def blocked(self, wish: str) -> bool:
        """Whether a run forbids ``wish``; the person is told so."""
        if self._counting.busy:
            self.notice.emit("warning", f"Stop the current run (Esc) before you {wish}.")
        return self._counting.busy

    def look_for_examples(self) -> None:
        """Find out what is shipped to choose from."""
        self._worker.submit(
            lambda stop: self._engine.offer(),
            "looking for examples",
            on_done=self._take_offer,
            quiet=True,
        )

    def open_model(self, request: ModelRequest, *, named: bool = True) -> None:
        """Read a model; the result of the old one is cleared when the new one is there.

        Where no person but a file ``named`` it, nothing is fetched.
        """
        if self.blocked("open a model"):
            return
        self.asked = request
        self.models.submit(
            lambda stop: fetching(lambda: self._engine.load_model(request), named=named),
            f"opening {request.spec}",
            on_done=partial(self._take_model, request),
            on_failed=self._on_model_failed,
            urgent=True,
        )

    def open_input(self, spec: str, row: Sequence[str] = (), *, named: bool = True) -> None:
        """Read an input, or the first of a folder, set or graph; ``row`` is one to stand in.

        Where no person but a file ``named`` it, nothing is fetched.
        """
        if self.blocked("open an input"):
            return
        known = list(row) or self.specs
        self.inputs.submit(
            lambda stop: fetching(lambda: self._engine.open_input(spec, known), named=named),
            f"opening {spec}",
            on_done=partial(self._take_input, spec),
            on_failed=partial(self._on_input_failed, spec),
            urgent=True,
        )

    def go_back(self, kind: str) -> None:
        """Stay with what was open before something of ``kind`` was refused."""
        if self.astray.pop(kind, ""):
            if kind == "model":
                self.asked = self.request
            self.fitted_changed.emit()

    def step_input(self, step: int) -> None:
        """The next (1) or previous (-1) input of the row; from beside it, an end of it.

        One that did not open is stepped over from there, or nobody would come to those behind it.
        """
        if self.specs:
            at = self.position if self.position >= 0 else min(0, -step)
            if (refused := self.astray.get("input", "")) in self.specs:
                at = self.specs.index(refused)
            self.open_input(self.specs[(at + step) % len(self.specs)])

    def open_example(self, example: Example) -> None:
        """Read a shipped input, and a shipped model that goes with it unless one is open."""
        spec = self.request.spec if self.request is not None else ""
        kind = self.model.kind if self.model is not None and not spec.startswith(DEMO) else ""
        goes_with = spec in example.models or kind == example.kind
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

    def find_architectures(self, on_done: Callable[[tuple[str, ...]], object]) -> None:
        """Names of the networks that weights can be loaded into."""
        self._worker.submit(
            lambda stop: self._engine.architectures(),
            "listing architectures",
            on_done=on_done,
            quiet=True,
        )

    def _take_offer(self, offer: Offer) -> None:
        self.offer = offer
        self.offered.emit(offer)

    def _take_model(self, request: ModelRequest, classifier: Classifier) -> None:
        before, self.input_is_newer = self.model, False
        self.astray.pop("model", "")
        if self.classifier is not None:
            self.classifier.unload()
        self.subject = self.clean_answer = None  # results for the previous pair are stale
        self.request, self.classifier, self.model = request, classifier, classifier.identity
        if before is None or before.sha256 != self.model.sha256:
            self.scheme_proposed.emit(proposed_scheme(self.model))
        if not request.members:
            self._preferences.remember("models", request.spec)
        self.model_changed.emit()
        if not self._follow_with_example():
            self._fit()

    def _take_input(self, spec: str, loaded: tuple[list[str], GivenInput]) -> None:
        self.subject = self.clean_answer = None
        self.input_is_newer = True
        self.astray.pop("input", "")
        self.specs, given = loaded
        self.given, self.around = given, None
        self._preferences.remember("inputs", given.source)
        self.input_changed.emit()
        if spec not in self.specs:  # a set, of which this is the first that opens
            self._say_passed(self.position)
            self._worker.submit(
                lambda stop: self._engine.left_out(spec),
                "listing what was left out",
                on_done=self._say_left_out,
                quiet=True,
            )
        self._arounds.drop()
        if given.kind == "graph":
            self._arounds.submit(
                lambda stop: self._engine.neighbourhood(given),
                "drawing the neighbourhood",
                on_done=self._take_around,
                quiet=True,
            )
        self._fit()

    def _say_passed(self, passed: int) -> None:
        """How many inputs of a set do not open, before the one that is shown."""
        if passed > 0:
            which = "input does" if passed == 1 else f"{passed} inputs do"
            said = f"Of {len(self.specs):,} inputs the first {which} not open"
            self._remark(f"{said}; Previous input says why.")

    def _say_left_out(self, sentence: str) -> None:
        if sentence:
            self._remark(f"{sentence}.")

    def _remark(self, sentence: str) -> None:
        """Say something that stays true of the open set."""
        self.notice.emit("warning", sentence)
        self.remarked.emit("input", sentence)

    def _take_around(self, around: NeighbourhoodFigure) -> None:
        self.around = around
        self.around_changed.emit()

    def _take_subject(self, fitted: tuple[Subject, int]) -> None:
        self.subject, self.clean_answer = fitted
        self.fitted_changed.emit()

    def _on_model_failed(self, failure: Failure) -> None:
        if self.asked is not None:
            self.astray["model"] = self.asked.spec
        if isinstance(failure.error, TrustRequired):
            self.trust_asked.emit(failure.error, self.asked)
        elif isinstance(failure.error, OracleRequired):
            self.oracle_asked.emit(self.asked)
        else:
            self.notice.emit("error", failure.sentence)
            self.refused.emit("model", failure.sentence)
        self._fit_if_waiting()
        self.fitted_changed.emit()

    def _on_input_failed(self, spec: str, failure: Failure) -> None:
        self.astray["input"] = spec
        self.notice.emit("error", failure.sentence)
        self.refused.emit("input", failure.sentence)
        self._fit_if_waiting()
        self.fitted_changed.emit()

    def _on_misfit(self, failure: Failure) -> None:
        self.notice.emit("error", failure.sentence)
        self.misfit.emit(failure.sentence)

    def _follow_with_example(self) -> bool:
        """Open the model's example in place of an example that goes with other models only."""
        given, example = self.given, self.fitting_example()
        if given is None or example is None or self.inputs.busy:
            return False
        if not self.offer.models_for(given.source):
            return False  # somebody's own
        self.open_input(example.spec)
        return True

    def _fit_if_waiting(self) -> None:
        """What was to be replaced is still there: fit it after all."""
        if self._fit_waits:
            self._fit()

    def _fit(self) -> None:
        """Fit the input to the model once both are there; no older pair counts any more."""
        self.subject = self.clean_answer = None
        self.fitted_changed.emit()
        classifier, request, given = self.classifier, self.request, self.given
        if classifier is None or request is None or given is None:
            return
        self._fit_waits = self.models.busy or self.inputs.busy
        if self._fit_waits:
            return  # what is there now is about to be replaced
        settings, device = self._form.settings, self._form.execution.device
        self._fits.submit(
            lambda stop: self._engine.prepare(classifier, request, given, settings, device),
            "fitting the input to the model",
            on_done=self._take_subject,
            on_failed=self._on_misfit,
        )
