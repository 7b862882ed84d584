"""Answers that a person labelled: in a CSV file, or one by one in a window. No torch.

Whoever labels every distinct answer has labelled every vote, for a label belongs to the words. The
votes are a random draw under the input's noise, as the audit asks (``engine.certificates.oracle``),
if their number was fixed before the run. What nobody labelled counts against the oracle: an
accepted answer as wrong, a rejected one as right. As the Clopper-Pearson bound on false accepts
only grows by that, whatever is left out cannot make the oracle look better than it is.

The window's file has the form of an audit. Every vote of the run is in it, as the audit asks for a
random draw of known size. Answers that nobody labelled stand in it without their words, marked as
such: they make the oracle look worst for whichever class is asked about, so that the command line
comes to the same counts.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from engine.core.errors import UserError, quoted
from engine.core.files import read_bounded
from engine.core.text import guarded, unguarded
from engine.evidence.evidence import AuditRecord, Evidence
from engine.evidence.generations import AnswerGroup
from engine.oracles.base import Oracle

OTHER = "other"
"""What a person writes who finds that an answer means none of the classes."""
UNLABELLED = "not labelled"
"""Stands for the label of an answer that was drawn and that nobody looked at."""
_LARGEST, _MOST_ROWS, _MOST = 4 << 20, 100_000, 10**9
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_COLUMNS = (
    "answer,said,true with one labelled answer a row, e.g. 'go left,turn left,turn left', or "
    "class,accepted,true,count, e.g. 'turn left,yes,no,3'"
)

Pair = tuple[str, str]
"""What the oracle said and what the person says."""


@dataclass(frozen=True)
class Labelled:
    """Labelled answers.

    Attributes:
        source, sha256: the file.
        pairs: how often the oracle said one class and the person another (or the same).
        table: counts by (accepted, true), where the file gives those for one class.
        name: of that class.
    """

    source: str
    sha256: str
    pairs: Mapping[Pair, int] | None
    table: Mapping[tuple[bool, bool], int] | None
    name: str = ""

    def about(self, name: str) -> AuditRecord | None:
        """The four counts for the class ``name``; None where the file counts another one."""
        if self.table is not None and self.name != name:
            return None
        counts: Counter[tuple[bool, bool]] = Counter(self.table or {})
        for (said, true), count in (self.pairs or {}).items():
            # what nobody looked at makes the oracle look worst, whichever class is asked about
            really = said != name if true == UNLABELLED else true == name
            counts[said == name, really] += count
        return _record(self.source, self.sha256, name, counts)


def _record(
    source: str, sha256: str, name: str, counts: Mapping[tuple[bool, bool], int]
) -> AuditRecord:
    return AuditRecord(
        source=source,
        sha256=sha256,
        about=name,
        accepted_true=counts[True, True],
        accepted_false=counts[True, False],
        rejected_true=counts[False, True],
        rejected_false=counts[False, False],
    )


def read_audit(path: Path, class_names: Sequence[str], oracle: Oracle | None = None) -> Labelled:
    """Labelled answers of a CSV file with a header.

    Args:
        path: columns ``answer,said,true`` (``said`` may be empty where there is an oracle; with a
            column ``count`` a row stands for as many answers) or
            ``class,accepted,true,count``, about one class that every row names.
        class_names: what may stand in ``said`` and ``true``; ``true`` may also be ``other``.
        oracle: reads the answers again, and refuses a file that says otherwise.

    Raises:
        UserError: it cannot be read, or a row that cannot be.
    """
    rows, sha256 = audit_rows(path)
    columns = set(rows[0]) if rows else set()
    if {"accepted", "true", "count"} <= columns:
        name = _one_class(path, rows, class_names)
        return Labelled(str(path), sha256, None, _table(path, rows), name)
    if "true" not in columns or not columns & {"said", "answer"}:
        raise UserError(f"{path} has no labelled answers; it needs the columns {_COLUMNS}.")
    reader = oracle if oracle is not None and not oracle.needs_reference else None
    pairs: Counter[Pair] = Counter()
    for number, row in enumerate(rows, 2):
        place = f"{path}, row {number}"
        pairs[_pair(row, place, class_names, reader)] += _times(row, place)
    return Labelled(str(path), sha256, pairs, None)


def audit_rows(path: Path) -> tuple[list[dict[str, str | None]], str]:
    """The rows of an audit by the names of its header, and the digest of the file.

    Raises:
        UserError: it cannot be read.
    """
    data = read_bounded(path, _LARGEST, what="the audit")
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is not a CSV file; it needs the columns {_COLUMNS}.") from error
    if len(rows) > _MOST_ROWS:
        raise UserError(f"{path} has more than {_MOST_ROWS:,} rows.")
    plain = [
        {name: unguarded(text) if isinstance(text, str) else text for name, text in row.items()}
        for row in rows
    ]
    return plain, hashlib.sha256(data).hexdigest()


def _one_class(
    path: Path, rows: Sequence[Mapping[str, str | None]], class_names: Sequence[str]
) -> str:
    """Which class the counts of a file are about.

    Raises:
        UserError: it says none, several, or one that there is not.
    """
    named = {cell(row, "class") for row in rows}
    if len(named) > 1 or not named <= set(class_names):
        raise UserError(
            f"{path} counts answers for one class and does not say which; name it in every row of "
            f"a column 'class': one of {_some(class_names)}."
        )
    return named.pop()


def _table(path: Path, rows: Sequence[Mapping[str, str | None]]) -> Counter[tuple[bool, bool]]:
    counts: Counter[tuple[bool, bool]] = Counter()
    for number, row in enumerate(rows, 2):
        said, true = (_YES.get(cell(row, name).lower()) for name in ("accepted", "true"))
        if said is None or true is None or not _is_count(cell(row, "count")):
            raise UserError(
                f"{path}, row {number}: write yes or no, yes or no, and a count, e.g. yes,no,3."
            )
        counts[said, true] += _times(row, f"{path}, row {number}")
    return counts


def _times(row: Mapping[str, str | None], place: str) -> int:
    """How many answers a row stands for: its count, or one where there is no such column."""
    text = cell(row, "count")
    if "count" not in row:
        return 1
    if not _is_count(text):
        raise UserError(f"{place}: the count must be a whole number.")
    if len(text) > len(str(_MOST)):
        raise UserError(f"{place}: the count is too large.")
    return int(text)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _pair(
    row: Mapping[str, str | None], place: str, names: Sequence[str], oracle: Oracle | None
) -> Pair:
    answer, said, true = (cell(row, name) for name in ("answer", "said", "true"))
    found = names[oracle.classify([answer])[0]] if oracle is not None and answer else ""
    if said and found and said != found and oracle is not None:
        # an oracle may see the blanks around an answer, which a cell has lost
        found = names[oracle.classify([row.get("answer") or ""])[0]]
    if said and found and said != found:
        raise UserError(
            f"{place}: the oracle reads '{quoted(answer)}' as '{found}', not '{quoted(said)}'; "
            "label what this oracle said."
        )
    said = said or found
    if said not in names:
        raise UserError(f"{place}: '{quoted(said)}' is not a class of the oracle ({_some(names)}).")
    check_true(true, names, place)
    return said, true


def check_true(true: str, names: Sequence[str], place: str) -> None:
    """Refuse what is no class: a slip of the pen would make the oracle look better than it is.

    Raises:
        UserError: naming the place and the classes.
    """
    if true not in names and true not in (OTHER, UNLABELLED):
        raise UserError(
            f"{place}: '{quoted(true)}' is not a class; write one of {_some(names)}, {OTHER}, or "
            f"{UNLABELLED}."
        )


def cell(row: Mapping[str, str | None], name: str) -> str:
    """A cell without the blanks around it; empty where there is none."""
    return (row.get(name) or "").strip()


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


Labels = Mapping[tuple[str, int], str]
"""What a person says an answer means, by the answer and the oracle's class of it."""
SOURCE = "labels given in the window"


