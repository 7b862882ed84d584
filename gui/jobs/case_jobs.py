"""What the worker does with a case file: opening, listing, and what is put into it.

Only the worker thread calls these: SQLite waits for the disk with every commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core import downloads
from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.models.request import ModelRequest

if TYPE_CHECKING:
    from engine.case import Case, RunRow
    from engine.evidence.evidence import Evidence
    from engine.inputs.base import Pixels

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Listing:
    """The runs of a case, newest first.

    Attributes:
        rows: those that can be read.
        complaints: a sentence for every damage.
    """

    rows: tuple[RunRow, ...] = ()
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """What a run of a case ended in.

    Attributes:
        evidence: as it was recorded.
        recomputed: what follows from its votes, in words, where that is not what it states.
    """

    evidence: Evidence
    recomputed: str = ""


def open_case(path: Path) -> Case:
    """A case that exists.

    Raises:
        UserError: the file is not a case.
    """
    from engine.case import Case

    return Case.open(path)


def listing(case: Case) -> Listing:
    """What is in a case now."""
    rows = tuple(reversed(case.runs()))
    shown = {row.id for row in rows}
    unreadable = [text for run, text in case.damaged().items() if run not in shown]
    return Listing(rows, tuple(filter(None, (case.damage, *unreadable))))


def result(case: Case, run: int, warn: Warn) -> Kept | None:
    """What a run ended in; None if it has not ended.

    Args:
        case: that holds it.
        run: its number there.
        warn: told where it does not follow from its votes, which a case that was given shows by no
            digest.

    Raises:
        UserError: the run is damaged.
    """
    from engine.verify.sound import recomputed, unsound  # loads scipy

    found = case.result(run)
    if found is None:
        return None
    wrong = unsound(found)
    if not wrong:
        return Kept(found)
    warn(
        f"The result of run {run} does not follow from its votes ({wrong[0].name}): do not rely "
        "on it. Help > Verify a report says why."
    )
    return Kept(found, recomputed(wrong, found))


def save_as(
    case: Case | None, path: Path, evidence: Evidence | None, request: ModelRequest | None
) -> Case:
    """A copy of the open case at ``path``; without one, a new case that holds the shown run.

    Raises:
        UserError: the file exists, or cannot be written.
    """
    from engine.case import Case
    from engine.case.merging import adopt

    if case is not None:
        if path.exists():
            raise UserError(f"{path} exists already; choose another name for the copy.")
        write_atomically(path, _bytes(case.path))
        return Case.open(path)
    saved = Case.create(path)
    if evidence is not None:
        adopt(saved, evidence, request)
    return saved


def keep_labels(
    case: Case,
    before: Evidence,
    found: Evidence,
    labels: Mapping[tuple[str, int], str],
    request: ModelRequest | None,
) -> None:
    """Write a person's labels and the claim they allow into a case, with the run if need be.

    Raises:
        UserError: the file cannot be written, or holds other votes of this run.
    """
    from engine.case.merging import adopt

    run = case.number(before.run_id) or adopt(case, before, request)
    case.label(run, found, labels)


def label_answers(
    evidence: Evidence,
    labels: Mapping[tuple[str, int], str],
    alpha: float,
    *,
    case: Case | None,
    request: ModelRequest | None,
    warn: Warn,
) -> Evidence:
    """The evidence with the claim about the true class that a person's labels allow.

    With a case both are kept in it; where that fails the claim is made all the same.
    """
    from engine.oracles.audit import audited
    from engine.procedures.oracle_correction import with_transfer

    found = with_transfer(evidence, audited(evidence, labels), alpha)
    if case is not None:
        try:
            keep_labels(case, evidence, found, labels, request)
        except UserError as error:
            warn(f"{error} The labels are not in the case.")
    return found


def pictures(runs: Mapping[str, Evidence]) -> dict[str, Pixels]:
    """The images that some runs were about, by digest, where they still are what they were."""
    from engine.inputs import load_input

    found: dict[str, Pixels] = {}
    for sha256, run in runs.items():
        with suppress(UserError), downloads.only():
            given = load_input(run.input.source)
            image = given.image if given.kind == "pair" else given
            if given.sha256 == sha256 and image.kind == "image":
                found[sha256] = image.pixels
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error
