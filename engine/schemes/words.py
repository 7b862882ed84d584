"""Schemes that certify a number of changed words: texts of token ids at a fixed length."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, model_validator

from engine.certificates.atoms import AtomTable
from engine.certificates.frontiers import most_words, required_by, words_table
from engine.certificates.kernels import DiscreteKernel
from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.regions import Count, Perturbation, Region, Term
from engine.regions.base import whole
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.threshold import Deciding

MOST_WORDS = 256
"""Changed words that a count reaches."""
MOST_STEPS = 64
"""Changed words that a staircase reaches."""
WORDS_LIMITS = (
    "Words are tokens of the alphabet, whose ids are below the vocabulary; it says nothing about "
    "inserted or deleted words, nor about changes after which the text is cut into other tokens.",
    "Padding and special marks keep their places and are not changed.",
)


def default_beta(tau: float) -> float:
    """Noise that leaves room for about six changed words.

    With a large alphabet the worst case of d words is about p - (1 - beta^d), so tau needs
    beta^d > tau: 0.90 for majority vote, much less for a small threshold.

    >>> default_beta(0.5), default_beta(4.6e-5)
    (0.9, 0.22)
    """
    return round(min(0.99, max(0.05, math.exp(math.log(tau) / 6.6))), 2)


class Words(Deciding, ABC):
    """Noise that changes each word with probability beta, by itself and by one law for all."""

    most: ClassVar[int] = MOST_WORDS
    """Changed words that a certificate reaches."""

    beta: float = Field(
        default=default_beta(0.5),
        gt=0,
        lt=1,
        title="beta",
        description="probability of replacing or masking a token",
        json_schema_extra={"step": 0.01, "slider": [0.05, 0.99, 0.01]},
    )
    vocabulary: int = Field(
        default=1000,
        ge=2,
        le=2**30,
        title="vocabulary",
        description="number of tokens that the noise draws from and the attacker may use; the "
        "mask is the next id",
    )

    def check_input(self, given: InputIdentity) -> None:
        """Refuse an input on another alphabet than the noise's.

        A smaller one would leave tokens alone, a larger one make tokens that the model lacks.

        Raises:
            UserError: naming the vocabulary that fits.
        """
        if given.alphabet != (self.vocabulary,):
            own = given.alphabet[0] if given.alphabet else 0
            raise UserError(
                f"The model's alphabet has {own:,} tokens, the noise has {self.vocabulary:,}; "
                f"set --vocabulary {own}."
            )

    @classmethod
    def suited_to(cls, given: InputIdentity) -> dict[str, Any]:
        """The alphabet of the input's words."""
        return {"vocabulary": given.alphabet[0]} if given.alphabet else {}

    @model_validator(mode="before")
    @classmethod
    def _beta_follows_tau(cls, values: Any) -> Any:
        """A threshold given without beta: the noise that suits it."""
        if not isinstance(values, Mapping) or "beta" in values or "tau" not in values:
            return values
        try:
            tau = float(values["tau"])
        except (TypeError, ValueError):
            return values  # the field's own check refuses it
        return {**values, "beta": default_beta(tau)} if 0 < tau < 1 else values

    @abstractmethod
    def kernel(self) -> DiscreteKernel:
        """The noise on the words."""

    def reached(self) -> int:
        """Largest number of substitutions that certificates are computed for."""
        return self.most

    def required_at_words(self, words: int) -> float:
        """Smallest p_lower that certifies so many changed words and nothing else.

        Shown beside the settings: more than 1 says that they cannot certify it.
        """
        return self._required(words, 0.0)

    def _required(self, words: int, shift: float) -> float:
        """The same with the other parts moved by so many standard deviations of their noise."""
        if not words and not shift:
            return self.level
        if words > self.reached():
            return IMPOSSIBLE
        return required_by(self._table(), words, shift, self.level) or IMPOSSIBLE

    def _table(self) -> AtomTable:
        return words_table(self.kernel(), self.reached())


class Text(Words, ABC):
    """A text alone."""

    group: ClassVar[str] = "text"
    inputs: ClassVar[tuple[str, ...]] = ("text",)
    subject: ClassVar[str] = "text"
    region_type: ClassVar[type[Region]] = Count
    attacker: ClassVar[str] = "replace at most d words by other words of the alphabet"
    terms: ClassVar[Mapping[str, Term]] = {"words": Term("number of replaced words", whole=True)}
    limits: ClassVar[tuple[str, ...]] = (
        *WORDS_LIMITS,
        f"Certificates are computed for at most {MOST_WORDS} substitutions.",
    )

    def noise_in_words(self) -> str:
        """The law, its level and the decision."""
        return f"{self.noise().in_words()}, {self.decision_in_words()}"

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Count | None:
        """The largest certified number of words; 0 where the bounds only name the class."""
        decision = self.decision(bounds)
        if decision is None:
            return None
        most = most_words(self.kernel(), decision, self.reached())
        manner = f"to other words of the alphabet of {self.vocabulary:,}"
        return Count(term="words", most=most, unit="words", manner=manner)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """The largest probability, before the change, of what has tau after it."""
        return self.required_at_words(whole(perturbation, "words"))
