"""How hard to attack. No torch."""

from __future__ import annotations

from pydantic import Field

from engine.core.records import Record
from engine.evidence.attack import AttackRecord


class AttackPlan(Record):
    """How hard to attack.

    Attributes:
        samples: votes of each look of the search.
        n: votes of each run of PREDICT that is to confirm a change.
        alpha: chance that any of these confirms wrongly.
    """

    samples: int = Field(default=1000, ge=100, le=1_000_000)
    n: int = Field(default=10_000, ge=100, le=10**9)
    alpha: float = Field(default=0.001, gt=0, lt=1)

    def answered(self, attack: AttackRecord | None) -> bool:
        """Whether an attack was made by this plan, so that another would come to the same."""
        if attack is None or attack.outcome == "not tried":
            return False
        return (attack.samples, attack.n, attack.alpha) == (self.samples, self.n, self.alpha)
