"""The settings of a run, one record per procedure, and how the run is carried out.

A record holds what decides the claim and nothing else: PREDICT has no n0 and no bound, an exact
method draws nothing and has no n, no alpha and no seed. What only decides how fast the numbers come
is :class:`Execution`. Forms, flags and reports follow from the fields.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, TypeVar, overload

from pydantic import Field, model_validator

from engine.core.errors import UserError
from engine.core.fields import FieldSpec, checked, field_specs
from engine.core.records import Record
from engine.evidence.setting_fields import (
    N0,
    SEED_BITS,
    Alpha,
    Bound,
    BoundKey,
    Epsilon,
    N,
    Noise,
    NoiseMode,
    PrecisionField,
    RankBoundField,
    SchemeField,
    Seed,
    SeedOrigin,
    Smoothed,
    Target,
    unasked,
)
from engine.regions import Perturbation
from engine.schemes import Gaussian, Scheme, scheme_class

BoundName = BoundKey | Literal["soft", "enumeration", "computed"]
"""The last two are no choice: of laws that are counted whole, and of computed probabilities."""
TestName = Literal["one-sided", "two-sided"]
Task = Literal["certify", "predict", "decide", "measure"]
"""A procedure; CERTIFY is exact where the scheme's noise can be counted whole."""

BETA = 0.0001


class CertifySettings(Smoothed):
    """CERTIFY by sampling: a class chosen from n0 votes and bounded from n fresh ones.

    Attributes:
        seed: None is to be drawn before the run, by :func:`seeded`. Whoever asks a person for
            settings passes None where none was given; the default is for settings in a program.
        seed_origin: whether this program drew the seed before the run, or somebody gave it.
    """

    kind: Annotated[Literal["certify"], unasked()] = "certify"
    scheme: SchemeField = Field(default_factory=Gaussian)
    n0: N0 = 100
    n: N = 100_000
    alpha: Alpha = 0.001
    bound: Bound = "anytime"
    noise: Noise = "float"
    target: Target = ""
    seed: Seed = 0
    seed_origin: SeedOrigin = "not recorded"
    precision: PrecisionField = "fp32"

    @model_validator(mode="after")
    def _sampled(self) -> CertifySettings:
        """A law that is counted whole has no n, no bound and no seed to declare."""
        if self.scheme.counted is not None:
            raise ValueError(f"{self.scheme.key} is exact, so no claim of it rests on samples")
        if self.scheme.sweeps:
            raise ValueError(f"{self.scheme.key} is certified over a range, anchor by anchor")
        return self


class PredictSettings(Smoothed):
    """PREDICT: the class that a binomial test on n votes returns, or none.

    Attributes:
        test: ``one-sided`` (the top class against 1/2) or ``two-sided`` (the top two).
    """

    n0: ClassVar[int] = 0
    bound: ClassVar[str] = ""
    target: ClassVar[str] = ""

    kind: Annotated[Literal["predict"], unasked()] = "predict"
    scheme: SchemeField = Field(default_factory=Gaussian)
    n: N = 100_000
    alpha: Alpha = 0.001
    noise: Noise = "float"
    seed: Seed = 0
    seed_origin: SeedOrigin = "not recorded"
    precision: PrecisionField = "fp32"
    test: Annotated[TestName, unasked()] = "one-sided"


class DecideSettings(Smoothed):
    """An adaptive decision on a target that was named beforehand (Horvath et al. 2022).

    Attributes:
        n: votes of the run with a fixed n that the decision is compared with.
        target: what is decided, in the scheme's terms.
        beta: chance of giving up on a target that the class's probability would allow.
        phases: estimation votes of every phase; empty for 1 %, 10 % and 125 % of n.
    """

    bound: ClassVar[str] = "clopper-pearson"

    kind: Annotated[Literal["decide"], unasked()] = "decide"
    scheme: SchemeField = Field(default_factory=Gaussian)
    n0: N0 = 100
    n: N = 100_000
    alpha: Alpha = 0.001
    noise: Noise = "float"
    seed: Seed = 0
    seed_origin: SeedOrigin = "not recorded"
    precision: PrecisionField = "fp32"
    target: Annotated[str, unasked()] = ""
    beta: Annotated[float, unasked()] = BETA
    phases: Annotated[tuple[int, ...], unasked()] = ()


