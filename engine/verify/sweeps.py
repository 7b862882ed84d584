"""A sweep over the range of a transformation, worked out again anchor by anchor. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from engine.certificates.anchors import known
from engine.core.errors import UserError
from engine.core.records import Votes
from engine.evidence.evidence import ChainRecord
from engine.evidence.settings import SweepSettings
from engine.evidence.vote_chain import ANY_LENGTH, total
from engine.planning.sweep_outcome import SweepVotes, sweep_facts
from engine.schemes.anchored import Anchored
from engine.verify.counts import Check, Recount


class SweepRecount(Recount):
    """A sweep worked out again from the votes at its anchors.

    The distances between anchors are those of the image, and are compared with it where it is at
    hand (``engine.verify.digests``).
    """

    @property
    def sweeping(self) -> SweepSettings:
        """The settings of the sweep."""
        if not isinstance(self.settings, SweepSettings):
            raise UserError("its settings are not those of a sweep")
        return self.settings

    @property
    def scheme(self) -> Anchored:
        """The scheme over its range."""
        if not isinstance(self.settings.scheme, Anchored):
            raise UserError(f"{self.settings.scheme.key} has no anchors")
        return self.settings.scheme

    def foundations(self) -> Iterator[tuple[str, Check]]:
        """As of every run, and its anchors."""
        yield from super().foundations()
        yield "anchors", self._anchors

    @property
    def most_votes(self) -> int:
        """n at each anchor."""
        return self.settings.n * len(self.evidence.anchors)

    @cached_property
    def votes(self) -> list[Votes]:
        """At the anchors, in their order."""
        blocks = self.evidence.chain.blocks if self.evidence.chain else ()
        return [total((block,), self.classes) for block in blocks]

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Everything that follows from the votes."""
        return sweep_facts(
            settings=self.sweeping,
            selection=self.selection,
            anchors=self.evidence.anchors,
            votes=self.votes,
            top=self.evidence.votes.guess,
            complete=self.evidence.complete,
            class_names=self.evidence.model.class_names,
            given=self.evidence.input,
        )

    def _anchors(self) -> list[str]:
        anchors, cells = self.evidence.anchors, [one.cell for one in self.evidence.anchors]
        if len(anchors) != len(self.votes):
            return ["there is not one block of votes for each anchor"]
        if len(set(cells)) < len(cells) or not all(map(known, cells)):
            return ["a cell is asked twice, or is none"]
        if not all(math.isfinite(one.distance) for one in anchors):
            return ["a distance is not finite"]
        if any(not 0 < votes.n <= self.settings.n for votes in self.votes):
            return [f"an anchor holds no votes, or more than {self.settings.n:,}"]
        return []

    def _blocks(self, chain: ChainRecord) -> list[str]:
        last = chain.blocks[-1] if chain.blocks else None
        if chain.head != (last.hash if last else chain.start):
            return ["its head is not the hash of its last block"]
        if chain.block != ANY_LENGTH:
            return ["the blocks of a sweep are of no one length"]
        if any(not 0 <= index < self.classes for block in chain.blocks for index in block.counts):
            return ["a block counts a class that the model does not have"]
        same = total(chain.blocks, self.classes) == self.estimation
        return [] if same else ["its blocks do not add up to the votes at all anchors"]

    def _ended(self) -> list[str]:
        found = self.evidence
        if (found.stop_reason == "planned n reached") != found.complete:
            return [f"'{found.stop_reason}' does not fit a sweep that was not finished, or was"]
        if not found.complete:
            return []
        swept = SweepVotes(self.sweeping, found.votes.guess or 0, found.anchors, self.votes)
        failed = [self.scheme.ends(cell) for cell in swept.given_up()]
        region, reach = self.facts["region"], self.scheme.reach
        upper, lower = (region.upper, region.lower) if region is not None else (0.0, 0.0)
        up = upper == reach or any(low <= upper < high for low, high in failed)
        down = lower == -reach or any(low < lower <= high for low, high in failed)
        return [] if up and down else ["it stops where no anchor was given up"]
