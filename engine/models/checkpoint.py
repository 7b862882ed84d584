"""Plain weights, in safetensors or a PyTorch file, into an architecture that is known here.

A safetensors file of our own says in its header and its card what it is (:func:`own_identity`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import torch
from torch import nn

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_file
from engine.core.records import Encoding, InputKind, ModelIdentity
from engine.models import architectures
from engine.models.architectures import Architecture, Shapes
from engine.models.head import Head, Thresholded, head_of
from engine.models.input_layout import choose_encoding
from engine.models.names import class_names
from engine.models.native_metadata import listed, stated_encoding, training_scheme, training_sigma
from engine.models.normalize import Normalization, choose, named, take_stored
from engine.models.pretrained_files import SEEING, folder_digest
from engine.models.request import ModelRequest
from engine.models.shapes import split_arch
from engine.models.torch_classifier import TorchClassifier
from engine.models.weights import (
    WeightFile,
    main_part,
    read_card,
    read_safetensors,
    read_torch,
)


def load_safetensors(path: Path, request: ModelRequest) -> TorchClassifier:
    """A classifier from a safetensors file.

    Raises:
        UserError: damaged, of no known architecture, or shapes that do not fit it.
    """
    file = read_safetensors(path)
    return build(path, request, file)


def load_torch(path: Path, request: ModelRequest) -> TorchClassifier:
    """A classifier from a state_dict or a training checkpoint written by ``torch.save``.

    Raises:
        UserError: a pickle with objects, damaged, of no known architecture, or misshapen.
    """
    return build(path, request, read_torch(path, request.output))


def fill(
    build: Callable[[], nn.Module], tensors: dict[str, torch.Tensor], *, path: Path, arch: str
) -> nn.Module:
    """A network filled with ``tensors``; every name and shape must agree.

    It is built without memory first, so that a file cannot have a network built that is larger
    than the file itself.

    Raises:
        UserError: naming the first tensor that is missing, unexpected or has another shape.
    """
    _check_tensors(architectures.outline(build), tensors, path=path, arch=arch)
    network = build()
    network.load_state_dict(tensors, strict=False)
    return network


def _check_tensors(
    expected: Mapping[str, torch.Tensor],
    tensors: Mapping[str, torch.Tensor],
    *,
    path: Path,
    arch: str,
) -> None:
    for key, tensor in tensors.items():
        name = quoted(key)
        if key not in expected:
            raise UserError(f"{path} holds the tensor {name}, which {arch} does not have.{_HINT}")
        if tensor.is_complex() or tensor.is_quantized or tensor.layout is not torch.strided:
            raise UserError(f"{path}: its tensor {name} is not made of plain real numbers.")
        if tensor.shape != expected[key].shape:
            raise UserError(
                f"{path} does not fit {arch}: its tensor {name} has the shape {_by(tensor.shape)} "
                f"instead of {_by(expected[key].shape)}.{_HINT}"
            )
    for key in expected:
        if key not in tensors and not key.endswith("num_batches_tracked"):
            raise UserError(f"{path} does not fit {arch}: the tensor {key} is missing.{_HINT}")


_HINT = " Name the right architecture with --arch."


def _by(shape: torch.Size) -> str:
    shown = " x ".join(str(n) for n in shape[:6]) + (" x ..." if len(shape) > 6 else "")
    return shown or "a single number"


def build(
    path: Path, request: ModelRequest, file: WeightFile, *, stored: Normalization | None = None
) -> TorchClassifier:
    """A classifier of the tensors of a file.

    Raises:
        UserError: as :func:`load_torch`.
    """
    tensors = dict(file.tensors)
    stored = stored or _stored_normalization(path, tensors) or _from_metadata(file)
    tensors, beside = main_part(tensors, request.output)
    shapes = {key: tuple(tensor.shape) for key, tensor in tensors.items()}
    wanted, shape = split_arch(request.arch)
    architecture = _architecture(path, wanted, file.arch, shapes)
    network, head, classes = _filled(path, request, architecture, tensors)
    input_shape = shape or architecture.input_shape
    card = read_card(path)
    encoding, told = choose_encoding(
        request.encoding, input_shape[0], path=path, stated=stated_encoding(file.metadata, card)
    )
    normalization = choose(
        request.normalize,
        stored=stored,
        path=str(path.absolute()),
        family=architecture.family,
        usual="none" if _is_macer(file, architecture) else architecture.usual,
        encoding=encoding,
    )
    taught, unknown = training_scheme(file.metadata, card)
    notes = (
        told,
        _normalization_note(normalization, architecture, file),
        unknown,
        _left_aside((*file.aside, *beside)),
        head.note if head else "",
    )
    identity = ModelIdentity(
        name=_title(path, card),
        source=request.spec,
        format=file.format,
        sha256=folder_digest(path, SEEING) if path.is_dir() else sha256_file(path),
        architecture=architecture.name,
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=class_names(
            classes,
            given=request.class_names,
            stored=head.class_names if head else _stored_names(card),
            family=architecture.family,
        ),
        input_shape=input_shape,
        encoding=encoding,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        resize=normalization.resize,
        training_sigma=_training_sigma(path, file, card),
        training_scheme=taught,
        notes=tuple(filter(None, notes)),
    )
    return TorchClassifier(network, normalization, identity)


def _filled(
    path: Path, request: ModelRequest, architecture: Architecture, tensors: dict[str, torch.Tensor]
) -> tuple[nn.Module, Head | None, int]:
    """The network, how its only score is read if it has one alone, and the number of classes."""
    counted = architectures.class_count({key: tuple(one.shape) for key, one in tensors.items()})
    classes = 1000 if counted is None else counted
    if classes < 1:
        raise UserError(f"{path} is not a classifier: its last layer has no class.")
    head = head_of(path, request, classes)
    make = partial(architecture.build, classes)
    network = fill(make, tensors, path=path, arch=architecture.name)
    return (Thresholded(network, head), head, 2) if head else (network, None, classes)


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
        says = f" (the file says '{quoted(stated)}')" if stated else ""
        raise UserError(
            f"{path} holds weights of no architecture known here{says}; name one with --arch, or "
            "export the model to ONNX."
        )
    return found


def _normalization_note(
    normalization: Normalization, architecture: Architecture, file: WeightFile
) -> str:
    if normalization.origin == "default":
        if architecture.family in ("digits", "aircraft"):
            return ""
        if file.container == "net" and architecture.family == "cifar10":
            return f"{normalization.note} {_NET}"
    return normalization.note


def _is_macer(file: WeightFile, architecture: Architecture) -> bool:
    """Most likely of Zhai et al. 2020; another trainer with the entry ``net`` keeps an accuracy."""
    cohen = re.fullmatch(r"cifar_resnet\d+", architecture.name) is not None
    return cohen and file.container == "net" and "acc" not in file.keys


_NET = "Files with the entry 'net' come from several trainers: MACER's take none, others do."


def _left_aside(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f"It also holds {', '.join(names)}, left aside here (--output NAME reads one of them)."


def _stored_normalization(path: Path, tensors: dict[str, torch.Tensor]) -> Normalization | None:
    try:
        return take_stored(tensors)
    except ValueError as error:
        raise UserError(f"{path} holds a normalisation that cannot be used: {error}.") from error


def _from_metadata(file: WeightFile) -> Normalization | None:
    name = file.metadata.get("normalization", "")
    try:
        return named(name, origin="stored in the file") if name else None
    except UserError:
        return None


def _stored_names(card: dict[str, object]) -> tuple[str, ...]:
    classes = card.get("classes")
    return tuple(quoted(name, 80) for name in classes) if isinstance(classes, list) else ()


def _title(path: Path, card: dict[str, object]) -> str:
    name = card.get("name")
    return quoted(name, 80) if isinstance(name, str) and name else path.name


def _training_sigma(path: Path, file: WeightFile, card: dict[str, object]) -> float | None:
    """From the header, the card, or a folder called ``noise_0.25`` as published files have it."""
    for value in (file.metadata.get("training_sigma"), card.get("training_sigma")):
        found = re.fullmatch(r"\d{1,4}(\.\d{1,20})?", quoted(value), re.ASCII)
        if found:
            return float(found[0])
    named_noise = re.search(r"noise_(\d+\.\d+)", str(path))
    return float(named_noise[1]) if named_noise else None


def own_identity(
    path: Path,
    request: ModelRequest,
    file: WeightFile,
    network: nn.Module,
    classes: int,
    input_shape: tuple[int, ...],
    *,
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
