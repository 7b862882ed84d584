"""An amount: changes of one size that is never negative, such as a blur."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engine.core.rounding import round_down
from engine.regions.base import Perturbation
from engine.regions.region import Budget, Region, inside

_DIGITS = 3


class Amount(Region):
    """All perturbations whose one term is strictly below ``upper``.

    Attributes:
        term: of a perturbation, which names what is done to the input, e.g. ``blur``.
        upper: full precision; round down before showing it.
        unit: of the term, e.g. ``squared pixels``.
    """

    kind: Literal["amount"] = "amount"
    term: str
    upper: float = Field(ge=0)
    unit: str

    @property
    def terms(self) -> tuple[str, ...]:
        """The one parameter."""
        return (self.term,)

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether ``perturbation[term]`` is below the end; no change at all is certified."""
        size = perturbation[self.term]
        return size == 0.0 or 0.0 < size < self.upper

    def furthest(self, term: str, sign: int = 1) -> float:
        """The end, which is not certified itself; sizes are not negative."""
        return self.upper if sign > 0 else 0.0

    def clause(self, subject: str) -> str:
        """``no blur of this image below 4.605 (squared pixels)``."""
        return f"no {self.term} of this {subject} below {self._end()} ({self.unit})"

    def headline(self) -> str:
        """The end, rounded down."""
        return f"{self.term} below {self._end()}"

    def note(self) -> str:
        """The unit."""
        return self.unit

    def changes(self) -> tuple[Perturbation, ...]:
        """A third of the largest, two thirds, and all of it."""
        if self.upper <= 0:
            return ()
        return tuple({self.term: inside(self.upper * third / 3)} for third in (1, 2, 3))

    def budget(self, change: Perturbation) -> Budget:
        """The one size."""
        return Budget(moves=change)

    def describe(self, change: Perturbation) -> str:
        """``blur 4.000``."""
        return f"{self.term} {round_down(change[self.term], _DIGITS)}"

    def _end(self) -> str:
        return round_down(self.upper, _DIGITS)
