"""A foreign program (torch.export, TorchScript) as a base classifier; loading one can run code.

The consent is asked for in :func:`engine.models.load_model`. A TorchScript archive does not say
which images it takes: the channels are read off its first convolution, the size is found by trying.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.export.passes import move_to_device_pass

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.core.records import ModelIdentity
from engine.models.base import PLACES, Classifier, checked_scores, in_chunks, only_fp32
from engine.models.head import Thresholded, chosen, flat, head_of
from engine.models.input_layout import choose_encoding
from engine.models.names import class_names
from engine.models.normalize import Normalization, choose
from engine.models.request import ModelRequest
from engine.models.shapes import ONLY, Shape, reasonable, split_arch, words

Place = Callable[[torch.device], nn.Module]

_CONSENT = "The model file can contain code; it was opened with consent."


class ProgramClassifier(Classifier):
    """Runs a program as it was exported: float32, on the device that was asked for.

    Args:
        place: gives the program on a device.
        normalization: what comes before it.
        identity: of the file.
        batch: the only batch size it takes; None for any.
    """

    def __init__(
        self,
        place: Place,
        normalization: Normalization,
        identity: ModelIdentity,
        batch: int | None,
    ) -> None:
        self.identity = identity
        self._place = place
        self._program = place(torch.device("cpu"))
        self._layer = normalization.layer(identity.input_shape[0], identity.encoding)
        self._batch = batch

    def prepare(self, device: torch.device, precision: str) -> None:
        """Move to ``device``."""
        only_fp32(precision, f"a {self.identity.format} file, which runs as it was exported")
        self._program = self._place(device)
        self._layer.to(device)

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (B, K), float32."""
        return in_chunks(self._program, self._layer(batch), self._batch).float()


class Scored(nn.Module):
    """A program whose output is scores (B, K): one of several, without sides of length 1."""

    def __init__(self, program: nn.Module, path: Path, output: str) -> None:
        super().__init__()
        self.program, self.path, self.output = program, path, output

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Scores of a batch."""
        found = chosen(self.path, self.program(images), self.output)
        return flat(found) if isinstance(found, torch.Tensor) else found


def program_classifier(
    path: Path,
    request: ModelRequest,
    place: Place,
    *,
    format_name: str,
    shape: Shape,
    batch: int | None,
) -> ProgramClassifier:
    """Check a loaded program on zeros and wrap it.

    Args:
        path: of its file.
        request: as the user made it; consent was given.
        place: gives the program on a device, in eval mode where it has one.
        format_name: as evidence names it.
        shape: of one input.
        batch: the only batch size it takes; None for any.

    Raises:
        UserError: it does not return one row of scores per image.
    """
    program = Scored(place(torch.device("cpu")), path, request.output)
    count = _class_count(path, program, shape, batch, places=request.outputs is not None)
    head = head_of(path, request, count)

    def scored(device: torch.device) -> nn.Module:
        read = Scored(place(device), path, request.output)
        return Thresholded(read, head) if head else read

    said = head.note if head else ""
    encoding, told = choose_encoding(request.encoding, shape[0], path=path)
    normalization = choose(request.normalize, encoding=encoding)
    identity = ModelIdentity(
        name=path.name,
        source=request.spec,
        format=format_name,
        sha256=sha256_file(path),
        architecture=f"{format_name} program",
        parameters=sum(p.numel() for p in program.parameters()),
        class_names=class_names(
            2 if head else count,
            given=request.class_names,
            stored=head.class_names if head else (),
            family="imagenet" if count == 1000 else "",
        ),
        input_shape=shape,
        encoding=encoding,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        resize=normalization.resize,
        contains_code=True,
        notes=tuple(note for note in (_CONSENT, told, normalization.note, said) if note),
    )
    return ProgramClassifier(scored, normalization, identity, batch)


def _class_count(
    path: Path, program: nn.Module, shape: Shape, batch: int | None, *, places: bool
) -> int:
    rows = batch or 2
    try:
        with torch.inference_mode():
            found = program(torch.zeros(rows, *shape))
            return checked_scores(found, rows, least=1, places=places)
    except UserError:
        raise
    except ValueError as error:
        raise UserError(f"{path} is not an image classifier: {error}{PLACES}.") from error
    except Exception as error:
        # A program fails as its author wrote it, with any error.
        raise UserError(
            f"{path} does not run on {rows} images of {words(shape)}; export it again with a "
            "dynamic batch size."
        ) from error


def load_exported(path: Path, request: ModelRequest) -> ProgramClassifier:
    """A classifier from a ``.pt2`` file.

    Raises:
        UserError: damaged, or not one image in, one row of scores out.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.export.load(str(path))
    except Exception as error:
        # A damaged or foreign archive fails anywhere in the loader, with any error.
        raise UserError(
            f"{path} cannot be opened as a torch.export program; it is damaged or was written by "
            "another version of PyTorch."
        ) from error
    batch, shape = _input(path, program)

    def place(device: torch.device) -> nn.Module:
        return move_to_device_pass(program, device).module()

    return program_classifier(
        path, request, place, format_name="torch.export", shape=shape, batch=batch
    )


