"""What decides the weights of an image model, beside its data and its network."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from engine.core.records import Record
from engine.evidence.setting_fields import SchemeField
from engine.training.methods import MethodField
from engine.training.methods.gaussian import GaussianTraining


class Recipe(Record):
    """A training; the fields that a form asks for follow those of scheme and method.

    Attributes:
        scheme: whose noise the network sees.
        method: which loss is descended.
        check_every: epochs between looks at the validation part.
        draws: noisy samples of every validation image at a look.
        kept: the weights of the epoch with the highest accuracy on noisy validation images, or
            those of the last epoch, as most papers do.
        precision: of the products in training; the weights are float32 in either. Networks of
            images run in bf16 twice as fast on processors that have it.
    """

    scheme: SchemeField
    method: MethodField = GaussianTraining()
    epochs: int = Field(
        default=600,
        ge=1,
        le=100_000,
        title="epochs",
        description="rounds over the training images",
    )
    batch: int = Field(
        default=128,
        ge=1,
        le=100_000,
        title="batch",
        description="images in a step",
        json_schema_extra={"step": 32},
    )
    optimizer: Literal["adamw", "sgd"] = Field(
        default="adamw", title="optimizer", description="SGD has a momentum of 0.9"
    )
    learning_rate: float = Field(
        default=2e-3,
        gt=0,
        le=100,
        title="learning rate",
        description="at first; it falls to 0 along a cosine",
    )
    weight_decay: float = Field(
        default=1e-2,
        ge=0,
        le=1,
        title="weight decay",
        description="of the optimizer",
        json_schema_extra={"advanced": True},
    )
    check_every: int = Field(
        default=10,
        ge=1,
        le=100_000,
        title="check every",
        description="epochs between looks at the validation images",
    )
    draws: int = Field(
        default=50,
        ge=1,
        le=10_000,
        title="draws",
        description="noisy samples of every validation image at a look",
        json_schema_extra={"advanced": True},
    )
    kept: Literal["best", "last"] = Field(
        default="best",
        title="kept",
        description="the epoch best on noisy validation images, or the last",
        json_schema_extra={"advanced": True},
    )
    precision: Literal["fp32", "bf16"] = Field(
        default="fp32",
        title="precision",
        description="of the products in training",
        json_schema_extra={"advanced": True},
    )
    seed: int = Field(
        default=0,
        ge=0,
        lt=2**63,
        title="seed",
        description="of the first weights, the order and the noise",
    )

    @model_validator(mode="after")
    def _noise_trains(self) -> Recipe:
        self.method.check(self.scheme)
        return self
