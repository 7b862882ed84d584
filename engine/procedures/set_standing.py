"""A set while it is certified: its rows as they are decided, and what they come to so far.

Whoever shows a set as it grows would work out everything anew with each row; here a row costs the
same in a set of ten and of ten thousand, and votes are not kept. No torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.bounds.simultaneous import simultaneous_alpha
from engine.core.text import visible
from engine.evidence.attack import size_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, alpha_of
from engine.evidence.subject import headline_in
from engine.figures.curves import CurveFigure
from engine.procedures.set_curves import accuracy_curves, attacked_curve
from engine.procedures.set_result import Unread, as_path, row_of
from engine.regions import Region
from engine.replay.records import ReplaySummary, Simultaneous
from engine.replay.rows import NO_LABEL, ReplayRow

Outcome = Literal["correct", "wrong", "certified", "contradicted", "abstained", "no run"]
"""``correct`` and ``wrong`` are certified; so is ``certified``, of an input without a label. Inside
of what is certified an attack was confirmed where it is ``contradicted``. ``no run`` is an input
that does not open or does not fit the model."""


@dataclass(frozen=True, slots=True)
class SetRow:
    """One input of a set.

    Attributes:
        place: how many were decided before it.
        spec: its name, by which it is opened again; ``name`` as a person writes it.
        run_id: of its run; empty without one.
        label, predicted: names of classes; empty where there is none.
        certified: the headline of its region, rounded down; ``size`` its first number.
        attacked: the smallest change that an attack found, rounded up; empty without one.
        reason: why nothing is certified, in a sentence; ``cause`` the same in a word or two.
        n: votes that bound it; ``seconds`` that all its votes took.
    """

    place: int
    spec: str
    name: str
    outcome: Outcome
    run_id: str = ""
    label: str = ""
    predicted: str = ""
    certified: str = ""
    size: float = -1.0
    attacked: str = ""
    cause: str = ""
    reason: str = ""
    n: int = 0
    seconds: float = 0.0


class _Tally:
    """Some claims about the inputs, each at one alpha."""

    def __init__(self, at: Sequence[str]) -> None:
        self.certified = self.correct = 0
        self.sizes: dict[str, list[float]] = {}
        self.radii: list[float] = []
        self.attacked: list[float] = []
        self.at = dict.fromkeys(at, 0)
        self.balls = True

    def add(self, row: ReplayRow) -> None:
        region = row.region
        if region is None:
            return
        self.certified += 1
        self.balls = self.balls and row.radius is not None
        for size in (own := _sizes(region)):
            self.sizes.setdefault(size, [])
        if row.label == NO_LABEL or row.predicted_class != row.label:
            return
        self.correct += 1
        if row.radius is not None:
            self.radii.append(row.radius)
            self.attacked.append((row.attacked or {}).get("radius", math.inf))
        for size, most in own.items():
            self.sizes[size].append(most)
        for text, holds in row.certified_at.items():
            self.at[text] += holds


class SetStanding:
    """What a set comes to so far.

    Args:
        settings: of every run, with the seed; ``alpha`` is per input.
        planned: inputs over which alpha is shared out, where all are to hold at once; None where
            nobody fixed their number beforehand, and nothing is said of all.
        at: perturbations to answer.

    Attributes:
        rows: of the inputs that are decided, in their order; rows are only ever added.
        counted: how many of them have a run.
    """

    def __init__(self, settings: Counting, planned: int | None, at: Sequence[str] = ()) -> None:
        self.settings, self.planned, self.at = settings, planned, tuple(at)
        self.rows: list[SetRow] = []
        self.counted = self.labelled = 0
        self._alpha = alpha_of(settings)
        self._together = planned is not None and settings.kind != "exact"
        self._each = simultaneous_alpha(self._alpha, planned or 1)
        self._own, self._joint = _Tally(at), _Tally(at)
        self._kind: Region | None = None

    def add(self, spec: str, evidence: Evidence) -> None:
        """Take in an input and its run."""
        own = row_of(spec, evidence, self.at)
        self._own.add(own)
        if self._together:
            self._joint.add(row_of(spec, evidence, self.at, self._each))
        self._kind = self._kind or own.region
        self.counted += 1
        self.labelled += own.label != NO_LABEL
        why = evidence.abstention
        row = SetRow(
            place=len(self.rows),
            spec=spec,
            name=as_path(spec),
            outcome="contradicted" if evidence.contradicted else _outcome(own),
            run_id=evidence.run_id,
            label=evidence.input.label_name or ("" if own.label == NO_LABEL else str(own.label)),
            predicted=_class(evidence, own.predicted_class),
            certified=headline_in(own.region, evidence.input) if own.region else "",
            size=next(iter(_sizes(own.region).values()), -1.0) if own.region else -1.0,
            attacked=size_in_words(own.attacked) if own.attacked else "",
            cause=why.reason.replace("-", " ") if why and own.region is None else "",
            reason=why.sentence if why and own.region is None else "",
            n=own.n,
            seconds=evidence.performance.seconds,
        )
        self.rows.append(row)

    def leave_out(self, unread: Unread) -> None:
        """Take in an input that has no run."""
        row = SetRow(
            place=len(self.rows),
            spec=unread.input,
            name=as_path(unread.input),
            outcome="no run",
            cause="not read",
            reason=visible(unread.reason),
        )
        self.rows.append(row)

    def summary(self) -> ReplaySummary:
        """The rows so far; of a population nothing is said before the set is whole."""
        own, joint, total = self._own, self._joint, max(1, self.counted)
        labelled = self.labelled > 0
        together = Simultaneous(
            alpha=self._alpha,
            alpha_each=self._each,
            certified=joint.certified,
            clean_accuracy=joint.correct / total if labelled else None,
            acr=self._acr(joint),
            certified_accuracy=_shares(joint.at, total, labelled=labelled),
        )
        return ReplaySummary(
            rows=self.counted,
            clean_accuracy=own.correct / total if labelled else None,
            abstained=self.counted - own.certified,
            acr=self._acr(own),
            certified_accuracy=_shares(own.at, total, labelled=labelled),
            simultaneous=together if self._together else None,
        )

    def figure(self) -> CurveFigure | None:
        """Certified accuracy over the sizes that the scheme's regions have.

        Each input by itself with a 95 % band, and dashed all at once. None before an input is
        certified, and without labels.
        """
        if self._kind is None or not self.labelled:
            return None
        own, joint, total = self._own, self._joint, self.counted
        exact = self.settings.kind == "exact"
        name = "each input" if exact else f"each input, alpha {self._alpha}"
        curves = accuracy_curves(self._kind, own.sizes, total, name, band=True)
        if self._together:
            name = f"all {self.planned or 0:,} at once, alpha {self._alpha}"
            curves += accuracy_curves(self._kind, joint.sizes, total, name, beside=", all at once")
        if own.balls and min(own.attacked, default=math.inf) < math.inf:
            curves += (attacked_curve(own.attacked, total),)
        inputs = f"{total:,} input{'s' * (total != 1)}"
        return CurveFigure(
            title="Certified accuracy",
            subtitle=f"of {inputs} · band: 95 % at each size, {self._if_drawn()}",
            x_name=self._kind.measured,
            y_name="share correct and certified",
            curves=curves,
        )

    def _if_drawn(self) -> str:
        """On what a band rests: when to stop, or to look, may depend on the rows so far."""
        if self.planned is not None and len(self.rows) >= self.planned:
            return "if they are a random draw"
        return "had so many been planned and drawn at random"

    def _acr(self, tally: _Tally) -> float | None:
        """Mean of correct * radius; None for regions without one, and without labels."""
        if not (tally.balls and self.labelled):
            return None
        return math.fsum(tally.radii) / self.counted


def _sizes(region: Region) -> dict[str, float]:
    """A ball has the one size; any other region its own."""
    radius = region.certified_radius
    return region.sizes() if radius is None else {"": radius}


def _outcome(row: ReplayRow) -> Outcome:
    if row.region is None:
        return "abstained"
    if row.label == NO_LABEL:
        return "certified"
    return "correct" if row.predicted_class == row.label else "wrong"


def _class(evidence: Evidence, index: int | None) -> str:
    return "" if index is None else evidence.model.class_names[index]


def _shares(counts: Mapping[str, int], total: int, *, labelled: bool) -> dict[str, float | None]:
    return {text: count / total if labelled else None for text, count in counts.items()}
