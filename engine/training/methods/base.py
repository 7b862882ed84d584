"""The contract of a training method: fields that are its settings, and a loss for one batch.

No torch at module level: the window makes its form of the fields before torch is loaded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from pydantic import Field, model_serializer

from engine.core.errors import UserError
from engine.core.records import Record
from engine.schemes import Gaussian, Scheme

if TYPE_CHECKING:
    import torch

    from engine.training.step import Step


class Loss(NamedTuple):
    """What a batch came to.

    Attributes:
        value: the mean over the images, which is descended.
        scores: (m B, K) of the noisy samples that the network was shown, the m samples of an image
            B rows apart; what training accuracy is counted on.
    """

    value: torch.Tensor
    scores: torch.Tensor


class Method(Record, ABC):
    """How a base classifier is trained for its smoothed version; the fields are its settings.

    Form, flags and card are made from them; adding a method is one file and one line in
    ``engine/training/methods/__init__.py``.
    """

    key: ClassVar[str]
    """Name on the command line."""
    title: ClassVar[str]
    citation: ClassVar[str]
    """Authors, title, venue and equation; and where the defaults of the fields come from."""
    idea: ClassVar[str]
    """What it minimises, in one sentence that starts with a verb."""
    noise: ClassVar[Literal["any", "added", "gaussian"]] = "any"
    """Whose noise can train: any scheme's; one that is added to the image, because the gradient is
    taken through it; Gaussian noise alone, because the loss is made of its radius."""

    @abstractmethod
    def loss(self, step: Step, x: torch.Tensor, labels: torch.Tensor) -> Loss:
        """The loss of images (B, C, H, W) in [0, 1] with their classes (B,)."""

    def check(self, scheme: Scheme) -> None:
        """Refuse a scheme whose noise cannot train this way.

        Raises:
            UserError: naming schemes or methods that can.
        """
        if self.noise == "gaussian" and not isinstance(scheme, Gaussian):
            raise UserError(
                f"{self.key} maximises the radius of Gaussian smoothing, and {scheme.key} has "
                "another; train with --scheme gaussian, or with --method consistency."
            )
        if self.noise == "added" and not scheme.noise().additive:
            raise UserError(
                f"{self.key} follows a gradient through noise that is added to the image, and "
                f"{scheme.key} does something else to it; train with --method gaussian, stability "
                "or consistency."
            )

    @model_serializer(mode="wrap")
    def _with_key(self, handler: Any) -> dict[str, Any]:
        return {"key": self.key, **handler(self)}


def draws_field(default: int, what: str = "noisy samples of every image in a step") -> Any:
    """How often an image is noised in a step."""
    return Field(default=default, ge=1, le=64, title="m", description=what)


def weight_field(default: float, description: str, title: str = "lambda") -> Any:
    """The weight of the term that a method adds."""
    return Field(default=default, ge=0, le=1000, title=title, description=description)


def steps_field(default: int) -> Any:
    """How many steps an attack takes."""
    return Field(default=default, ge=1, le=100, title="steps", description="steps of the attack, T")


def warmup_field() -> Any:
    """Epochs until a method has its full strength."""
    return Field(
        default=10,
        ge=0,
        le=10_000,
        title="warm-up",
        description="epochs in which it grows to its full strength",
        json_schema_extra={"unit": "epochs", "advanced": True},
    )
