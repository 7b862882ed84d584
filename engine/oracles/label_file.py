"""Labels given in the window as a file, in the form of an audit: written, and read back. No torch.

Every vote of the run is in the file, as the audit asks for a random draw of known size. Answers
that nobody labelled stand in it without their words, marked as such: they make the oracle look
worst for whichever class is asked about, so that the command line comes to the same counts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from engine.core.errors import UserError, quoted
from engine.evidence.evidence import Evidence
from engine.evidence.generations import AnswerGroup
from engine.oracles.audit import UNLABELLED, audit_rows, cell, check_true
from engine.oracles.labelling import Labels, complaint

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
