"""Schemes whose class may be certified to stay the most probable one, or among the first k."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, ClassVar, TypeVar

from pydantic import Field

from engine.certificates.top_k import (
    majority_under_any_noise,
    majority_where_mass_moves,
    top_k_radius,
)
from engine.core.errors import UserError
from engine.core.late import np
from engine.core.record import much_derived
from engine.core.records import ProbabilityBounds
from engine.schemes.base import Scheme
from engine.schemes.semantic import sigmas

if TYPE_CHECKING:
    import numpy.typing as npt

MAJORITY = 0.5
N = TypeVar("N", float, "npt.NDArray[np.float64]")
_UP = 1.0 + 2.0**-46


def threshold_mark(value: float) -> str:
    """What a threshold is called beside its line in a plot."""
    parts = round(1.0 / value)
    return f"1/{parts}" if value == 1.0 / parts else "tau"


@much_derived
class Ranked(Scheme, ABC):
    """With ``top_k`` above 1 a certificate says that the class stays among the k most probable.

    What is known of the noise decides how much that certifies: the radius itself under Gaussian
    noise, and elsewhere by the p_lower against one half that certifies the same
    (``engine.certificates.top_k``).
    """

    mass_moves: ClassVar[bool] = False
    """Whether a change takes the same share from any set of outcomes: p_lower less Delta."""
    unwritten: ClassVar[frozenset[str]] = frozenset({"top_k"})

    top_k: int = Field(
        default=1,
        ge=1,
        le=100,
        title="top k",
        description="how many of the most probable classes the class must stay among",
        json_schema_extra={"step": 1, "advanced": True, "quiet": True, "noise": False},
    )

    @property
    def least_share(self) -> float:
        """1 / (k + 1): a class with more is overtaken by fewer than k others."""
        return 1.0 / (self.top_k + 1)

    def as_majority(self, bounds: ProbabilityBounds) -> ProbabilityBounds:
        """Bounds against one half that certify what these do among the first k.

        Where mass moves, more than half of it may be certified to: p_lower is then above 1, and a
        scheme that cannot use that takes it for 1.
        """
        if self.top_k == 1:
            return bounds
        convert = majority_where_mass_moves if self.mass_moves else majority_under_any_noise
        found = convert(bounds.p_lower, others_of(bounds, self.top_k), self.top_k)
        if bounds.p_lower > bounds.p_upper:  # whoever stays first stays among the first
            found = max(found, 0.5 + (bounds.p_lower - bounds.p_upper) / 2 / _UP)
        p_lower = found if found > MAJORITY else 0.0
        known = {"p_lower": p_lower, "p_upper": 1.0 - p_lower, "others": ()}
        return bounds.model_copy(update=known)

    def for_rank(self, needed: N) -> N:
        """The p_lower alone that certifies among the first k what ``needed`` does against 1/2.

        Above 1 where ``needed`` is: then nothing suffices.
        """
        if self.top_k == 1:
            return needed
        if self.mass_moves:
            return (needed - MAJORITY + self.least_share) * _UP
        return 1.0 - (1.0 - needed) * (2.0 * self.top_k / (self.top_k + 1) / _UP)

    def for_majority(self, needed: float) -> float:
        """The other way round: what ``needed`` among the first k certifies against one half."""
        if self.top_k == 1:
            return needed
        if self.mass_moves:
            return needed + MAJORITY - self.least_share
        return 1.0 - (1.0 - needed) * (self.top_k + 1) / (2.0 * self.top_k)

    def sigmas_within(self, bounds: ProbabilityBounds) -> float | None:
        """How far a normal law may be moved, in standard deviations; None for not at all."""
        if self.top_k == 1:
            return sigmas(bounds)
        others = others_of(bounds, self.top_k)
        return top_k_radius(bounds.p_lower, others, k=self.top_k, sigma=1.0) or None

    def within(self, size: float) -> float:
        """The p_lower alone that allows a normal law to be moved by so many sigmas."""
        from scipy.special import ndtr, ndtri  # deferred: the window lists schemes before it loads

        least = self.least_share
        return float(ndtr(size + float(ndtri(least)))) * _UP if size else least

    def noise_in_words(self) -> str:
        """The law, and among how many first classes a class is kept where it is not the first."""
        return f"{super().noise_in_words()}{self.rank_in_words()}"

    def rank_in_words(self) -> str:
        """What the name of the noise ends with; empty where the prediction is certified."""
        return f"; kept among the first {self.top_k}" if self.top_k > 1 else ""

    def unchanged(self, class_name: str) -> str:
        """Its place."""
        if self.top_k == 1:
            return super().unchanged(class_name)
        return f"'{class_name}' is {self._among()}"

    def effect(self, class_name: str) -> str:
        """What no certified change does."""
        if self.top_k == 1:
            return super().effect(class_name)
        return f"takes '{class_name}' from {self._among()}"

    def deciding_in_words(self) -> str:
        """By rank."""
        if self.top_k == 1:
            return super().deciding_in_words()
        return "ranks the classes by their probability under the noise"

    def rule_in_words(self) -> str:
        """What must hold of the others' bounds."""
        if self.top_k == 1:
            return super().rule_in_words()
        return (
            "The statement is made only if p lower exceeds, for some t, a t-th of what the t "
            f"smallest of the {self.top_k} largest other classes can hold together. With no bound "
            f"on other classes but 1 - p lower that is 1/{self.top_k + 1}."
        )

    def kept_in_words(self) -> str:
        """A place among the first, not the first."""
        if self.top_k == 1:
            return super().kept_in_words()
        return (
            f"It says that the class stays {self._among()}: not that this is right, and not that "
            "it is the prediction."
        )

    def _among(self) -> str:
        return f"among the {self.top_k} most probable classes of the smoothed model"


def top_k(scheme: Scheme) -> int:
    """Among how many first classes a certificate keeps the class; 1 where there is no ranking."""
    return scheme.top_k if isinstance(scheme, Ranked) else 1


def check_classes(scheme: Scheme, count: int) -> None:
    """Refuse a k that is no fewer than there are classes: every class is among these.

    Raises:
        UserError: naming both.
    """
    k = top_k(scheme)
    if 1 < k >= count:
        raise UserError(
            f"--top-k {k} says nothing of a model with {count} classes: each of them is among the "
            f"first {k}. Choose fewer."
        )


def others_of(bounds: ProbabilityBounds, k: int) -> tuple[float, ...]:
    """Upper bounds on the k most probable other classes."""
    known = bounds.others[:k] or (bounds.p_upper,)
    return known + (known[-1],) * (k - len(known))
