"""Models that answer with places or numbers, and what of their answers is certified.

Two things are. *Whether all outputs lie within a tolerance of a reference*, the base model's answer
to the input without noise, is a vote between two classes, so every smoothing scheme applies as it
is. *Where each output's median stays* is bounded by order statistics of the answers themselves
(:mod:`engine.certificates.median`).
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from engine.core.batches import Batch
from engine.core.errors import UserError
from engine.core.outputs import (
    ANSWER,
    OUTPUT_KINDS,
    OutputKind,
    Outputs,
    numbered_names,
    size_of,
)
from engine.inputs.coding import TableCoding
from engine.models.base import NO_CLASS, Classifier
from engine.models.input_layout import clean
from engine.models.kinds import read_header
from engine.models.request import ModelRequest
from engine.schemes import Scheme

if TYPE_CHECKING:
    from engine.inputs.base import FittedInput
    from engine.inputs.coding import Coding

_CPU = torch.device("cpu")
_GENERIC = "class 0"
_SHOWN = 3
_MOST = 1e30


def with_stated_outputs(request: ModelRequest, path: Path) -> ModelRequest:
    """The request with what a safetensors file states of its outputs, where it was not asked."""
    if request.output or not path.is_file():
        return request
    header = read_header(path)
    kind, tolerance = header.get("outputs", ""), header.get("tolerance", "")
    if kind not in OUTPUT_KINDS:
        return request
    usual = float(tolerance) if tolerance.replace(".", "", 1).isdecimal() else None
    asked = request.tolerance
    return replace(request, output=kind, tolerance=usual if asked is None else asked)


def checked_tolerance(request: ModelRequest) -> None:
    """Refuse a tolerance that cannot be, or for a model that names classes.

    Raises:
        UserError: so.
    """
    tolerance = request.tolerance
    if tolerance is None:
        return
    if request.outputs is None:
        raise UserError(
            "--tolerance is for models that answer with places or numbers; say which with --output "
            "keypoints, --output boxes or --output numbers."
        )
    if not 0 <= tolerance < math.inf:
        raise UserError("--tolerance must be a finite number of at least 0, e.g. --tolerance 1.")


class _OfOutputs(Classifier):
    """A classifier made of a model's outputs, which is prepared and reads as that model does."""

    inner: Classifier

    @property
    def coding(self) -> Coding | None:
        """Of the model."""
        return self.inner.coding

    def prepare(self, device: torch.device, precision: str) -> None:
        """Prepare the model."""
        self.inner.prepare(device, precision)

    def unload(self) -> None:
        """Unload the model."""
        self.inner.unload()


