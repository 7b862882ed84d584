"""What schemes of noise for l1, l2 and linf share: a norm, and radii that depend on the dimension.

Yang, Duan, Hu, Salman, Razenshteyn & Li, Randomized Smoothing of All Shapes and Sizes, ICML 2020.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy.typing as npt
from pydantic import Field, model_validator

from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.noise.norm_laws import NormNoise, Shape
from engine.regions import Ball, Norm, Perturbation, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Scheme
from engine.schemes.parameter_fields import PIXELS, sigma_field
from engine.schemes.ranked import Ranked
from engine.schemes.semantic import against_half

if TYPE_CHECKING:
    from engine.certificates.radius_table import Bracket, RadiusTable

CITATION = "Yang et al., Randomized Smoothing of All Shapes and Sizes, ICML 2020"
MOST = 10**8
"""Largest dimension."""
LEVEL_SETS_FROM = 16
"""Least dimension in which radii are worked out by level sets."""
_DOWN = 1.0 - 2.0**-40
_INEQUALITIES = {
    ("l1", "l2"): "by ||x||_1 <= sqrt(d) ||x||_2 in d dimensions",
    ("l1", "linf"): "by ||x||_1 <= d ||x||_inf in d dimensions",
    ("l2", "linf"): "by ||x||_2 <= sqrt(d) ||x||_inf in d dimensions",
    ("l2", "l1"): "by ||x||_2 <= ||x||_1",
    ("linf", "l1"): "by ||x||_inf <= ||x||_1",
    ("linf", "l2"): "by ||x||_inf <= ||x||_2",
}
_NO_SHAPE = {"norm", "sigma", "lam", "dimension", "top_k"}
"""Parameters that a law at scale 1 does not depend on."""
_WORKED_OUT = "It is worked out for the statement and read from no table."
_OWN = {norm: Term(f"{norm} norm of the change", PIXELS) for norm in ("l1", "l2", "linf")}


def norm_field(default: Norm) -> Any:
    """In which norm the attacker is limited."""
    return Field(
        default=default,
        title="norm",
        description="norm that limits the whole change: l1, l2 or linf",
        json_schema_extra={"noise": False},
    )


def power_field(
    default: float,
    *,
    ge: float = 0.05,
    le: float = 100,
    what: str = "power of the norm in the exponent",
) -> Any:
    """k, the power of the norm."""
    return Field(
        default=default, ge=ge, le=le, title="k", description=what, json_schema_extra={"step": 1.0}
    )


def divisor_field() -> Any:
    """j, the power of the norm that divides the density."""
    return Field(
        default=0.0,
        ge=0,
        le=MOST,
        title="j",
        description="power of the norm that divides the density",
        json_schema_extra={"step": 1.0},
    )


def tail_field(unset: str) -> Any:
    """a, the exponent of the tail, which depends on the dimension where it is not given."""
    return Field(
        default=None,
        gt=0,
        le=1e9,
        title="tail",
        description="exponent of the tail",
        json_schema_extra={"unset": unset},
    )


class NormBall(Ranked):
    """g(x) = argmax_c P(f(x + lam e) = c), certified in one norm.

    A norm for which the law has no radius of its own takes one of another norm by
    ||d||_1 <= d^(1/2) ||d||_2 <= d ||d||_inf; of several the best. What is certified is worked out;
    tables (:mod:`engine.certificates.radius_table`) enclose it where plans ask for thousands.
    """

    citation: ClassVar[str] = CITATION
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = (
        "change every pixel, as long as the whole change has a norm below R in the chosen one of "
        "l1, l2 and linf"
    )
    terms: ClassVar[Mapping[str, Term]] = {
        "radius": Term("norm of the change, in the chosen norm", PIXELS)
    }
    limits: ClassVar[tuple[str, ...]] = (
        "It says nothing about changes whose norm is R or more, nor about rotation, occlusion, "
        "blur or other changes that are large in that norm.",
    )
    facts_of_shape: ClassVar[bool] = True
    least_dimension: ClassVar[int] = 1
    own: ClassVar[tuple[Norm, ...]]
    """The norms in which the law has a radius of its own."""

    norm: Norm = norm_field("l1")
    dimension: int | None = Field(
        default=None,
        ge=1,
        le=MOST,
        title="dimension",
        description="how many numbers an input has",
        json_schema_extra={"unset": "as the input has", "advanced": True},
    )

    @abstractmethod
    def scale_in(self, dimension: int) -> float:
        """lam in so many dimensions; infinite or 0 where there is none."""

    @abstractmethod
    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """Radii at scale 1 in the norms that have one of their own, by q = 1 - p_lower."""

    def own_norms(self) -> tuple[Norm, ...]:
        """The norms in which the law has a radius of its own, with these parameters."""
        return self.own

    def rule_in_words(self) -> str:
        """When a certificate is issued, and where its radius comes from."""
        return f"{super().rule_in_words()} {self.radius_in_words()} {_WORKED_OUT}"

    def radius_in_words(self) -> str:
        """Whether the radius is the law's own, or follows from that in another norm."""
        ways = [f"is the law's own in {one}" for one in self.own_norms() if one == self.norm]
        for one in self.own_norms():
            if one != self.norm:
                ways.append(f"follows from the law's own in {one} {_INEQUALITIES[one, self.norm]}")
        best = ", the larger of these" if len(ways) > 1 else ""
        return f"The radius {', or '.join(ways)}{best}."

    def stated_terms(self) -> Mapping[str, Term]:
        """The radius in its norm."""
        return {"radius": _OWN[self.norm]}

    def attacker_in_words(self, kind: str) -> str:
        """The attacker in the chosen norm."""
        del kind
        return f"change every pixel, as long as the whole change has {self.norm} norm below R"

    def prepare(self, x: Sequence[npt.NDArray[Any]]) -> Facts:
        """The dimension."""
        return {"dimension": float(x[0].size)}

    def check_input(self, given: InputIdentity) -> None:
        """Refuse another dimension than stated, and one in which the law is none.

        Raises:
            UserError: naming the parameter.
        """
        count = math.prod(given.shape)
        if self.dimension not in (None, count):
            raise UserError(
                f"--dimension {self.dimension} does not fit this input of {count:,} numbers; give "
                f"--dimension {count}, or none."
            )
        self.check_dimension(count)

    def check_facts(self, facts: Facts, given: InputIdentity) -> None:
        """Refuse a dimension that the input does not have.

        Raises:
            UserError: naming both.
        """
        count = math.prod(given.shape)
        if facts and dict(facts) != {"dimension": count}:
            said = ", ".join(f"{name} {value}" for name, value in facts.items())
            raise UserError(f"{said} is recorded, and the input has {count:,} numbers.")

    def check_alone(self) -> None:
        """Refuse to certify without an input where nobody says how many numbers it has.

        Raises:
            UserError: naming the flag.
        """
        if self.dimension is None:
            raise UserError(
                f"--dimension is needed where no input is at hand: a radius under '{self.key}' "
                "depends on how many numbers an input has."
            )

    def check_dimension(self, count: int) -> None:
        """Refuse a dimension in which there is no such law.

        Raises:
            UserError: naming the parameter.
        """
        self.check_size(count, self.least_dimension)

    def check_size(self, count: int, least: int) -> None:
        """Refuse inputs of fewer than ``least`` numbers.

        Raises:
            UserError: naming the scheme.
        """
        if count < least:
            raise UserError(
                f"The scheme '{self.key}' needs inputs of at least {least} numbers with these "
                "parameters."
            )

    def for_input(self, given: InputIdentity) -> Self:
        """With the dimension of the input."""
        return self.model_copy(update={"dimension": math.prod(given.shape)})

    @classmethod
    def suited_to(cls, given: InputIdentity) -> dict[str, Any]:
        """No dimension: the input has one."""
        del given
        return {"dimension": None}

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball | None:
        """The ball of the best radius; None without a dimension, or where p is not above 1/2."""
        bounds, d = self.as_majority(bounds), self.dimension_of(facts)
        if d is None or bounds.p_lower <= bounds.p_upper:
            return None
        radius = self._radius(d)(against_half(bounds)) * self.scale_in(d) * _DOWN
        return Ball(norm=self.norm, radius=radius, unit=PIXELS) if radius > 0 else None

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """The p_lower whose radius is that size; 2 where none is, or without a dimension."""
        from engine.certificates.norm_balls import required  # deferred: SciPy is slow to load

        d, size = self.dimension_of(facts), perturbation["radius"]
        if d is None:
            return IMPOSSIBLE
        if not size:
            return self.least_share
        size, known = size / (self.scale_in(d) * _DOWN), self._bracket(d)
        around = None if known is None else known.around(size)
        return self.for_rank(required(self._radius(d), size, around))

    def between(self, bounds: ProbabilityBounds) -> tuple[float, float] | None:
        """Two sizes that enclose the radius of :meth:`region`, looked up; no claim.

        None without a table of the law in the dimension, and where nothing is certified.
        """
        bounds, d = self.as_majority(bounds), self.dimension_of(NO_FACTS)
        known = None if d is None else self._bracket(d)
        if d is None or known is None or bounds.p_lower <= bounds.p_upper:
            return None
        q, scale = against_half(bounds), self.scale_in(d)
        return known.low(q) * scale * _DOWN, known.high(q) * scale * _DOWN

    def covering(self, *, entities: int, sizes: Mapping[Norm, float]) -> Perturbation:
        """Its own norm alone."""
        del entities
        return {"radius": sizes[self.norm]}

    def _radius(self, dimension: int) -> Callable[[float], float]:
        from engine.certificates.norm_balls import certified  # deferred as above

        return certified(self.direct(dimension), self.norm, dimension)

    def _bracket(self, dimension: int) -> Bracket | None:
        from engine.certificates.radius_table import bracket, looked_up  # deferred as above

        found = {one: looked_up(self.law_name(), one, dimension) for one in self.own_norms()}
        tables: dict[str, RadiusTable] = {}
        tables.update({one: table for one, table in found.items() if table is not None})
        return bracket(self.direct(dimension), tables, self.norm, dimension)

    def law_name(self) -> str:
        """The law at scale 1, exactly: its key and what decides its shape."""
        shape = {name: getattr(self, name) for name in type(self).model_fields}
        said = (f"{name}={shape[name]!r}" for name in sorted(shape.keys() - _NO_SHAPE))
        return " ".join((self.key, *said))

    def dimension_of(self, facts: Facts) -> int | None:
        """The dimension as recorded, else as stated; None for neither, or where no law is."""
        known = facts.get("dimension", self.dimension)
        if isinstance(known, str) or known is None or not 1 <= known <= MOST:
            return None
        try:
            self.check_dimension(int(known))
        except UserError:
            return None
        return int(known)

    @model_validator(mode="after")
    def _fits_its_dimension(self) -> Self:
        if self.dimension is not None:
            self.check_dimension(self.dimension)
        return self


