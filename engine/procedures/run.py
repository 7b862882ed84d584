"""What every procedure shares: a model made ready, a sampler, a clock, and the evidence's frame."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import torch

from engine.core.batches import Batch, alike, from_arrays
from engine.core.errors import UserError, in_a_line
from engine.core.nouns import of_kind
from engine.core.records import ModelIdentity, Timing, Votes
from engine.core.scores import SOFT
from engine.core.stopping import stopped_by
from engine.encrypted.comparison import ONE_CLASS
from engine.evidence.environment import software
from engine.evidence.evidence import Evidence
from engine.evidence.observations import ClassVotes, Exact, Observations
from engine.evidence.settings import USUAL, Execution, RunSettings
from engine.evidence.tries import SESSION, claim_of, stream_of, with_tries
from engine.evidence.vote_chain import chain_facts, chain_starts
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.models.input_layout import clean, layout
from engine.models.networks.checked import computable
from engine.models.scored import ScoredClassifier
from engine.procedures.noise_record import on_input
from engine.procedures.on_grid import gridded
from engine.procedures.prepared import PreparedModel
from engine.procedures.resume import Resume
from engine.procedures.run_key import run_key as key_of
from engine.procedures.run_noise import Randomness
from engine.sampling.sampler import PATIENCE, Sampler
from engine.schemes import Scheme, parse_scheme
from engine.schemes.base import Facts
from engine.schemes.parameter_fields import NUMBERS, PIXELS
from engine.schemes.ranked import check_classes
from engine.schemes.stumps import for_kind
from engine.system.device import resolve

SIGMA_TOLERANCE = 0.02
_ONE_A_CALL = (
    "Every noisy sample was classified in a call of its own, and what is certified is the model "
    "used like that: in larger batches it may be another function, which was not tested."
)


class Run:
    """One run of a procedure on one model and input.

    Building it prepares the model on its device, derives the noise key, tests the noise and
    measures a batch size; the last two only once for all runs that share a ``prepared`` model. It
    is a try of its claim, unless no claim will rest on its votes (``is_try``).

    Raises:
        UserError: input and model do not fit, the device is missing, or the model fails.
        StoppedEarly: ``stop`` was set while bounds on the input were worked out.
    """

    def __init__(
        self,
        classifier: Classifier,
        fitted: FittedInput,
        settings: RunSettings,
        execution: Execution = USUAL,
        *,
        stop: threading.Event | None = None,
        resume: Resume | None = None,
        patience: float = PATIENCE,
        prepared: PreparedModel | None = None,
        is_try: bool = True,
    ) -> None:
        shape = check_fit(classifier, fitted, settings.scheme)
        refuse_doubt(classifier, settings)
        self.run_id = resume.run_id if resume else uuid.uuid4().hex
        prepared = prepared or PreparedModel(classifier)
        self._clock = prepared.clock
        self.began = self._clock()
        self.classifier = _bound(classifier, fitted, settings)
        self.settings = settings
        self.execution = execution
        self.fitted, self._grid_remark = gridded(fitted, settings)
        self.stop = stop or threading.Event()
        self.device = resolve(execution.device)
        self.classifier.prepare(self.device, settings.precision)
        self.x = from_arrays(self.fitted.arrays)
        model = computable(self.classifier, settings.scheme, self.device)
        self._computing = settings.scheme.computing(self.fitted.arrays, model)
        self.facts, self.first_seconds = self._first()
        self.randomness = Randomness(
            on_input(settings, self.fitted.identity),
            key=run_key(classifier, self.fitted, settings),
            elements=self.fitted.identity.elements,
            device=self.device,
            tests=prepared.tests,
        )
        self.sampler = Sampler(
            self.classifier,
            self.x,
            self.randomness.law,
            shape=shape,
            noise=self.randomness.source,
            device=self.device,
            batch=execution.batch,
            stop=self.stop,
            patience=patience,
            precision=settings.precision,
        )
        self.sampler.check.before = resume.function_check if resume else None
        self.claim = claim_of(self.classifier.identity, self.fitted.identity, settings)
        self.stream = stream_of(self.classifier.identity, settings)
        if is_try:
            SESSION.enter(self.claim, self.stream)
        planned = max(settings.n, settings.n0)
        prepared.calibrate(self.sampler, self.x, self.randomness.law, planned)
        self._estimation_began = self.began
        self._already = 0

    def _first(self) -> tuple[Facts, float]:
        """The first facts and the seconds they took: of a map of a network, about one cell's."""
        before = self._clock()
        with stopped_by(self.stop):
            facts = next(self._computing)
        return facts, self._clock() - before

    @property
    def class_names(self) -> tuple[str, ...]:
        """Of the model."""
        return self.classifier.identity.class_names

    def compute(self) -> Iterator[Facts]:
        """What the claim rests on, as it is computed bit by bit; nothing where it is sampled."""
        for facts in self._computing:
            self.facts = facts
            yield facts

    def seconds(self) -> float:
        """Since the run began, without what was done aside (:meth:`PreparedModel.aside`)."""
        return self._clock() - self.began

    def chain_starts(self, selection: Votes) -> tuple[str, str]:
        """The hash before this run's first block, and that of older programs.

        Args:
            selection: as for :func:`chain_facts`.
        """
        return chain_starts(
            chain_facts(
                self.settings,
                model=self.classifier.identity,
                pixels_sha256=self.fitted.identity.pixels_sha256,
                key=self.randomness.key,
                selection=selection,
            )
        )

    def start_estimation(self, already: int = 0) -> None:
        """Mark the begin of the phase whose speed is reported, ``already`` samples counted."""
        self._estimation_began = self._clock()
        self._already = already

    def rate(self, n: int) -> float:
        """Samples per second over the estimation phase after ``n`` of its samples."""
        seconds = self._clock() - self._estimation_began
        return max(0, n - self._already) / seconds if seconds > 0 else 0.0

    def warnings(self) -> tuple[str, ...]:
        """What the reader of the result should know, the sampler's remarks last."""
        remarks = [*setting_warnings(self.classifier, self.settings)]
        if self._grid_remark:
            remarks.append(self._grid_remark)
        if self.execution.batch == 1:
            remarks.append(_ONE_A_CALL)
        remarks += self.settings.scheme.remarks(self.facts)
        return (*remarks, *self._without_noise(), *self.sampler.warnings)

    def _without_noise(self) -> tuple[str, ...]:
        """What the base model does on the input itself; if it fails, the votes stand."""
        label = self.fitted.identity.label
        try:
            clean = clean_prediction(self.classifier, self.fitted, self.device)
        except Exception as error:  # a stranger's model fails in any way
            return (f"Without noise the base model fails: {in_a_line(error)}.",)
        if label is None or clean == label or label >= len(self.class_names):
            return ()
        answer = self.class_names[clean] if clean >= 0 else "no class"
        return (
            f"Without noise the base model predicts '{answer}', but the label is "
            f"'{self.class_names[label]}': check normalisation and classes.",
        )

    def frame(self, selection: Votes, estimation: Votes, guess: int | None) -> dict[str, Any]:
        """The fields of :class:`Evidence` that do not depend on the procedure."""
        cpu = self.device.type == "cpu"
        observed = Exact if self.settings.kind == "exact" else ClassVotes
        return {
            "run_id": self.run_id,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "observations": observed(
                selection=selection.counts,
                estimation=estimation.counts,
                selection_failures=selection.failures,
                estimation_failures=estimation.failures,
                guess=guess,
                scores=estimation.scores,
            ),
            "answers": self.sampler.answers.groups() if estimation.n else (),
            "settings": self.settings,
            "execution": self.execution,
            "noise": self.randomness.record(),
            "function_check": self.sampler.check.record(),
            "ensemble": self.sampler.members.record() if estimation.n else None,
            "encrypted": self.sampler.decrypted.record(),
            "model": self.classifier.identity,
            "input": self.fitted.identity,
            "facts": dict(self.facts),
            "performance": Timing(
                samples_per_second=self.rate(estimation.n),
                seconds=self.seconds(),
                batch=self.sampler.batch,
                device=str(self.device),
                threads=self.sampler.threads if cpu else 0,
            ),
            "software": software(self.device),
            "warnings": self.warnings(),
        }


