"""The bounds as they stood over n."""

from __future__ import annotations

from functools import lru_cache

from engine.core.records import Record
from engine.evidence.evidence import Evidence, TrajectoryPoint
from engine.evidence.settings import NoiseMode, RunSettings
from engine.evidence.snapshot import Snapshot
from engine.noise.law import Arithmetic

NOISE_WORDS: dict[Arithmetic, str] = {
    "float": "float noise",
    "exact grid": "sound on the 8-bit grid",
    "exact integers": "integer noise",
    "enumerated": "every sample counted",
}
"""What a badge says of a run's noise."""


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
            there: no claim, only what a fixed n would have given.
        noise: how it was made, e.g. ``float noise``; empty where it is not known.
    """

    points: tuple[TrajectoryPoint, ...]
    n_plan: int
    method: str
    top_name: str
    provisional: tuple[ProvisionalPoint, ...] = ()
    noise: str = ""


def bounds_figure(source: Snapshot | Evidence, class_names: tuple[str, ...]) -> BoundsFigure:
    """Bounds over n of a snapshot or of evidence."""
    if isinstance(source, Snapshot):
        top, n_plan, mode = source.top, source.n_plan, source.noise
        method = source.bounds.method if source.bounds else ""
        alpha = source.bounds.alpha if source.bounds else None
    else:
        top, n_plan, method = source.votes.guess, source.n_planned, source.settings.bound
        # A phase of a decision has its own share of alpha, and no n at which all of it counts.
        alpha = None if source.decision is not None else source.settings.alpha
        mode = source.settings.noise
    return BoundsFigure(
        points=source.trajectory,
        n_plan=n_plan,
        method=method,
        top_name=class_names[top] if top is not None else "",
        provisional=_provisional(source.trajectory, n_plan, alpha),
        noise=_noise_words(source.settings, mode),
    )


def _noise_words(settings: RunSettings | None, mode: NoiseMode) -> str:
    """How the noise was made; by its mode alone where the settings are not known."""
    return NOISE_WORDS[arithmetic_of(settings, mode)]


def arithmetic_of(settings: RunSettings | None, mode: NoiseMode) -> Arithmetic:
    """How a run's noise is made; by its mode alone where the settings are not known."""
    if settings is not None:
        return settings.scheme.noise().in_mode(mode).arithmetic
    return "float" if mode == "float" else "exact grid"


def _provisional(
    points: tuple[TrajectoryPoint, ...], n_plan: int, alpha: float | None
) -> tuple[ProvisionalPoint, ...]:
    """Clopper-Pearson at the points before ``n_plan`` where the declared bound is a claim."""
    if alpha is None:
        return ()
    return tuple(
        ProvisionalPoint(n=p.n, p_lower=_clopper_pearson(p.k, p.n, alpha))
        for p in points
        if p.valid and 0 < p.n < n_plan
    )


@lru_cache(maxsize=4096)
def _clopper_pearson(k: int, n: int, alpha: float) -> float:
    from engine.bounds.clopper_pearson import lower  # scipy: windows load this file before it

    return lower(k, n, alpha)
