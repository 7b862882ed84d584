"""Frames on the images of a model that answers with places: where the tolerance lets them lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from engine.core.batches import Batch
from engine.core.outputs import Outputs
from engine.figures.examples import Arrays, Attack, Media
from engine.figures.media import ImageMedium
from engine.figures.places import Place, within_tolerance
from engine.models.base import Classifier
from engine.models.outputs import OutputsClassifier, decoded


def framed(
    classifier: Classifier, media: Sequence[Media], batch: Batch | None = None
) -> list[Media]:
    """Examples with the frames that the tolerance leaves, and in them the answers to each.

    Args:
        classifier: bound to the input; nothing is framed unless it answers with places.
        media: of each example.
        batch: the examples as the model takes them; None for the input, whose answer is the
            reference.
    """
    if not isinstance(classifier, OutputsClassifier) or not classifier.outputs.reference:
        return list(media)
    outputs, answers = classifier.outputs, [None] * len(media)
    if batch is not None:
        with torch.inference_mode():
            numbers = decoded(classifier.inner.scores(batch), outputs)
        answers = numbers.double().cpu().tolist()
    return [_on(one, outputs, answer) for one, answer in zip(media, answers, strict=True)]


def with_frames(classifier: Classifier, attack: Attack) -> Attack:
    """Changed inputs in the same frames; the model is not asked for places after a change."""
    if not isinstance(classifier, OutputsClassifier):
        return attack
    outputs, show = classifier.outputs, attack.show

    def shown(arrays: Arrays) -> Media:
        return _on(show(arrays), outputs, [float("nan")] * len(outputs.reference))

    return replace(attack, show=shown)


def _on(media: Media, outputs: Outputs, answer: Sequence[float] | None) -> Media:
    def places(image: ImageMedium) -> tuple[Place, ...]:
        return within_tolerance(outputs, image.pixels.shape, answer)

    return tuple(
        one.model_copy(update={"frames": places(one)}) if isinstance(one, ImageMedium) else one
        for one in media
    )
