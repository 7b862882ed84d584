"""The answers of a run, labelled one by one in a window. No torch.

Whoever labels every distinct answer has labelled every vote, for a label belongs to the words. The
votes are a random draw under the input's noise, as the audit asks (``engine.certificates.oracle``),
if their number was fixed before the run. What nobody labelled counts against the oracle: an
accepted answer as wrong, a rejected one as right. As the Clopper-Pearson bound on false accepts
only grows by that, whatever is left out cannot make the oracle look better than it is.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping

from engine.bounds import bound_method
from engine.core.errors import UserError, quoted
from engine.evidence.evidence import AuditRecord, Evidence
from engine.oracles.audit import OTHER

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
