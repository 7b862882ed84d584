"""Certify votes that were drawn elsewhere, under any scheme of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.bounds import BoundMethod, bound_method
from engine.core.errors import UserError
from engine.core.files import sha256_bytes
from engine.core.records import ProbabilityBounds, Votes
from engine.core.scores import SOFT
from engine.evidence.settings import BoundName
from engine.regions import Perturbation, radius_of
from engine.replay.lines import read_bytes
from engine.replay.records import ReplayResult, Selection
from engine.replay.rows import Claim, ReplayRows
from engine.replay.summary import DRAWN, summarise
from engine.replay.table import Header, VoteTable, read_table
from engine.schemes import Scheme
from engine.schemes.ranked import check_classes

GIVEN = "given"
TELLING = 10
_NAMED = 3
_RESOLUTION = 2.0**-53
"""A given p_lower of 1 stands for what a double can tell from 1: certainty has no finite radius."""
_SAME = (
    "The rows {} hold the very same votes: they may be the same input, and share their noise. "
    "Nothing is said of a population, which needs rows that are independent."
)
_STEP = 1000
"""Claims between two words of how far it is."""
Progress = Callable[[str, int, int], object]
"""Called with what is done, and how many of how many."""
Bounding = Callable[[int, float], ProbabilityBounds]
"""The bounds of a row of the table at an alpha."""


def replay(
    path: Path,
    *,
    scheme: Scheme,
    alpha: float,
    bound: BoundName,
    at: Sequence[str] = (),
    selection: Selection | None = None,
    progress: Progress = lambda work, done, total: None,
) -> ReplayResult:
    """Certify every row of a file of votes.

    A row's planned n is the number of its estimation votes.

    Args:
        path: a table with the header ``idx,label,n0_0..,n_0..``; the estimation block alone,
            with ``selection``, without header too; or ``idx,label,p_lower[,p_upper]``, certified
            for the label. CSV, TSV, JSON lines, or an array of counts (.npy).
        scheme: whose noise the votes were drawn under.
        alpha: chance that a row's statement is wrong.
        bound: how votes become a bound; given bounds are taken as they are.
        at: perturbations to answer, in the scheme's terms.
        selection: where the class comes from if the file does not say: ``label`` or ``same``.
        progress: told how far it is.

    Raises:
        UserError: the file is malformed, ``at`` or ``selection`` does not fit, or the scheme lacks
            a parameter that an input would give.
    """
    scheme.check_alone()
    asked = {text: scheme.parse_at(text) for text in at}
    _refuse_sweeps(scheme)
    _refuse_scores(bound)
    data = read_bytes(path)
    table = read_table(path, data, partial(progress, "reading"))
    votes, chosen = bool(table.header.classes), _selection(path, table.header, selection)
    method, told = bound_method(bound), partial(_told, partial(progress, "bounding"))
    certify = _certifying(path, table, chosen, method, scheme, asked, told)
    rows = certify(alpha)
    valid, twins, again = chosen != "same", alike(table), certify if votes else None
    apart = not twins and rows.labelled
    found = summarise(rows, at=at, alpha=alpha, again=again, valid=valid, apart=apart)
    fixed = votes and scheme.counted is None and not method.extendable
    return ReplayResult(
        source=str(path),
        sha256=sha256_bytes(data),
        scheme=scheme,
        alpha=alpha,
        bound=bound if votes else GIVEN,
        selection=chosen,
        independent=valid,
        rows=rows,
        summary=found,
        notes=(
            *_notes(chosen, table.header),
            *([_fixed_n(rows.n, bound)] if fixed else []),
            *([_SAME.format(", ".join(twins))] if twins and valid else []),
            *([DRAWN.format("rows")] if found.population else []),
        ),
    )


def _refuse_scores(bound: BoundName) -> None:
    """Refuse the bound on scores.

    Raises:
        UserError: saying what works.
    """
    if bound == SOFT:
        raise UserError(
            "The soft bound is about scores, and a table of votes has none; choose a bound on "
            "votes, such as clopper-pearson."
        )


def _refuse_sweeps(scheme: Scheme) -> None:
    """Refuse votes of a scheme over a range, or whose claim rests on what only the image gives.

    Raises:
        UserError: saying why, and what works.
    """
    if scheme.sweeps:
        raise UserError(
            f"Votes of {scheme.key} cannot be replayed from a table: each certificate rests on "
            "votes at many anchors and on distances that only the image gives. Verify the evidence "
            "of a run instead."
        )
    if scheme.mapped:
        raise UserError(
            f"Votes certify nothing under {scheme.key}: it bounds the network itself. Certify with "
            "its model and input, or verify the evidence of a run."
        )
    if scheme.guarantee == "heuristic":
        raise UserError(
            f"{scheme.key} is heuristic and certifies nothing: no table of votes is certified "
            "under it."
        )
    own = type(scheme)
    if own.prepare is not Scheme.prepare and own.check_facts is Scheme.check_facts:
        raise UserError(
            f"Votes of {scheme.key} cannot be replayed from a table: each certificate rests on a "
            "bound that only the image gives. Verify the evidence of a run instead."
        )


def _told(seen: Callable[[int, int], object], rows: Sequence[int]) -> Iterator[int]:
    for done, row in enumerate(rows, 1):
        yield row
        if done % _STEP == 0 or done == len(rows):
            seen(done, len(rows))


def _certifying(
    path: Path,
    table: VoteTable,
    selection: Selection,
    method: BoundMethod,
    scheme: Scheme,
    asked: dict[str, Perturbation],
    told: Callable[[Sequence[int]], Iterator[int]],
) -> Callable[[float], ReplayRows]:
    """What certifies the rows at an alpha; each claim is made once, for the first row of its kind.

    Raises:
        UserError: a noise that is counted whole has not a vote of each of its samples.
    """
    tops, n = _tops(table, selection), table.estimation.sum(axis=1, dtype=np.int64)
    votes, samples = table.header.classes, scheme.counted
    if votes:
        check_classes(scheme, table.estimation.shape[1])
    if votes and samples is not None:
        _complete(path, table, n, samples)
    bounding = _counted(table, tops, method) if votes else _given(table, tops)
    first, which = distinct(_numbers(table, tops, n, method.decided_by))
    unclaimed = ReplayRows(
        idx=table.idx,
        labels=table.labels,
        tops=tops,
        n0=table.selection.sum(axis=1, dtype=np.int64),
        n=n,
        which=which,
        claims=(),
    )

    def certify(alpha: float) -> ReplayRows:
        claims = [_claim(scheme, asked, bounding(row, alpha)) for row in told(first.tolist())]
        return replace(unclaimed, claims=claims)

    return certify


def distinct(
    columns: Sequence[npt.NDArray[Any]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which rows of some columns are the same.

    Args:
        columns: of N values each.

    Returns:
        For each kind of rows the first that is of it, and for each of the N rows its kind.
    """
    order = np.lexsort(columns)  # stable, so that the first of a kind comes first
    new = np.zeros(len(order), bool)
    new[:1] = True
    for column in columns:
        ordered = column[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    which = np.empty(len(order), np.int64)
    which[order] = np.cumsum(new) - 1
    return order[new], which


def alike(table: VoteTable) -> tuple[str, ...]:
    """Pairs of rows with the same votes throughout, which two inputs hardly have by chance.

    Rows count as such where at least :data:`TELLING` votes fell beside the leading class: many
    inputs lose no vote or few, and their counts are often the same.

    Returns:
        The first pairs, and how many more there are, in words.
    """
    votes = table.estimation
    if not votes.size:
        return ()
    telling = np.flatnonzero(votes.sum(axis=1, dtype=np.int64) - votes.max(axis=1) >= TELLING)
    blocks = [block[telling] for block in (table.selection, votes)]
    columns = [column for block in blocks for column in block.T]
    first, which = distinct(columns)
    again = np.flatnonzero(first[which] != np.arange(len(telling)))
    pairs = [
        f"{table.idx[telling[first[which[row]]]]} and {table.idx[telling[row]]}"
        for row in again[:_NAMED]
    ]
    if len(again) > _NAMED:
        pairs[-1] += f" and {len(again) - _NAMED:,} more pairs"
    return tuple(pairs)


def _fixed_n(n: npt.NDArray[np.int64], bound: BoundName) -> str:
    """Under which condition a bound of a fixed n holds for votes that are all there."""
    few, many = int(n.min()), int(n.max())
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
    if not header.labelled and asked != "same":
        raise UserError(
            f"{path} has neither a selection block nor labels: only --selection same can certify "
            "it, which takes the leading class and is marked as not independent."
        )
    if asked not in ("label", "same"):
        raise UserError(
            f"{path} has no selection block: --selection label certifies the label's class, "
            "--selection same the leading class, marked as not independent."
        )
    return asked


def _tops(table: VoteTable, selection: Selection) -> npt.NDArray[np.int64]:
    if selection == "label":
        return table.labels
    counts = table.selection if selection == "votes" else table.estimation
    tops: npt.NDArray[np.int64] = np.argmax(counts, axis=1)
    return tops  # ties go to the lowest index, as in CERTIFY


def _numbers(
    table: VoteTable, tops: npt.NDArray[np.int64], n: npt.NDArray[np.int64], decided_by: str
) -> list[npt.NDArray[Any]]:
    """All that the claim of a row depends on, in columns: many rows of a file have the same."""
    if not table.header.classes:
        return [table.p_lower, *([table.p_upper] if table.header.upper else [])]
    counts, rows = table.estimation, np.arange(len(table))
    if decided_by == "all":
        return [tops, *counts.T, *(table.selection.T if table.header.selection else ())]
    top = counts[rows, tops]
    if decided_by == "top":
        return [top, n]
    others = counts.copy()
    others[rows, tops] = 0
    return [top, others.max(axis=1), n]


def _complete(path: Path, table: VoteTable, n: npt.NDArray[np.int64], samples: int) -> None:
    """Every sample of a noise that is counted whole has its vote.

    Raises:
        UserError: the first row where that is not so.
    """
    for row in np.flatnonzero(n != samples)[:1]:
        raise UserError(
            f"{path}: the row of input {table.idx[row]} has {n[row]:,} votes, but this noise has "
            f"{samples:,} samples, and a certificate without chance needs the vote of each."
        )


def _counted(table: VoteTable, tops: npt.NDArray[np.int64], method: BoundMethod) -> Bounding:
    def bounds(row: int, alpha: float) -> ProbabilityBounds:
        votes = Votes(counts=tuple(table.estimation[row].tolist()))
        first = Votes(counts=tuple(table.selection[row].tolist()))
        known = method.after(first) if table.header.selection else method
        return known.at(votes, top=int(tops[row]), alpha=alpha, n_plan=votes.n)

    return bounds


def _given(table: VoteTable, tops: npt.NDArray[np.int64]) -> Bounding:
    def bounds(row: int, alpha: float) -> ProbabilityBounds:
        lower = min(float(table.p_lower[row]), 1.0 - _RESOLUTION)
        upper = 1.0 - lower
        if table.header.upper:
            upper = min(float(table.p_upper[row]), upper)
        return ProbabilityBounds(
            method=GIVEN,
            alpha=alpha,
            n=0,
            top=int(tops[row]),
            p_lower=lower,
            p_upper=max(upper, _RESOLUTION),
            valid=True,
            basis="computed elsewhere, taken as it is",
        )

    return bounds


def _claim(scheme: Scheme, asked: dict[str, Perturbation], bounds: ProbabilityBounds) -> Claim:
    region = scheme.region(bounds)
    at = {text: region is not None and region.contains(p) for text, p in asked.items()}
    return Claim(bounds, region, radius_of(region), at)


def _notes(selection: Selection, header: Header) -> list[str]:
    notes = []
    if not header.classes:
        notes.append(
            "The bounds were computed elsewhere; they hold only if that was done soundly, at this "
            "alpha."
        )
    if not header.named:
        notes.append(
            "The file has no header: every column is read as the votes of a class, from class 0 "
            "on, and rows are called by their place, from 0. No label is known, so nothing is "
            "counted as right."
        )
    if selection == "same":
        notes.append(
            "The class was chosen by the very votes that bound it, which is not independent: "
            "these figures are not valid claims."
        )
    if selection == "label":
        notes.append("The label's class was certified; no votes chose it.")
    return notes
