"""Plain weights, in safetensors or a PyTorch file, into an architecture that is known here."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from torch import nn

from engine.errors import UserError
from engine.files import sha256_file
from engine.models import architectures
from engine.models.architectures import Architecture, Shapes
from engine.models.names import class_names
from engine.models.normalize import Normalization, choose, named, take_stored
from engine.models.request import ModelRequest
from engine.models.shapes import split_arch
from engine.models.torch_classifier import TorchClassifier
from engine.models.weights import (
    WeightFile,
    read_card,
    read_safetensors,
    read_torch,
    strip_prefixes,
)
from engine.records import ModelIdentity


def load_safetensors(path: Path, request: ModelRequest) -> TorchClassifier:
    """A classifier from a safetensors file.

    Raises:
        UserError: damaged, of no known architecture, or shapes that do not fit it.
    """
    return _build(path, request, read_safetensors(path))


def load_torch(path: Path, request: ModelRequest) -> TorchClassifier:
    """A classifier from a state_dict or a training checkpoint written by ``torch.save``.

    Raises:
        UserError: a pickle with objects, damaged, of no known architecture, or misshapen.
    """
    return _build(path, request, read_torch(path))


def fill(network: nn.Module, tensors: dict[str, torch.Tensor], *, path: Path, arch: str) -> None:
    """Load ``tensors`` into ``network``; every name and shape must agree.

    Raises:
        UserError: naming the first tensor that is missing, unexpected or has another shape.
    """
    expected = network.state_dict()
    for key, tensor in tensors.items():
        if key not in expected:
            raise UserError(f"{path} holds the tensor {key}, which {arch} does not have.{_HINT}")
        if tensor.is_complex() or tensor.is_quantized or tensor.layout is not torch.strided:
            raise UserError(f"{path}: its tensor {key} is not made of plain real numbers.")
        if tensor.shape != expected[key].shape:
            raise UserError(
                f"{path} does not fit {arch}: its tensor {key} has the shape {_by(tensor.shape)} "
                f"instead of {_by(expected[key].shape)}.{_HINT}"
            )
    for key in expected:
        if key not in tensors and not key.endswith("num_batches_tracked"):
            raise UserError(f"{path} does not fit {arch}: the tensor {key} is missing.{_HINT}")
    network.load_state_dict(tensors, strict=False)


_HINT = " Name the right architecture with --arch."


def _by(shape: torch.Size) -> str:
    return " x ".join(str(n) for n in shape) or "a single number"


def _build(path: Path, request: ModelRequest, file: WeightFile) -> TorchClassifier:
    tensors = dict(file.tensors)
    stored = take_stored(tensors) or _from_metadata(file)
    tensors = strip_prefixes(tensors)
    shapes = {key: tuple(tensor.shape) for key, tensor in tensors.items()}
    wanted, shape = split_arch(request.arch)
    architecture = _architecture(path, wanted, file.arch, shapes)
    classes = architectures.class_count(shapes) or 1000
    network = architecture.build(classes)
    fill(network, tensors, path=path, arch=architecture.name)
    normalization = choose(
        request.normalize,
        stored=stored,
        path=str(path.absolute()),
        family=architecture.family,
        container=file.container,
    )
    card = read_card(path)
    identity = ModelIdentity(
        name=_title(path, card),
        source=request.spec,
        format=file.format,
        sha256=sha256_file(path),
        architecture=architecture.name,
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=class_names(
            classes,
            given=request.class_names,
            stored=_stored_names(card),
            family=architecture.family,
        ),
        input_shape=shape or architecture.input_shape,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        training_sigma=_training_sigma(path, file, card),
        notes=_notes(normalization, architecture),
    )
    return TorchClassifier(network, normalization, identity)


def _architecture(path: Path, wanted: str, stated: str, shapes: Shapes) -> Architecture:
    if wanted:
        return architectures.by_name(wanted, shapes)
    if stated:
        try:
            return architectures.by_name(stated, shapes)
        except UserError:
            # A name from another program; the shapes may still tell what it is.
            pass
    found = architectures.infer(shapes)
    if found is None:
        says = f" (the file says '{stated[:60]}')" if stated else ""
        raise UserError(
            f"{path} holds weights of no architecture known here{says}; name one with --arch, or "
            "export the model to ONNX."
        )
    return found


def _notes(normalization: Normalization, architecture: Architecture) -> tuple[str, ...]:
    if architecture.family == "digits" and normalization.origin == "default":
        return ()
    return (normalization.note,) if normalization.note else ()


def _from_metadata(file: WeightFile) -> Normalization | None:
    name = file.metadata.get("normalization", "")
    try:
        return named(name, origin="stored in the file") if name else None
    except UserError:
        return None


def _stored_names(card: dict[str, object]) -> tuple[str, ...]:
    classes = card.get("classes")
    return tuple(str(name)[:80] for name in classes) if isinstance(classes, list) else ()


def _title(path: Path, card: dict[str, object]) -> str:
    name = card.get("name")
    return name[:80] if isinstance(name, str) and name else path.name


def _training_sigma(path: Path, file: WeightFile, card: dict[str, object]) -> float | None:
    """From the header, the card, or a folder called ``noise_0.25`` as published files have it."""
    for value in (file.metadata.get("training_sigma"), card.get("training_sigma")):
        found = re.fullmatch(r"\d+(\.\d+)?", str(value))
        if found:
            return float(found[0])
    named_noise = re.search(r"noise_(\d+\.\d+)", str(path))
    return float(named_noise[1]) if named_noise else None
