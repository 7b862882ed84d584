"""The small network that a loaded classifier is, compared with it on images before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.core.errors import UserError
from engine.exact.model import SmallModel
from engine.exact.operations import Floats
from engine.models.base import Classifier
from engine.models.networks.files import model_file, small_model
from engine.models.opened import read_again
from engine.models.outputs import OutputsClassifier
from engine.schemes import Scheme

if TYPE_CHECKING:
    from engine.core.records import ModelIdentity

_IMAGES = 6
_APART = 1e-3
"""How far outputs may differ by rounding to 32 bits, against the largest of them."""


def computable(classifier: Classifier, scheme: Scheme, device: torch.device) -> object:
    """What a scheme computes with; None where it samples, or where the model is no such thing.

    Args:
        classifier: bound to its input, and prepared.
        scheme: of the run.
        device: that it is prepared for.

    Raises:
        UserError: the scheme wants a small network, and the model cannot be read as one.
    """
    if not scheme.computed:
        return None
    if not scheme.mapped:
        return classifier.stumps
    return read_network(classifier, device)


def read_network(classifier: Classifier, device: torch.device) -> SmallModel:
    """The classifier's network in float64, if it gives what the classifier gives.

    Raises:
        UserError: it cannot be read, is another file by now, or gives other outputs on images of
            noise.
    """
    identity = classifier.identity
    path = model_file(identity)
    with read_again(path, identity):
        found = small_model(path, identity)
    raw = classifier.inner if isinstance(classifier, OutputsClassifier) else classifier
    images = np.random.default_rng(0).uniform(size=(_IMAGES, *identity.input_shape))
    given = torch.from_numpy(images.astype(np.float32))
    with torch.inference_mode():
        expected = raw.scores(given.to(device)).cpu().double().numpy()
    _compare(found.network.values(given.double().numpy()), expected, identity)
    return found


def _compare(values: Floats, expected: Floats, identity: ModelIdentity) -> None:
    with np.errstate(invalid="ignore"):
        same = values.shape == expected.shape and (
            np.abs(values - expected).max() <= _APART * max(1e-9, np.abs(expected).max())
        )
    if same or not np.isfinite(expected).all():
        return
    raise UserError(
        f"{identity.name} gives other outputs than its layers as they are read, so that nothing "
        "proved of these would be about it; an output that is chosen or changed after the network "
        "(a threshold, a softmax) must be left out of the file."
    )
