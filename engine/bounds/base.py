"""The contract every bound method keeps."""

from __future__ import annotations

from typing import ClassVar, Protocol

from engine.core.records import ProbabilityBounds, Votes


class BoundMethod(Protocol):
    """A way to bound, declared before a run starts.

    ``at`` is a function of the counts alone, and of the bounds at the run's earlier block ends for
    methods that keep a running maximum; so anyone holding the blocks can recompute the bound.

    Attributes:
        any_stop: the bound is valid at every n; a run under it may be stopped at will.
        extendable: it does not depend on a planned n; a run may go on past it.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    citation: ClassVar[str]
    any_stop: ClassVar[bool]
    extendable: ClassVar[bool]

    def at(
        self,
        votes: Votes,
        *,
        top: int,
        alpha: float,
        n_plan: int,
        before: ProbabilityBounds | None = None,
    ) -> ProbabilityBounds:
        """The bounds after ``votes``; ``valid`` says whether they may be claimed at this n.

        Args:
            votes: counts so far.
            top: the class to bound from below.
            alpha: chance that any bound is ever wrong.
            n_plan: the planned n.
            before: the bounds at the run's last block end, for a running maximum.
        """
        ...
