"""The small network in a file, by what evidence says of the model: a verifier asks this. No torch.

What stands before the network in the program, its normalisation, is its first layer here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.core.errors import UserError, quoted
from engine.core.files import read_bounded
from engine.core.records import MODULE_IN_MEMORY, ModelIdentity
from engine.exact.model import SmallModel
from engine.exact.network import Network
from engine.exact.operations import Scale
from engine.models.demo import shipped
from engine.models.kinds import DEMO, kind_of
from engine.models.named_normalizations import NAMED
from engine.models.networks.onnx_layers import read_onnx
from engine.models.networks.plans import READ, network_of

MOST_BYTES = 256_000_000
"""Of a file of weights; a network of that many is refused for its size alone."""


def model_file(model: ModelIdentity) -> Path:
    """The file that a model was loaded from.

    Raises:
        UserError: it is made of several, or lived in memory.
    """
    if model.in_memory:
        raise UserError(f"An exact map reads the model from its file, and {MODULE_IN_MEMORY}.")
    if model.parts:
        raise UserError(
            f"{model.name} is made of several parts, and an exact map is of one network; name one "
            "of them."
        )
    return shipped(model.source).path if model.source.startswith(DEMO) else Path(model.source)


def small_model(path: Path, model: ModelIdentity) -> SmallModel:
    """The network in a file, layer by layer.

    Args:
        path: of the file.
        model: what it was loaded as: architecture, shape, normalisation and outputs.

    Raises:
        UserError: it cannot be read so; naming the layer, and what would work.
    """
    if model.kind != "image" or model.encoding != "plain" or len(model.input_shape) != 3:
        raise UserError(
            f"An exact map is of a network that takes an image as it is, and {model.name} takes "
            f"{model.kind} inputs, {model.encoding}."
        )
    kind = kind_of(str(path))
    if kind not in READERS:
        raise UserError(
            f"{path} is of a kind ({kind}) that is not read layer by layer; give a safetensors "
            f"file of a known architecture, or export it to ONNX with {READ}."
        )
    return SmallModel(_normalized(READERS[kind](path, model), model), model.outputs)


def _safetensors(path: Path, model: ModelIdentity) -> Network:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    channels, height, width = model.input_shape
    architecture, _, read = model.architecture.partition(", ")
    if read.startswith("above"):
        raise UserError(
            f"{model.name} decides by a threshold ({quoted(read, 40)}); an exact map takes a "
            "network with a score for each class."
        )
    try:
        tensors = load(read_bounded(path, MOST_BYTES, what="model"))
        return network_of(architecture, tensors, (channels, height, width))
    except (SafetensorError, ValueError, LookupError, TypeError) as error:
        raise UserError(
            f"{path} does not hold the layers of {architecture} as plain numbers "
            f"({quoted(str(error), 80)}); save it again as float32."
        ) from error


READERS: dict[str, Callable[[Path, ModelIdentity], Network]] = {
    "safetensors": _safetensors,
    "onnx": read_onnx,
}
"""What reads each kind of file."""


def _normalized(network: Network, model: ModelIdentity) -> Network:
    """The network behind the layer that the program puts before it, with its float32 numbers."""
    name = model.normalization.partition(":")[0]
    if name not in NAMED or "blue first" in model.normalization:
        raise UserError(
            f"The normalisation '{quoted(model.normalization, 60)}' is not read for an exact map; "
            f"make it part of the exported network, or name one of {', '.join(NAMED)}."
        )
    mean, std = (np.array(values, dtype=np.float64) for values in NAMED[name])
    if not len(mean):
        return network
    factor, offset = (each.astype(np.float32).astype(np.float64) for each in (1 / std, -mean / std))
    found = network.preceded(Scale(factor, offset))
    try:
        assert found.shapes  # they fit
    except ValueError as error:
        raise UserError(f"The normalisation does not fit the network: {error}.") from error
    return found
