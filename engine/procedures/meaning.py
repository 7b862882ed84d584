"""What the numbers mean, as pictures: the noise, and a change of exactly the certified size."""

from __future__ import annotations

import threading

import numpy as np
import torch

from engine.device import resolve
from engine.figures import MeaningFigure
from engine.inputs.base import FittedInput, Pixels
from engine.models.base import Classifier
from engine.noise import NoiseStream, Stream
from engine.procedures.directions import adversarial_direction, random_direction
from engine.procedures.run import check_fit, run_key
from engine.settings import RunSettings

NOISY_COPIES = 3


def meaning(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    radius: float | None,
    center_class: int | None,
    stop: threading.Event | None = None,
) -> MeaningFigure:
    """The input, three noisy samples with f's answers, and a change of l2 norm ``radius``.

    Raises:
        UserError: model and input do not fit together.
    """
    check_fit(classifier, fitted, settings.scheme)
    device = resolve(settings.device)
    classifier.prepare(device, settings.precision)
    key = run_key(classifier, fitted, settings)
    x = torch.from_numpy(fitted.pixels).to(device)
    noisy = torch.empty((NOISY_COPIES, *x.shape), device=device)
    settings.scheme.noisy(x, NoiseStream(key, int(Stream.PREVIEW), device), 0, noisy)
    with torch.inference_mode():
        answers = [int(c) for c in classifier.classify(noisy)]
    names = classifier.identity.class_names
    perturbed, how = None, ""
    if radius is not None and radius > 0:
        direction, how = _direction(classifier, x, settings, key, radius, center_class, stop)
        perturbed = x + radius * direction
    return MeaningFigure(
        original=_shown(x),
        noisy=tuple(_shown(sample) for sample in noisy),
        noisy_answers=tuple(names[c] if c >= 0 else "no class" for c in answers),
        perturbed=_shown(perturbed) if perturbed is not None else None,
        perturbed_norm=radius if perturbed is not None else None,
        perturbed_how=how,
        perturbed_clipped=perturbed is not None and bool(((perturbed < 0) | (perturbed > 1)).any()),
        noise_in_words=settings.scheme.noise_in_words(),
    )


def _direction(
    classifier: Classifier,
    x: torch.Tensor,
    settings: RunSettings,
    key: int,
    radius: float,
    center_class: int | None,
    stop: threading.Event | None,
) -> tuple[torch.Tensor, str]:
    if center_class is not None:
        found = adversarial_direction(
            classifier, x, settings.scheme, key=key, top=center_class, size=radius, stop=stop
        )
        if found is not None:
            return found, "adversarial direction"
    return random_direction(x.shape, key, 0, x.device), "random direction"


def _shown(pixels: torch.Tensor) -> Pixels:
    """Clipped to [0, 1] for the eye; the model saw the unclipped values."""
    return pixels.clamp(0, 1).cpu().numpy().astype(np.float32)
