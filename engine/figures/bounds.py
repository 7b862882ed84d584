"""The bounds as they stood over n."""

from __future__ import annotations

from functools import lru_cache

from engine.core.records import Record
from engine.evidence.evidence import TrajectoryPoint
from engine.evidence.run_view import RunView
from engine.noise.law import Arithmetic
from engine.schemes.ranked import MAJORITY

NOISE_WORDS: dict[Arithmetic, str] = {
    "float": "float noise",
    "exact grid": "sound on the 8-bit grid",
    "exact integers": "integer noise",
    "enumerated": "every sample counted",
    "computed": "computed, not sampled",
}
"""What a badge says of a run's noise."""


FIXED_N, SHARE = "fixed n, provisional", "share of the votes"
"""Plain Clopper-Pearson, which may not be claimed before the plan; votes beside a computation."""


class ProvisionalPoint(Record):
    """What plain Clopper-Pearson would give for the votes after ``n``, had n been the plan."""

    n: int
    p_lower: float


class BoundsFigure(Record):
    """Bounds over n.

    Attributes:
        points: the declared bound over n; a point that is not ``valid`` is provisional.
        n_plan: the planned n.
        title: of the bound method.
        provisional: plain Clopper-Pearson before the planned n, beside a bound that is valid
            there: no claim, only what a fixed n would have given. Beside a computed probability the
            share of the votes, which comes to it.
        dashed: what these points are, in words.
        noise: how it was made, e.g. ``float noise``; empty where it is not known.
        extendable: the bound holds past the planned n as it does before it.
        threshold: as of the votes (:class:`engine.figures.votes.VotesFigure`).
        anchored: every point is of one anchor of a sweep, by its own votes (``figures.anchors``).
    """

    points: tuple[TrajectoryPoint, ...]
    n_plan: int
    method: str
    top_name: str
    provisional: tuple[ProvisionalPoint, ...] = ()
    dashed: str = FIXED_N
    noise: str = ""
    extendable: bool = False
    threshold: float = MAJORITY
    anchored: bool = False


def bounds_figure(view: RunView, class_names: tuple[str, ...]) -> BoundsFigure:
    """Bounds over n of a run."""
    from engine.schemes.threshold import threshold  # its schemes are not for the start of a window

    settings = view.settings
    # A phase of a decision has its own share of alpha, and no n at which all of it counts; an exact
    # method has no alpha.
    alpha = None if settings.kind in ("decide", "exact") else settings.alpha
    return BoundsFigure(
        points=view.trajectory,
        n_plan=view.n_plan,
        method=settings.bound,
        top_name=class_names[view.top] if view.top is not None else "",
        provisional=_shares(view.trajectory)
        if settings.scheme.computed
        else _provisional(view.trajectory, view.n_plan, alpha),
        dashed=SHARE if settings.scheme.computed else FIXED_N,
        noise=NOISE_WORDS[settings.law.arithmetic],
        extendable=_extendable(settings.bound),
        threshold=threshold(settings.scheme),
    )


def _extendable(method: str) -> bool:
    from engine.bounds import bound_method  # its SciPy is not for the start of a window

    return bool(method) and bound_method(method).extendable


def _shares(points: tuple[TrajectoryPoint, ...]) -> tuple[ProvisionalPoint, ...]:
    """k / n at every point."""
    return tuple(ProvisionalPoint(n=p.n, p_lower=p.k / p.n) for p in points if p.n)


def _provisional(
    points: tuple[TrajectoryPoint, ...], n_plan: int, alpha: float | None
) -> tuple[ProvisionalPoint, ...]:
    """Clopper-Pearson at the points before ``n_plan`` where the declared bound is a claim."""
    if alpha is None:
        return ()
    return tuple(_clopper_pearson(p.k, p.n, alpha) for p in points if p.valid and 0 < p.n < n_plan)


@lru_cache(maxsize=4096)
def _clopper_pearson(k: int, n: int, alpha: float) -> ProvisionalPoint:
    """Kept: a growing run asks for all of its points with each new one."""
    from engine.bounds.clopper_pearson import lower  # scipy: windows load this file before it

    return ProvisionalPoint(n=n, p_lower=lower(k, n, alpha))
