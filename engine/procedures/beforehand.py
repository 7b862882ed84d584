"""What to say of a run before its first sample, when another model or range can still be chosen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from engine.evidence.settings import RunSettings, SweepSettings
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.procedures.run import setting_warnings
from engine.schemes.anchored import Anchored

_STEPS = 4
"""Parts of either half of a range, at whose ends the base model is asked."""


def beforehand(
    classifier: Classifier, fitted: FittedInput, settings: RunSettings
) -> tuple[str, ...]:
    """Warnings that need no vote: sentences, none where nothing speaks against the run.

    Args:
        classifier: the base model.
        fitted: the input as it takes it.
        settings: of the run.
    """
    return (*setting_warnings(classifier, settings), *_along(classifier, fitted, settings))


def _along(classifier: Classifier, fitted: FittedInput, settings: RunSettings) -> Iterator[str]:
    """Where a range is certified, how far the base model keeps its class on it without noise."""
    if not isinstance(settings, SweepSettings) or not isinstance(settings.scheme, Anchored):
        return
    scheme = settings.scheme
    steps = sorted(range(-_STEPS, _STEPS + 1), key=abs)
    places = [scheme.reach * step / _STEPS for step in steps]
    try:
        middle, *others = _classes(classifier, fitted, scheme, places)
    except Exception:  # a stranger's model fails in any way: the run tells, and counts that
        return
    lost = [place for place, found in zip(places[1:], others, strict=True) if found != middle]
    if not lost:
        return
    warp = scheme.warp
    yield (
        f"Without noise the base model gives this image another class under {warp.noun} by "
        f"{lost[0]:+.3g} {warp.unit}: what is certified will hardly reach that far. A model "
        f"trained on images under {warp.noun} and this noise may."
    )


def _classes(
    classifier: Classifier, fitted: FittedInput, scheme: Anchored, places: list[float]
) -> list[int]:
    """The base model's class of the image at each place of the range."""
    (x,) = fitted.arrays
    images = [scheme.transformed(x, {scheme.warp.term: place}) for place in places]
    assert all(image is not None for image in images)  # nothing is left to an attacker there
    bound = classifier.bound_to(fitted, scheme)
    with torch.inference_mode():
        batch = torch.from_numpy(np.stack([np.asarray(image) for image in images]))
        return [int(found) for found in bound.classify(batch)]
