"""What a generative model said, and what is claimed of the true class, for a report."""

from __future__ import annotations

from engine.evidence.evidence import AuditRecord, Evidence, TransferRecord
from engine.evidence.generations import AnswerGroup
from engine.report.content import Fact, Section, Table
from engine.report.numbers import count, lower, numbered, percent, plain, upper

_ROWS = 24
_LONGEST = 600
"""Characters of an answer; a longer one says how much of it is left to the evidence."""


def answer_limits(evidence: Evidence) -> tuple[str, ...]:
    """What a statement about an oracle's classes must not be taken for."""
    if evidence.model.generation is None:
        return ()
    return (
        "It is about what the oracle makes of the model's answers, which needs no assumption about "
        "the oracle; whether the oracle reads them rightly is no part of it.",
    )


def answer_sections(evidence: Evidence) -> tuple[Section, ...]:
    """The oracle with the grouped answers, and the claim about the true class if there is one."""
    parts = [_answers(evidence)] if evidence.model.generation is not None else []
    parts += [_true_class(evidence.transfer)] if evidence.transfer is not None else []
    return tuple(parts)


def _answers(evidence: Evidence) -> Section:
    generation, oracle = evidence.model.generation, evidence.model.part("oracle")
    facts = []
    if generation is not None and oracle is not None:
        facts = [
            Fact("oracle", oracle.name, oracle.source),
            Fact("oracle's sha256", oracle.sha256, code=True),
            Fact("prompt", generation.prompt or "none"),
            Fact("longest answer", f"{generation.max_new_tokens} tokens", "greedy decoding"),
        ]
    names, total = evidence.model.class_names, sum(evidence.votes.estimation)
    shown, left = evidence.answers[:_ROWS], evidence.answers[_ROWS:]
    rows = [_row(group, names, total) for group in shown]
    if left:
        rest = sum(group.count for group in left)
        rows.append((f"{count(len(left))} more groups", "", count(rest), percent(rest, total)))
    table = Table(("answer", "class", "votes", "share"), tuple(rows)) if rows else None
    note = "The votes that bound, grouped by the very words of the answer."
    return Section("Answers", tuple(facts), (note,), table)


def _row(group: AnswerGroup, names: tuple[str, ...], total: int) -> tuple[str, str, str, str]:
    text = "other answers" if group.text is None else _quoted(group.text)
    return text, names[group.class_index], count(group.count), percent(group.count, total)


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    left = len(line) - _LONGEST
    if left <= 0:
        return f"'{line}'"
    return f"'{line[:_LONGEST]}' and {numbered(left, 'character')} more, in the evidence"


def _labels(audit: AuditRecord) -> str:
    about = f" of '{audit.about}'" if audit.about else ""
    return f"false accepts{about}; {audit.source}"


def _true_class(transfer: TransferRecord) -> Section:
    audit, region = transfer.audit, transfer.region
    other = audit.accepted_false + audit.rejected_false
    facts = (
        Fact("certified of the true class", region.headline() if region else "nothing"),
        Fact("p lower, true class", lower(transfer.p_lower), "(q - e1) / (1 - e1), rounded down"),
        Fact("q lower, oracle's class", lower(transfer.q_lower), "from the votes"),
        Fact("e1, false accepts", upper(transfer.false_accept), "upper bound from the labels"),
        Fact("labels", f"{audit.accepted_false} of {other}", _labels(audit)),
        Fact("labels' sha256", audit.sha256, code=True),
        Fact("alpha of the votes", plain(transfer.alpha_votes)),
        Fact("alpha of the labels", plain(transfer.alpha_audit), "both together bound the claim's"),
    )
    return Section("True class", facts, (transfer.statement,))
