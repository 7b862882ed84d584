"""Bounds over n, thinned so that a run's memory does not depend on its length."""

from __future__ import annotations

from engine.evidence import TrajectoryPoint
from engine.records import ProbabilityBounds, Votes

MAX_POINTS = 240


class Trajectory:
    """Points of the bounds plot: about evenly spaced in n, the newest always kept."""

    def __init__(self) -> None:
        self._points: list[TrajectoryPoint] = []

    def add(self, votes: Votes, bounds: ProbabilityBounds) -> None:
        """Append the bounds at this n."""
        self._points.append(
            TrajectoryPoint(
                n=votes.n,
                k=votes.counts[bounds.top],
                p_lower=bounds.p_lower,
                p_upper=bounds.p_upper,
                valid=bounds.valid,
            )
        )
        if len(self._points) > MAX_POINTS:
            self._thin()

    def points(self) -> tuple[TrajectoryPoint, ...]:
        """The points, by rising n."""
        return tuple(self._points)

    def _thin(self) -> None:
        """Drop every second point but the newest."""
        last = self._points[-1]
        kept = [p for i, p in enumerate(self._points[:-1]) if i % 2 == 0]
        self._points = [*kept, last]
