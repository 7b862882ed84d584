"""What certifying a range takes: the walk over its anchors, with the votes to be expected there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, NamedTuple

import numpy.typing as npt
from pydantic import BeforeValidator, SerializeAsAny

from engine.certificates.anchors import around_zero
from engine.core.records import Record, Votes
from engine.core.rounding import round_down, round_up
from engine.evidence.setting_fields import read_scheme
from engine.evidence.settings import SweepSettings
from engine.planning.planner import assumed_probability, cautious_note
from engine.planning.records import Pilot
from engine.planning.sweep_walk import Walk
from engine.schemes import Scheme
from engine.schemes.anchored import Anchored

_SHARES = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99)
"""Probabilities for which samples are said too."""


class SweepPoint(Record):
    """What the whole range takes under one probability.

    Attributes:
        p: of the class, at every anchor.
        samples: as of the plan.
    """

    p: float
    samples: int


class SweepPlan(Record):
    """What a range of one image takes, if the class has one probability at every anchor.

    Attributes:
        scheme: over its range.
        alpha, n0, n: of the run; n is the most votes at one anchor.
        pilot: votes at the image itself; None where a probability was typed.
        p: probability that the plan assumes at every anchor.
        least: what p_lower has to exceed at the closest of anchors.
        anchors: that are asked, about.
        samples: forward passes, about, those that choose the class included.
        lower, upper: where what is certified ends; 0 and 0 for nothing.
        curve: samples by probability, where the whole range would be certified.
        notes: what the plan takes for granted, one sentence each.
    """

    scheme: Annotated[SerializeAsAny[Scheme], BeforeValidator(read_scheme)]
    alpha: float
    n0: int
    n: int
    pilot: Pilot | None = None
    p: float
    least: float
    anchors: int
    samples: int
    lower: float
    upper: float
    curve: tuple[SweepPoint, ...] = ()
    notes: tuple[str, ...] = ()

    def facts(self) -> list[tuple[str, str]]:
        """What the plan says, a name and a value each; rounded against the hope."""
        assert isinstance(self.scheme, Anchored)
        range_of = self.scheme.swept(-self.scheme.reach, self.scheme.reach)
        known = f"the plan assumes p = {round_down(self.p, 4)} at every anchor"
        pilot = self.pilot
        return [
            ("noise", self.scheme.noise_in_words()),
            ("alpha", f"{self.alpha:g} in all, shared out over the anchors"),
            ("range", range_of.headline()),
            ("pilot", f"{pilot.k:,} of {pilot.n0:,} votes; {known}")
            if pilot is not None
            else ("p", known),
            ("an anchor needs", f"p_lower above {round_up(self.least, 4)} where they lie closest"),
            ("anchors", f"about {self.anchors:,}"),
            ("samples", f"about {self.samples:,}, the {self.n0:,} that choose the class included"),
            ("certifies", self._end()),
        ]

    def _end(self) -> str:
        assert isinstance(self.scheme, Anchored)
        if self.lower == self.upper == 0:
            return f"nothing: {self.n:,} votes at an anchor do not do under this probability"
        whole = self.upper - self.lower >= 2 * self.scheme.reach
        end = self.scheme.swept(self.lower, self.upper).headline()
        return f"{end}, the whole range" if whole else end


def plan_sweep(
    settings: SweepSettings,
    image: npt.NDArray[Any],
    *,
    pilot: Pilot | None = None,
    p: float | None = None,
) -> SweepPlan:
    """Walk the range with the votes that are to be expected, of which none is drawn.

    Args:
        settings: of the run.
        image: (C, H, W), as the model takes it: how far it moves says how close anchors must be.
        pilot, p: a few votes at the image itself, or a probability of the class; one of the two.

    Raises:
        UserError: neither or both of ``pilot`` and ``p``, or a probability that cannot be.
    """
    scheme, share = settings.scheme, assumed_probability(pilot, p)
    assert isinstance(scheme, Anchored)
    beside = scheme.beside(image)
    distance = cache(lambda cell: scheme.distance(image, cell))
    one, *others = (_walked(settings, scheme, distance, beside, each) for each in (share, *_SHARES))
    whole = {
        each: other.samples
        for each, other in zip((share, *_SHARES), (one, *others), strict=True)
        if other.upper - other.lower >= 2 * scheme.reach
    }
    return SweepPlan(
        scheme=scheme,
        alpha=settings.alpha,
        n0=settings.n0,
        n=settings.n,
        pilot=pilot,
        p=share,
        least=scheme.p_needed(beside),
        anchors=one.anchors,
        samples=one.samples,
        lower=one.lower,
        upper=one.upper,
        curve=tuple(SweepPoint(p=each, samples=whole[each]) for each in sorted(whole)),
        notes=(*_NOTES, *([cautious_note()] if pilot is not None else [])),
    )


_NOTES = (
    "A plan is a forecast; only fresh votes can certify.",
    "The class is taken to have this probability at every anchor; away from the image it is often "
    "less, and then more votes are needed, or less of the range is certified.",
)


class _Walked(NamedTuple):
    """Where a walk led, under one probability."""

    anchors: int
    samples: int
    lower: float
    upper: float


def _walked(
    settings: SweepSettings,
    scheme: Anchored,
    distance: Callable[[int], float],
    beside: float,
    share: float,
) -> _Walked:
    """The walk with the votes to be expected at each anchor."""
    walk = Walk(
        scheme,
        alpha=settings.alpha,
        n=settings.n,
        share=share,
        distance=distance,
        beside=beside,
    )
    anchors = samples = 0
    while (asked := walk.next()) is not None:
        n = 0
        while more := walk.left(asked, _expected(share, n), 0):
            n += more
        anchors, samples = anchors + 1, samples + n
    ends = around_zero(map(scheme.ends, walk.certified)) or (0.0, 0.0)
    return _Walked(anchors, settings.n0 + samples, *ends)


def _expected(share: float, n: int) -> Votes:
    k = round(share * n)
    return Votes(counts=(k, n - k))
