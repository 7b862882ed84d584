"""The histogram of votes."""

from __future__ import annotations

from engine.core.records import Record
from engine.evidence.evidence import Evidence
from engine.evidence.snapshot import Snapshot

OTHER = -1
"""Stands for 'all further classes' where a histogram shows only the top k."""


class Bar(Record):
    """One class of the histogram; ``index`` is OTHER for the rest taken together."""

    index: int
    name: str
    selection: int
    estimation: int


class VotesFigure(Record):
    """Histogram of votes: the top k classes, then all others as one bar.

    Attributes:
        top: the chosen class, or the one that is tested; None while it is being chosen.
        failures: estimation samples that named no class.
        enumerated: both phases counted all samples of the noise law, and drew none.
    """

    bars: tuple[Bar, ...]
    top: int | None
    n_selection: int
    n_estimation: int
    n_plan: int
    failures: int = 0
    enumerated: bool = False


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
        if top is None and source.test is not None:
            top = source.test.top
        n_plan = source.n_planned
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
        enumerated=source.settings is not None and source.settings.kind == "exact",
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