def _input(path: Path, program: torch.export.ExportedProgram) -> tuple[int | None, Shape]:
    names = program.graph_signature.user_inputs
    values = [n.meta.get("val") for n in program.graph.nodes if n.name in names]
    sizes = list(values[0].shape) if len(values) == 1 and hasattr(values[0], "shape") else []
    if len(sizes) != 4 or not all(isinstance(size, int) for size in sizes[1:]):
        raise UserError(
            f"{path} does not take one batch of images of a fixed size; export it for one tensor "
            "of batch, channels, height, width."
        )
    batch = sizes[0] if isinstance(sizes[0], int) else None
    shape = (int(sizes[1]), int(sizes[2]), int(sizes[3]))
    if not reasonable(shape):
        raise UserError(f"{path} takes {words(shape)} images; {ONLY}.")
    return batch, shape


_SIZES = (8, 28, 32, 64, 96, 224, 299, 384)
_USUAL = 224
"""Pixels of a side, to show how a size is named."""


def load_torchscript(path: Path, request: ModelRequest) -> ProgramClassifier:
    """A classifier from a TorchScript archive.

    Raises:
        UserError: damaged, or the size of its input cannot be told.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = torch.jit.load(str(path), map_location="cpu")
        module.eval()
    except Exception as error:
        # A damaged archive fails anywhere in the loader, with any error.
        raise UserError(
            f"{path} is a damaged or truncated TorchScript file; copy or export it again."
        ) from error
    _, wanted = split_arch(request.arch)
    shape = wanted or _only_shape(path, Scored(module, path, request.output))
    return program_classifier(
        path, request, module.to, format_name="torchscript", shape=shape, batch=None
    )


def _only_shape(path: Path, module: nn.Module) -> Shape:
    first = next((p for p in module.parameters() if p.ndim == 4), None)
    channels = (int(first.shape[1]),) if first is not None else (1, 3)
    found = [
        (depth, size, size) for depth in channels for size in _SIZES if _takes(module, depth, size)
    ]
    if len(found) == 1:
        return found[0]
    tried = "several sizes of images" if found else "none of the usual sizes of images"
    # which of them is not known: an example of the form, of a size that many were trained on
    example = (found[-1][0] if found else 3, _USUAL, _USUAL)
    raise UserError(
        f"{path} takes {tried} and does not say which it was trained on; name that with --arch "
        f"@CHANNELSxHEIGHTxWIDTH, as --arch @{words(example)} says {example[0]} "
        f"channel{'s' * (example[0] != 1)} of {_USUAL} by {_USUAL} pixels."
    )


def _takes(module: nn.Module, channels: int, size: int) -> bool:
    try:
        with torch.inference_mode():
            checked_scores(module(torch.zeros(1, channels, size, size)), 1, least=1)
    except UserError:
        raise
    except Exception:
        # A wrong size fails inside the program, with any error.
        return False
    return True
