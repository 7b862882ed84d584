"""Frozen records shared by every room: votes, and who the model and the input are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Record(BaseModel):
    """A frozen, closed pydantic model: unknown fields are refused, nothing changes after birth."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Votes(Record):
    """Counts per class over ``n`` noisy samples.

    Attributes:
        counts: one count per class, in class order.
        failures: samples that named no class (non-finite scores, an exception). They belong to
            ``n`` and therefore count against every class.
    """

    counts: tuple[int, ...]
    failures: int = 0

    @property
    def n(self) -> int:
        """Samples drawn, failures included."""
        return sum(self.counts) + self.failures

    @property
    def top(self) -> int:
        """The class with most votes; ties go to the lowest index (Cohen et al. 2019, CERTIFY)."""
        return self.counts.index(max(self.counts))

    def largest_other(self, top: int) -> int:
        """The largest count among all classes but ``top``; failures are a class of their own."""
        others = self.counts[:top] + self.counts[top + 1 :]
        return max((*others, self.failures))

    def ranked(self) -> list[int]:
        """Class indices by falling count, ties by rising index."""
        return sorted(range(len(self.counts)), key=lambda c: (-self.counts[c], c))

    @classmethod
    def from_sequence(cls, counts: Sequence[int], failures: int = 0) -> Votes:
        """Votes from any sequence of integers (NumPy and torch integers included)."""
        return cls(counts=tuple(int(c) for c in counts), failures=int(failures))


class ProbabilityBounds(Record):
    """A probability interval bought with ``alpha``.

    Attributes:
        method: key of the bound.
        alpha: probability that ``p_lower <= p_A`` and ``p_upper >= p_c`` for all other classes c
            do not all hold.
        n: samples they rest on.
        top: the class that is bounded from below, fixed before the first estimation sample.
        p_lower: lower confidence bound on the probability of ``top``.
        p_upper: upper confidence bound on the probability of every other class.
        valid: whether this may be claimed at this n; False marks a provisional value.
        basis: one clause saying in which sense it is valid.
    """

    method: str
    alpha: float = Field(gt=0, lt=1)
    n: int
    top: int
    p_lower: float = Field(ge=0, le=1)
    p_upper: float = Field(ge=0, le=1)
    valid: bool
    basis: str


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
        input_shape: (channels, height, width) of the tensor that receives the noise.
        normalization: the layer between noise and network, as a name and, in words, its numbers.
        normalization_origin: how it came to be known.
        training_sigma: noise level the model was trained with, where the file or card says so.
        contains_code: the format can run code and was opened with consent.
        notes: what a reader of the report should know about this model.
    """

    name: str
    source: str
    format: str
    sha256: str
    architecture: str
    parameters: int = 0
    class_names: tuple[str, ...]
    input_shape: tuple[int, int, int]
    normalization: str = "none"
    normalization_origin: Literal["given", "stored in the file", "detected", "default"] = "default"
    training_sigma: float | None = None
    contains_code: bool = False
    notes: tuple[str, ...] = ()


class InputIdentity(Record):
    """Which input was certified.

    Attributes:
        name: short name for people, e.g. ``digit 1204``.
        source: the input as the user named it.
        sha256: digest of the file's bytes (of the pixel bytes where there is no file).
        pixels_sha256: digest of the float32 tensor that received the noise.
        shape: (channels, height, width) of that tensor.
        label: index of the true class, where it is known.
        label_name: its name.
        adaptation: in words, how the picture was resized or cropped; empty if it was not.
        notes: what was done while reading it, and what else a reader of the report should know.
    """

    name: str
    source: str
    sha256: str
    pixels_sha256: str
    shape: tuple[int, int, int]
    label: int | None = None
    label_name: str | None = None
    adaptation: str = ""
    notes: tuple[str, ...] = ()


class Timing(Record):
    """How fast a run went: samples per second over the estimation phase, and its wall time."""

    samples_per_second: float = 0.0
    seconds: float = 0.0
    batch: int = 0
    device: str = ""
    threads: int = Field(default=0, description="torch CPU threads; 0 where no CPU threads worked")
