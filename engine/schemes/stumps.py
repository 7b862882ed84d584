"""Ensembles of decision stumps: the smoothed classifier itself, computed instead of sampled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, PrivateAttr

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import (
    Norm,
    StumpEnsemble,
    certified_radius,
    required_outside,
)
from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.core.rounding import round_down, round_up
from engine.noise.gaussian_law import GaussianNoise
from engine.noise.law import NoiseLaw
from engine.noise.numbers_alone import NumbersAlone, UniformNoise
from engine.regions import Ball, Perturbation, Region, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family, Known, Scheme
from engine.schemes.parameter_fields import NUMBERS, OF_TABLE, PIXELS, sigma_field, unit_for
from engine.schemes.semantic import against_half

CITATION = (
    "Horvath, Mueller, Fischer & Vechev, (De-)Randomized Smoothing for Decision Stump Ensembles, "
    "NeurIPS 2022"
)
UNIT = "unit"
EITHER_NORM = "l2 norm (Gaussian noise) or l1 norm (uniform noise)"
_UNIT = f"{PIXELS}{OF_TABLE}{NUMBERS}"
_DIGITS = 6


class StumpScheme(Scheme):
    """g(x) = the more probable class of f(x + e), f a sum of step functions of one number each.

    Attributes:
        samples: noisy inputs that are classified beside the computation; no claim rests on them.
    """

    citation: ClassVar[str] = CITATION
    family: ClassVar[Family] = "exact"
    randomness: ClassVar[Literal["probabilistic", "deterministic"]] = "deterministic"
    computed: ClassVar[bool] = True
    named: ClassVar[tuple[str, str]] = (
        "probability of another class than 0, at most",
        "of another class than 1, at most",
    )
    """What the facts call the masses outside both classes."""

    norm: Norm = Field(
        default="l2",
        title="norm",
        description="l2 with Gaussian noise, or l1 with uniform noise",
    )
    sigma: float = sigma_field(_UNIT)
    lam: float = Field(
        default=0.5,
        gt=0,
        le=100,
        title="half-width",
        description="half-width of uniform noise",
        json_schema_extra={"unit": _UNIT, "step": 0.05, "slider": [0.05, 4.0, 0.05]},
    )
    samples: int = Field(
        default=1000,
        ge=1,
        le=10**6,
        title="samples beside",
        description="votes that are drawn beside the computed probability, to show and to check it",
        json_schema_extra={"unit": "votes", "step": 1000, "advanced": True},
    )

    _unit: str = PrivateAttr(default=_UNIT)

    def __eq__(self, other: object) -> bool:
        """By the parameters: in what unit it is said is none of them."""
        return type(other) is type(self) and vars(other) == vars(self)

    @property
    def counted(self) -> int:
        """The votes beside."""
        return self.samples

    @property
    def scale(self) -> float:
        """Of the noise that belongs to the norm."""
        return self.sigma if self.norm == "l2" else self.lam

    def idle(self) -> frozenset[str]:
        """The scale of the other law."""
        return frozenset({"lam"} if self.norm == "l2" else {"sigma"})

    def for_input(self, given: InputIdentity) -> Self:
        """In the unit of its numbers."""
        return self.for_kind(given.kind)

    def for_kind(self, kind: str) -> Self:
        """The same, saying in what unit noise and radii are of inputs of one kind."""
        found = self.model_copy()
        found._unit = unit_for(_UNIT, kind)
        return found

    def noise(self) -> NoiseLaw:
        """On the numbers; categorical fields have none."""
        unit = self._unit
        if self.norm == "l1":
            return NumbersAlone(UniformNoise(self.lam, unit))
        return NumbersAlone(GaussianNoise(self.sigma, unit, gridded=False))

    def masses(self, x: Sequence[npt.NDArray[Any]], model: object) -> npt.NDArray[np.float64]:
        """(2, G + 1) masses outside each class, by number of changed fields.

        Raises:
            UserError: the model is no ensemble of stumps, or takes other numbers.
        """
        if isinstance(model, StumpVote):
            raise UserError(
                f"The model is a vote of {len(model.members)} ensembles of stumps, which the "
                f"scheme '{self.key}' does not certify; use --scheme stumps-vote."
            )
        if not isinstance(model, StumpEnsemble):
            raise self.other_model()
        numbers, codes = numbers_of(x, len(model.numbers))
        found: npt.NDArray[np.float64] = model.outside(
            numbers, norm=self.norm, scale=self.scale, codes=codes
        )[0]
        return found

    def other_model(self) -> UserError:
        """The refusal of a model that is nothing of stumps."""
        return UserError(
            f"The scheme '{self.key}' computes with an ensemble of decision stumps, and the model "
            "is none that it can read; give one (XGBoost JSON, LightGBM text or ONNX, of depth "
            "one, or demo:digits-1-5-stumps), or smooth this model with another scheme."
        )

    def known(self, facts: Facts) -> Known | None:
        """The class of the smaller mass outside it; class 0 of two alike."""
        try:
            masses = [float(facts[name]) for name in self.named]
        except (KeyError, ValueError):
            return None
        if not all(0 <= mass <= 1 for mass in masses):
            return None
        top = int(masses[1] < masses[0])
        return Known(top, masses[top], max(0.0, math.nextafter(1.0 - masses[1 - top], 0.0)))

    def compute(self, x: Sequence[npt.NDArray[Any]], model: object) -> Facts:
        """Both masses, and in what norms are measured.

        Raises:
            UserError: as :meth:`masses`.
        """
        return self.stated_masses(self.masses(x, model)[:, 0].tolist(), x)

    def stated_masses(self, masses: Sequence[float], x: Sequence[npt.NDArray[Any]]) -> Facts:
        """The facts of both masses outside, and of the unit of norms."""
        return {**dict(zip(self.named, masses, strict=True)), UNIT: unit_of(x)}

    def check_facts(self, facts: Facts, given: InputIdentity) -> None:
        """Refuse masses that no two classes can have together, or norms in another unit.

        Raises:
            UserError: naming the fact.
        """
        if facts and facts.get(UNIT) != (NUMBERS if given.kind == "table" else PIXELS):
            raise UserError(f"norms of a {given.kind} are not in {facts.get(UNIT)}.")
        known = self.known(facts)
        if facts and (known is None or known.least > known.outside):
            raise UserError("the probabilities that were computed contradict each other.")

    def attacker_in_words(self, kind: str) -> str:
        """In the chosen norm, of the numbers of a row or the pixels of an image."""
        what = {"table": "number", "image": "pixel"}.get(kind, "number or pixel")
        words = self.attacker_of(kind).replace(EITHER_NORM, f"{self.norm} norm")
        return words.replace("number or pixel", what)

    def rule_in_words(self) -> str:
        """What is computed, and what follows from it."""
        return (
            "The probability of each class under the noise is computed from the model itself, "
            "feature by feature, and the certified region follows from it."
        )

    def rests_on(self, facts: Facts) -> tuple[tuple[str, str, str], ...]:
        """The computed probability, and what rounding the steps to a lattice costs."""
        known = self.known(facts)
        if known is None:
            return ()
        low, high = round_down(known.least, _DIGITS), round_up(known.outside, _DIGITS)
        best, claimed = self.radius(known.least), self.radius(known.outside)
        cost = f"at most {_up(known.outside - known.least)} of probability"
        # next to 0 the lower side has no digits, for it is the other mass less 1
        if best is not None and claimed is not None and 2 * known.least > known.outside:
            cost += f", {_up(best - claimed)} of the radius"
        return (
            ("probability of another class", f"{low} to {high}", "computed, from both sides"),
            ("the lattice costs", cost, "steps are rounded to it, against the claim"),
        )

    def radius(self, outside: float) -> float | None:
        """Certified for this mass outside the class."""
        return certified_radius(outside, norm=self.norm, scale=self.scale)

    def needed(self, radius: float) -> float:
        """The p_lower that a radius needs."""
        left = required_outside(radius, norm=self.norm, scale=self.scale)
        return 1.0 - left if left > 0 else IMPOSSIBLE


def _up(value: float) -> str:
    """Two digits, rounded up: ``1.3e-06``."""
    if not value > 0:
        return "0"
    power = math.floor(math.log10(value)) - 1
    return f"{math.ceil(value / 10.0**power) * 10.0**power:.1e}"


def numbers_of(
    x: Sequence[npt.NDArray[Any]], width: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[Any] | None]:
    """Numbers (1, F) and codes (1, G) of an input; no codes of an image.

    Args:
        x: its parts.
        width: how many numbers the ensemble takes.

    Raises:
        UserError: the input has more or fewer.
    """
    numbers = np.asarray(x[0], dtype=np.float64).reshape(1, -1)
    if numbers.shape[1] != width:
        raise UserError(f"The ensemble takes {width} numbers, the input has {numbers.shape[1]}.")
    return numbers, np.asarray(x[1])[None] if len(x) > 1 else None


def unit_of(x: Sequence[npt.NDArray[Any]]) -> str:
    """Of the numbers of a row, or of the pixels of an image."""
    return NUMBERS if len(x) > 1 else PIXELS


class Stumps(StumpScheme):
    """A ball around the numbers of a row, or around a small image.

    With q the probability that the noisy input is not given the class: ||d||_2 < -sigma Phi^-1(q)
    under Gaussian noise, ||d||_1 < 2 lam (1/2 - q) under uniform noise. q is computed by dynamic
    programming over the features, from above; nothing is sampled.
    """

    key: ClassVar[str] = "stumps"
    title: ClassVar[str] = "Decision stumps, computed exactly"
    inputs: ClassVar[tuple[str, ...]] = ("table", "image")
    subject: ClassVar[str] = "input"
    attacker: ClassVar[str] = (
        f"change every number or pixel, as long as the whole change has {EITHER_NORM} below R"
    )
    terms: ClassVar[Mapping[str, Term]] = {"radius": Term("norm of the change", _UNIT)}
    limits: ClassVar[tuple[str, ...]] = (
        "Categorical fields stay as they are: it says nothing about changes of these.",
        "It is computed in exact arithmetic for real numbers: a library that rounds its inputs to "
        "32 bits moves each cut by at most one such rounding.",
    )

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Region | None:
        """The ball of the computed mass, or of 1 - p_lower where none was computed."""
        known = self.known(facts)
        outside = against_half(bounds) if known is None else known.outside
        radius = self.radius(outside)
        if radius is None:
            return None
        return Ball(norm=self.norm, radius=radius, unit=str(facts.get(UNIT, self._unit)))

    def stated_terms(self) -> Mapping[str, Term]:
        """The radius in the unit of the numbers."""
        return {"radius": Term("norm of the change", self._unit)}

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Phi(radius / sigma), or 1/2 + radius / (2 lam)."""
        return self.needed(perturbation["radius"])


def for_kind(scheme: Scheme, kind: str) -> Scheme:
    """A scheme of stumps in the unit of inputs of one kind; another as it is."""
    return scheme.for_kind(kind) if isinstance(scheme, StumpScheme) else scheme
