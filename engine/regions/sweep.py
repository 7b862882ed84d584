"""A range of one parameter that was certified anchor by anchor, with other changes on top of it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from engine.core.rounding import exact, round_down
from engine.regions.base import Perturbation
from engine.regions.region import Budget, Region, Trail, inside

_DIGITS = 3
BRIGHTNESS, RADIUS = "brightness", "radius"


class Sweep(Region):
    """All values of one term from ``lower`` to ``upper``, and after it the changes that it allows.

    Attributes:
        term: of the transformation, e.g. ``rotation``.
        noun: what is done to the image, e.g. ``rotation``.
        unit: of the term, e.g. ``degrees``.
        lower: at most 0; itself certified.
        upper: at least 0; itself certified.
        brightness: largest shift of all pixels, either way, after the transformation.
        radius: largest l2 norm of any change after both.
        low, high: the range that was asked about.
        anchors: where the votes were drawn that it rests on.
        failed: cells that were given up, from end to end.
    """

    kind: Literal["sweep"] = "sweep"
    term: str
    noun: str
    unit: str
    lower: float = Field(le=0)
    upper: float = Field(ge=0)
    brightness: float = Field(default=0.0, ge=0)
    radius: float = Field(default=0.0, ge=0)
    low: float
    high: float
    anchors: tuple[float, ...] = ()
    failed: tuple[tuple[float, float], ...] = ()

    measured: ClassVar[str] = "size of the transformation"
    signs: ClassVar[tuple[int, ...]] = (-1, 1)

    @property
    def terms(self) -> tuple[str, ...]:
        """The term, and what is allowed beside it."""
        beside = ((BRIGHTNESS, self.brightness), (RADIUS, self.radius))
        return (self.term, *(name for name, most in beside if most))

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether a transformation with what follows it is certified; ends are."""
        shift, change = perturbation.get(BRIGHTNESS, 0.0), perturbation.get(RADIUS, 0.0)
        own = perturbation.get(self.term, 0.0)
        allowed = abs(shift) <= self.brightness and 0.0 <= change <= self.radius
        return allowed and self.lower <= own <= self.upper

    def furthest(self, term: str, sign: int = 1) -> float:
        """The end in a direction, or how much of another change is allowed."""
        if term == self.term:
            return self.upper if sign > 0 else -self.lower
        if term == RADIUS:
            return self.radius if sign > 0 else 0.0
        return self.brightness

    def trail(self, term: str) -> Trail:
        """The anchors, and the cells that were given up."""
        return Trail(self.anchors, self.failed) if term == self.term else Trail()

    def sizes(self) -> dict[str, float]:
        """The nearer end, which tables of the literature count by, and both."""
        down, up = -self.lower, self.upper
        return {
            f"{self.term} either way": min(down, up),
            f"{self.term} down": down,
            f"{self.term} up": up,
        }

    def clause(self, subject: str) -> str:
        """``no rotation of this image from -12.500 to +30.000 degrees, ...``."""
        low, high = self._ends()
        more = [
            *(
                [f"a shift of all pixels by at most {exact(self.brightness)}"]
                if self.brightness
                else []
            ),
            *([f"a change of l2 norm at most {exact(self.radius)}"] if self.radius else []),
        ]
        after = f", nor one with {' and '.join(more)} after it," if more else ""
        return f"no {self.noun} of this {subject} from {low} to {high} {self.unit}{after}"

    def headline(self) -> str:
        """Both ends, rounded towards 0, and the unit: where it stands, no note may follow."""
        low, high = self._ends()
        if self.unit == "degrees":
            return f"{self.term} {low}° to {high}°"
        return f"{self.term} {low} to {high} {self.unit}"

    def note(self) -> str:
        """What was asked, and what may follow."""
        more = [
            *([f"brightness {exact(self.brightness)} after it"] if self.brightness else []),
            *([f"l2 norm {exact(self.radius)} after it"] if self.radius else []),
        ]
        asked = f"asked about {self.low:+g} to {self.high:+g}"
        return "; ".join(("ends included", *more, asked))

    def describe(self, change: Perturbation) -> str:
        """``rotation +10.000``."""
        more = [f"{name} {change[name]:+.{_DIGITS}f}" for name in (BRIGHTNESS, RADIUS)
                if change.get(name)]  # fmt: skip
        return ", ".join([f"{self.term} {change.get(self.term, 0.0):+.{_DIGITS}f}", *more])

    def changes(self) -> tuple[Perturbation, ...]:
        """From one end to the other, half-way between either and 0 too."""
        low, high = -self.lower, self.upper
        down = [-inside(share * low) for share in (1.0, 0.5) if low > 0]
        up = [inside(share * high) for share in (0.5, 1.0) if high > 0]
        return tuple({self.term: value} for value in (*down, *up))

    def budget(self, change: Perturbation) -> Budget:
        """The transformation and the shift; a norm where one is left to choose."""
        strength = change.get(RADIUS, 0.0)
        return Budget(moves=change, strength=strength, norm="l2" if strength else "")

    def _ends(self) -> tuple[str, str]:
        """Both are claims, so each loses what it is rounded by."""
        return f"-{round_down(abs(self.lower), _DIGITS)}", f"+{round_down(self.upper, _DIGITS)}"


class Turn(Sweep):
    """A range of angles, drawn as a ring."""

    kind: Literal["turn"] = "turn"  # type: ignore[assignment]  # the name is that of the class

    picture: ClassVar[str] = "ring"
