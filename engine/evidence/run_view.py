"""What window, figures and report read of a run, the same while it runs and when it has ended.

:class:`engine.evidence.snapshot.Snapshot` and :class:`engine.evidence.evidence.Evidence` both are
one: nobody asks which of the two is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.core.outputs import OutputInterval
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.evidence import TrajectoryPoint
from engine.evidence.generations import AnswerGroup
from engine.evidence.observations import EnsembleRecord
from engine.evidence.settings import RunSettings
from engine.regions import Region


class RunView(Protocol):
    """A run as it stands."""

    @property
    def run_id(self) -> str:
        """Which run; a view of an older one is to be dropped."""

    @property
    def settings(self) -> RunSettings:
        """As declared. Views label themselves from these, never from a form."""

    @property
    def selection(self) -> Votes:
        """Votes that choose the class; of a decision, those of its phase at hand."""

    @property
    def estimation(self) -> Votes:
        """Votes that bound or test it, likewise."""

    @property
    def top(self) -> int | None:
        """The class that is bounded or tested; None while it is being chosen."""

    @property
    def n_plan(self) -> int:
        """Planned estimation votes."""

    @property
    def bounds(self) -> ProbabilityBounds | None:
        """The declared bound after the votes so far."""

    @property
    def region(self) -> Region | None:
        """What it certifies; None for nothing."""

    @property
    def facts(self) -> Mapping[str, float | str]:
        """What was drawn from the input, and what the region rests on."""

    @property
    def trajectory(self) -> tuple[TrajectoryPoint, ...]:
        """The bound on the way here."""

    @property
    def answers(self) -> tuple[AnswerGroup, ...]:
        """What a generative model said."""

    @property
    def intervals(self) -> tuple[OutputInterval, ...]:
        """Where the medians of a model's numbers stay; none where it names classes."""

    @property
    def ensemble(self) -> EnsembleRecord | None:
        """What the members of an ensemble answered."""

    @property
    def certified_at(self) -> Mapping[str, bool]:
        """Perturbations that were asked for, with their answers; none before the end."""
