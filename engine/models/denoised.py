"""A denoiser before a classifier, as one classifier.

With a denoiser D and a classifier f the base classifier is x -> f(resize(D(x))): the noise is drawn
on the images that D takes, D and the resizing are part of what is certified, and the certificate
speaks of changes of D's input (H. Salman et al., Denoised Smoothing, NeurIPS 2020). A diffusion
model denoises in one step, at the time step that belongs to sigma (N. Carlini et al., ICLR 2023).
Nothing in it is drawn at random.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.encrypted.address import PREFIX
from engine.inputs.base import FittedInput
from engine.models.base import NO_CLASS, NOT_ASKED, Classifier
from engine.models.denoised_identity import (
    chained,
    classifier_parts,
    denoiser_part,
    step_for,
    step_in_words,
)
from engine.models.denoisers import Denoiser, DenoiserFacts
from engine.models.shapes import words
from engine.schemes import Scheme


class DenoisedClassifier(Classifier):
    """A classifier of images behind a denoiser.

    Args:
        inner: the classifier.
        denoiser: comes before it.
        step: of a diffusion model's schedule; set for a run by its scheme (:meth:`bound_to`).

    Raises:
        UserError: the classifier does not take plain images, or other channels.
    """

    def __init__(self, inner: Classifier, denoiser: Denoiser, step: int | None = None) -> None:
        _check(inner.identity, denoiser.facts)
        self.inner, self.denoiser, self.step = inner, denoiser, step
        self.identity = _identity(inner.identity, denoiser.facts, step)
        self._whole: torch.Tensor | None = None

    @property
    def differentiable(self) -> bool:
        """Gradients reach the input through both."""
        return self.inner.differentiable and self.denoiser.differentiable

    def prepare(self, device: torch.device, precision: str) -> None:
        """Make both ready, in the same precision; what is between them is float32."""
        self.denoiser.prepare(device, precision)
        self.inner.prepare(device, precision)

    def bound_to(self, fitted: FittedInput, scheme: Scheme | None = None) -> DenoisedClassifier:
        """This model for the noise of a scheme, from which a diffusion model takes its time step.

        Without a scheme the step stays as it is.

        Raises:
            UserError: the scheme's noise has no time step in the schedule.
        """
        inner, step = self.inner.bound_to(fitted, scheme), self.step
        schedule = self.denoiser.facts.schedule
        if schedule is not None and scheme is not None:
            step = step_for(schedule, scheme)
        if inner is self.inner and step == self.step:
            return self
        return DenoisedClassifier(inner, self.denoiser, step)

    def denoised(self, batch: torch.Tensor) -> torch.Tensor:
        """Images (B, C, H, W) as the denoiser gives them back, float32."""
        return self.denoiser.images(batch, self.step or 0)

    def scores(self, batch: Any) -> torch.Tensor:
        """The classifier's scores (B, K) of the denoised and resized images."""
        images, sides = self.denoised(batch), self.inner.identity.input_shape[1:]
        if tuple(images.shape[2:]) != tuple(sides):
            images = functional.interpolate(
                images, tuple(sides), mode="bicubic", antialias=True, align_corners=False
            )
        found = self.inner.scores(images)
        # some classifiers take a NaN for a number: an image that holds one has no class
        self._whole = whole = torch.isfinite(images).flatten(1).all(1)
        return torch.where(whole[:, None], found, torch.nan)

    @property
    def soft(self) -> bool:
        """As of the classifier."""
        return self.inner.soft

    def shares(self, scores: torch.Tensor) -> torch.Tensor:
        """Those of the classifier."""
        return self.inner.shares(scores)

    def member_answers(self) -> torch.Tensor | None:
        """Of an ensemble behind the denoiser; no member names a class of what is no number."""
        answers = self.inner.member_answers()
        if answers is None or self._whole is None:
            return answers
        asked = answers != NOT_ASKED
        return torch.where(asked & ~self._whole, NO_CLASS, answers)

    def member_scores(self) -> torch.Tensor | None:
        """Of an ensemble behind the denoiser; no numbers of what is no number."""
        scores = self.inner.member_scores()
        if scores is None or self._whole is None:
            return scores
        return torch.where(self._whole[:, None], scores, torch.nan)

    def unload(self) -> None:
        """Give the device's memory back."""
        self.denoiser.unload()
        self.inner.unload()


def _check(classifier: ModelIdentity, denoiser: DenoiserFacts) -> None:
    if classifier.kind != "image" or classifier.generation is not None or classifier.outputs:
        raise UserError(
            f"{denoiser.name} is for classifiers of images; {classifier.name} is none, so leave "
            "--denoiser out."
        )
    if classifier.source.startswith(PREFIX):
        raise UserError(
            f"{classifier.name} is computed by a server under encryption, which takes samples as "
            "they are noised; leave --denoiser out."
        )
    if classifier.encoding != "plain":
        raise UserError(
            f"{classifier.name} is told which pixels are noised (its encoding is "
            f"{classifier.encoding}), which a denoiser takes away; leave --denoiser out."
        )
    taken, given = classifier.input_shape[0], denoiser.input_shape[0]
    if taken != given:
        raise UserError(
            f"{denoiser.name} gives images of {given} channel{'s' if given > 1 else ''} "
            f"({words(denoiser.input_shape)}), and {classifier.name} takes {taken}; choose a "
            "denoiser of the same channels."
        )


def _identity(
    classifier: ModelIdentity, denoiser: DenoiserFacts, step: int | None
) -> ModelIdentity:
    part = denoiser_part(
        denoiser.name,
        denoiser.source,
        sha256=denoiser.sha256,
        architecture=denoiser.architecture,
        input_shape=denoiser.input_shape,
        schedule=denoiser.schedule,
        classifier_shape=classifier.input_shape,
    )
    same = denoiser.input_shape == classifier.input_shape
    notes = [f"'{denoiser.name}' denoises every image before '{classifier.name}' sees it"]
    if denoiser.training_sigma is not None:
        notes.append(f"the denoiser was trained with sigma {denoiser.training_sigma:g}")
    if not same:
        notes.append(
            f"noise and radius are those of images of {words(denoiser.input_shape)}, which are "
            f"denoised and then resized to {'x'.join(map(str, classifier.input_shape))}"
        )
    if denoiser.schedule is not None and step is not None:
        notes.append(f"it denoises in one step, {step_in_words(denoiser.schedule, step)}")
    whole = classifier.model_copy(
        update={
            "name": f"{denoiser.name} + {classifier.name}",
            "architecture": chained(part.rules, classifier.architecture),
            "parameters": classifier.parameters + denoiser.parameters,
            "input_shape": denoiser.input_shape,
            "resize": classifier.resize if same else "",
            "training_sigma": None,
            "training_scheme": None,
            "parts": (
                *classifier_parts(classifier),
                part.model_copy(update={"time_step": step}),
            ),
            "notes": (*classifier.notes, *notes),
        }
    )
    return whole.model_copy(update={"sha256": whole.composed_sha256()})