class MeasureSettings(Smoothed):
    """Median smoothing: where the medians of a model's numbers stay under changes up to epsilon.

    Attributes:
        scheme: Gaussian noise on an image or a row, whose term is the l2 norm of the change.
        epsilon: largest size of the change, in that term.
        bound: ``anytime`` holds at every n at once, ``clopper-pearson`` at the planned n.
    """

    n0: ClassVar[int] = 0
    target: ClassVar[str] = ""

    kind: Annotated[Literal["measure"], unasked()] = "measure"
    scheme: SchemeField = Field(default_factory=Gaussian)
    epsilon: Epsilon
    n: N = 10_000
    alpha: Alpha = 0.001
    bound: RankBoundField = "anytime"
    noise: Noise = "float"
    seed: Seed = 0
    seed_origin: SeedOrigin = "not recorded"
    precision: PrecisionField = "fp32"

    @model_validator(mode="after")
    def _one_term(self) -> MeasureSettings:
        """What 1/2 may have been before a change is known to the last bit under Gaussian noise."""
        if not isinstance(self.scheme, (Gaussian, scheme_class("gaussian-row"))):
            raise ValueError(
                f"medians are bounded under Gaussian noise, not by {self.scheme.key}; choose "
                "gaussian, or gaussian-row for rows of a table"
            )
        return self

    @property
    def change(self) -> Perturbation:
        """The largest change, in the scheme's own term."""
        return dict.fromkeys(self.scheme.terms, self.epsilon)


class Former(Record):
    """What evidence of schema 1.0 declared of an exact run, though it decided nothing.

    The hash chain and the noise key of such a run are over these values.
    """

    alpha: float = 0.001
    noise: NoiseMode = "float"
    seed: int = 0


class ExactSettings(Smoothed):
    """An exact method: all samples of a finite noise law are counted, and none is drawn.

    They are counted twice, to name the class and to see the model repeat itself. Where the scheme
    computes its probabilities, samples are drawn once, beside them, and decide nothing.
    """

    alpha: ClassVar[float] = 0.0
    noise: ClassVar[NoiseMode] = "float"
    target: ClassVar[str] = ""
    seed: ClassVar[int] = 0
    seed_origin: ClassVar[str] = "not recorded"

    kind: Annotated[Literal["exact"], unasked()] = "exact"
    scheme: SchemeField
    precision: PrecisionField = "fp32"
    former: Annotated[Former | None, unasked()] = None

    @model_validator(mode="after")
    def _enumerated(self) -> ExactSettings:
        """Only a law with a number of samples can be counted whole."""
        if self.scheme.counted is None:
            raise ValueError(f"{self.scheme.key} draws its noise at random")
        return self

    @property
    def n(self) -> int:
        """Samples of the law, which are never chosen, or those beside a computed probability."""
        return self.scheme.counted or 0

    @property
    def n0(self) -> int:
        """Samples of the first count: all of them, or none where the class is computed."""
        return 0 if self.scheme.computed else self.n

    @property
    def bound(self) -> BoundName:
        """How the probability is known."""
        return "computed" if self.scheme.computed else "enumeration"


class SweepSettings(Smoothed):
    """CERTIFY over the range of a transformation, by votes at many anchors.

    Attributes:
        n: votes at one anchor at most; each ends as soon as its anytime bound decides.
    """

    bound: ClassVar[Literal["anytime"]] = "anytime"
    noise: ClassVar[NoiseMode] = "float"
    target: ClassVar[str] = ""

    kind: Annotated[Literal["sweep"], unasked()] = "sweep"
    scheme: SchemeField
    n0: N0 = 100
    n: N = 100_000
    alpha: Alpha = 0.001
    seed: Seed = 0
    seed_origin: SeedOrigin = "not recorded"
    precision: PrecisionField = "fp32"

    @model_validator(mode="after")
    def _anchored(self) -> SweepSettings:
        """Only a scheme over a range has anchors."""
        if not self.scheme.sweeps:
            raise ValueError(f"{self.scheme.key} is not certified over a range")
        return self


RunSettings = (
    CertifySettings
    | PredictSettings
    | DecideSettings
    | ExactSettings
    | SweepSettings
    | MeasureSettings
)
Counting = CertifySettings | ExactSettings | SweepSettings
"""What CERTIFY takes."""
S = TypeVar("S", bound=RunSettings)
SettingsField = Annotated[RunSettings, Field(discriminator="kind")]


class Execution(Record):
    """How a run is carried out: it decides how fast the numbers come, not which."""

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


def task_of(settings: RunSettings) -> Task:
    """The command that makes a run of these settings."""
    return settings.kind if settings.kind in _RECORDS else "certify"


