"""Which normalisation a model needs, measured on labelled images: published files do not say."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs import FittedInput, fit, load_input
from engine.models.base import Classifier
from engine.models.normalize import Measured, compare_normalizations
from engine.models.onnx import OnnxClassifier
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

    @property
    def listed(self) -> str:
        """How many are right behind each, best first."""
        return ", ".join(f"{row.name} {self.right(row.name)}" for row in self.rows)

    def odd(self, model: ModelIdentity) -> str:
        """What to say of a model that is read with one that is clearly not the best."""
        name = re.split(r"[:,]", model.normalization)[0]
        used, best = self.right(name), self.rows[0].name
        most = self.right(best) or 0
        if used is None or most - used <= max(1, self.images // 10):
            return ""
        return (
            f"The normalisation {name} ({model.normalization_told}) gets {used} of {self.images} "
            f"labelled images right without noise, and {best} gets {most}: choose it with "
            f"--normalize {best}."
        )


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
    if not isinstance(classifier, TorchClassifier | OnnxClassifier):
        raise UserError(
            f"{classifier.identity.name} comes with its normalisation built in; only files of "
            "PyTorch weights and ONNX files can be measured with another."
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
    encoding = classifier.identity.encoding
    rows = compare_normalizations(classifier.network, images, labels, encoding, stop)
    return Comparison(len(fitted), tuple(rows))


def _labelled(
    specs: Sequence[str], classifier: Classifier, stop: threading.Event | None
) -> list[FittedInput]:
    found = []
    for spec in specs:
        if stop is not None and stop.is_set():
            break
        try:
            fitted = fit(load_input(spec), classifier.identity)
        except UserError:  # a damaged file costs no more than itself
            continue
        if fitted.identity.label is not None:
            found.append(fitted)
    return found
