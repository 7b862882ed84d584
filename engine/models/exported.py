"""Programs written by ``torch.export``; loading one can run code, so consent comes first.

The consent is asked for in :func:`engine.models.load_model`.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import nn
from torch.export.passes import move_to_device_pass

from engine.core.errors import UserError
from engine.models.program import ProgramClassifier, program_classifier
from engine.models.request import ModelRequest
from engine.models.shapes import ONLY, Shape, reasonable, words


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