def hashed(settings: RunSettings) -> Former:
    """Alpha, noise mode and seed as hash chains and noise keys hold them, exact runs included.

    Raises:
        ValueError: the seed was not drawn yet.
    """
    if isinstance(settings, ExactSettings):
        return settings.former or Former()
    if settings.seed is None:
        raise ValueError("the seed is drawn before the run, by seeded()")
    return Former(alpha=settings.alpha, noise=settings.noise, seed=settings.seed)


def alpha_of(settings: RunSettings) -> float:
    """The chance of error that rows of a table declare; an exact method has one in name alone."""
    exact = isinstance(settings, ExactSettings)
    return hashed(settings).alpha if exact else settings.alpha


USUAL = Execution()
"""On the best device, in batches of a measured size."""
_RECORDS: dict[Task, type[RunSettings]] = {
    "certify": CertifySettings,
    "predict": PredictSettings,
    "decide": DecideSettings,
    "measure": MeasureSettings,
}


def settings_record(task: Task, scheme: type[Scheme]) -> type[RunSettings]:
    """The record that a run of ``task`` under a scheme declares."""
    if task == "certify" and scheme.sweeps:
        return SweepSettings
    if task == "certify" and scheme().counted is not None:
        return ExactSettings
    return _RECORDS[task]


def run_specs(task: Task, scheme: type[Scheme] = Gaussian) -> list[FieldSpec]:
    """What a form or command line asks for beside the scheme; how it is carried out comes last.

    A seed that nobody gives is fresh.
    """
    specs = [*field_specs(settings_record(task, scheme)), *field_specs(Execution)]
    return [replace(spec, default=None) if spec.name == "seed" else spec for spec in specs]


@overload
def declared(task: Literal["certify"], scheme: Scheme, values: Mapping[str, Any]) -> Counting: ...
@overload
def declared(
    task: Literal["predict"], scheme: Scheme, values: Mapping[str, Any]
) -> PredictSettings: ...
@overload
def declared(
    task: Literal["decide"], scheme: Scheme, values: Mapping[str, Any]
) -> DecideSettings: ...
@overload
def declared(
    task: Literal["measure"], scheme: Scheme, values: Mapping[str, Any]
) -> MeasureSettings: ...
def declared(task: Task, scheme: Scheme, values: Mapping[str, Any]) -> RunSettings:
    """The settings that some values mean; those that mean nothing for this run are left out.

    Without a seed they have none yet: :func:`seeded` draws it.

    Raises:
        UserError: a value out of range, or of which the scheme leaves no choice.
    """
    record = settings_record(task, type(scheme))
    if record is ExactSettings and values.get("target"):
        raise UserError(f"--target stops early, and {scheme.key} is exact; leave --target out.")
    if scheme.sweeps and (task == "decide" or values.get("target")):
        raise UserError(
            f"{scheme.key} stops at each anchor by itself: it takes no target and no radius. Give "
            "the range and use certify."
        )
    if scheme.sweeps and values.get("bound") not in (None, "", SweepSettings.bound):
        raise UserError(f"{scheme.key} has the bound anytime: leave {values['bound']} out.")
    if scheme.sweeps and values.get("noise") == "exact":
        scheme.drawn("exact")
    own = {name: value for name, value in values.items() if name in record.model_fields}
    fresh = {"seed": None} if "seed" in record.model_fields else {}
    return checked(record, **{**fresh, **own, "scheme": scheme})


def seeded(settings: S) -> S:
    """Settings of a run that is about to begin: with the seed that was given, or 63 fresh bits.

    Either way they say which; seeded once more they stay as they are.
    """
    if settings.kind == "exact" or settings.seed_origin != "not recorded":
        return settings
    known = {"seed_origin": "given"}
    fresh = {"seed": secrets.randbits(SEED_BITS), "seed_origin": "drawn"}
    found: S = Record.model_copy(settings, update=fresh if settings.seed is None else known)
    return found


def seed_in_words(settings: RunSettings) -> str:
    """The seed and where it comes from, as far as that is recorded."""
    origin = {"drawn": " (drawn before the run)", "given": " (given)"}
    return f"{settings.seed}{origin.get(settings.seed_origin, '')}"


def carried_out(values: Mapping[str, Any]) -> Execution:
    """How some values say that a run is carried out.

    Raises:
        UserError: a value out of range.
    """
    return checked(Execution, **{k: v for k, v in values.items() if k in Execution.model_fields})
