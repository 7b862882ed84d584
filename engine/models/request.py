"""How a user names a model. Imports no torch: the window builds requests before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from engine.core.errors import UserError
from engine.core.outputs import OUTPUT_KINDS, OutputKind
from engine.core.records import ModelIdentity
from engine.models.request_fields import asked, request_fields

NormalizeName = Literal[
    "auto", "none", "cifar10", "imagenet", "imagenet-center", "cifar10-center", "half"
]
EncodingName = Literal["auto", "plain", "indicator", "complement"]
USUAL_TOKENS, MOST_TOKENS = 16, 1024
"""Longest answer of a generative model: where none is given, and at most."""


Combine = Literal["logits", "softmax", "votes"]
"""How the members of an ensemble become one answer."""


@dataclass(frozen=True)
class ModelRequest:
    """How a user names a model.

    Attributes:
        spec: ``demo:digits-0.25``, a path to a file or directory, or a hub id.
        others: the members of an ensemble after ``spec``, in order, all read in the same way.
        trust: consent to a file format that can run code.
        consented: where that was to files that were shown, their sha256; empty for any content.
        arch: architecture for files that hold only weights; empty to infer it. ``@3x64x64`` after
            it (or alone) names the input's shape where neither file nor architecture does.
        normalize: layer between noise and network; ``auto`` takes what is stored or detected.
        encoding: how a noised image is laid out in channels; ``auto`` takes what the file
            states or its number of channels tells.
        class_names: optional file with one class name per line.
        denoiser: what denoises every image before the model sees it: ``demo:digits-denoiser``, a
            folder of diffusers or its hub id, weights of a plain denoising network, or ONNX.
        combine: how the members of an ensemble become one answer.
        consensus: the ensemble stops after so many first members if they agree; 0 asks all.
        output: which of several outputs is read, by its name or place; before a threshold the
            label that it is for, ``OUTPUT:LABEL`` for both. ``keypoints``, ``boxes`` or
            ``numbers``, alone or as ``OUTPUT:keypoints``, where it names no classes.
        tolerance: of places and numbers, how far each may be from the model's answer without noise.
        threshold: of a single score, above which its label holds; None where the highest of several
            scores wins.
        oracle: what turns a generative model's answers into classes, where the model comes with
            no oracle of its own.
        prompt: what a generative model is asked.
        max_new_tokens: longest answer; 0 for the model's usual length.
    """

    spec: str
    others: tuple[str, ...] = ()
    trust: bool = False
    consented: tuple[str, ...] = ()
    arch: str = asked(
        "",
        "Architecture, for files that hold only weights.",
        "&Architecture",
        unset="infer from the file",
        tip="For files that hold only weights; empty to infer it",
        offered=True,
        named=True,
    )
    normalize: str = asked(
        "auto",
        "Layer between noise and network: none, cifar10, imagenet, half, ... or as in "
        "mean=.5,.5,.5,std=.2,.2,.2,scale=255,channels=bgr,resize=stretch|pad|crop. "
        "'auto' takes what is stored or detected, and says so.",
        "N&ormalisation",
        tip="Layer between noise and network; a file of weights does not say. Choose one, or write "
        "mean=.5,.5,.5,std=.2,.2,.2,scale=255,channels=bgr,resize=stretch|pad|crop",
        offered=True,
        named=True,
    )
    encoding: str = asked(
        "auto",
        "How a noised image is laid out in channels: plain, indicator or complement. "
        "'auto' takes what is stated or counted.",
        "Noised pi&xels",
        tip="How the model is told which pixels are noised: in channels",
        choices=get_args(EncodingName),
        module=True,
        named=True,
    )
    class_names: Path | None = asked(
        None,
        "File with one class name per line.",
        "Class na&mes",
        unset="those of the model",
        tip="A text file with one class name per line",
        files="Class names, one per line (*.txt *.names *.csv);;All files (*)",
        named=True,
    )
    denoiser: str = asked(
        "",
        "Denoise every image before the model: a folder or id of diffusers, weights of a plain "
        "denoising network, ONNX, or demo:digits-denoiser. Part of what is certified.",
        "Denoi&ser",
        group="front",
        unset="none",
        tip="Denoises every image between noise and model, and is part of what is certified",
        offered=True,
        file=True,
        files="Denoisers (*.safetensors *.onnx *.pt *.pth *.ckpt *.tar);;All files (*)",
        metavar="D",
        module=True,
    )
    combine: str = asked(
        "logits",
        "How the members of an ensemble become one answer: "
        f"{', '.join(get_args(Combine))} (summed, averaged, or one vote each).",
        group="ensemble",
        module=True,
    )
    consensus: int = asked(
        0,
        "Ask the first K members of an ensemble, and the others only where those disagree; 0 "
        "asks all.",
        group="ensemble",
        metavar="K",
        module=True,
    )
    output: str = asked(
        "",
        "Which output of a model with several is read, by name or place; with --threshold the "
        "label that it is for. keypoints, boxes or numbers (also as NAME:keypoints) for a "
        "model that names no classes.",
        "Out&put",
        group="output",
        unset="the only one",
        tip="Which of several outputs is read, or which label",
    )
    tolerance: float | None = asked(
        None,
        "For keypoints, boxes and numbers: how far each may be from the model's answer without "
        "noise, in cells of its heatmaps, in pixels, or as they are.",
        "Tolera&nce",
        group="output",
        unset="of keypoints and numbers",
        tip="How far each keypoint, box or number may be from the answer without noise",
    )
    threshold: float | None = asked(
        None,
        "For a single score, or one of several labels that may hold at once: the label holds "
        "above it. 0 for a logit, 0.5 for a probability.",
        "&Threshold",
        group="output",
        unset="the highest score wins",
        tip="Above it a label holds: 0 for a logit",
    )
    oracle: Path | None = asked(
        None,
        "For a generative model: the file that turns its answers into classes, JSON or a "
        "line a class, first match wins, e.g. 'turn left: left, go left' and then "
        "'stop: stop, halt'.",
        "Oracle",
        group="writing",
        unset="the one beside the model",
        tip="Turns answers into classes: lines such as 'turn left: left, go'",
        files="Oracles (*.txt *.json);;All files (*)",
    )
    prompt: str = asked(
        "",
        "What a generative model is asked.",
        "Prompt",
        group="writing",
        unset="none",
        tip="What the model is asked about every noisy sample",
    )
    max_new_tokens: int = asked(
        0,
        f"Longest answer of a generative model; 0 is {USUAL_TOKENS}.",
        "Longest answer",
        group="writing",
        metavar="N",
        unset=f"{USUAL_TOKENS} tokens, the usual",
        most=MOST_TOKENS,
        unit="tokens",
        tip=f"Tokens after which an answer is cut, 1 to {MOST_TOKENS:,}; 0 is {USUAL_TOKENS}. "
        "Return reads the model again",
    )

    @property
    def outputs(self) -> OutputKind | None:
        """What the model answers with, where that is no class."""
        asked = self.output.rpartition(":")[2]
        found = next((kind for kind in OUTPUT_KINDS if kind == asked), None)
        return None if self.threshold is not None else found

    @property
    def members(self) -> tuple[str, ...]:
        """All members of an ensemble, in order; none where it is a single model."""
        return (self.spec, *self.others) if self.others else ()

    def moved(self, place: str) -> ModelRequest:
        """The same model at another place; of an ensemble the folder of its members.

        Raises:
            UserError: it is an ensemble, and the place no folder.
        """
        if not self.members:
            return replace(self, spec=place)
        spec, *more = (moved_member(each, place) for each in self.members)
        return replace(self, spec=spec, others=tuple(more))

    def apart(self) -> tuple[ModelRequest, ...]:
        """A request for each member of an ensemble alone, read in the same way."""
        alone = replace(self, others=(), combine="logits", consensus=0, denoiser="")
        return tuple(replace(alone, spec=spec) for spec in self.members)


REQUEST_FIELDS = request_fields(ModelRequest)
"""The fields by which a model is read, beside its name, its members and consent."""


def stated_request(model: ModelIdentity) -> ModelRequest:
    """The request that a model's identity alone tells: its source, and an ensemble's members."""
    members = [part.source for part in model.parts if part.role == "member"]
    part = model.part("denoiser")
    denoiser = part.source if part is not None else ""
    if not members:
        return ModelRequest(model.source, denoiser=denoiser)
    rule = model.part("rule")
    told = rule.rules if rule is not None else {}
    known = told.get("combine") in get_args(Combine), isinstance(told.get("consensus"), int)
    return ModelRequest(
        members[0],
        others=tuple(members[1:]),
        denoiser=denoiser,
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
