"""How a user names a model. Imports no torch: the window builds requests before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.core.outputs import OUTPUT_KINDS, OutputKind

NormalizeName = Literal[
    "auto", "none", "cifar10", "imagenet", "imagenet-center", "cifar10-center", "half"
]
EncodingName = Literal["auto", "plain", "indicator", "complement"]
USUAL_TOKENS, MOST_TOKENS = 16, 1024
"""Longest answer of a generative model: where none is given, and at most."""


Role = Literal["oracle"]
"""What a part may be to a model that is asked for."""


@dataclass(frozen=True)
class PartRequest:
    """How a user names one part of a model.

    Attributes:
        role: what it is to the model.
        spec: a path, or another name that its role's loader knows.
    """

    role: Role
    spec: str


def oracle_part(path: str | Path | None) -> tuple[PartRequest, ...]:
    """The parts of a request that names an oracle's file, or none."""
    return () if path is None else (PartRequest("oracle", str(path)),)


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
        parts: further files of which the model is made: the oracle that turns a generative
            model's answers into classes, where the model comes with none of its own.
        prompt: what a generative model is asked.
        max_new_tokens: longest answer; 0 for the model's usual length.
        output: which of several outputs is read, by its name or place; before a threshold the
            label that it is for, ``OUTPUT:LABEL`` for both. ``keypoints``, ``boxes`` or
            ``numbers``, alone or as ``OUTPUT:keypoints``, where it names no classes.
        threshold: of a single score, above which its label holds; None where the highest of several
            scores wins.
        tolerance: of places and numbers, how far each may be from the model's answer without noise.
    """

    spec: str
    arch: str = ""
    normalize: str = "auto"
    trust: bool = False
    class_names: Path | None = None
    encoding: str = "auto"
    parts: tuple[PartRequest, ...] = ()
    prompt: str = ""
    max_new_tokens: int = 0
    output: str = ""
    threshold: float | None = None
    tolerance: float | None = None

    @property
    def outputs(self) -> OutputKind | None:
        """What the model answers with, where that is no class."""
        asked = self.output.rpartition(":")[2]
        found = next((kind for kind in OUTPUT_KINDS if kind == asked), None)
        return None if self.threshold is not None else found

    @property
    def oracle(self) -> Path | None:
        """The file of the oracle; None where none is named."""
        found = next((part for part in self.parts if part.role == "oracle"), None)
        return None if found is None else Path(found.spec)
