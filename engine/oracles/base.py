"""The contract of an oracle: an answer in words becomes one of finitely many classes.

An oracle is fixed before the first sample is drawn, and judges every answer by itself: clustering
the answers of a run among each other would make every vote depend on all others, and no bound on
independent votes would hold.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from engine.core.records import OracleIdentity

UNPARSEABLE = "unparseable"
"""The class of answers that fit no rule: counted like any other, never skipped."""
LONGEST_ANSWER = 4000
"""Rules look at this many characters of an answer."""


class Oracle(ABC):
    """A deterministic function from answers to class indices."""

    identity: OracleIdentity

    @property
    def needs_reference(self) -> bool:
        """Whether it still lacks the reference answer that it compares with."""
        return False

    def with_reference(self, answer: str) -> Oracle:
        """The same oracle with a reference answer; itself where it needs none."""
        del answer
        return self

    def prepare(self, device: str) -> None:  # noqa: B027 - most oracles have nothing to move
        """Move what it computes with to ``device``, before the first answer."""

    @abstractmethod
    def classify(self, answers: Sequence[str]) -> list[int]:
        """A class index for each answer."""
