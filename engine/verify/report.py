"""What verifying ends in: one claim after the other, each with a verdict, and how far it went."""

from __future__ import annotations

from typing import Literal

from pydantic import computed_field

from engine.core.records import Record

Verdict = Literal["holds", "does not hold", "cannot be checked"]
Level = Literal["votes not re-drawn", "blocks re-drawn", "everything re-drawn"]
"""How far a verification went. Votes are taken as recorded unless they are drawn again."""
Standing = Literal["stands as far as checked", "not verified", "does not stand"]
"""Of what a file states, after the checks."""


class Claim(Record):
    """Something a file states, and whether that is so.

    Attributes:
        about: which run of a case; empty where the file is about one run.
        name: what is claimed, in a few words.
        detail: what was found; for a claim that cannot be checked, the reason.
    """

    name: str
    verdict: Verdict
    detail: str = ""
    about: str = ""

    def line(self) -> str:
        """The claim in one line."""
        where = f"{self.about}: " if self.about else ""
        if self.verdict == "cannot be checked":
            return f"{where}{self.name}: cannot be checked because {self.detail}"
        return f"{where}{self.name}: {self.verdict}" + (f" ({self.detail})" if self.detail else "")


class Redrawn(Record):
    """What was drawn again of one run, and gave the votes on record.

    Attributes:
        blocks: of the estimation votes; those of PREDICT are one block.
        of: blocks that the run has.
        selection: selection votes among them, which PREDICT has none of.
    """

    blocks: int
    of: int
    selection: bool = True


class Stated(Record):
    """A certificate as its file states it.

    Attributes:
        about: which run of a case; empty where the file is about one run, or a set.
        outcome: in capitals; empty for a set, which has one for each row.
        headline: the region in numbers, or a class; empty where nothing is claimed.
        note: what the numbers are, and of what.
        statement: the sentence.
        standing: whether it stands after the checks.
        why: it does not, or is not verified; empty where it stands.
    """

    about: str = ""
    outcome: str = ""
    headline: str = ""
    note: str = ""
    statement: str
    standing: Standing = "not verified"
    why: str = ""


class VerificationReport(Record):
    """All claims of one file.

    Attributes:
        file: as it was named.
        kind: what it is.
        sha256: of its bytes; empty where they were not read.
        stated: the certificates that it states, as far as they could be read.
        claims: in the order they were checked.
        redrawn: of each run what was drawn again; empty where nothing was.
        unfinished: runs of a case without a result, whose votes are not drawn again.
        left_out: runs of a case that the lot did not take, of a share that was to be drawn again.
        notes: what this does not check, a sentence each.
    """

    file: str
    kind: Literal["JSON", "PDF", "case"]
    sha256: str = ""
    stated: tuple[Stated, ...] = ()
    claims: tuple[Claim, ...]
    redrawn: tuple[Redrawn, ...] = ()
    unfinished: int = 0
    left_out: int = 0
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every claim holds; a claim that cannot be checked does not."""
        return bool(self.claims) and all(claim.verdict == "holds" for claim in self.claims)

    @computed_field(description="how far the verification went")  # type: ignore[prop-decorator]
    @property
    def level(self) -> Level:
        """How far it went: the least of all runs in the file."""
        if not self.redrawn or not all(run.blocks for run in self.redrawn):
            return "votes not re-drawn"
        whole = not (self.unfinished or self.left_out) and all(
            run.blocks == run.of for run in self.redrawn
        )
        return "everything re-drawn" if whole else "blocks re-drawn"

    def count(self, verdict: Verdict) -> int:
        """How many claims have this verdict."""
        return sum(claim.verdict == verdict for claim in self.claims)

    def failures_first(self) -> tuple[Claim, ...]:
        """The claims that do not hold, those that cannot be checked, and the rest."""
        order: tuple[Verdict, ...] = ("does not hold", "cannot be checked", "holds")
        return tuple(sorted(self.claims, key=lambda claim: order.index(claim.verdict)))

    def headline(self) -> str:
        """The level in words, or that something failed: never that "all claims hold"."""
        if failed := self.count("does not hold"):
            return f"{failed} of {len(self.claims)} checks failed"
        if open_ := self.count("cannot be checked"):
            return f"{open_} of {len(self.claims)} checks cannot be made; {self._drawn()}"
        if not self.claims:
            return "Nothing to check"
        return f"Arithmetic holds; {self._drawn()}"

    def summary(self) -> str:
        """The outcome in a sentence or two."""
        if self.ok:
            said = f"All {len(self.claims)} checks of {self.file} passed."
            if self.level == "votes not re-drawn":
                said += " The votes are taken as recorded."
            return f"{self.headline()}. {said}"
        open_ = self.count("cannot be checked") if self.count("does not hold") else 0
        more = f" {open_} more cannot be made." if open_ else ""
        return f"{self.headline()}.{more} {self.file} is not verified."

    def _drawn(self) -> str:
        if self.level != "blocks re-drawn":
            return self.level
        done, of = (sum(getattr(run, name) for run in self.redrawn) for name in ("blocks", "of"))
        words = f"{done:,} of {of:,} blocks re-drawn"
        if self.left_out:
            taken = len(self.redrawn)
            words = f"{taken:,} of {taken + self.left_out:,} runs re-drawn, chosen by lot"
        if any(run.selection for run in self.redrawn):
            words += ", with the selection votes"
        if not self.unfinished:
            return words
        runs = f"{self.unfinished} run{'s' if self.unfinished > 1 else ''}"
        return f"{words}, but none of {runs} without a result"


class Unchecked(Exception):
    """A check cannot be made; its text is the reason."""
