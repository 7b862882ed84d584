"""How long the rest of a set takes, by what was counted of it so far."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.evidence.snapshot import Snapshot
    from engine.procedures.set_standing import SetRow

_TELLING_SECONDS = 2.0
"""Of the first row: the first batches alone are small, and slower than those that follow."""


class Pace:
    """What is counted now, how much of it is done, and how long the rest takes.

    The clock begins at the first votes, after what is done once for all inputs; rows that a case
    has had before take no time and say nothing of others.
    """

    def __init__(self, rows: Sequence[SetRow], planned: int) -> None:
        self._rows, self._planned = rows, planned
        self._name, self._told, self._counted = "", 0, 0
        self._first: tuple[float, float] | None = None
        self._shares: dict[str, float] = {}

    def after(self, step: Snapshot | str) -> dict[str, Any]:
        """After a snapshot of a run, or the name of an input that is about to be counted."""
        shares = self._shares
        if isinstance(step, str):
            self._name = step
        else:
            shares[step.run_id] = step.n_done / max(1, step.n0_plan + step.n_plan)
        for row in self._rows[self._told :]:
            self._counted += shares.pop(row.run_id, None) is not None
        self._told, share = len(self._rows), sum(shares.values())
        return {
            "doing": self._name if len(shares) < 2 else f"{len(shares):,} inputs together",
            "share": share,
            "left": self._left(share),
        }

    def _left(self, share: float) -> float | None:
        """Seconds; None before a row, or some seconds' votes, were counted."""
        done, now = self._counted + share, time.perf_counter()
        if self._first is None and done:
            self._first = now, done
        began, had = self._first or (now, done)
        if done <= had or (not self._counted and now - began < _TELLING_SECONDS):
            return None
        return (now - began) / (done - had) * (self._planned - self._told - share)