def _bound(classifier: Classifier, fitted: FittedInput, settings: RunSettings) -> Classifier:
    """The classifier for this input and noise, with its scores where the bound is about them."""
    bound = classifier.bound_to(fitted, settings.scheme)
    return ScoredClassifier(bound) if settings.bound == SOFT else bound


def run_key(classifier: Classifier, fitted: FittedInput, settings: RunSettings) -> int:
    """The noise key of a run: from its seed and everything that is certified."""
    return key_of(
        settings,
        model_sha256=classifier.identity.sha256,
        pixels_sha256=fitted.identity.pixels_sha256,
    )


def check_fit(classifier: Classifier, fitted: FittedInput, scheme: Scheme) -> tuple[int, ...]:
    """Refuse an input that the model or the scheme does not take; else its shape after the noise.

    Raises:
        UserError: naming both shapes, or the parameter that does not fit.
    """
    shape = layout(scheme, classifier.identity, fitted.identity)
    scheme.check_input(fitted.identity)
    check_classes(scheme, len(classifier.identity.class_names))
    return shape


def refuse_doubt(classifier: Classifier, settings: RunSettings) -> None:
    """Refuse a bound or test on other classes where a sample in doubt may be of any.

    Raises:
        UserError: it is one.
    """
    if not classifier.usual_batch:
        return
    if settings.kind == "predict" and settings.test == "two-sided":
        raise UserError(
            "The two-class test compares the votes of two classes, and samples in doubt may belong "
            "to the second under encryption; choose --test one-sided."
        )
    if settings.kind != "predict" and settings.bound not in ONE_CLASS:
        raise UserError(
            f"The bound {settings.bound} rests on the votes of other classes too, and samples in "
            f"doubt may be of any under encryption; choose {', '.join(ONE_CLASS)}, and a scheme "
            "that draws its noise."
        )