def complaint(evidence: Evidence) -> str:
    """Why the answers of a run cannot be labelled; empty if they can."""
    from engine.bounds import bound_method  # deferred: it loads SciPy, and the window starts here

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
        UserError: the answers may not be labelled, or a label is not a class.
    """
    if refused := complaint(evidence):
        raise UserError(refused)
    names = evidence.model.class_names
    strange = next((true for true in labels.values() if true not in (*names, OTHER)), None)
    if strange is not None:
        raise UserError(
            f"'{quoted(strange)}' is not a class of the oracle; choose one, or {OTHER}."
        )
    assert evidence.bounds is not None
    top = evidence.bounds.top
    counts: Counter[tuple[bool, bool]] = Counter()
    for group in evidence.answers:
        accepted = group.class_index == top
        true = labels.get((group.text, group.class_index)) if group.text is not None else None
        right = not accepted if true is None else true == names[top]
        counts[accepted, right] += group.count
    sha256 = hashlib.sha256(_as_file(names[top], counts)).hexdigest()
    return _record(SOURCE, sha256, names[top], counts)


def _as_file(name: str, counts: Mapping[tuple[bool, bool], int]) -> bytes:
    """The counts as a file of labels has them (:func:`read_audit`)."""
    out, said = io.StringIO(), {True: "yes", False: "no"}
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("class", "accepted", "true", "count"))
    for accepted in (True, False):
        for right in (True, False):
            writer.writerow((name, said[accepted], said[right], counts[accepted, right]))
    return out.getvalue().encode()


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
        words = (answer or "", names[group.class_index], true or UNLABELLED)
        writer.writerow([*map(guarded, words), group.count])
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
