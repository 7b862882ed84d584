"""Certify votes that were drawn elsewhere, under any scheme of the catalogue."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Literal, NamedTuple

from engine.bounds import BoundMethod, bound_method
from engine.core.errors import UserError
from engine.core.files import sha256_bytes
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.settings import BoundName
from engine.regions import Perturbation, Region, radius_of
from engine.replay.records import ReplayResult, ReplayRow, Selection
from engine.replay.summary import DRAWN, summarise
from engine.replay.table import Header, Line, read_bytes, read_table
from engine.schemes import Scheme

GIVEN = "given"
TELLING = 10
_NAMED = 3
_RESOLUTION = 2.0**-53
"""A given p_lower of 1 stands for what a double can tell from 1: certainty has no finite radius."""
Bounding = Callable[[Line, int, float], ProbabilityBounds]


def replay(
    path: Path,
    *,
    scheme: Scheme,
    alpha: float,
    bound: BoundName,
    at: Sequence[str] = (),
    selection: Selection | None = None,
) -> ReplayResult:
    """Certify every row of a file of votes.

    A row's planned n is the number of its estimation votes.

    Args:
        path: CSV or TSV with the header ``idx,label,n0_0..,n_0..``; the estimation block alone,
            with ``selection``; or ``idx,label,p_lower[,p_upper]``, certified for the label.
        scheme: whose noise the votes were drawn under.
        alpha: chance that a row's statement is wrong.
        bound: how votes become a bound; given bounds are taken as they are.
        at: perturbations to answer, in the scheme's terms.
        selection: where the class comes from if the file does not say: ``label`` or ``same``.

    Raises:
        UserError: the file is malformed, or ``at`` or ``selection`` does not fit.
    """
    claim = partial(_claim, scheme, {text: scheme.parse_at(text) for text in at})
    data = read_bytes(path)
    header, lines = read_table(path, data)
    chosen = _selection(path, header, selection)
    samples = scheme.noise().samples
    decided_by = bound_method(bound).decided_by
    bounding = _given if not header.classes else _counted(bound_method(bound), samples, path)

    def certify(level: float) -> Iterator[_Outcome]:
        return _outcomes(
            lines, chosen, decided_by, lambda line, top: bounding(line, top, level), claim
        )

    rows = tuple(_row(line, found) for line, found in zip(lines, certify(alpha), strict=True))
    valid, twins = chosen != "same", alike(lines)
    again = (lambda level: [*certify(level)]) if header.classes else None
    found = summarise(rows, at=at, alpha=alpha, again=again, valid=valid, apart=not twins)
    notes = _notes(chosen, given=not header.classes)
    if header.classes and samples is None and not bound_method(bound).extendable:
        notes.append(_fixed_n(lines, bound))
    notes += _alike(twins) if valid else []
    return ReplayResult(
        source=str(path),
        sha256=sha256_bytes(data),
        scheme=scheme,
        alpha=alpha,
        bound=bound if header.classes else GIVEN,
        selection=chosen,
        independent=valid,
        rows=rows,
        summary=found,
        notes=(*notes, *([DRAWN.format("rows")] if found.population else [])),
    )


def alike(lines: Sequence[Line]) -> list[tuple[str | int, str | int]]:
    """Pairs of rows with the same votes throughout, which two inputs hardly have by chance.

    Rows count as such where at least :data:`TELLING` votes fell beside the leading class: many
    inputs lose no vote or few, and their counts are often the same.
    """
    known: dict[bytes, str | int] = {}  # a million rows: their digests, not their votes
    found = []
    for line in lines:
        if sum(line.estimation) - max(line.estimation, default=0) < TELLING:
            continue
        votes = blake2b(array("Q", line.selection), digest_size=16)
        votes.update(array("Q", line.estimation))
        first = known.setdefault(votes.digest(), line.idx)
        if first != line.idx:
            found.append((first, line.idx))
    return found


def _alike(pairs: Sequence[tuple[str | int, str | int]]) -> list[str]:
    if not pairs:
        return []
    shown = ", ".join(f"{one} and {other}" for one, other in pairs[:_NAMED])
    more = f" and {len(pairs) - _NAMED:,} more pairs" if len(pairs) > _NAMED else ""
    return [
        f"The rows {shown}{more} hold the very same votes: they may be the same input, and share "
        "their noise. Nothing is said of a population, which needs rows that are independent."
    ]


def _fixed_n(lines: Sequence[Line], bound: BoundName) -> str:
    """Under which condition a bound of a fixed n holds for votes that are all there."""
    few, many = (pick(sum(line.estimation) for line in lines) for pick in (min, max))
    rows = (
        f"Not all rows have the same n (from {few:,} to {many:,})"
        if few < many
        else f"Every row has n = {many:,}"
    )
    return (
        f"{rows}: the {bound} bound holds for a row only if its n was fixed before its votes were "
        "seen, which the file does not show. The anytime bound needs no such condition."
    )


def _selection(path: Path, header: Header, asked: Selection | None) -> Selection:
    if header.selection:
        if asked in ("label", "same"):
            raise UserError(f"{path} has a selection block; leave out --selection {asked}.")
        return "votes"
    if not header.classes:
        if asked == "same":
            raise UserError(f"{path} holds bounds of the label's class; leave out --selection.")
        return "label"
    if asked not in ("label", "same"):
        raise UserError(
            f"{path} has no selection block: --selection label certifies the label's class, "
            "--selection same the leading class, marked as not independent."
        )
    return asked


def _top(line: Line, selection: Selection) -> int:
    if selection == "label":
        return line.label
    counts = line.selection if selection == "votes" else line.estimation
    return counts.index(max(counts))  # ties go to the lowest index, as in CERTIFY


def _numbers(line: Line, top: int, decided_by: str) -> tuple[int | float | None, ...]:
    """All that the claim of a row depends on: many rows of a file have the same."""
    counts = line.estimation
    if not counts:
        return top, line.p_lower, line.p_upper
    if decided_by == "all":
        return top, *counts
    other = max((*counts[:top], *counts[top + 1 :])) if decided_by == "two largest" else None
    return top, counts[top], other, sum(counts)


def _counted(method: BoundMethod, samples: int | None, path: Path) -> Bounding:
    def bounds(line: Line, top: int, alpha: float) -> ProbabilityBounds:
        votes = Votes.from_sequence(line.estimation)
        if samples is not None and votes.n != samples:
            raise UserError(
                f"{path}: the row of input {line.idx} has {votes.n:,} votes, but this noise has "
                f"{samples:,} samples, and a certificate without chance needs the vote of each."
            )
        return method.at(votes, top=top, alpha=alpha, n_plan=votes.n)

    return bounds


def _given(line: Line, top: int, alpha: float) -> ProbabilityBounds:
    lower = min(line.p_lower or 0.0, 1.0 - _RESOLUTION)
    upper = 1.0 - lower if line.p_upper is None else min(line.p_upper, 1.0 - lower)
    return ProbabilityBounds(
        method=GIVEN,
        alpha=alpha,
        n=0,
        top=top,
        p_lower=lower,
        p_upper=max(upper, _RESOLUTION),
        valid=True,
        basis="computed elsewhere, taken as it is",
    )


class _Claim(NamedTuple):
    """What bounds amount to under a scheme."""

    bounds: ProbabilityBounds
    region: Region | None
    radius: float | None
    certified_at: dict[str, bool]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A row's claim, which it may share with others, and its label."""

    label: int
    claim: _Claim

    @property
    def outcome(self) -> Literal["certified", "abstained"]:
        return "certified" if self.claim.region else "abstained"

    @property
    def predicted_class(self) -> int | None:
        return self.claim.bounds.top if self.claim.region else None

    @property
    def region(self) -> Region | None:
        return self.claim.region

    @property
    def radius(self) -> float | None:
        return self.claim.radius

    @property
    def certified_at(self) -> dict[str, bool]:
        return self.claim.certified_at


