"""The answers of a run, labelled one by one in a window and kept in a file. No torch.

Whoever labels every distinct answer has labelled every vote, for a label belongs to the words. The
votes are a random draw under the input's noise, as the audit asks (``engine.certificates.oracle``),
if their number was fixed before the run. What nobody labelled counts against the oracle: an
accepted answer as wrong, a rejected one as right. As the Clopper-Pearson bound on false accepts
only grows by that, whatever is left out cannot make the oracle look better than it is.

The file has the form of an audit. Every vote of the run is in it, as the audit asks for a random
draw of known size. Answers that nobody labelled stand in it without their words, marked as such:
they make the oracle look worst for whichever class is asked about, so that the command line comes
to the same counts.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from engine.bounds import bound_method
from engine.core.errors import UserError, quoted
from engine.evidence.evidence import AuditRecord, Evidence
from engine.evidence.generations import AnswerGroup
from engine.oracles.audit import OTHER, UNLABELLED, audit_rows, cell, check_true

Labels = Mapping[tuple[str, int], str]
"""What a person says an answer means, by the answer and the oracle's class of it."""
SOURCE = "labels given in the window"


def complaint(evidence: Evidence) -> str:
    """Why the answers of a run cannot be labelled; empty if they can."""
    if evidence.procedure != "certify" or not evidence.answers:
        return "Only a certified run of a generative model has answers to label."
    if evidence.bounds is None or not evidence.bounds.valid:
        return "Nothing is bounded yet: let the run count its planned n first."
    # The bound on the oracle's errors holds for a number of labels that no answer had a say in.
    whole = evidence.complete and evidence.decision is None
    if not whole or bound_method(evidence.settings.bound).extendable:
        return (
            "Labels need answers of a number fixed beforehand: certify with the bound "
            "'clopper-pearson' or 'live' up to the planned n."
        )
    return ""


def audited(evidence: Evidence, labels: Labels) -> AuditRecord:
    """The four counts that labels come to, for the class that the run bounds.

    Args:
        evidence: a run whose answers may be labelled (:func:`complaint`).
        labels: class names, or ``other`` for an answer that means none of the classes.

    Raises:
        UserError: the answers may not be labelled, or a label is no class.
    """
    if refused := complaint(evidence):
        raise UserError(refused)
    names = evidence.model.class_names
    strange = next((true for true in labels.values() if true not in (*names, OTHER)), None)
    if strange is not None:
        raise UserError(f"'{quoted(strange)}' is no class of the oracle; choose one, or {OTHER}.")
    assert evidence.bounds is not None
    top = evidence.bounds.top
    counts: Counter[tuple[bool, bool]] = Counter()
    for group in evidence.answers:
        accepted = group.class_index == top
        true = labels.get((group.text, group.class_index)) if group.text is not None else None
        right = not accepted if true is None else true == names[top]
        counts[accepted, right] += group.count
    return AuditRecord(
        source=SOURCE,
        sha256=hashlib.sha256(_table(counts)).hexdigest(),
        accepted_true=counts[True, True],
        accepted_false=counts[True, False],
        rejected_true=counts[False, True],
        rejected_false=counts[False, False],
    )


def _table(counts: Mapping[tuple[bool, bool], int]) -> bytes:
    """The counts as a file of labels has them (``engine.oracles.audit``)."""
    said = {True: "yes", False: "no"}
    rows = [
        f"{said[accepted]},{said[right]},{counts[accepted, right]}"
        for accepted in (True, False)
        for right in (True, False)
    ]
    return "\n".join(["accepted,true,count", *rows, ""]).encode()


_HEADER = ("answer", "said", "true", "count")
Key = tuple[str, int]
"""An answer and the class that the oracle made of it."""


class ReadLabels(NamedTuple):
    """Labels of a file.

    Attributes:
        labels: of the run's own answers.
        strange: labelled answers of the file that the run has not.
    """

    labels: dict[Key, str]
    strange: int


def labels_csv(evidence: Evidence, labels: Labels) -> str:
    """Labels as the command line reads them with ``--oracle-labels``.

    Raises:
        UserError: the answers may not be labelled.
    """
    if refused := complaint(evidence):
        raise UserError(refused)
    names = evidence.model.class_names
    out = io.StringIO()
    writer = csv.writer(out)  # its line ends, CR and LF, are what it quotes in an answer
    writer.writerow(_HEADER)
    for group in evidence.answers:
        true = None if group.text is None else labels.get((group.text, group.class_index))
        answer = "" if true is None else group.text
        writer.writerow([answer, names[group.class_index], true or UNLABELLED, group.count])
    return out.getvalue()


def read_labels(path: Path, evidence: Evidence) -> ReadLabels:
    """The labels of a file for the answers of a run.

    Raises:
        UserError: it cannot be read, holds counts alone, a label that is no class, an answer that
            this run's oracle reads otherwise, or two labels for one.
    """
    rows, _ = audit_rows(path)
    if not rows or not {"answer", "true"} <= set(rows[0]):
        raise UserError(
            f"{path} has no answers to find again in this run; it needs the columns "
            "answer,said,true."
        )
    known, found, strange = _by_words(evidence), dict[Key, str](), 0
    for number, row in enumerate(rows, 2):
        place, answer, true = f"{path}, row {number}", row.get("answer") or "", cell(row, "true")
        if not answer or true == UNLABELLED:
            continue
        check_true(true, evidence.model.class_names, place)
        group = _group(known, answer, cell(row, "said"), evidence.model.class_names, place)
        if group is None:
            strange += 1
            continue
        key = (group.text or "", group.class_index)
        if found.setdefault(key, true) != true:
            raise UserError(
                f"{place}: '{quoted(answer)}' is labelled '{quoted(found[key])}' and "
                f"'{quoted(true)}'; leave one."
            )
    return ReadLabels(found, strange)


def _by_words(evidence: Evidence) -> dict[str, list[AnswerGroup]]:
    known: dict[str, list[AnswerGroup]] = {}
    for group in evidence.answers:
        if group.text is not None:
            known.setdefault(group.text, []).append(group)
    for group in evidence.answers:  # a table program may have taken the blanks around an answer
        if group.text is not None:
            known.setdefault(group.text.strip(), []).append(group)
    return known


def _group(
    known: Mapping[str, list[AnswerGroup]],
    answer: str,
    said: str,
    names: tuple[str, ...],
    place: str,
) -> AnswerGroup | None:
    """The group of an answer; None if the run has no such answer."""
    groups = known.get(answer)
    if groups is None:
        return None
    same = [group for group in groups if not said or names[group.class_index] == said]
    if not same:
        raise UserError(
            f"{place}: this run's oracle reads '{quoted(answer)}' as "
            f"'{names[groups[0].class_index]}', not '{quoted(said)}'; import labels of this oracle."
        )
    return same[0]
