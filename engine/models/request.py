"""How a user names a model. Imports no torch: the window builds requests before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from engine.core.errors import UserError
from engine.core.outputs import OUTPUT_KINDS, OutputKind
from engine.core.records import ModelIdentity

NormalizeName = Literal[
    "auto", "none", "cifar10", "imagenet", "imagenet-center", "cifar10-center", "half"
]
EncodingName = Literal["auto", "plain", "indicator", "complement"]
USUAL_TOKENS, MOST_TOKENS = 16, 1024
"""Longest answer of a generative model: where none is given, and at most."""


Role = Literal["oracle", "member"]
"""What a part may be to a model that is asked for."""
Combine = Literal["logits", "softmax", "votes"]
"""How the members of an ensemble become one answer."""


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


def member_parts(specs: Sequence[str]) -> tuple[PartRequest, ...]:
    """The parts of a request for an ensemble: its members after the first, in order."""
    return tuple(PartRequest("member", str(spec)) for spec in specs)


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
            model's answers into classes, where the model comes with none of its own; the members
            of an ensemble after ``spec``, in order, all read in the same way.
        prompt: what a generative model is asked.
        max_new_tokens: longest answer; 0 for the model's usual length.
        output: which of several outputs is read, by its name or place; before a threshold the
            label that it is for, ``OUTPUT:LABEL`` for both. ``keypoints``, ``boxes`` or
            ``numbers``, alone or as ``OUTPUT:keypoints``, where it names no classes.
        threshold: of a single score, above which its label holds; None where the highest of several
            scores wins.
        tolerance: of places and numbers, how far each may be from the model's answer without noise.
        combine: how the members of an ensemble become one answer.
        consensus: the ensemble stops after so many first members if they agree; 0 asks all.
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
    combine: str = "logits"
    consensus: int = 0

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

    @property
    def members(self) -> tuple[str, ...]:
        """All members of an ensemble, in order; none where it is a single model."""
        more = tuple(part.spec for part in self.parts if part.role == "member")
        return (self.spec, *more) if more else ()

    def moved(self, place: str) -> ModelRequest:
        """The same model at another place; of an ensemble the folder of its members.

        Raises:
            UserError: it is an ensemble, and the place no folder.
        """
        if not self.members:
            return replace(self, spec=place)
        spec, *more = (moved_member(each, place) for each in self.members)
        others = tuple(part for part in self.parts if part.role != "member")
        return replace(self, spec=spec, parts=(*others, *member_parts(more)))

    def apart(self) -> tuple[ModelRequest, ...]:
        """A request for each member of an ensemble alone, read in the same way."""
        alone = replace(self, parts=(), combine="logits", consensus=0)
        return tuple(replace(alone, spec=spec) for spec in self.members)


def stated_request(model: ModelIdentity) -> ModelRequest:
    """The request that a model's identity alone tells: its source, and an ensemble's members."""
    members = [part.source for part in model.parts if part.role == "member"]
    if not members:
        return ModelRequest(model.source)
    rule = model.part("rule")
    told = rule.rules if rule is not None else {}
    known = told.get("combine") in get_args(Combine), isinstance(told.get("consensus"), int)
    return ModelRequest(
        members[0],
        parts=member_parts(members[1:]),
        combine=str(told["combine"]) if known[0] else "logits",
        consensus=int(told["consensus"]) if known[1] else 0,
    )


def moved_member(spec: str, folder: str) -> str:
    """Where a member of an ensemble is after its file was moved to ``folder``.

    Raises:
        UserError: ``folder`` is none.
    """
    if not Path(folder).is_dir():
        raise UserError(
            "For an ensemble --model names the folder that its members' files lie in now; "
            f"{folder} is none."
        )
    place = Path(folder) / Path(spec).name
    return str(place) if place.exists() else spec
