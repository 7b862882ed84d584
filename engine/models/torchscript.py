"""TorchScript archives; they can run code, so consent comes first.

The consent is asked for in :func:`engine.models.load_model`. An archive does not say which images
it takes: the channels are read off its first convolution, the size is found by trying.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import nn

from engine.core.errors import UserError
from engine.models.batching import checked_scores
from engine.models.program import ProgramClassifier, program_classifier
from engine.models.request import ModelRequest
from engine.models.shapes import Shape, split_arch, words

_SIZES = (8, 28, 32, 64, 96, 224, 299, 384)


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
    shape = wanted or _only_shape(path, module)
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
    example = words(found[-1]) if found else "3x224x224"
    raise UserError(
        f"{path} takes {tried} and does not say which it was trained on; name it with "
        f"--arch @{example}."
    )


def _takes(module: nn.Module, channels: int, size: int) -> bool:
    try:
        with torch.inference_mode():
            checked_scores(module(torch.zeros(1, channels, size, size)), 1)
    except Exception:
        # A wrong size fails inside the program, with any error.
        return False
    return True
