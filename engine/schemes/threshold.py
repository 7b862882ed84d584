"""Schemes whose smoothed model may be deployed with a threshold instead of a majority vote."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar, Self

from pydantic import Field, model_validator

from engine.certificates.frontiers import Decision
from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds
from engine.schemes.base import Family, Scheme
from engine.schemes.nested import Nested
from engine.schemes.ranked import MAJORITY, Ranked

_UP = 1.0 + 2.0**-40


def threshold(scheme: Scheme) -> float:
    """What a class's probability must exceed at the clean input.

    tau where there is one, 1 / (k + 1) among the first k, else one half.
    """
    if isinstance(scheme, Deciding) and scheme.top_k == 1:
        return scheme.tau
    return scheme.least_share if isinstance(scheme, Ranked) else MAJORITY


def threshold_in_words(scheme: Scheme) -> str:
    """``one half``, or ``the threshold tau = 0.3``, or what the scheme needs more."""
    tau = threshold(scheme)
    if isinstance(scheme, Nested):
        return scheme.least_in_words()
    if isinstance(scheme, Ranked) and scheme.top_k > 1:
        return f"1/{scheme.top_k + 1}"
    return "one half" if tau == MAJORITY else f"the threshold tau = {tau!r}"


class Deciding(Ranked, ABC):
    """By majority vote (tau 1/2), or a class is flagged where its probability is tau or more.

    With tau other than 1/2 a certificate says that the class's own smoothed probability stays at
    tau or above, and nothing of a majority. It is worth something only if the deployed model
    really flags at that level.
    """

    family: ClassVar[Family] = "words and images"

    tau: float = Field(
        default=MAJORITY,
        gt=0,
        lt=1,
        title="tau",
        description="the deployed model flags a class where its smoothed probability is at least "
        "this; 0.5 is majority vote",
        json_schema_extra={"step": 0.05, "advanced": True},
    )

    def decision(self, bounds: ProbabilityBounds) -> Decision | None:
        """What has to hold at a changed input; None where it does not hold at the clean one."""
        return Decision.of(bounds.p_lower, bounds.p_upper, self.level)

    @property
    def level(self) -> float:
        """What the class's probability must not fall below: tau, or more than 1 / (k + 1).

        Among the first k the bounds on other classes are left aside.
        """
        return self.tau if self.top_k == 1 else self.least_share * _UP

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.top_k > 1 and self.tau != MAJORITY:
            raise UserError(
                f"--top-k {self.top_k} ranks the classes, and --tau {self.tau:g} flags each by "
                "itself: give one of the two."
            )
        return self

    def unchanged(self, class_name: str) -> str:
        """A majority, or only that the threshold is reached."""
        if self.tau == MAJORITY:
            return super().unchanged(class_name)
        return (
            f"the smoothed probability of '{class_name}' is at least the threshold tau = "
            f"{self.tau!r}"
        )

    def effect(self, class_name: str) -> str:
        """What no certified change does."""
        if self.tau == MAJORITY:
            return super().effect(class_name)
        return (
            f"brings the smoothed probability of '{class_name}' below the threshold tau = "
            f"{self.tau!r}, at which the deployed model flags '{class_name}'"
        )

    def decision_in_words(self) -> str:
        """How the deployed model decides, as an end of a sentence."""
        if self.tau == MAJORITY:
            return self.rank_in_words().lstrip("; ") or "decided by majority vote"
        return f"flagged at a smoothed probability of at least tau = {self.tau!r}"

    def predicted_in_words(self) -> str:
        """The most probable class; whether it is flagged at tau is another question."""
        if self.tau == MAJORITY:
            return super().predicted_in_words()
        return (
            f"whatever is flagged at tau = {self.tau!r}, the class that is most probable under the "
            "noise"
        )

    def deciding_in_words(self) -> str:
        """By majority, or at the threshold."""
        if self.tau == MAJORITY:
            return super().deciding_in_words()
        return f"flags a class whose probability under the noise is at least tau = {self.tau!r}"

    def rule_in_words(self) -> str:
        """By majority the class must lead; at a threshold its own bound must reach it."""
        if self.tau == MAJORITY:
            return super().rule_in_words()
        return (
            f"The statement is made only if p lower is at least tau = {self.tau!r}, whatever p "
            "upper is."
        )

    def kept_in_words(self) -> str:
        """Of a threshold, that the class stays flagged and nothing of the others."""
        if self.tau == MAJORITY:
            return super().kept_in_words()
        return (
            "It says that the class stays flagged: not that this is right, not that it is the most "
            "probable class, and nothing of any other class."
        )
