"""The histogram of votes."""

from __future__ import annotations

from engine.core.records import Record
from engine.evidence.observations import EnsembleRecord
from engine.evidence.run_view import RunView
from engine.schemes.ranked import MAJORITY

OTHER = -1
"""Stands for 'all further classes' where a histogram shows only the top k."""


class Bar(Record):
    """One class of the histogram; ``index`` is OTHER for the rest taken together.

    ``members`` are the shares of an ensemble's members, each of what it was asked, in their order.
    """

    index: int
    name: str
    selection: int
    estimation: int
    members: tuple[float, ...] = ()


class VotesFigure(Record):
    """Histogram of votes: the top k classes, then all others as one bar.

    Attributes:
        top: the chosen class, or the one that is tested; None while it is being chosen.
        failures: estimation samples that named no class.
        enumerated: both phases counted all samples of the noise law, and drew none.
        threshold: what the chosen class's probability must exceed, one half or a scheme's tau.
    """

    bars: tuple[Bar, ...]
    top: int | None
    n_selection: int
    n_estimation: int
    n_plan: int
    failures: int = 0
    enumerated: bool = False
    threshold: float = MAJORITY


def votes_figure(view: RunView, class_names: tuple[str, ...], top_k: int = 10) -> VotesFigure:
    """The histogram of a run: chosen class first kept, order by class index.

    With more than ``top_k`` classes the ``top_k`` largest (and the chosen one) keep their own bar,
    in class order; the rest become one bar named ``other``.
    """
    from engine.schemes.threshold import threshold  # its schemes are not for the start of a window

    selection, estimation = view.selection.counts, view.estimation.counts
    shown = _shown_classes(selection, estimation, view.top, top_k)
    bars = [
        Bar(index=c, name=class_names[c], selection=selection[c], estimation=estimation[c])
        for c in shown
    ]
    if view.ensemble is not None:
        bars = [_with_members(bar, view.ensemble) for bar in bars]
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
        top=view.top,
        n_selection=sum(selection),
        n_estimation=view.estimation.n,
        n_plan=view.n_plan,
        failures=view.estimation.failures,
        enumerated=view.settings.kind == "exact" and not view.settings.scheme.computed,
        threshold=threshold(view.settings.scheme),
    )


def _with_members(bar: Bar, record: EnsembleRecord) -> Bar:
    shares = [each.counts[bar.index] / max(1, each.asked) for each in record.members]
    return bar.model_copy(update={"members": tuple(shares)})


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
