"""What kinds of input differ in as examples: how they are shown, and how they are attacked."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
import torch

from engine.core.batches import Batch, parts
from engine.core.records import Encoding
from engine.evidence.settings import RunSettings
from engine.figures.examples import Arrays, Attack, Media
from engine.figures.media import Touch
from engine.inputs.base import Array
from engine.models.base import Classifier
from engine.regions import Region


class Ready(NamedTuple):
    """An input and a model that is ready for it.

    Attributes:
        classifier: bound to the input and prepared.
        x: the input, on the model's device.
        settings: of the run.
        shape: of the noised input's first part.
        key: of the run's noise.
    """

    classifier: Classifier
    x: Batch
    settings: RunSettings
    shape: tuple[int, ...]
    key: int

    @property
    def device(self) -> torch.device:
        """Where the input is."""
        return parts(self.x)[0].device


class Presenter(ABC):
    """Shows the inputs of one kind, and attacks them."""

    @abstractmethod
    def show(self, arrays: Arrays) -> Media:
        """The input, or a changed one with marks where it differs."""

    def noisy(self, batch: Arrays) -> list[Media]:
        """Every noisy sample of a batch (B, ...), as the model takes it, with marks.

        Unless a kind says otherwise, marks follow from comparing samples with the clean input.
        """
        return [self.show(one) for one in zip(*batch, strict=True)]

    @abstractmethod
    def attack(
        self, ready: Ready, region: Region, *, top: int | None, tries: int, stop: threading.Event
    ) -> Attack | None:
        """How to change the input so that the lead of class ``top`` falls.

        Args:
            ready: the model.
            region: what is certified.
            top: the class to attack; None where none was chosen.
            tries: changed inputs that there is time to try.
            stop: when set, a search ends with what it found.
        """


def decoded(
    noisy: Array, encoding: Encoding, width: int, axis: int
) -> tuple[Array, Array | None, Touch]:
    """Noisy inputs without their encoding, and what the encoding says was touched.

    Args:
        noisy: (B, ...).
        encoding: how the model is told of the noise.
        width: channels of an image, or features of a node.
        axis: of these.

    Returns:
        The values; the mask of touched places, None where the model is not told; whether anything
        is left of them.
    """
    values = noisy.take(range(width), axis)
    if encoding == "plain":
        return values, None, ""
    complement = encoding == "complement"
    touched = (noisy == 0).all(axis) if complement else noisy.take(width, axis) > 0.5
    rows = np.moveaxis(values, axis, -1)[touched]
    return values, touched, "taken away" if (rows == rows.ravel()[:1]).all() else "noised"
