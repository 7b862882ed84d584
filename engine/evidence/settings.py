"""The settings of a run: everything that decides its numbers, and how it is carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, SerializeAsAny, model_validator

from engine.core.records import Record
from engine.noise.law import NoiseLaw
from engine.schemes import Gaussian, Scheme, parse_scheme

BoundKey = Literal[
    "live",
    "anytime",
    "anytime-two-class",
    "clopper-pearson",
    "two-class",
    "two-class-uneven",
    "enumeration",
]
ENUMERATION: BoundKey = "enumeration"
NoiseMode = Literal["float", "exact"]
Precision = Literal["fp32", "bf16", "fp16"]


def read_scheme(value: Any) -> Any:
    """A scheme from its serialised form; anything else as it is, for pydantic to judge."""
    return parse_scheme(value) if isinstance(value, Mapping) else value


class RunSettings(Record):
    """Declared before a run starts and carried by its result.

    ``batch`` and ``device`` decide only how fast the numbers come, not which come.
    """

    scheme: Annotated[SerializeAsAny[Scheme], BeforeValidator(read_scheme)] = Field(
        default_factory=Gaussian, json_schema_extra={"form": False}
    )
    n0: int = Field(
        default=100,
        ge=1,
        le=10**9,
        title="n0",
        description="votes that choose the class",
        json_schema_extra={"unit": "votes", "step": 100},
    )
    n: int = Field(
        default=100_000,
        ge=1,
        le=10**9,
        title="n",
        description="fresh votes that bound its probability",
        json_schema_extra={"unit": "votes", "step": 10_000},
    )
    alpha: float = Field(
        default=0.001,
        gt=0,
        lt=1,
        title="alpha",
        description="chance that the claim is wrong",
        json_schema_extra={"step": 0.001},
    )
    bound: BoundKey = Field(
        default="live",
        title="bound",
        description="how votes become a claim; fixed before the run",
        json_schema_extra={"choices": [key for key in get_args(BoundKey) if key != ENUMERATION]},
    )
    noise: NoiseMode = Field(
        default="float",
        title="noise",
        description="fast float noise, or exact: integer noise, sound on the 8-bit grid",
        json_schema_extra={"advanced": True},
    )
    target_radius: float = Field(
        default=0.0,
        ge=0,
        le=1000,
        title="stop at radius",
        description="end the run once this radius is certified or hopeless; 0 runs to n",
        json_schema_extra={"unit": "pixels in [0,1]", "step": 0.05, "advanced": True},
    )
    target: str = Field(
        default="",
        title="stop at",
        description="the same for any scheme, in its own terms: entities=2,epsilon=0.25",
        json_schema_extra={"advanced": True},
    )
    seed: int = Field(
        default=0,
        ge=0,
        lt=2**63,
        title="seed",
        description="same seed, same noise",
        json_schema_extra={"step": 1, "advanced": True},
    )
    batch: int = Field(
        default=0,
        ge=0,
        le=1_000_000,
        title="batch",
        description="samples per batch; 0 measures a good one",
        json_schema_extra={"step": 32, "advanced": True},
    )
    device: str = Field(
        default="auto",
        pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$",
        title="device",
        description="where the model runs",
        json_schema_extra={"choices": ["auto", "cpu", "cuda", "mps"], "advanced": True},
    )
    precision: Precision = Field(
        default="fp32",
        title="precision",
        description="arithmetic of the base classifier; part of its identity",
        json_schema_extra={"advanced": True},
    )

    @property
    def law(self) -> NoiseLaw:
        """The law of the scheme's noise, as the run draws it."""
        return self.scheme.noise().in_mode(self.noise)

    @model_validator(mode="before")
    @classmethod
    def _settle(cls, values: Any) -> Any:
        """What an enumerated noise law leaves no choice about."""
        if not isinstance(values, Mapping):
            return values
        scheme = read_scheme(values.get("scheme"))
        samples = scheme.noise().samples if isinstance(scheme, Scheme) else None
        if samples is None:
            if values.get("bound") == ENUMERATION:
                raise ValueError(
                    "--bound enumeration is for schemes whose noise can be counted whole"
                )
            return values
        # All samples twice: to name the class, and to see the model repeat itself.
        return {**values, "scheme": scheme, "n0": samples, "n": samples, "bound": ENUMERATION}


SETTLED = frozenset({"n0", "n", "alpha", "bound", "noise", "target", "target_radius", "seed"})
"""Settings that mean nothing under an enumerated noise law; a form hides them."""
