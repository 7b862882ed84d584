"""One run of CERTIFY at a point of the plane, vote by vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.bounds import bound_method
from engine.core.records import ProbabilityBounds, Votes
from engine.noise.streams import noise_key
from engine.playground.laws import LAWS, PlaneLaw
from engine.playground.plane import Plane
from engine.playground.scenes import Classes, Numbers
from engine.regions import Abstention, Ball

Phase = Literal["selection", "estimation", "done"]
_QUADRATURE = 1e-12
"""More than the rounding of a probability that is summed over the cells of a plane."""
_SELECTION, _ESTIMATION = "selection", "estimation"


@dataclass(frozen=True)
class Plan:
    """What is declared before a run.

    Attributes:
        law: of the noise, with the norm of the changes.
        sigma: its standard deviation.
        n0, n: votes that choose the class, and fresh ones that bound its probability.
        alpha: chance that the claim is wrong, for each run.
        bound: key of the bound.
        seed: of the noise.
    """

    law: PlaneLaw = LAWS[0]
    sigma: float = 0.5
    n0: int = 100
    n: int = 10_000
    alpha: float = 0.001
    bound: str = "anytime"
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Standing:
    """Where a run stands.

    Attributes:
        at: the point.
        phase: what is drawn now; ``done`` after the planned n.
        samples: (N, 2) noisy samples of the last step, and their ``classes`` (N,).
        selection, estimation: votes of both phases.
        bounds: on the fresh votes; None before the first.
        region: what these bounds certify, no claim where they are not valid; None for nothing.
        abstention: why a finished run certifies nothing.
    """

    at: tuple[float, float]
    phase: Phase
    samples: Numbers
    classes: Classes
    selection: Votes
    estimation: Votes
    bounds: ProbabilityBounds | None = None
    region: Ball | None = None
    abstention: Abstention | None = None

    @property
    def claimed(self) -> Ball | None:
        """The region where it may be claimed now; None where it may not, or there is none."""
        return self.region if self.bounds is not None and self.bounds.valid else None


class Run:
    """Draws the votes of one run.

    Noise depends on seed, number of the run and phase alone: a run of another number has noise of
    its own, so that claims about many points are independent, each wrong with chance alpha at most.

    Args:
        plane: f.
        plan: what is declared.
        at: the point that is certified.
        number: of the run.
    """

    def __init__(self, plane: Plane, plan: Plan, at: tuple[float, float], number: int = 0) -> None:
        self.plane, self.plan, self.at = plane, plan, at
        self._rngs = {
            phase: np.random.Generator(
                np.random.Philox(key=noise_key(plan.seed, "playground", str(number), phase))
            )
            for phase in (_SELECTION, _ESTIMATION)
        }
        self._method = bound_method(plan.bound)
        nothing = Votes(counts=(0,) * len(plane.names))
        none = np.empty((0, 2)), np.empty(0, dtype=np.int16)
        self.standing = Standing(at, "selection", *none, nothing, nothing)

    @property
    def done(self) -> bool:
        """Whether the planned n is reached."""
        return self.standing.phase == "done"

    def advance(self, count: int) -> Standing:
        """Draw ``count`` more votes: those of the selection first, then fresh ones, up to n."""
        now, plan = self.standing, self.plan
        first = min(count, plan.n0 - now.selection.n)
        samples, classes, selection = self._draw(_SELECTION, first, now.selection)
        second = min(count - first, plan.n - now.estimation.n)
        if not second and selection.n < plan.n0:
            self.standing = Standing(
                self.at, "selection", samples, classes, selection, now.estimation
            )
            return self.standing
        fresh, answers, estimation = self._draw(_ESTIMATION, second, now.estimation)
        self.standing = self._stand(
            np.concatenate((samples, fresh)),
            np.concatenate((classes, answers)),
            selection,
            estimation,
        )
        return self.standing

    def finish(self) -> Standing:
        """Draw all votes that are left."""
        left = self.plan.n0 - self.standing.selection.n + self.plan.n - self.standing.estimation.n
        return self.advance(left)

    def _draw(self, phase: str, count: int, votes: Votes) -> tuple[Numbers, Classes, Votes]:
        noise = self.plan.law.draw(self._rngs[phase], count)
        samples = np.array(self.at) + self.plan.sigma * noise
        classes = self.plane.classify(samples)
        found = np.bincount(classes, minlength=len(self.plane.names))
        return samples, classes, Votes.from_sequence(found + np.array(votes.counts))

    def _stand(
        self, samples: Numbers, classes: Classes, selection: Votes, estimation: Votes
    ) -> Standing:
        plan, done = self.plan, estimation.n == self.plan.n
        phase: Phase = "done" if done else "estimation"
        if not estimation.n:
            return Standing(self.at, phase, samples, classes, selection, estimation)
        bounds = self._method.at(
            estimation,
            top=selection.top,
            alpha=plan.alpha,
            n_plan=plan.n,
            before=self.standing.bounds,
        )
        region = plan.law.region(plan.sigma, bounds)
        why = self._why(selection, estimation) if done and region is None else None
        return Standing(
            self.at, phase, samples, classes, selection, estimation, bounds, region, why
        )

    def _why(self, selection: Votes, estimation: Votes) -> Abstention:
        from engine.procedures.abstention import explain  # deferred: only abstentions ask

        return explain(
            selection=selection,
            estimation=estimation,
            scheme=self.plan.law.scheme(self.plan.sigma),
            method=self._method,
            alpha=self.plan.alpha,
            n_plan=self.plan.n,
            class_names=self.plane.names,
        )


@dataclass(frozen=True)
class Exact:
    """What is true of the smoothed classifier at a point, by quadrature.

    Attributes:
        probabilities: of every class.
        top: the class of the largest.
        region: what the theorem gives for that probability: the limit of ever more votes. None
            where the class has no majority.
    """

    probabilities: tuple[float, ...]
    top: int
    region: Ball | None


def exact_at(plane: Plane, plan: Plan, at: tuple[float, float]) -> Exact:
    """g at a point, and its region; p_A is taken up by 1e-12 for the errors of quadrature."""
    found = plane.probabilities_at(plan.law, plan.sigma, np.array([at]))[0]
    top = int(found.argmax())
    p = min(1.0, float(found[top]) + _QUADRATURE)
    bounds = ProbabilityBounds(
        method="quadrature", alpha=0.0, n=0, top=top, p_lower=p, p_upper=1.0 - p, valid=True,
        basis="computed, not sampled",
    )  # fmt: skip
    return Exact(tuple(map(float, found)), top, plan.law.region(plan.sigma, bounds))
