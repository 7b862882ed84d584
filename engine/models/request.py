"""How a user names a model. Imports no torch: the window builds requests before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

NormalizeName = Literal[
    "auto", "none", "cifar10", "imagenet", "imagenet-center", "cifar10-center", "half"
]
EncodingName = Literal["auto", "plain", "indicator", "complement"]
USUAL_TOKENS, MOST_TOKENS = 16, 1024
"""Longest answer of a generative model: where none is given, and at most."""


@dataclass(frozen=True)
class ModelRequest:
    """How a user names a model.

    Attributes:
        spec: ``demo:digits-0.25``, a path to a file or directory, or a hub id.
        arch: architecture for files that hold only weights; empty to infer it. ``@3x64x64`` after
            it (or alone) names the input's shape where neither file nor architecture does.
        normalize: layer between noise and network; ``auto`` takes what is stored or detected.
        trust: consent to a file format that can run code.
        class_names: optional file with one class name per line.
        encoding: how a noised image is laid out in channels; ``auto`` takes what the file
            states or its number of channels tells.
        oracle: file of the oracle that turns a generative model's answers into classes; a model
            that comes with one of its own needs none.
        prompt: what a generative model is asked.
        max_new_tokens: longest answer; 0 for the model's usual length.
    """

    spec: str
    arch: str = ""
    normalize: str = "auto"
    trust: bool = False
    class_names: Path | None = None
    encoding: str = "auto"
    oracle: Path | None = None
    prompt: str = ""
    max_new_tokens: int = 0
