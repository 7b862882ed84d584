"""What the planner takes in and hands out; no scipy, so that a window can name the types."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, SerializeAsAny, model_validator

from engine.core.records import Record, Votes
from engine.evidence.cost import Cost
from engine.evidence.setting_fields import BoundKey, read_scheme
from engine.regions import Region
from engine.schemes import Scheme


class ExpensivePoint(Record):
    """What n samples per input are worth over a data set, and what they cost.

    Attributes:
        n: estimation samples per input.
        average_kept: share of the average radius of unlimited sampling that n keeps, exactly.
        first_order: the same by the law 1 - c z_alpha / sqrt(n), at least 0.
        largest: radius of unanimous votes in units of sigma, the most that n can reach.
        accuracy: share of the inputs on which a target is certified; None without one.
        accuracy_limit: the same with unlimited sampling.
        seconds: time for one input.
    """

    n: int
    average_kept: float
    first_order: float
    largest: float
    accuracy: float | None = None
    accuracy_limit: float | None = None
    seconds: float


class Pilot(Record):
    """A few votes drawn to plan with; they may choose the class and n, and bound nothing.

    Attributes:
        k: votes for the class to certify.
        n0: votes drawn.
        runner_up: the largest share of the other votes that one other class holds.
    """

    k: int = Field(ge=0, le=10**9)
    n0: int = Field(ge=1, le=10**9)
    runner_up: float = Field(default=1.0, gt=0, le=1)

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.k > self.n0:
            raise ValueError(f"{self.k} votes are more than the {self.n0} drawn")
        return self

    @classmethod
    def of(cls, votes: Votes) -> Pilot:
        """The pilot that some votes are, for their leading class."""
        k, lost = votes.counts[votes.top], votes.n - votes.counts[votes.top]
        share = votes.largest_other(votes.top) / lost if lost else 1.0
        return cls(k=k, n0=votes.n, runner_up=share)

    @property
    def estimate(self) -> float:
        """The share of the votes."""
        return self.k / self.n0


class Needed(Record):
    """How many samples certify a target, for one probability of the class.

    The chance of success rises with n in a sawtooth: it falls a little with every sample until one
    more lost vote is allowed.

    Attributes:
        p: probability of the class that is assumed.
        p_required: what p_lower must exceed.
        power: chance of success that is asked for.
        n_min: below this n even unanimous votes do not certify; None if that takes over 10^9.
        n_first: the first n whose chance of success is at least ``power``; None if there is none
            up to 10^9.
        n_stay: from this n on it stays there.
        n_approx: the normal approximation, for comparison.
        exact: every tooth that matters was looked at; otherwise n_first and n_stay are those of
            the teeth nearest to the power.
    """

    p: float
    p_required: float
    power: float
    n_min: int | None
    n_first: int | None = None
    n_stay: int | None = None
    n_approx: int | None = None
    exact: bool = True


class ExpectedPoint(Record):
    """What ``n`` samples are worth.

    Attributes:
        certified: chance that anything is certified.
        power: chance that the target is; None without a target.
        radius: mean certified radius, an abstention counting 0; None for regions without one.
        error: the mean is exact up to this much.
        largest: the radius of unanimous votes, the most that n can reach.
    """

    n: int
    certified: float
    power: float | None = None
    radius: float | None = None
    error: float = 0.0
    largest: float | None = None


class PlanResult(Record):
    """The plan for one input, with everything it rests on.

    Attributes:
        p: probability the plan assumes.
        p_estimate: the pilot's share of votes; None where a probability was typed.
        target: in the scheme's terms, e.g. ``radius=0.5``; empty without one.
        needed: samples for the target under ``p``.
        hopeful: samples if the pilot's own share were true.
        planned: what the planned n is worth.
        curve: the same over n.
        average_kept: share of the average radius over a whole data set that the planned n keeps,
            to first order, for probabilities uniform on [1/2, 1]; None for other noise.
        cost: what the planned run takes; None where no time per sample is known.
        expensive: what each n is worth over a data set, and what it costs.
        notes: what the plan takes for granted, one sentence each.
    """

    scheme: Annotated[SerializeAsAny[Scheme], BeforeValidator(read_scheme)]
    alpha: float
    bound: BoundKey
    n: int
    power: float
    pilot: Pilot | None = None
    p: float
    p_estimate: float | None = None
    target: str = ""
    needed: Needed | None = None
    hopeful: Needed | None = None
    planned: ExpectedPoint
    curve: tuple[ExpectedPoint, ...]
    average_kept: float | None = None
    cost: Cost | None = None
    expensive: tuple[ExpensivePoint, ...] = ()
    notes: tuple[str, ...] = ()


class Requirement(Record):
    """What one of the smallest changes needs.

    Attributes:
        perturbation: in the scheme's terms, those that are not 0: ``entities=1``.
        in_words: the same for people: ``1 pixel``.
        p_lower: the smallest that certifies it; more than 1 where none does.
        reachable: whether unanimous votes under the settings certify it.
    """

    perturbation: str
    in_words: str
    p_lower: float
    reachable: bool


class Prospect(Record):
    """What settings can come to, before anything is drawn.

    Attributes:
        n: votes of the run.
        best: what they certify if all of them agree; None for nothing.
        ceiling: the p_lower of such votes; None where the noise is enumerated.
        at_rest: what the unchanged input alone needs; None where the scheme counts no things.
        needs: of the smallest changes; empty where the scheme counts no things.
    """

    scheme: Annotated[SerializeAsAny[Scheme], BeforeValidator(read_scheme)]
    n: int
    best: Region | None
    ceiling: float | None = None
    at_rest: Requirement | None = None
    needs: tuple[Requirement, ...] = ()
