"""The data behind each picture: what window and report draw, and what CSV export writes.

A figure is made from evidence and maps once; the window draws it with pyqtgraph, the report with
typst (``engine.report.drawing``). Neither reads the other's widgets.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.evidence import Evidence, TrajectoryPoint
from engine.procedures.snapshot import Snapshot
from engine.records import Record
from engine.settings import NoiseMode

OTHER = -1
"""Stands for 'all further classes' where a histogram shows only the top k."""

NOISE_WORDS: dict[NoiseMode, str] = {
    "float": "float noise",
    "exact": "sound on the 8-bit grid",
}
"""What a badge says of a run's noise."""


class Bar(Record):
    """One class of the histogram; ``index`` is OTHER for the rest taken together."""

    index: int
    name: str
    selection: int
    estimation: int


class VotesFigure(Record):
    """Histogram of votes: the top k classes, then all others as one bar.

    Attributes:
        top: the chosen class; None while it is being chosen.
        failures: estimation samples that named no class.
    """

    bars: tuple[Bar, ...]
    top: int | None
    n_selection: int
    n_estimation: int
    n_plan: int
    failures: int = 0


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
        noise: ``sound on the 8-bit grid`` or ``float noise``; empty where it is not known.
    """

    points: tuple[TrajectoryPoint, ...]
    n_plan: int
    method: str
    top_name: str
    provisional: tuple[ProvisionalPoint, ...] = ()
    noise: str = ""


class SliceFigure(BaseModel):
    """A two-dimensional slice through the input: who wins where.

    The point (u, v) is ``x + u e1 + v e2`` with orthonormal e1, e2; u and v are l2 distances in
    pixel units.

    Attributes:
        extent: u and v run over [-extent, extent].
        base: class of the base classifier, shape (k, k), row = v from low to high, column = u;
            -2 where not computed yet, -1 where the model named no class.
        smoothed: class by coarse majority vote, shape (m, m), same axes and marks.
        smoothed_votes: votes per cell of ``smoothed``.
        axes: what e1 and e2 are, in words.
        radius: certified l2 radius to draw, None if nothing is certified.
        class_names: of the model.
        center_class: the smoothed answer at the input.
        samples: (s, 2) projections of noisy samples on the slice, for the dots.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    extent: float
    base: npt.NDArray[np.int16]
    smoothed: npt.NDArray[np.int16]
    smoothed_votes: int
    axes: tuple[str, str]
    radius: float | None
    class_names: tuple[str, ...]
    center_class: int | None
    samples: npt.NDArray[np.float32]


class MeaningFigure(BaseModel):
    """What the numbers mean, as pictures: float arrays (C, H, W) in [0, 1].

    Attributes:
        original: the input as the model sees it.
        noisy: three noisy samples at this noise level, with the base classifier's answers.
        noisy_answers: class names for ``noisy``.
        perturbed: the input changed by exactly ``perturbed_norm``; None if nothing is certified.
        perturbed_norm: l2 norm of that change, at most the certified radius.
        perturbed_how: in words, which direction was taken.
        perturbed_clipped: whether pixels were clipped to [0, 1] for display.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    original: npt.NDArray[np.float32]
    noisy: tuple[npt.NDArray[np.float32], ...]
    noisy_answers: tuple[str, ...]
    perturbed: npt.NDArray[np.float32] | None
    perturbed_norm: float | None
    perturbed_how: str
    perturbed_clipped: bool
    noise_in_words: str


class Curve(Record):
    """A named line.

    Attributes:
        points: (x, y), x rising.
        dashed: it is a limit to compare with, not the thing itself.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


class CurveFigure(Record):
    """Some curves over one quantity: the expected radius over n, certified accuracy over radius.

    Attributes:
        log_x: x is drawn on a logarithmic axis.
        mark: an x that is pointed out, ``mark_name`` what it is; None for none.
    """

    title: str
    subtitle: str = ""
    x_name: str
    y_name: str
    curves: tuple[Curve, ...]
    log_x: bool = False
    mark: float | None = None
    mark_name: str = ""


