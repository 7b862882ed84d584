"""Weighted votes of smoothed ensembles of stumps: the probability of one member decides."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import StumpEnsemble
from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.schemes.base import Facts, Known
from engine.schemes.stumps import Stumps, numbers_of

MEMBER = "member whose probability decides"
LEAST = "that of the member, at least"


class StumpsVote(Stumps):
    """A ball within which members with more than half of all weight keep the class.

    Each member is smoothed by itself, and certified as under ``stumps``: it keeps a class that it
    misses with probability q for changes below r(q). The certified radius is r(q) of the least q
    that members with more than half of the weight do not exceed, so that their vote stays.
    """

    key: ClassVar[str] = "stumps-vote"
    title: ClassVar[str] = "Votes of decision stumps, computed exactly"
    named: ClassVar[tuple[str, str]] = (
        "probability of another class than 0, of members with more than half of the weight at most",
        "of another class than 1, of members with more than half of the weight at most",
    )

    def voting(
        self, x: Sequence[npt.NDArray[Any]], model: object
    ) -> tuple[StumpVote, npt.NDArray[np.float64]]:
        """The vote that a model is, one of a single member for an ensemble; its masses (K, 2).

        Raises:
            UserError: the model is nothing of stumps, or takes other numbers.
        """
        vote = StumpVote((model,), (1,)) if isinstance(model, StumpEnsemble) else model
        if not isinstance(vote, StumpVote):
            raise self.other_model()
        numbers, codes = numbers_of(x, len(vote.numbers))
        found = vote.outside(numbers, norm=self.norm, scale=self.scale, codes=codes)
        return vote, found[:, 0]

    def member(self, x: Sequence[npt.NDArray[Any]], model: object) -> int:
        """The place of the member whose probability decides.

        Raises:
            UserError: as of :meth:`voting`.
        """
        number, _, _ = str(self.compute(x, model)[MEMBER]).partition(" ")
        return int(number) - 1

    def compute(self, x: Sequence[npt.NDArray[Any]], model: object) -> Facts:
        """What a majority misses each class with, and of the class that is better off the member.

        Raises:
            UserError: as of :meth:`voting`.
        """
        vote, masses = self.voting(x, model)
        places = vote.deciding(masses)
        worst = [float(masses[place, label]) for label, place in enumerate(places)]
        top = int(worst[1] < worst[0])
        least = max(0.0, math.nextafter(1.0 - float(masses[places[top], 1 - top]), 0.0))
        said = f"{places[top] + 1} of {len(vote.members)}"
        return {**self.stated_masses(worst, x), MEMBER: said, LEAST: least}

    def known(self, facts: Facts) -> Known | None:
        """The class that a majority misses least, and the bounds on the member that decides."""
        known, least = super().known(facts), facts.get(LEAST)
        if known is None or not isinstance(least, float) or not 0 <= least <= 1:
            return None
        return known._replace(least=least)

    def check_facts(self, facts: Facts, given: InputIdentity) -> None:
        """Refuse masses of a member that is none, or that contradict each other.

        Raises:
            UserError: naming the fact.
        """
        super().check_facts(facts, given)
        if not facts:
            return
        found = re.fullmatch(r"([1-9]\d{0,3}) of ([1-9]\d{0,3})", str(facts.get(MEMBER)))
        if found is None or int(found[1]) > int(found[2]):
            raise UserError(f"there is no member '{facts.get(MEMBER)}' of a vote.")

    def rests_on(self, facts: Facts) -> tuple[tuple[str, str, str], ...]:
        """Which member decides, and what was computed of it."""
        rows = super().rests_on(facts)
        if not rows:
            return rows
        said = "those that hold more than half of the weight with it certify as much or more"
        return ((MEMBER, str(facts.get(MEMBER)), said), *rows)

    def deciding_in_words(self) -> str:
        """By the weight of its members."""
        return (
            "predicts the class that members with more than half of all weight find more probable "
            "under the noise, each smoothed by itself"
        )

    def because_in_words(self) -> str:
        """What the claim rests on."""
        return "the probabilities of its members are computed and nothing rests on samples"

    def rule_in_words(self) -> str:
        """What is computed of each member, and how they come to one radius."""
        return (
            "The probability of each class under the noise is computed for each member, feature by "
            "feature, and with it the radius within which the member keeps its class. Members with "
            "more than half of all weight keep the class within the certified radius; of these the "
            "one with the least radius decides it, and it is the one that classifies the noisy "
            "inputs beside."
        )
