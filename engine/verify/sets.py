"""A set worked out again: every row from its counts, what they come to from the rows. No torch.

A row is checked as a run is, but for what it does not hold: its votes over n and their hash chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from pydantic import ValidationError

from engine.bounds import bound_method
from engine.core.errors import UserError, in_a_line
from engine.core.records import Votes
from engine.core.rounding import round_down
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting
from engine.evidence.subject import known_notes
from engine.procedures.bound_trajectory import Claims, Slack
from engine.procedures.set_result import SetResult, set_result
from engine.procedures.target import Target
from engine.report.audit.record import RecordedRow, SetRecord
from engine.report.audit.words import set_statement
from engine.verify.compare import differences
from engine.verify.counts import Check, Recount, check_counts
from engine.verify.report import Claim
from engine.verify.sweeps import SweepRecount

LEFT_OUT = ("hash chain of the votes", "bounds over n")
"""Claims of a run that a row of a set does not make: it has no blocks."""
_NAMED = 3


class RowRecount(Recount):
    """A row worked out again from its last votes, and those that its running bound rests on."""

    def __init__(self, row: RecordedRow, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.row = row

    def foundations(self) -> Iterator[tuple[str, Check]]:
        """As of a run, with the earlier votes and without the chain."""
        yield from (one for one in super().foundations() if one[0] not in LEFT_OUT)
        yield "earlier votes", self._earlier

    def conclusions(self) -> Iterator[tuple[str, Check]]:
        """As of a run, without the bounds over n."""
        yield from (one for one in super().conclusions() if one[0] not in LEFT_OUT)

    @cached_property
    def claims(self) -> Claims:
        """The declared bound at the ends of blocks that decide it."""
        settings, top = self.counting, self.evidence.votes.guess
        slack = Slack(self.slack)
        claims = Claims(settings, bound_method(settings.bound), slack, self.evidence.facts)
        claims.begin(self.selection)
        if top is not None:
            claims.add(self.row.ends, top)
        return claims

    def _earlier(self) -> list[str]:
        """The votes at earlier block ends are among the last ones, and in their order."""
        votes, after = self.row.ends, (*self.row.ends[1:], self.estimation)
        if votes and not bound_method(self.settings.bound).extendable:
            return [f"the bound {self.settings.bound} rests on the last votes alone"]
        pairs = zip(votes, after, strict=True) if votes else ()
        if any(not one.n or not _within(one, other) for one, other in pairs):
            return ["votes of an earlier block are not among the last ones"]
        return []

    def _verdicts(self, target: Target | None) -> set[str | None]:
        """What the last votes decide: a run with a target ends where they do."""
        top = self.evidence.votes.guess
        if target is None or top is None:
            return set()
        bounds = self.claims.now(self.estimation, top)
        return {target.verdict(self.estimation, top, bounds, self.evidence.facts)}


def _recount(row: RecordedRow, evidence: Evidence) -> Recount:
    """A sweep holds all of its votes, since a block of them is an anchor's."""
    sweeping = evidence.settings.kind == "sweep"
    return SweepRecount(evidence) if sweeping else RowRecount(row, evidence)


def _within(one: Votes, other: Votes) -> bool:
    pairs = zip((*one.counts, one.failures), (*other.counts, other.failures), strict=False)
    return len(one.counts) == len(other.counts) and all(0 <= a <= b for a, b in pairs)


class SetCheck:
    """The checks of a set.

    Attributes:
        record: as it is stated.
        result: worked out from its rows; None before :meth:`claims` came to its end, or where a row
            has not the form of evidence.
        first: the evidence of the first row; None where it has not that form.
    """

    def __init__(self, record: SetRecord) -> None:
        self.record = record
        self.result: SetResult | None = None
        self.rows: list[tuple[RecordedRow, Evidence]] = []

    def claims(self) -> Iterator[Claim]:
        """One claim for each group of numbers, over all rows; then the set."""
        try:
            self.rows = list(self.record.evidence())
        except (
            ValidationError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            UserError,
        ) as error:
            place = len(self.rows) + 1
            wrong = f"row {place} or a later one is not the evidence of a run"
            yield Claim(
                name="rows", verdict="does not hold", detail=f"{wrong} ({in_a_line(error, 120)})"
            )
            return
        yield _claim("rows share model and settings", self._alike())
        yield from self._each()
        try:
            self.result = self._again()
        except (UserError, ArithmeticError, ValueError, LookupError, TypeError) as error:
            yield _claim("what the rows come to", [in_a_line(error, 120)])
            return
        stated = self.record.result
        notes = known_notes(self.result.notes, stated.notes)
        self.result = self.result.model_copy(update={"notes": notes})
        again = self.result.model_copy(update={"rows": ()})
        yield _claim("what the rows come to", differences(stated, again))
        worded = (set_statement(self.result), set_statement(self.result, _percent_of_floats))
        other = [] if self.record.statement in worded else ["it is not what follows from the rows"]
        yield _claim("statement of the set", other)

    def _again(self) -> SetResult:
        stated = self.record.result
        if not isinstance(stated.settings, Counting):
            raise UserError(f"rows of {stated.settings.kind} settings have no regions")
        return set_result(
            stated.model,
            stated.inputs,
            stated.settings,
            [(row.idx, evidence) for row, evidence in self.rows],
            at=self.record.at,
            unread=stated.unread,
            available=stated.available,
        )

    def _alike(self) -> list[str]:
        stated, wrong = self.record.result, []
        planned = [name for name in stated.inputs if name in {row.idx for row in self.record.rows}]
        if [row.idx for row in self.record.rows] != planned:
            wrong.append("its rows are not those of its inputs, each once and in their order")
        for row, evidence in self.rows:
            if evidence.procedure != "certify" or evidence.settings != stated.settings:
                wrong.append(f"{row.idx} was counted under other settings")
            elif evidence.model != stated.model:
                wrong.append(f"{row.idx} is a run of another model")
        return wrong

    def _each(self) -> Iterator[Claim]:
        """The claims of all rows, those of one name together."""
        found: dict[str, list[tuple[str, Claim]]] = {}
        for row, evidence in self.rows:
            for claim in check_counts(_recount(row, evidence)):
                found.setdefault(claim.name, []).append((row.idx, claim))
        for name, claims in found.items():
            yield together(name, claims)


def together(name: str, claims: list[tuple[str, Claim]]) -> Claim:
    """The same claim of many rows as one: it holds where it holds of each."""
    for verdict in ("does not hold", "cannot be checked"):
        bad = [(idx, one.detail) for idx, one in claims if one.verdict == verdict]
        if bad:
            named = "; ".join(f"{idx}: {detail}" for idx, detail in bad[:_NAMED])
            more = f"; and {len(bad) - _NAMED:,} more" if len(bad) > _NAMED else ""
            return Claim(name=name, verdict=verdict, detail=f"{named}{more}")
    plural = "row" if len(claims) == 1 else "rows"
    return Claim(name=name, verdict="holds", detail=f"{len(claims):,} {plural}")


def _percent_of_floats(part: int, whole: int) -> str:
    """How sets were worded before shares were divided as integers: 3 of 1,000 was 0.2 %."""
    return f"{round_down(100 * part / whole if whole else 0.0, 1)} %"


def _claim(name: str, wrong: list[str]) -> Claim:
    if not wrong:
        return Claim(name=name, verdict="holds")
    more = f"; and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
    return Claim(name=name, verdict="does not hold", detail="; ".join(wrong[:_NAMED]) + more)
