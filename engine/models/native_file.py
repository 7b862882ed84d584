"""What is recorded of a safetensors file of our own, whose header and card say what it is."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from engine.core.errors import quoted
from engine.core.files import sha256_file
from engine.core.records import Encoding, InputKind, ModelIdentity
from engine.models.names import class_names
from engine.models.native_metadata import listed, training_scheme, training_sigma
from engine.models.request import ModelRequest
from engine.models.weights import WeightFile, read_card


def own_identity(
    path: Path,
    request: ModelRequest,
    file: WeightFile,
    network: nn.Module,
    *,
    classes: int,
    input_shape: tuple[int, ...],
    kind: InputKind,
    encoding: Encoding = "plain",
) -> ModelIdentity:
    """The identity of a network over graphs, texts, pairs or tables.

    Raises:
        UserError: the names of the classes do not fit their number.
    """
    card = read_card(path)
    scheme, unknown = training_scheme(file.metadata, card)
    return ModelIdentity(
        name=quoted(card.get("name") or path.name, 80),
        source=request.spec,
        format=file.format,
        sha256=sha256_file(path),
        architecture=file.arch,
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=class_names(
            classes, given=request.class_names, stored=listed(file.metadata, "classes")
        ),
        input_shape=input_shape,
        kind=kind,
        encoding=encoding,
        training_sigma=training_sigma(scheme),
        training_scheme=scheme,
        notes=(unknown,) if unknown else (),
    )
