"""What the votes at the anchors of a sweep amount to. No torch.

The procedure ends in these facts and a verifier works them out again from the recorded votes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from engine.bounds import bound_method
from engine.certificates.anchors import alpha_of_cell, anchor, around_zero
from engine.core.records import InputIdentity, ProbabilityBounds, Votes
from engine.core.rounding import round_down, round_up
from engine.evidence import statement
from engine.evidence.evidence import Evidence
from engine.evidence.observations import AnchorRecord
from engine.evidence.settings import SweepSettings
from engine.evidence.vote_chain import total
from engine.planning.question import N_LIMIT
from engine.regions import Abstention
from engine.regions.sweep import Sweep
from engine.schemes.anchored import Anchored

_DIGITS = 4
_LARGEST = 10**18
"""Numbers of an image: a file that names more is no reason to overflow."""
_LESS = " No larger n helps; less of the changes after the transformation, or more noise, may."


class SweepVotes:
    """The anchors of a sweep with the bounds on their votes, each worked out once.

    Args:
        settings: of the run.
        top: the class that the selection chose.
        anchors: cells and distances, in the order in which they were asked.
        votes: at each of them.

    Attributes:
        last: the bound at the anchor that was asked last.
    """

    def __init__(
        self,
        settings: SweepSettings,
        top: int,
        anchors: Sequence[AnchorRecord] = (),
        votes: Sequence[Votes] = (),
    ) -> None:
        assert isinstance(settings.scheme, Anchored)
        self.settings, self.scheme, self.top = settings, settings.scheme, top
        self._cells: set[int] = set()
        self._open: list[int] = []
        self._certified: list[tuple[tuple[float, float], ProbabilityBounds, float]] = []
        self.last: ProbabilityBounds | None = None
        for anchor_of, at in zip(anchors, votes, strict=True):
            self.add(anchor_of, at)

    def add(self, record: AnchorRecord, votes: Votes) -> bool:
        """Enter an anchor with all of its votes; whether they certify its cell.

        The bound is the anytime one, with the cell's share of alpha.
        """
        cell, reach = record.cell, self.scheme.reach
        self._cells.add(cell)
        share = alpha_of_cell(self.settings.alpha, cell)
        method = bound_method(self.settings.bound)
        bounds = self.last = method.at(votes, top=self.top, alpha=share, n_plan=votes.n)
        # A distance that is no number certifies nothing.
        if not (votes.n and bounds.p_lower > self.scheme.p_needed(record.distance)):
            self._open.append(cell)
            return False
        self._certified.append((self.scheme.ends(cell), bounds, anchor(cell, -reach, reach)))
        return True

    def region(self, failed: Sequence[int] = ()) -> tuple[Sweep, ProbabilityBounds] | None:
        """The certified stretch about 0 and the weakest bound that it rests on; None for nothing.

        Args:
            failed: cells that were given up.
        """
        found = around_zero([ends for ends, _, _ in self._certified])
        if found is None:
            return None
        lower, upper = found
        own = [one for one in self._certified if lower <= one[0][0] and one[0][1] <= upper]
        least = min((bounds for _, bounds, _ in own), key=lambda one: one.p_lower)
        region = self.scheme.swept(
            lower,
            upper,
            anchors=tuple(sorted(middle for _, _, middle in own)),
            failed=tuple(sorted(self.scheme.ends(cell) for cell in failed)),
        )
        return region, self.shown(least, "the weakest anchor that the claim rests on")

    def shown(self, bounds: ProbabilityBounds, where: str) -> ProbabilityBounds:
        """The bound at one anchor, with the alpha with which those at all anchors hold at once."""
        basis = (
            f"p lower and p upper of {where}, by its own votes; the bounds of all anchors hold at "
            "once and at any stop, each with the share of alpha that its cell's level fixes and "
            f"at most {self.settings.n:,} votes"
        )
        return bounds.model_copy(update={"alpha": self.settings.alpha, "basis": basis})

    def given_up(self) -> list[int]:
        """Cells that were asked and neither certified nor halved: where a finished sweep ends."""
        inside = {cell >> by for cell in self._cells for by in range(1, cell.bit_length())}
        return [cell for cell in self._open if cell not in inside]


def swept_at(evidence: Evidence, alpha: float) -> tuple[Sweep, ProbabilityBounds] | None:
    """What the votes of a finished run certify at another alpha, shared out over the same cells.

    Args:
        evidence: of a sweep, with the blocks of its votes.
        alpha: of all anchors together.
    """
    chain, top, settings = evidence.chain, evidence.votes.guess, evidence.settings
    if chain is None or top is None or not isinstance(settings, SweepSettings):
        return None
    classes = len(evidence.model.class_names)
    votes = [total((block,), classes) for block in chain.blocks]
    own = settings.model_copy(update={"alpha": alpha})
    swept = SweepVotes(own, top, evidence.anchors, votes)
    return swept.region(swept.given_up() if evidence.complete else ())


def sweep_facts(
    *,
    settings: SweepSettings,
    selection: Votes,
    anchors: Sequence[AnchorRecord],
    votes: Sequence[Votes],
    top: int | None,
    complete: bool,
    class_names: tuple[str, ...],
    given: InputIdentity,
) -> dict[str, Any]:
    """The fields of evidence that follow from the votes of a sweep, complete or stopped.

    Args:
        settings: of the run.
        selection: votes that chose the class.
        anchors, votes: as for :class:`SweepVotes`.
        top: the class that the selection chose; None if the run ended before that.
        complete: nothing was left to ask.
        class_names: of the model.
        given: the input, and how it was fitted to the model.
    """
    found = last = None
    if top is not None and anchors:
        swept = SweepVotes(settings, top, anchors, votes)
        found = swept.region(swept.given_up() if complete else ())
        last = swept.last and swept.shown(swept.last, "the anchor that was asked last")
    refusal, said, name = None, "", None
    if found is None or top is None:
        refusal = _abstention(settings, selection, anchors, votes, top, class_names, given.shape)
        said = statement.abstained(refusal)
    else:
        region, bounds = found
        name = class_names[top]
        early = "" if complete else _STOPPED
        said = statement.claimed(settings, region, bounds, name, given, early=early)
    return {
        "outcome": "abstained" if found is None else "certified",
        "complete": complete,
        "predicted_class": None if found is None else top,
        "class_name": name,
        "radius": None,
        "region": None if found is None else found[0],
        "abstention": refusal,
        "statement": said,
        "bounds": last if found is None else found[1],
        "trajectory": (),
    }


_STOPPED = "Stopped before the whole range was asked; what was certified by then is valid."


def _abstention(
    settings: SweepSettings,
    selection: Votes,
    anchors: Sequence[AnchorRecord],
    votes: Sequence[Votes],
    top: int | None,
    names: tuple[str, ...],
    shape: tuple[int, ...],
) -> Abstention:
    """Why not even the cell about 0 is certified, by the last anchor that was asked."""
    if top is None or not anchors or not votes[-1].n:
        return Abstention(
            reason="no-votes", sentence="the run ended before the first vote that could bound."
        )
    scheme, last = settings.scheme, votes[-1]
    assert isinstance(scheme, Anchored)
    if last.top != top and last.counts[last.top] > last.counts[top]:
        sentence = (
            f"the {selection.n:,} selection votes guessed '{names[top]}', but "
            f"'{names[last.top]}' leads among the {last.n:,} fresh votes beside it. A larger n0 "
            f"makes the guess better{statement.NEW_TRY}"
        )
        return Abstention(reason="wrong-guess", sentence=sentence)
    reach, record = scheme.reach, anchors[-1]
    where = anchor(record.cell, -reach, reach)
    least = round_up(min(1.0, scheme.p_needed(record.distance)), _DIGITS)
    needed = "of all but 1" if float(least) >= 1.0 else f"above {least}"
    share = round_down(100 * last.counts[top] / last.n, 1)
    hopeless = _hopeless(settings, last, top, record, shape)
    return Abstention(
        reason="below-half" if hopeless else "too-few-samples",
        sentence=(
            f"'{names[top]}' won {share} % of {last.n:,} votes at the anchor {where:+.3g} "
            f"{scheme.warp.unit}, where a p lower {needed} is needed."
            f"{hopeless or f' A larger n may certify it{statement.NEW_TRY}'}"
        ),
    )


def _hopeless(
    settings: SweepSettings,
    votes: Votes,
    top: int,
    record: AnchorRecord,
    shape: tuple[int, ...],
) -> str:
    """Why no n certifies even the closest of anchors if the votes keep their proportions, or "".

    What all anchors need is worked out with the area of the inscribed disc for the number of its
    pixels: it decides which advice is given, and nothing that is claimed.
    """
    scheme = settings.scheme
    assert isinstance(scheme, Anchored)
    size = min(math.prod(shape[:-2]) * (min(shape[-2:], default=1) - 1) ** 2, _LARGEST)
    shift = 0.0 if scheme.sigma_b else scheme.with_brightness * math.sqrt(math.pi * size / 4)
    beside = min(record.distance, shift)
    many = Votes(
        counts=tuple(count * N_LIMIT // votes.n for count in votes.counts),
        failures=votes.failures * N_LIMIT // votes.n,
    )
    alpha = alpha_of_cell(settings.alpha, record.cell)
    p_lower = bound_method(settings.bound).at(many, top=top, alpha=alpha, n_plan=many.n).p_lower
    if p_lower > scheme.p_needed(beside):
        return ""
    if p_lower > scheme.p_needed(0.0):
        return (
            " No larger n helps: without noise of its own, --sigma-b, a shift of all pixels by "
            f"{scheme.with_brightness:g} counts as a change of l2 norm {beside:.3g} under sigma "
            f"{scheme.sigma:g}."
        )
    return statement.MORE_NOISE if p_lower <= 0.5 else _LESS
