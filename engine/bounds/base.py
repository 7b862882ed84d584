"""The contract every bound method keeps."""

from __future__ import annotations

from typing import ClassVar, Protocol

from engine.records import ProbabilityBounds, Votes


class BoundMethod(Protocol):
    """A way to bound, declared before a run starts.

    ``at`` is a function of the counts alone, so that anyone holding them can recompute the bound.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    citation: ClassVar[str]

    def at(self, votes: Votes, *, top: int, alpha: float, n_plan: int) -> ProbabilityBounds:
        """The bounds after ``votes``; ``valid`` says whether they may be claimed at this n."""
        ...
