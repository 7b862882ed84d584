"""The fields that settings of several procedures declare alike, and what is said of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny, model_validator

from engine.core.records import Record
from engine.core.scores import SOFT
from engine.noise.law import NoiseLaw
from engine.schemes import Scheme, parse_scheme
from engine.schemes.ranked import top_k

BoundKey = Literal[
    "anytime",
    "live",
    "anytime-two-class",
    "clopper-pearson",
    "two-class",
    "two-class-uneven",
    "multi-class",
    "anytime-multi-class",
]
CertifyBound = Literal[BoundKey, "soft"]
NoiseMode = Literal["float", "exact"]
Precision = Literal["fp32", "bf16", "fp16"]

SEED_BITS = 63
LEAST_ALPHA = 1e-30
"""Below this the tails of the bounds leave float64's range; nobody's chance of error is smaller."""


def read_scheme(value: Any) -> Any:
    """A scheme from its serialised form; anything else as it is, for pydantic to judge."""
    return parse_scheme(value) if isinstance(value, Mapping) else value


SchemeField = Annotated[
    SerializeAsAny[Scheme], BeforeValidator(read_scheme), Field(json_schema_extra={"form": False})
]
N0 = Annotated[
    int,
    Field(
        ge=1,
        le=10**9,
        title="n0",
        description="votes that choose the class",
        json_schema_extra={"unit": "votes", "step": 100},
    ),
]
N = Annotated[
    int,
    Field(
        ge=1,
        le=10**9,
        title="n",
        description="fresh votes that bound its probability",
        json_schema_extra={"unit": "votes", "step": 10_000},
    ),
]
Alpha = Annotated[
    float,
    Field(
        ge=LEAST_ALPHA,
        lt=1,
        title="alpha",
        description="chance that the claim is wrong",
        json_schema_extra={"step": 0.001},
    ),
]
Bound = Annotated[
    CertifyBound,
    Field(title="bound", description="how votes become a claim; fixed before the run"),
]
RankBoundField = Annotated[
    Literal["anytime", "clopper-pearson"],
    Field(
        title="bound",
        description="how answers become an interval; fixed before the run: anytime, at any stop, "
        "or clopper-pearson, at the planned n",
    ),
]
Epsilon = Annotated[
    float,
    Field(
        ge=0,
        le=1e6,
        title="epsilon",
        description="largest size of the change, in the scheme's term, e.g. its l2 norm",
        json_schema_extra={"step": 0.01},
    ),
]
Noise = Annotated[
    NoiseMode,
    Field(
        title="noise",
        description="fast float noise, or exact: integer noise, sound on the 8-bit grid",
        json_schema_extra={"advanced": True},
    ),
]
Target = Annotated[
    str,
    Field(
        title="stop at",
        description="end the run once this is certified or hopeless, in the scheme's own terms: "
        "radius=0.5 or entities=2,epsilon=0.25",
        json_schema_extra={"advanced": True},
    ),
]
Seed = Annotated[
    int | None,
    Field(
        ge=0,
        lt=2**SEED_BITS,
        title="seed",
        description="fresh for every run; give the seed of a run to draw its noise again",
        json_schema_extra={"step": 1, "advanced": True, "unset": "fresh"},
    ),
]
PrecisionField = Annotated[
    Precision,
    Field(
        title="precision",
        description="arithmetic of the base classifier; part of its identity",
        json_schema_extra={"advanced": True},
    ),
]


def unasked() -> Any:
    """A field that no form asks for."""
    return Field(json_schema_extra={"form": False})


SeedOrigin = Annotated[Literal["drawn", "given", "not recorded"], unasked()]


class Smoothed(Record):
    """What the settings of all procedures have in common."""

    @property
    def law(self: Any) -> NoiseLaw:
        """The law of the scheme's noise, as the run draws it."""
        law: NoiseLaw = self.scheme.noise().in_mode(self.noise)
        return law

    @model_validator(mode="after")
    def _ranked(self: Any) -> Any:
        if self.kind in ("predict", "measure") and top_k(self.scheme) > 1:
            raise ValueError(f"{self.kind} speaks of no ranking; leave --top-k out")
        if self.bound == SOFT:
            _check_soft(self.scheme, self.precision)
        return self


def _check_soft(scheme: Scheme, precision: str) -> None:
    """Refuse the soft bound where its claim would say nothing or too much.

    Raises:
        ValueError: the scheme says another thing than which class leads, or scores are rounded
            more coarsely than they are kept.
    """
    led = scheme.effect("") == Scheme.effect(scheme, "") and scheme.guarantee != "heuristic"
    if not led:
        raise ValueError(
            "the soft bound says which class has the largest mean score, and this run asks for "
            "another thing (a rank, a threshold, or a heuristic); choose a bound on votes"
        )
    if precision != "fp32":
        raise ValueError(
            f"scores in {precision} change with their batch by more than the soft bound allows "
            "for; choose --precision fp32"
        )
