"""Changes of contrast and brightness, cell by cell: certified, violated at the middle, or open."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from engine.core.late import np
from engine.core.rounding import exact, round_down
from engine.exact.cells import CERTIFIED, OPEN, VIOLATED, Leaves, looked_at, read
from engine.exact.light import Convention, Light
from engine.regions.base import Perturbation
from engine.regions.region import Budget, Region, inside
from engine.regions.required_probability import Certifier, RequiredMap, Rows

CONTRAST, BRIGHTNESS = "contrast", "brightness"
STATUS = {CERTIFIED: "certified", VIOLATED: "violated", OPEN: "open"}
_DIGITS = 3
_PERCENT = 2


class LightMap(Region):
    """All (contrast, brightness) in certified cells of a map; cells hold their ends.

    Attributes:
        contrast, brightness: half-widths of the box that is mapped, around no change.
        convention, clip: what the parameters do to a pixel (:class:`engine.exact.light.Light`).
        cells: the map as text (:mod:`engine.exact.cells`).
    """

    kind: Literal["light map"] = "light map"
    contrast: float = Field(gt=0)
    brightness: float = Field(gt=0)
    convention: Convention
    clip: bool
    cells: str

    picture: ClassVar[str] = "cells"
    measured: ClassVar[str] = "share of the box that is certified"
    signs: ClassVar[tuple[int, ...]] = (-1, 1)
    of_one_change: ClassVar[str] = "this one change alone; smaller ones may lie in other cells"

    @model_validator(mode="after")
    def _a_map(self) -> LightMap:
        read(self.cells)
        return self

    @property
    def leaves(self) -> Leaves:
        """The cells that are not split."""
        return read(self.cells)

    @property
    def looked(self) -> int:
        """Cells that were looked at, those that were halved among them."""
        return looked_at(self.cells)

    @property
    def light(self) -> Light:
        """The changes that are mapped."""
        return Light(self.convention, self.contrast, self.brightness, clip=self.clip)

    @property
    def terms(self) -> tuple[str, ...]:
        """Contrast and brightness."""
        return (CONTRAST, BRIGHTNESS)

    @property
    def whole(self) -> bool:
        """Whether every cell is certified."""
        return set(self.leaves.status) == {CERTIFIED}

    @property
    def outside(self) -> float:
        """Share of the box that is not certified; above 0 unless all of it is."""
        return self.leaves.area(VIOLATED) + self.leaves.area(OPEN)

    @property
    def share(self) -> float:
        """Share of the box that is certified, below 1 unless all of it is."""
        return 1.0 if self.whole else max(0.0, math.nextafter(1.0 - self.outside, 0.0))

    @property
    def holds_changes(self) -> bool:
        """Whether any cell is certified."""
        return CERTIFIED in self.leaves.status

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether a certified cell holds it."""
        return self.status(perturbation) == CERTIFIED

    def status(self, perturbation: Perturbation) -> str | None:
        """Of the cell that holds it; the best of several at their border, None outside the box."""
        held = self._holding(perturbation)
        found = [one for one, there in zip(self.leaves.status, held, strict=True) if there]
        return next((one for one in (CERTIFIED, VIOLATED, OPEN) if one in found), None)

    def _holding(self, perturbation: Perturbation) -> list[bool]:
        point = np.array([perturbation[CONTRAST], perturbation[BRIGHTNESS]])[:, None]
        boxes = self.leaves.boxes(self.contrast, self.brightness)
        inside = (boxes[:, :, :1] <= point) & (point <= boxes[:, :, 1:])
        return [bool(one.all()) for one in inside]

    def furthest(self, term: str, sign: int = 1) -> float:
        """How far one parameter may go alone, the other 0; the end is certified itself."""
        place = self.terms.index(term)
        held = [one == CERTIFIED for one in self.leaves.status]
        boxes = self.leaves.boxes(self.contrast, self.brightness)[held]
        along, across = boxes[:, place], boxes[:, 1 - place]
        along = along[(across[:, 0] <= 0) & (across[:, 1] >= 0)]
        along = along if sign > 0 else -along[:, ::-1]
        reach = 0.0
        while (further := along[(along[:, 0] <= reach) & (along[:, 1] > reach)]).size:
            reach = float(further[:, 1].max())
        return reach

    def sizes(self) -> dict[str, float]:
        """The share of the box that is certified; 1 only for all of it."""
        return {"certified share": self.share}

    def changes(self) -> tuple[Perturbation, ...]:
        """The ends of both parameters, each alone."""
        found = []
        for term in self.terms:
            for sign in self.signs:
                if size := self.furthest(term, sign):
                    found.append({**dict.fromkeys(self.terms, 0.0), term: sign * inside(size)})
        return tuple(found)

    def counterexample(self) -> Perturbation | None:
        """The middle of the violated cell that is nearest to no change, in shares of the box."""
        violated = [one == VIOLATED for one in self.leaves.status]
        middles = self.leaves.shares[violated].mean(2)
        if not len(middles):
            return None
        place = int(np.square(2.0 * middles - 1.0).sum(1).argmin())
        boxes = self.leaves.boxes(self.contrast, self.brightness)[violated]
        return dict(zip(self.terms, boxes[place].mean(1).tolist(), strict=True))

    def budget(self, change: Perturbation) -> Budget:
        """The one pair."""
        return Budget(moves=change)

    @property
    def letter(self) -> str:
        """Of the contrast, as the formula has it."""
        return "c" if self.convention == "linear" else "k"

    def clause(self, subject: str) -> str:
        """The box, and the part of it that is certified."""
        box = f"|{self.letter}| up to {exact(self.contrast)} and |b| up to {exact(self.brightness)}"
        form = f"no change of this {subject} to {self.light.formula} with {box}"
        if self.whole:
            return form
        return f"{form} that lies in a certified cell of the map ({self._percent()} of the box)"

    def _percent(self) -> str:
        return f"{round_down(100.0 * self.share, _PERCENT)} %"

    def headline(self) -> str:
        """The share of the box."""
        box = f"|{self.letter}| ≤ {exact(self.contrast)}, |b| ≤ {exact(self.brightness)}"
        return box if self.whole else f"{self._percent()} of {box}"

    def note(self) -> str:
        """The formula, and how many cells there are of each kind."""
        status = self.leaves.status
        counts = [f"{status.count(one):,} {STATUS[one]}" for one in STATUS if one in status]
        return f"{self.light.formula}; cells: {', '.join(counts)}"

    def describe(self, change: Perturbation) -> str:
        """``c +0.100, b -0.050``."""
        first, second = (change[term] for term in self.terms)
        return f"{self.letter} {first:+.{_DIGITS}f}, b {second:+.{_DIGITS}f}"

    def required_map(self, scheme: Certifier, ceiling: float) -> LightCells:
        """The box, with nothing of it known."""
        return LightCells(scheme, ceiling, self)


@dataclass(frozen=True)
class LightCells(RequiredMap[LightMap]):
    """The box of contrast and brightness that a map is drawn over."""

    def spans(self) -> dict[str, tuple[float, float]]:
        """Both half-widths either way."""
        return {
            term: (-half, half) for term, half in zip(self.utmost.terms, self.halves, strict=True)
        }

    @property
    def halves(self) -> tuple[float, float]:
        """Half-widths of the box."""
        return self.utmost.contrast, self.utmost.brightness

    @property
    def names(self) -> tuple[str, str]:
        """Of both axes."""
        return f"contrast {self.utmost.letter}", "brightness b"

    def table(self, region: LightMap | None) -> tuple[list[str], Rows]:
        """Every cell: its ends and what is known of it."""
        header = [f"{term} {end}" for term in self.utmost.terms for end in ("from", "to")]
        if region is None:
            return [*header, "status"], []
        boxes = region.leaves.boxes(*self.halves)
        rows: Rows = [
            [*box.ravel().tolist(), STATUS[one]]
            for one, box in zip(region.leaves.status, boxes, strict=True)
        ]
        return [*header, "status"], rows