class GraphNode(Record):
    """A node in the picture of a neighbourhood.

    Attributes:
        number: in the graph.
        name: what people call it.
        hops: distance from the node in the middle.
        label: its class, where the graph has classes.
        x, y: where to draw it, within the unit disc.
    """

    number: int
    name: str
    hops: int
    label: int | None
    x: float
    y: float


class NeighbourhoodFigure(Record):
    """What a graph network reads to classify one node: the nodes around it, and their edges.

    Attributes:
        nodes: the node itself first, then by rising distance: row i of the noised features.
        edges: pairs of positions in ``nodes``, each edge once.
        class_names: of the graph; empty without labels.
        features: how many binary features a node has.
    """

    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[int, int], ...]
    class_names: tuple[str, ...]
    features: int


class Illustrations(BaseModel):
    """Pictures that go beside the evidence; each may be missing."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    region: SliceFigure | None = None
    meaning: MeaningFigure | None = None


Figure = VotesFigure | BoundsFigure | SliceFigure | MeaningFigure | CurveFigure
FigureFormat = Literal["png", "svg", "pdf"]


def votes_figure(
    source: Snapshot | Evidence, class_names: tuple[str, ...], top_k: int = 10
) -> VotesFigure:
    """The histogram of a snapshot or of evidence: chosen class first kept, order by class index.

    With more than ``top_k`` classes the ``top_k`` largest (and the chosen one) keep their own bar,
    in class order; the rest become one bar named ``other``.
    """
    if isinstance(source, Snapshot):
        selection, estimation = source.selection.counts, source.estimation.counts
        top, failures, n_plan = source.top, source.estimation.failures, source.n_plan
    else:
        selection, estimation = source.votes.selection, source.votes.estimation
        top, failures = source.votes.guess, source.votes.estimation_failures
        n_plan = source.settings.n
    shown = _shown_classes(selection, estimation, top, top_k)
    bars = [
        Bar(index=c, name=class_names[c], selection=selection[c], estimation=estimation[c])
        for c in shown
    ]
    if len(shown) < len(class_names):
        bars.append(
            Bar(
                index=OTHER,
                name=f"{len(class_names) - len(shown)} others",
                selection=sum(selection) - sum(b.selection for b in bars),
                estimation=sum(estimation) - sum(b.estimation for b in bars),
            )
        )
    return VotesFigure(
        bars=tuple(bars),
        top=top,
        n_selection=sum(selection),
        n_estimation=sum(estimation) + failures,
        n_plan=n_plan,
        failures=failures,
    )


def _shown_classes(
    selection: tuple[int, ...], estimation: tuple[int, ...], top: int | None, top_k: int
) -> list[int]:
    if len(estimation) <= top_k:
        return list(range(len(estimation)))
    ranked = sorted(range(len(estimation)), key=lambda c: (-estimation[c], -selection[c], c))
    shown = set(ranked[:top_k])
    if top is not None and top not in shown:
        shown.discard(ranked[top_k - 1])
        shown.add(top)
    return sorted(shown)


def bounds_figure(source: Snapshot | Evidence, class_names: tuple[str, ...]) -> BoundsFigure:
    """Bounds over n of a snapshot or of evidence."""
    if isinstance(source, Snapshot):
        top, n_plan, mode = source.top, source.n_plan, source.noise
        method = source.bounds.method if source.bounds else ""
        alpha = source.bounds.alpha if source.bounds else None
    else:
        top, n_plan, method = source.votes.guess, source.settings.n, source.settings.bound
        alpha, mode = source.settings.alpha, source.settings.noise
    return BoundsFigure(
        points=source.trajectory,
        n_plan=n_plan,
        method=method,
        top_name=class_names[top] if top is not None else "",
        provisional=_provisional(source.trajectory, n_plan, alpha),
        noise=NOISE_WORDS[mode],
    )


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