def setting_warnings(classifier: Classifier, settings: RunSettings) -> tuple[str, ...]:
    """Warnings that need no run: the model was trained with other noise than the form's."""
    model = classifier.identity
    scheme = for_kind(settings.scheme, model.kind)
    return (*_untold(model, scheme), *_other_noise(model, scheme), *_other_unit(scheme))


def _untold(model: ModelIdentity, scheme: Scheme) -> tuple[str, ...]:
    """A base model that is not told what was noised is certified as soundly, but votes worse."""
    if model.encoding != "plain" or len(scheme.layouts(model.image_shape)) < 2:
        return ()
    return (
        "The base model is not told which parts of its input were noised (its encoding is plain): "
        "the claim is weaker than it could be, but sound.",
    )


def _other_unit(scheme: Scheme) -> tuple[str, ...]:
    """Noise far beyond the range of a pixel was most likely meant on the scale of 0 to 255."""
    levels = [one.value for one in scheme.noise().levels if one.unit == PIXELS]
    high = max(levels, default=0.0)
    if high <= _MOST_SENSIBLE:
        return ()
    return (
        f"Noise of {high:g} is far beyond the range of a pixel, which is [0, 1] here: did you mean "
        f"{high:g}/255 ({high / 255:.3g})?",
    )


_MOST_SENSIBLE = 5.0
"""Levels above this hide any image; published ones go to 3.5 (uniform noise)."""


def _other_noise(model: ModelIdentity, scheme: Scheme) -> tuple[str, ...]:
    taught = model.training_scheme
    if scheme.mapped:  # it is about the model itself, without noise
        return ()
    if taught is not None:
        return _other_scheme(for_kind(parse_scheme(taught), model.kind), scheme)
    trained = model.training_sigma
    if trained is None:
        return ()
    unit = NUMBERS if model.kind == "table" else PIXELS
    levels = dict.fromkeys(scheme.noise().levels)
    comparable = [one.value for one in levels if (one.law, one.unit) == ("Gaussian", unit)]
    if not comparable:
        noise = of_kind(scheme.noise_in_words(), model.kind)
        return (
            f"The model was trained with Gaussian noise, sigma {trained:g}, but this run's noise "
            f"is another ({noise}): expect many wrong votes.",
        )
    other = [v for v in comparable if abs(trained - v) > SIGMA_TOLERANCE * max(v, trained)]
    if not other:
        return ()
    return (
        f"The model was trained with sigma {trained:g}, but this run smooths with sigma "
        f"{', '.join(f'{level:g}' for level in other)}: expect many wrong votes.",
    )


def _other_scheme(taught: Scheme, scheme: Scheme) -> tuple[str, ...]:
    then, now = (one.noise().in_words() for one in (taught, scheme))
    if then == now:  # how the deployed model decides is no part of its noise
        return ()
    return (
        f"The model was trained with other noise ({then}) than this run's ({now}): expect many "
        "wrong votes.",
    )


def clean_prediction(classifier: Classifier, fitted: FittedInput, device: torch.device) -> int:
    """The base model's answer without noise; -1 if it names no class."""
    bound = classifier.bound_to(fitted)
    x = clean_input(bound, fitted, device)
    with torch.inference_mode():
        return int(bound.classify(alike(x, lambda part: part[None]))[0])


def clean_input(classifier: Classifier, fitted: FittedInput, device: torch.device) -> Batch:
    """The input without noise, encoded as the model takes it."""
    encoding = classifier.identity.encoding
    first, *rest = (torch.from_numpy(array).to(device) for array in fitted.arrays)
    parts = (clean(first, encoding), *rest)
    return parts if rest else parts[0]


def evidence(
    run: Run,
    selection: Votes,
    estimation: Votes,
    guess: int | None,
    *,
    observed: Observations | None = None,
    **rest: Any,
) -> Evidence:
    """Evidence from the run's frame and what the procedure found, as one of the session's tries.

    ``observed`` stands for the counts where they are not all that was observed.
    """
    frame = run.frame(selection, estimation, guess)
    frame |= {} if observed is None else {"observations": observed}
    found = Evidence(**frame, **rest)
    return with_tries(found, *SESSION.place(run.claim, run.stream), "session")
