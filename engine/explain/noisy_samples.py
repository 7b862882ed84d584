"""What images of noisy samples begin with: a model made ready, copies, answers in words."""

from __future__ import annotations

from typing import NamedTuple

import torch

from engine.core.batches import Batch, from_arrays, moved, room
from engine.evidence.settings import RunSettings
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import NoiseStream, Stream
from engine.procedures.run import check_fit, run_key
from engine.system.device import resolve


class Copies(NamedTuple):
    """Noisy samples of one input, and what they are for.

    Attributes:
        classifier: bound to the input and ready on ``device``.
        x, noisy: the input and its copies, there.
        key: of the run's noise.
    """

    classifier: Classifier
    device: torch.device
    x: Batch
    noisy: Batch
    key: int


def copies_to_look_at(
    classifier: Classifier, fitted: FittedInput, settings: RunSettings, count: int
) -> Copies:
    """``count`` noisy samples of a stream that no run counts.

    Raises:
        UserError: model and input do not fit together.
    """
    shape = check_fit(classifier, fitted, settings.scheme)
    key = run_key(classifier, fitted, settings)
    device, bound = resolve(settings.device), classifier.bound_to(fitted)
    bound.prepare(device, settings.precision)
    x = moved(from_arrays(fitted.arrays), device)
    noisy = room(x, shape, count, device)
    settings.scheme.noise().draw(x, NoiseStream(key, int(Stream.PREVIEW), device), 0, noisy)
    return Copies(bound, device, x, noisy, key)


def answers(classifier: Classifier, batch: Batch) -> list[str]:
    """The base model's answer to each copy."""
    with torch.inference_mode():
        return [named(classifier, int(c)) for c in classifier.classify(batch)]


def named(classifier: Classifier, index: int) -> str:
    """A class by its name; a failure is none."""
    return classifier.identity.class_names[index] if index >= 0 else "no class"