class OutputsClassifier(_OfOutputs):
    """Votes for *all outputs within the tolerance of the reference*, or against it.

    Args:
        inner: gives the outputs: heatmaps (B, K, h, w), or rows of numbers.
        outputs: what they are; with a reference once it is bound to an input.
    """

    def __init__(self, inner: Classifier, outputs: Outputs) -> None:
        self.inner, self.outputs = inner, outputs
        self.identity = inner.identity.model_copy(
            update={"class_names": outputs.event(), "outputs": outputs}
        )

    @classmethod
    def of(cls, inner: Classifier, request: ModelRequest, *, stated: bool) -> OutputsClassifier:
        """What a request asks for, read off one trial of the model.

        Args:
            inner: the model.
            request: with the kind of its outputs.
            stated: the file itself says that they are no classes.

        Raises:
            UserError: the model names classes, or gives no such outputs.
        """
        kind = request.outputs or "numbers"
        named = stated or request.class_names is not None
        if not named and inner.identity.class_names[0] != _GENERIC:
            raise _classes(inner, kind)
        raw = _trial(inner, request)
        return cls(inner, _read(inner, kind, raw, request))

    @property
    def differentiable(self) -> bool:
        """Whether gradients reach the input."""
        return self.inner.differentiable

    def bound_to(self, fitted: FittedInput, scheme: Scheme | None = None) -> OutputsClassifier:
        """This model with the reference for one input; one that has a reference keeps it.

        So a changed input is held against what was said of the one that it was made of.

        Raises:
            UserError: no tolerance was given, or the model gives no numbers for the input.
        """
        if self.outputs.reference:
            return self
        if self.outputs.tolerance is None:
            raise UserError(
                f"{self.identity.name} answers with {self.outputs.many}; say how far they may be "
                "from its answer without noise, as in --tolerance 1, or ask where they stay under "
                "a change of l2 norm 0.1 with --epsilon 0.1."
            )
        inner = self.inner.bound_to(fitted, scheme)
        values = answer_to(inner, self.outputs, fitted)
        if not all(map(math.isfinite, values)):
            raise UserError(
                f"{self.identity.name} gives no finite numbers for the input without noise, so "
                "there is no reference; look at its weights and normalisation."
            )
        bound = OutputsClassifier(inner, self.outputs.model_copy(update={"reference": values}))
        said = f"Reference, from the input without noise: {self.outputs.in_words(values)}."
        notes = (*self.identity.notes, said)
        kept = {"architecture": self.identity.architecture, "notes": notes}
        bound.identity = bound.identity.model_copy(update=kept)
        return bound

    def scores(self, batch: Any) -> torch.Tensor:
        """Scores (B, 2): the first wins where all outputs are within the tolerance.

        The first is above the second by twice the margin: of heatmaps, how much hotter the allowed
        cells are than all others, for the keypoint that is worst off; of numbers, how much the
        largest distance leaves of the tolerance. Their mean is the largest output, for rounding
        is relative to that. NaN where an output is not finite.

        Raises:
            UserError: it is not bound to an input.
        """
        if not self.outputs.reference:
            raise UserError(f"{self.identity.name} needs an input for its reference; name one.")
        raw = self.inner.scores(batch)
        margin = self._hotter(raw) if self.outputs.grid else self._left(raw)
        largest = raw.flatten(1).abs().amax(1).double()
        whole = torch.isfinite(raw).flatten(1).all(1)
        scores = torch.stack([largest + margin, largest - margin], 1)
        return torch.where(whole[:, None], scores, torch.nan)

    def measuring(self) -> NumbersClassifier:
        """The same model, its numbers kept."""
        found = NumbersClassifier(self.inner, self.outputs)
        kept = {"architecture": self.identity.architecture, "notes": self.identity.notes}
        found.identity = found.identity.model_copy(update=kept)
        return found

    def _hotter(self, raw: torch.Tensor) -> torch.Tensor:
        inside = self._allowed(raw.device)
        within = raw.masked_fill(~inside, -torch.inf).flatten(2).amax(2)
        beyond = raw.masked_fill(inside, -torch.inf).flatten(2).amax(2)
        return (within.double() - beyond.double()).amin(1).clamp(-_MOST, _MOST)  # none may be left

    def _allowed(self, device: torch.device) -> torch.Tensor:
        """(K, h, w): the cells that are no farther than the tolerance, in either direction."""
        rows, columns = self.outputs.grid or (0, 0)
        places = torch.tensor(self.outputs.reference, device=device).view(-1, 2, 1)
        across = (torch.arange(columns, device=device) - places[:, 0]).abs()
        down = (torch.arange(rows, device=device) - places[:, 1]).abs()
        far = torch.maximum(down[:, :, None], across[:, None, :])
        return far <= (self.outputs.tolerance or 0.0)

    def _left(self, raw: torch.Tensor) -> torch.Tensor:
        reference = torch.tensor(self.outputs.reference, device=raw.device, dtype=torch.float64)
        far = (raw.flatten(1).double() - reference).abs().amax(1)
        return (self.outputs.tolerance or 0.0) - far


class NumbersClassifier(_OfOutputs):
    """A model whose answers are kept as numbers; its one class is that all of them are finite.

    Args:
        inner: gives the outputs.
        outputs: what they are.
    """

    def __init__(self, inner: Classifier, outputs: Outputs) -> None:
        self.inner = inner
        self.outputs = outputs.model_copy(update={"tolerance": None, "reference": ()})
        self.identity = inner.identity.model_copy(
            update={"class_names": ANSWER, "outputs": self.outputs}
        )
        self._values = torch.empty(0)

    @property
    def by_scores(self) -> bool:
        """The numbers are decoded from them."""
        return True

    def bound_to(self, fitted: FittedInput, scheme: Scheme | None = None) -> NumbersClassifier:
        """This model for one input."""
        found = NumbersClassifier(self.inner.bound_to(fitted, scheme), self.outputs)
        found.identity = self.identity
        return found

    def scores(self, batch: Any) -> torch.Tensor:
        """The outputs as the model gives them, a row (B, ...) each."""
        return self.inner.scores(batch).flatten(1)

    def named(self, scores: torch.Tensor) -> torch.Tensor:
        """Class 0 where all outputs are finite."""
        return torch.where(torch.isfinite(scores).all(1), 0, NO_CLASS)

    def classify(self, batch: Batch) -> torch.Tensor:
        """Class indices (B,); the numbers are kept until the next call."""
        raw = self.inner.scores(batch)
        self._values = decoded(raw, self.outputs)
        return self.named(raw.flatten(1))

    def measured(self) -> torch.Tensor:
        """The numbers (B, M) of the last batch that was classified."""
        return self._values


