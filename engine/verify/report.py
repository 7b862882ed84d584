"""What verifying ends in: one claim after the other, each with a verdict."""

from __future__ import annotations

from typing import Literal

from engine.core.records import Record

Verdict = Literal["holds", "does not hold", "cannot be checked"]


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


class VerificationReport(Record):
    """All claims of one file.

    Attributes:
        file: as it was named.
        kind: what it is.
        claims: in the order they were checked.
        notes: what this does not check, a sentence each.
    """

    file: str
    kind: Literal["JSON", "PDF", "case"]
    claims: tuple[Claim, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every claim holds; a claim that cannot be checked does not."""
        return bool(self.claims) and all(claim.verdict == "holds" for claim in self.claims)

    def count(self, verdict: Verdict) -> int:
        """How many claims have this verdict."""
        return sum(claim.verdict == verdict for claim in self.claims)

    def summary(self) -> str:
        """The outcome in a sentence."""
        failed, open_ = self.count("does not hold"), self.count("cannot be checked")
        total = len(self.claims)
        if self.ok:
            return f"All {total} claims of {self.file} hold."
        do_not = "does not hold" if failed == 1 else "do not hold"
        parts = [f"{failed} of {total} claims of {self.file} {do_not}"] if failed else []
        if open_:
            parts.append(f"{open_} of {total} cannot be checked")
        return " and ".join(parts or [f"{self.file} makes no claim"]) + "."


class Unchecked(Exception):
    """A check cannot be made; its text is the reason."""
