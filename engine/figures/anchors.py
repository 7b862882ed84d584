"""The bounds of a sweep: at each of its anchors what p_lower came to, over what it needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.certificates.anchors import alpha_of_cell
from engine.evidence.evidence import Evidence, TrajectoryPoint
from engine.evidence.observations import AnchorRecord
from engine.evidence.settings import SweepSettings
from engine.evidence.snapshot import Snapshot
from engine.evidence.vote_chain import Block
from engine.figures.bounds import (
    NOISE_WORDS,
    BoundsFigure,
    ProvisionalPoint,
    bounds_figure,
)

NEEDED = "what the anchor needs"


def over_n(view: Snapshot | Evidence, class_names: tuple[str, ...]) -> BoundsFigure | None:
    """The bounds over n of a run, those of its anchors where it has some; None for neither."""
    settings = view.settings
    if settings.scheme.mapped:
        return None  # a map: its cells are bounded one by one, and no probability is
    if view.trajectory:
        return bounds_figure(view, class_names)
    if not isinstance(settings, SweepSettings) or view.top is None:
        return None
    chain = view.chain.blocks if isinstance(view, Evidence) and view.chain is not None else ()
    blocks = view.blocks if isinstance(view, Snapshot) else chain
    points, needed = _points(settings, view.top, view.anchors, blocks)
    if not points:
        return None
    return BoundsFigure(
        points=tuple(points),
        n_plan=view.n_plan,
        method=settings.bound,
        top_name=class_names[view.top],
        provisional=tuple(needed),
        dashed=NEEDED,
        noise=NOISE_WORDS[settings.law.arithmetic],
        extendable=True,
        anchored=True,
    )


def _points(
    settings: SweepSettings, top: int, anchors: Sequence[AnchorRecord], blocks: Sequence[Block]
) -> tuple[list[TrajectoryPoint], list[ProvisionalPoint]]:
    """At each anchor, in the order in which they were asked; the one at hand once it holds."""
    from engine.schemes.anchored import Anchored  # not for the start of a window

    scheme = settings.scheme
    assert isinstance(scheme, Anchored)
    points, needed, n, k = list[TrajectoryPoint](), list[ProvisionalPoint](), 0, 0
    for place, (record, block) in enumerate(zip(anchors, blocks, strict=False), start=1):
        own = block.counts.get(top, 0)
        n, k = n + block.n, k + own
        p_lower = _lower(own, block.n, alpha_of_cell(settings.alpha, record.cell))
        least = min(1.0, scheme.p_needed(record.distance))
        if place == len(blocks) and p_lower <= least:
            break
        points.append(TrajectoryPoint(n=n, k=k, p_lower=p_lower, p_upper=1.0 - p_lower, valid=True))
        needed.append(ProvisionalPoint(n=n, p_lower=least))
    return points, needed


@lru_cache(maxsize=4096)
def _lower(k: int, n: int, alpha: float) -> float:
    from engine.bounds.eprocess import lower  # scipy: windows load this file before it

    return lower(k, n, alpha)
