"""A foreign program (torch.export, TorchScript) as a base classifier."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.core.records import ModelIdentity
from engine.models.base import Classifier
from engine.models.batching import checked_scores, in_chunks
from engine.models.encoding import choose_encoding
from engine.models.names import class_names
from engine.models.normalize import Normalization, choose
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, words

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
        if precision != "fp32":
            raise UserError(
                f"Precision {precision} does not work for a {self.identity.format} file, which "
                "runs as it was exported; choose fp32."
            )
        self._program = self._place(device)
        self._layer.to(device)

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """Scores (B, K), float32."""
        return in_chunks(self._program, self._layer(batch), self._batch).float()


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
    program = place(torch.device("cpu"))
    classes = _class_count(path, program, shape, batch)
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
            classes, given=request.class_names, family="imagenet" if classes == 1000 else ""
        ),
        input_shape=shape,
        encoding=encoding,
        normalization=normalization.words,
        normalization_origin=normalization.origin,
        contains_code=True,
        notes=tuple(note for note in (_CONSENT, told, normalization.note) if note),
    )
    return ProgramClassifier(place, normalization, identity, batch)


def _class_count(path: Path, program: nn.Module, shape: Shape, batch: int | None) -> int:
    rows = batch or 2
    try:
        with torch.inference_mode():
            return checked_scores(program(torch.zeros(rows, *shape)), rows)
    except ValueError as error:
        raise UserError(f"{path} is no image classifier: {error}.") from error
    except Exception as error:
        # A program fails as its author wrote it, with any error.
        raise UserError(
            f"{path} does not run on {rows} images of {words(shape)}; export it again with a "
            "dynamic batch size."
        ) from error
