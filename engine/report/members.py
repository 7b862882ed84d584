"""The members of an ensemble in a report: which they are, and what each answered."""

from __future__ import annotations

from engine.core.rounding import percent_down
from engine.evidence.evidence import Evidence
from engine.evidence.spread import MemberSpread
from engine.report.content import Fact, Section, Table
from engine.report.numbers import count, percent

_DIGITS = 12


def spread_in_words(spread: MemberSpread, members: int) -> str:
    """How the measured variance and the law are to be read."""
    fewer = len(spread.variances) < members
    whose = "of the members that are asked about every sample" if fewer else "of the members"
    return (
        f"A lead is the score of the chosen class less the best other one; the variances are those "
        f"{whose}, under the noise. By the law (1 + zeta (k - 1)) / k of Horvath et al. (ICLR "
        "2022), with the mean correlation zeta of two members; it meets the last point by "
        "construction."
    )


def member_sections(evidence: Evidence) -> tuple[Section, ...]:
    """How the members answer as one, and the votes of each; nothing for a single model."""
    rule = evidence.model.part("rule")
    if rule is None:
        return ()
    record, top = evidence.ensemble, evidence.votes.guess
    facts = [Fact("how they answer", rule.name)]
    header: tuple[str, ...] = ("member", "normalisation", "file's sha256")
    members = [part for part in evidence.model.parts if part.role == "member"]
    rows: list[tuple[str, ...]] = [
        (
            part.name,
            str(part.rules.get("normalization", "")),
            str(part.rules.get("sha256", ""))[:_DIGITS],
        )
        for part in members
    ]
    sentences = ["The certificate is about the members as one classifier, and about none of them."]
    if record is not None and len(record.members) == len(rows):
        facts.append(Fact("samples", count(record.samples), "estimation samples they answered to"))
        if record.saved:
            facts.append(Fact("forward passes saved", percent_down(record.saved)))
        if record.spread is not None:
            facts.append(Fact("variance that is left", record.spread.in_words()))
            sentences.append(spread_in_words(record.spread, len(rows)))
        header = (*header, "asked", "votes for the class" if top is not None else "votes")
        for place, each in enumerate(record.members):
            votes = each.counts[top] if top is not None else sum(each.counts)
            share = f"{count(votes)} ({percent(votes, each.asked)})" if each.asked else "none"
            rows[place] = (*rows[place], count(each.asked), share)
        sentences.append("Votes of the members are shown beside the claim, which rests on none.")
    return (Section("Ensemble", tuple(facts), tuple(sentences), Table(header, tuple(rows))),)