class NormScheme(NormBall):
    """One of these laws, of a standard deviation sigma in every number, or of a scale lam."""

    norm: Norm = norm_field("l1")
    sigma: float = sigma_field()
    lam: float | None = Field(
        default=None,
        gt=0,
        le=1e6,
        title="scale",
        description="scale of the noise, in place of its standard deviation",
        json_schema_extra={"unit": PIXELS, "unset": "as sigma says", "advanced": True},
    )

    @abstractmethod
    def shape(self) -> Shape:
        """The law at scale 1."""

    def law_in_words(self) -> str:
        """Its name with its shape."""
        return self.key

    def idle(self) -> frozenset[str]:
        """sigma, where the scale is given."""
        return frozenset() if self.lam is None else frozenset({"sigma"})

    def noise(self) -> NormNoise:
        """The law at its scale."""
        return NormNoise(self.law_in_words(), self.shape(), self.sigma, self.lam)

    def tail(self, dimension: int | None) -> tuple[str, float] | None:
        """Of a law with a tail, how its exponent follows from the dimension and what it is there.

        None where it is given, or there is none. Without a dimension the number is no matter.
        """
        del dimension
        return None

    def noise_in_words(self) -> str:
        """The law with the numbers that were used: those that are not given by the dimension."""
        d, words = self.dimension, self.noise().in_words()
        rule = self.tail(d)
        used = []
        if rule is not None:
            used.append(f"a {rule[1]:g}" if d else f"a = {rule[0]}")
        if self.lam is None and d:
            used.append(f"scale {self.scale_in(d):.4g}")
        where = f" in {d:,} dimensions" if d and used else ""
        law = f"{words}, {', '.join(used)}{where}" if used else words
        return f"{law}{self.rank_in_words()}"

    def stated(self, name: str, given: InputIdentity) -> str:
        """Scale, tail and dimension as the input decided them."""
        d = math.prod(given.shape)
        if name == "lam":
            return f"{self.scale_in(d):.4g}, as sigma says in {d:,} dimensions"
        if name == "a" and (rule := self.tail(d)) is not None:
            return f"{rule[1]:g}, {rule[0]}"
        return f"{d:,}, as the input has" if name == "dimension" else ""

    def at_deviation(self, sigma: float) -> Self:
        """sigma, in place of any scale."""
        return self.model_copy(update={"sigma": sigma, "lam": None})

    def scale_in(self, dimension: int) -> float:
        """lam, or sigma over the deviation at scale 1."""
        return self.noise().scale(dimension)

    def check_dimension(self, count: int) -> None:
        """Refuse a dimension in which there is no such law, or no such deviation.

        Raises:
            UserError: naming the parameter.
        """
        super().check_dimension(count)
        if self.lam is None and not math.isfinite(self.shape().deviation(count)):
            raise UserError(
                f"The noise of '{self.key}' has no finite variance in {count:,} dimensions with "
                "these parameters; give --lam in place of --sigma."
            )


def between(scheme: Scheme, bounds: ProbabilityBounds) -> tuple[float, float] | None:
    """As :meth:`NormBall.between`; None for other schemes."""
    return scheme.between(bounds) if isinstance(scheme, NormBall) else None