def _claim(scheme: Scheme, asked: dict[str, Perturbation], bounds: ProbabilityBounds) -> _Claim:
    region = scheme.region(bounds)
    at = {text: region is not None and region.contains(p) for text, p in asked.items()}
    return _Claim(bounds, region, radius_of(region), at)


def _outcomes(
    lines: Sequence[Line],
    selection: Selection,
    decided_by: str,
    bounding: Callable[[Line, int], ProbabilityBounds],
    claim: Callable[[ProbabilityBounds], _Claim],
) -> Iterator[_Outcome]:
    """The rows' claims; rows with the same numbers share theirs."""
    known: dict[tuple[int | float | None, ...], _Claim] = {}
    for line in lines:
        top = _top(line, selection)
        numbers = _numbers(line, top, decided_by)
        if numbers not in known:
            known[numbers] = claim(bounding(line, top))
        yield _Outcome(line.label, known[numbers])


_FIELDS = set(ReplayRow.model_fields)
"""One set for all rows: a set of its own is most of what a row takes in memory."""


def _row(line: Line, found: _Outcome) -> ReplayRow:
    return ReplayRow.model_construct(
        _FIELDS,
        idx=line.idx,
        label=line.label,
        outcome=found.outcome,
        predicted_class=found.predicted_class,
        radius=found.radius,
        bounds=found.claim.bounds,
        region=found.region,
        certified_at=found.certified_at,
        n0=sum(line.selection),
        n=sum(line.estimation),
    )


def _notes(selection: Selection, *, given: bool) -> list[str]:
    notes = []
    if given:
        notes.append(
            "The bounds were computed elsewhere; they hold only if that was done soundly, at this "
            "alpha."
        )
    if selection == "same":
        notes.append(
            "The class was chosen by the very votes that bound it, which is not independent: "
            "these figures are not valid claims."
        )
    if selection == "label":
        notes.append("The label's class was certified; no votes chose it.")
    return notes
