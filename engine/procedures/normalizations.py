"""Which normalisation a model needs, measured on labelled images: published files do not say."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engine.core.errors import UserError
from engine.inputs import FittedInput, fit, load_input
from engine.models.base import Classifier
from engine.models.normalize import Measured, compare_normalizations
from engine.models.torch_classifier import TorchClassifier

MOST = 50
"""So many images tell a fitting layer from a wrong one."""


@dataclass(frozen=True)
class Comparison:
    """Top-1 accuracy behind each normalisation.

    Attributes:
        images: how many were measured.
        rows: best first.
    """

    images: int
    rows: tuple[Measured, ...]

    def right(self, name: str) -> int | None:
        """How many images are right behind the normalisation; None if it was not measured."""
        shares = {row.name: row.accuracy for row in self.rows}
        return round(shares[name] * self.images) if name in shares else None


def compare(
    classifier: Classifier,
    specs: Sequence[str],
    *,
    most: int = MOST,
    stop: threading.Event | None = None,
) -> Comparison:
    """Measure every named normalisation on up to ``most`` labelled images, spread evenly.

    Raises:
        UserError: the model is no bare network, or no image has a label that it knows.
    """
    if not isinstance(classifier, TorchClassifier):
        raise UserError(
            f"{classifier.identity.name} comes with its normalisation built in; only files of "
            "PyTorch weights can be measured with another."
        )
    places = np.unique(np.linspace(0, len(specs) - 1, min(most, len(specs))).astype(int))
    fitted = _labelled([specs[place] for place in places], classifier, stop)
    if not fitted:
        raise UserError(
            "None of these images has a label that the model knows; open a folder with one "
            "folder per class, or a data set."
        )
    images = torch.from_numpy(np.stack([one.pixels for one in fitted]))
    labels = torch.tensor([one.identity.label for one in fitted])
    rows = compare_normalizations(classifier.network, images, labels, classifier.identity.encoding)
    return Comparison(len(fitted), tuple(rows))


def _labelled(
    specs: Sequence[str], classifier: Classifier, stop: threading.Event | None
) -> list[FittedInput]:
    found = []
    for spec in specs:
        if stop is not None and stop.is_set():
            break
        fitted = fit(load_input(spec), classifier.identity)
        if fitted.identity.label is not None:
            found.append(fitted)
    return found
