"""An interval: shifts of one parameter in either direction, such as of an image's brightness."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from engine.core.rounding import round_down
from engine.regions.base import Perturbation
from engine.regions.region import Budget, Region, inside

_DIGITS = 3


class Interval(Region):
    """All perturbations of one term strictly between ``lower`` and ``upper``.

    Attributes:
        term: the signed term of a perturbation, e.g. ``brightness``.
        lower: full precision, at most 0; towards 0 is the cautious side.
        upper: full precision, at least 0; it need not mirror ``lower``.
        unit: of the term, e.g. ``brightness in [0,1]``.
    """

    kind: Literal["interval"] = "interval"
    term: str
    lower: float = Field(le=0)
    upper: float = Field(ge=0)
    unit: str

    measured: ClassVar[str] = "shift"
    signs: ClassVar[tuple[int, ...]] = (-1, 1)

    @property
    def terms(self) -> tuple[str, ...]:
        """The one parameter."""
        return (self.term,)

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether the shift ``perturbation[term]`` is certified; no shift at all is."""
        shift = perturbation[self.term]
        return shift == 0.0 or self.lower < shift < self.upper

    def furthest(self, term: str, sign: int = 1) -> float:
        """The end of the interval, which it does not contain."""
        return self.upper if sign > 0 else -self.lower

    def sizes(self) -> dict[str, float]:
        """Both ends."""
        return {f"{self.term} down": -self.lower, f"{self.term} up": self.upper}

    def clause(self, subject: str) -> str:
        """``no shift of this image's brightness above -0.183 and below +0.183 (...)``."""
        low, high = self._ends()
        return (
            f"no shift of this {subject}'s {self.term} above {low} and below {high} ({self.unit})"
        )

    def headline(self) -> str:
        """Both ends, rounded towards 0."""
        low, high = self._ends()
        return f"{self.term} {low} to {high}"

    def note(self) -> str:
        """That the ends are not among them, and the unit."""
        return f"ends excluded; {self.unit}"

    def describe(self, change: Perturbation) -> str:
        """``brightness -0.100``."""
        return f"{self.term} {change[self.term]:+.{_DIGITS}f}"

    def changes(self) -> tuple[Perturbation, ...]:
        """From one end to the other, half-way between either and 0 too."""
        low, high = -self.lower, self.upper
        down = [-inside(share * low) for share in (1.0, 0.5) if low > 0]
        up = [inside(share * high) for share in (0.5, 1.0) if high > 0]
        return tuple({self.term: shift} for shift in (*down, *up))

    def budget(self, change: Perturbation) -> Budget:
        """The one shift."""
        return Budget(moves=change)

    def _ends(self) -> tuple[str, str]:
        """Both are claims, so each loses what it is rounded by."""
        return f"-{round_down(abs(self.lower), _DIGITS)}", f"+{round_down(self.upper, _DIGITS)}"