def decoded(raw: torch.Tensor, outputs: Outputs) -> torch.Tensor:
    """Outputs as numbers (B, M): of heatmaps column and row of the hottest cell, the first of ties.

    NaN where a keypoint's heatmap has a value that is not finite.
    """
    if outputs.grid is None:
        return raw.flatten(1)
    flat = raw.flatten(2)
    best = flat.argmax(2)
    places = torch.stack([best % outputs.grid[1], best // outputs.grid[1]], 2).to(raw.dtype)
    places = torch.where(torch.isfinite(flat).all(2)[:, :, None], places, torch.nan)
    return places.flatten(1)


def answer_to(inner: Classifier, outputs: Outputs, fitted: FittedInput) -> tuple[float, ...]:
    """The model's numbers for an input without noise, on the CPU in float32."""
    inner.prepare(_CPU, "fp32")
    first, *rest = (torch.from_numpy(array) for array in fitted.arrays)
    parts = tuple(part[None] for part in (clean(first, inner.identity.encoding), *rest))
    with torch.inference_mode():
        raw = inner.scores(parts if rest else parts[0])
    return tuple(decoded(raw, outputs)[0].double().tolist())


def _trial(inner: Classifier, request: ModelRequest) -> torch.Tensor:
    """What comes out for an image without contents, or for the mean row of a table."""
    identity, tried = inner.identity, 2
    inner.prepare(_CPU, "fp32")
    blank = torch.zeros(tried, *identity.input_shape)
    with torch.inference_mode():
        if identity.kind == "image":
            return inner.scores(blank)
        if identity.kind == "table" and isinstance(inner.coding, TableCoding):
            fields = len(inner.coding.fields)
            return inner.scores((blank, torch.zeros(tried, fields, dtype=torch.int64)))
    raise UserError(
        f"--output {request.output} is for models of images, and of tables whose columns they "
        f"name; {request.spec} takes inputs of the kind {identity.kind}."
    )


def _read(inner: Classifier, kind: OutputKind, raw: torch.Tensor, request: ModelRequest) -> Outputs:
    """What the outputs are, from their shape."""
    size, shape = size_of(kind), tuple(raw.shape[1:])
    grid: tuple[int, int] | None = None
    if kind == "keypoints" and len(shape) == 3:
        count, grid = shape[0], (shape[1], shape[2])
    elif len(shape) == 2 and shape[1] == size and kind != "numbers":
        count = shape[0]
    elif len(shape) == 1 and shape[0] and shape[0] % size == 0:
        count = shape[0] // size
    else:
        raise UserError(
            f"{request.spec} gives {' x '.join(map(str, shape)) or 'a single number'} for each "
            f"{inner.identity.kind}, which are no {kind}: {_WANTED[kind]}."
        )
    known = inner.identity.class_names
    named = len(known) == count and known[0] != _GENERIC
    units = {"numbers": ""}
    return Outputs(
        kind=kind,
        names=known if named else numbered_names(kind, count),
        unit="cells" if grid else units.get(kind, "pixels"),
        grid=grid,
        tolerance=request.tolerance,
    )


_WANTED: dict[OutputKind, str] = {
    "keypoints": "these are heatmaps (K, rows, columns) or x and y of each (K, 2)",
    "boxes": "these are left, top, right and bottom of each (K, 4)",
    "numbers": "these are a row (M)",
}


def _classes(inner: Classifier, kind: OutputKind) -> UserError:
    names = inner.identity.class_names
    listed = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return UserError(
        f"{inner.identity.name} names classes ({listed}), so its outputs are scores and no {kind}; "
        "leave --output out to certify its class, or name the outputs with --class-names."
    )
