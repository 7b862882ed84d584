"""What of a model's output is read as classes: one of several outputs, one label, a threshold.

A network with a single score, or with a score for each of several labels that may hold at once,
has no winner. With a threshold t it decides between two classes: the score s is above t, or not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from engine.core.errors import UserError, quoted
from engine.core.rounding import exact
from engine.models.request import ModelRequest

_MOST_SHOWN = 12


@dataclass(frozen=True)
class Head:
    """One score and the threshold above which its label holds.

    Attributes:
        index: of the score among the outputs.
        threshold: in the output's own unit: 0 for a logit, 0.5 for a probability.
        label: its name; empty where there is no other.
    """

    index: int
    threshold: float
    label: str = ""

    def scores(self, raw: torch.Tensor) -> torch.Tensor:
        """(B, 2) of raw scores (B, K): class 1 wins where the score is above the threshold."""
        above = raw[:, self.index] - self.threshold
        return torch.stack([-above, above], dim=1)

    @property
    def class_names(self) -> tuple[str, str]:
        """Names of the two classes."""
        name = self.label or "above the threshold"
        return f"not {name}", name

    @property
    def note(self) -> str:
        """What a reader of the report should know."""
        which = f"The label '{self.label}'" if self.label else "Its only score"
        return f"{which} is taken to hold where its score is above {exact(self.threshold)}."


class Thresholded(nn.Module):
    """A network whose one score decides between two classes."""

    def __init__(self, network: nn.Module, head: Head) -> None:
        super().__init__()
        self.network, self.head = network, head

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Scores (B, 2)."""
        return self.head.scores(flat(self.network(images)))


def flat(scores: torch.Tensor) -> torch.Tensor:
    """Scores (B, K) of what may be (B, K, 1, 1), or (B,) of a single score."""
    if scores.ndim == 1:
        return scores[:, None]
    if scores.ndim > 2 and all(side == 1 for side in scores.shape[2:]):
        return scores.flatten(1)
    return scores


def head_of(
    path: object,
    request: ModelRequest,
    count: int,
    names: Sequence[str] = (),
    *,
    many: bool = False,
) -> Head | None:
    """The score that a request asks for, or None where the highest of several wins.

    Args:
        path: of the model, for refusals.
        request: with its ``output`` and ``threshold``.
        count: number of scores.
        names: of them, where they are known.
        many: several labels may hold at once.

    Raises:
        UserError: there is no winner and no threshold, or no label of that name.
    """
    if request.outputs is not None:
        return None
    if request.threshold is None:
        if count == 1:
            raise UserError(
                f"{path} gives a single score for each input; say above which value its label "
                "holds: --threshold 0 if it is a logit, --threshold 0.5 if it is a probability; or "
                "take it for a number with --output numbers."
            )
        if many:
            shown = ", ".join(names[:_MOST_SHOWN])
            raise UserError(
                f"{path} gives several labels at once ({shown}), so that no one class wins; choose "
                f"one with --output {names[0] if names else 0} --threshold 0 (0 for a logit)."
            )
        return None
    if not math.isfinite(request.threshold):
        raise UserError("--threshold must be a finite number, e.g. 0 for a logit.")
    label = request.output.rpartition(":")[2]
    if count == 1:
        return Head(0, request.threshold)
    if label in names:
        return Head(list(names).index(label), request.threshold, label)
    if label.isascii() and label.isdigit() and int(label) < count:
        index = int(label)
        return Head(index, request.threshold, names[index] if names else f"class {index}")
    raise UserError(
        f"{path} gives {count} scores; --threshold needs one of them, by its name or number from 0 "
        f"to {count - 1}, as in --output 0."
    )


def many_labels(config: Mapping[str, Any], request: ModelRequest) -> bool:
    """Whether a configuration says that several labels may hold at once.

    Raises:
        UserError: it says that the model gives numbers, and no threshold makes classes of one.
    """
    problem = config.get("problem_type")
    if problem == "regression" and request.threshold is None and request.outputs is None:
        raise UserError(
            "The model gives numbers and no classes (problem_type is regression); say so with "
            "--output numbers, or make two classes of one of them with --threshold, above it and "
            "not."
        )
    return problem == "multi_label_classification"


def chosen(path: object, found: Any, wanted: str) -> Any:
    """One output of a program that returns several, by key or by place.

    Args:
        path: of the program, for refusals.
        found: a tensor, a tuple or list of them, or a mapping.
        wanted: ``logits`` or ``0``; empty where there is one alone.

    Raises:
        UserError: there are several and none is chosen, or none of that name.
    """
    if isinstance(found, torch.Tensor):
        return found
    if isinstance(found, Mapping):
        named = {str(key): value for key, value in found.items()}
    elif isinstance(found, tuple | list):
        named = {str(place): value for place, value in enumerate(found)}
    else:
        return found
    key = wanted.partition(":")[0]
    if key in named:
        return named[key]
    usable = [name for name, value in named.items() if isinstance(value, torch.Tensor)]
    if not key and len(usable) == 1:
        return named[usable[0]]
    listed = ", ".join(quoted(name, 40) for name in named) or "none"
    raise UserError(
        f"{path} returns {len(named)} outputs ({listed}); choose one with --output, e.g. "
        f"--output {quoted(usable[0], 40) if usable else 0}."
    )
