"""Frozen records shared by every room: votes, and who the model and the input are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from math import prod
from typing import Any, Literal

from pydantic import Field, model_validator

from engine.core.outputs import Outputs
from engine.core.record import Record as Record
from engine.core.votes import Votes as Votes

InputKind = Literal["image", "graph", "text", "pair", "table"]
Encoding = Literal["plain", "indicator", "complement"]

MEMORY = "memory:"
"""How the source of a model or input begins that was handed over in memory and lies in no file."""
MODULE_IN_MEMORY = "the module lived in memory: its file cannot be compared"
INPUT_IN_MEMORY = "the input lived in memory: no file of it can be compared"


class ProbabilityBounds(Record):
    """A probability interval bought with ``alpha``.

    Attributes:
        method: key of the bound.
        alpha: probability that ``p_lower <= p_A`` and ``p_upper >= p_c`` for all other classes c
            do not all hold; 0 where every sample of a finite noise law was counted.
        n: samples they rest on.
        top: the class that is bounded from below, fixed before the first estimation sample.
        p_lower: lower confidence bound on the probability of ``top``.
        p_upper: upper confidence bound on the probability of every other class.
        others: upper confidence bounds on the most probable other classes, from the largest on; the
            last holds for every further class. Empty where only ``p_upper`` was bought.
        valid: whether this may be claimed at this n; False marks a provisional value.
        basis: one clause saying in which sense it is valid.
    """

    method: str
    alpha: float = Field(ge=0, lt=1)
    n: int
    top: int
    p_lower: float = Field(ge=0, le=1)
    p_upper: float = Field(ge=0, le=1)
    others: tuple[float, ...] = Field(default=(), exclude_if=lambda found: not found)
    valid: bool
    basis: str


class OracleIdentity(Record):
    """What turns a generative model's answers into classes.

    Attributes:
        key: kind of oracle, e.g. ``keywords``.
        source: its file as the user named it.
        summary: what it does, in a clause.
        class_names: one name per class; the last is for answers that it cannot read.
        rules: everything that decides its verdicts, digests of weights among it.
    """

    key: str
    source: str
    summary: str
    class_names: tuple[str, ...]
    rules: dict[str, Any]

    @property
    def sha256(self) -> str:
        """Digest of the rules (canonical JSON)."""
        return _canonical_sha256(self.rules)

    def part(self) -> PartIdentity:
        """The oracle as a part of the model whose answers it reads."""
        return PartIdentity(
            role="oracle",
            name=self.summary,
            sha256=self.sha256,
            source=self.source,
            rules=self.rules,
        )


class Generation(Record):
    """How a generative model is asked.

    Attributes:
        prompt: what the model is asked; empty where it takes none.
        max_new_tokens: longest answer.
    """

    prompt: str
    max_new_tokens: int


class PartIdentity(Record):
    """One part of a model that has an identity of its own.

    Attributes:
        role: what it is to the model: ``weights``, ``source``, ``oracle``; of a wrapper
            ``member`` or ``denoiser``.
        name: for people; of an oracle what it does, in a clause.
        sha256: its digest.
        source: its file as the user named it; empty where it is not a file of its own.
        rules: everything that decides what it does, where that is no file of the model's; its
            digest is then theirs.
        time_step: of a diffusion model before a classifier, the step of its schedule at which it
            denoises; it follows from the run's sigma. Not written where there is none.
    """

    role: str
    name: str
    sha256: str
    source: str = ""
    rules: dict[str, Any] = Field(default_factory=dict)
    time_step: int | None = Field(default=None, ge=0, exclude_if=lambda step: step is None)

    @property
    def rules_sha256(self) -> str:
        """Digest of the rules (canonical JSON)."""
        return _canonical_sha256(self.rules)


def _canonical_sha256(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_TOLD = {
    "default": "assumed, nothing says otherwise",
    "detected": "assumed from the file's folder or layout",
}


class ModelIdentity(Record):
    """Which function was certified: everything that decides what the base classifier computes.

    Attributes:
        name: short name for people, e.g. ``digits-cnn, sigma 0.50``.
        source: the model as the user named it (a path, ``demo:digits-0.25``, a hub id).
        format: ``safetensors``, ``checkpoint``, ``state_dict``, ``onnx``, ``huggingface``,
            ``torch.export`` or ``torchscript``.
        sha256: digest of the file's bytes (of all weight files in name order, for a directory).
        architecture: e.g. ``cifar_resnet20``.
        parameters: number of weights; 0 where the format does not tell.
        class_names: one name per class.
        input_shape: of the tensor that the model takes, noise and all: (channels, height, width)
            for an image.
        kind: of input it takes.
        encoding: how a noised image is laid out in channels: ``plain``; ``indicator``, one more
            channel, 1 where the pixel was noised; ``complement``, x and 1 - x, both 0 where the
            pixel was taken away.
        normalization: the layer between noise and network, as a name and, in words, its numbers.
        normalization_origin: how it came to be known.
        resize: how an image of another size is brought to the model's, before the noise: ``crop``,
            ``stretch`` or ``pad``; then ``from HxW``, the size from whose middle the model's is
            cut; then a filter. Empty, and not written, for the usual: the largest part of its
            proportions, bilinear.
        training_sigma: noise level the model was trained with, where the file or card says so.
        training_scheme: the scheme whose noise it was trained with, where that is no Gaussian.
        contains_code: the format can run code and was opened with consent.
        generation: of a generative model, which an oracle makes a classifier of.
        outputs: of a model that answers with places or numbers; the classes are then whether these
            are near the reference, or that there are any. Not written where it names classes.
        parts: of which ``sha256`` is made (:meth:`composed_sha256`), where the model is made of
            several; not written where there are none.
        notes: what a reader of the report should know about this model.
    """

    name: str
    source: str
    format: str
    sha256: str
    architecture: str
    parameters: int = 0
    class_names: tuple[str, ...]
    input_shape: tuple[int, ...]
    kind: InputKind = "image"
    encoding: Encoding = "plain"
    normalization: str = "none"
    normalization_origin: Literal["given", "stored in the file", "detected", "default"] = "default"
    resize: str = Field(default="", exclude_if=lambda text: not text)
    training_sigma: float | None = None
    training_scheme: dict[str, Any] | None = None
    contains_code: bool = False
    generation: Generation | None = None
    outputs: Outputs | None = Field(default=None, exclude_if=lambda outputs: outputs is None)
    parts: tuple[PartIdentity, ...] = Field(default=(), exclude_if=lambda parts: not parts)
    notes: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _before_parts(cls, given: Any) -> Any:
        """Files of schema 1.0 keep weights and oracle inside the generation."""
        if not isinstance(given, Mapping) or not isinstance(given.get("generation"), Mapping):
            return given
        generation = dict(given["generation"])
        if "oracle" not in generation:
            return given
        read = OracleIdentity.model_validate(generation.pop("oracle"))
        if list(read.class_names) != list(given.get("class_names", ())):
            raise ValueError("the oracle names other classes than the model")
        oracle = read.part()
        sha256 = generation.pop("weights_sha256", "")
        weights = {"role": "weights", "name": given.get("name", ""), "sha256": sha256}
        return {**given, "generation": generation, "parts": (weights, oracle)}

    @property
    def function(self) -> tuple[str, str, str, tuple[int, ...], tuple[str, ...]]:
        """Two models with the same weights are two classifiers if one of these differs."""
        return (
            self.sha256,
            self.architecture,
            self.normalization,
            self.input_shape,
            self.class_names,
        )

    @property
    def in_memory(self) -> bool:
        """Whether it was handed over by a program and lies in no file."""
        return self.source.startswith(MEMORY)

    @property
    def normalization_told(self) -> str:
        """How the normalisation came to be known, in words; what is only likely is assumed."""
        return _TOLD.get(self.normalization_origin, self.normalization_origin)

    def part(self, role: str) -> PartIdentity | None:
        """The first part of a role; None if there is none."""
        return next((part for part in self.parts if part.role == role), None)

    def composed_sha256(self) -> str:
        """The digest of the whole function, from those of its parts and how they are put together.

        Of a generative model it changes with the weights, the prompt and the oracle.
        """
        if self.generation is None:
            text = "\n".join(part.sha256 for part in self.parts)
            return hashlib.sha256(text.encode()).hexdigest()
        digests = {part.role: part.sha256 for part in self.parts}
        return _canonical_sha256({**self.generation.model_dump(), **digests})

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of the image before the noise and its encoding."""
        channels, *sides = self.input_shape
        extra = {"plain": channels, "indicator": channels - 1, "complement": channels // 2}
        return (extra[self.encoding], *sides)


class Fitting(Record):
    """How the values in an input's file became those that a model takes.

    Attributes:
        steps: what was done, in a few words each; none where the model takes the file's own values.
        source: (channels, height, width) of the image in the file, where nothing but cropping,
            resizing and a change between grey and RGB lies between both; None where reading has
            converted its values, or for what is no image.
        levels: the largest whole number that a channel holds in the file, where 0 to 1 stand for 0
            to this; 0 for floats.
    """

    steps: tuple[str, ...] = ()
    source: tuple[int, int, int] | None = None
    levels: int = Field(default=0, ge=0)


class InputIdentity(Record):
    """Which input was certified.

    Attributes:
        name: short name for people, e.g. ``digit 1204``.
        source: the input as the user named it.
        sha256: digest of the file's bytes (of the pixel bytes where there is no file).
        pixels_sha256: digest of the numbers that received the noise, all parts.
        shape: of the first part: (channels, height, width) for an image.
        more_shapes: of the other parts, such as a pair's text.
        kind: what it is.
        alphabet: number of values that a token may take, one for all tokens of a text and one for
            each categorical field of a table; empty where there are none.
        label: index of the true class, where it is known.
        label_name: its name.
        adaptation: in words, how the image was resized or cropped; empty if it was not.
        fitting: the same for a program; None in files written before it was recorded, whose
            statements do not say whether they are about the file.
        notes: what was done while reading it, and what else a reader of the report should know.
    """

    name: str
    source: str
    sha256: str
    pixels_sha256: str
    shape: tuple[int, ...]
    more_shapes: tuple[tuple[int, ...], ...] = ()
    kind: InputKind = "image"
    alphabet: tuple[int, ...] = ()
    label: int | None = None
    label_name: str | None = None
    adaptation: str = ""
    fitting: Fitting | None = Field(default=None, exclude_if=lambda value: value is None)
    notes: tuple[str, ...] = ()

    @property
    def in_memory(self) -> bool:
        """Whether it was handed over by a program and lies in no file."""
        return self.source.startswith(MEMORY)

    @property
    def elements(self) -> int:
        """How many numbers receive noise."""
        return sum(prod(shape) for shape in (self.shape, *self.more_shapes))


class Timing(Record):
    """How fast a run went: samples per second over the estimation phase, and its wall time."""

    samples_per_second: float = 0.0
    seconds: float = 0.0
    batch: int = 0
    device: str = ""
    threads: int = Field(default=0, description="torch CPU threads; 0 where no CPU threads worked")


class Software(Record):
    """Versions and machine, for the record."""

    certiscope: str
    python: str
    torch: str
    numpy: str
    scipy: str
    platform: str
    processor: str
    device_name: str


class SetStatement(Record):
    """What ``certified`` of ``total`` certificates, each wrong with chance alpha, say together.

    Attributes:
        alpha: chance, per input, that its certificate is wrong.
        delta: chance that a statement below is wrong.
        most_false: with probability 1 - delta at most this many of them are false; needs noise
            that is independent from input to input.
        fixed_set_lower: so at least this share of these very inputs is truly certified.
        population_lower: and at least this share of the population, if the inputs are a random
            draw from it.
    """

    certified: int
    total: int
    alpha: float
    delta: float
    most_false: int
    fixed_set_lower: float
    population_lower: float
