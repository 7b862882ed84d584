"""Changes of contrast and brightness: a region in the plane of two parameters."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from pydantic import Field

from engine.core.late import np
from engine.core.rounding import round_down, round_up
from engine.regions.base import Perturbation
from engine.regions.parameter_map import ParameterMap
from engine.regions.region import Budget, Region, inside
from engine.regions.required_probability import Certifier

if TYPE_CHECKING:
    import numpy.typing as npt

Floats: TypeAlias = "npt.NDArray[np.float64]"
Flags: TypeAlias = "npt.NDArray[np.bool_]"

_DIGITS = 3
_ROUNDS, _PARTS = 6, 17
"""Of a search for an end: each divides the step by 16."""
_CORNERS, _HALVES = 41, 14
"""Of a border that is drawn, and steps towards each."""
_FURTHEST = 3.0
"""Log-gains beyond this are not looked for."""


class GainBrightness(Region):
    """All (gain, brightness) whose required p_lower is below ``p_lower``: e^k (x + b), gain e^k.

    Every pair of the region is certified by itself, by
    :func:`engine.certificates.gain_brightness.required`.

    Attributes:
        sigma_k, sigma_b: of the noise on k and b.
        p_lower: against one half, what the bounds of the run amount to.
    """

    kind: Literal["gain and brightness"] = "gain and brightness"
    sigma_k: float = Field(gt=0)
    sigma_b: float = Field(gt=0)
    p_lower: float = Field(ge=0.5, le=1)

    picture: ClassVar[str] = "map"
    measured: ClassVar[str] = "size of the change"
    signs: ClassVar[tuple[int, ...]] = (-1, 1)

    @property
    def terms(self) -> tuple[str, ...]:
        """Gain and brightness."""
        return ("gain", "brightness")

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether this pair requires less than there is; no change at all does."""
        gain, shift = perturbation["gain"], perturbation["brightness"]
        if (gain, shift) == (1.0, 0.0):
            return True
        return gain > 0 and self._holds(math.log(gain), shift)

    def furthest(self, term: str, sign: int = 1) -> float:
        """How far from 1 a gain may be at unchanged brightness, or a brightness from 0 at gain 1.

        All in between is certified: what is required rises with |ln gain| on each side of 1 where
        the brightness is unchanged, and with |brightness|. The end is certified itself.
        """
        return _brightness_end(self) if term == "brightness" else _gain_end(self, sign)

    def reach(self, k: float) -> float:
        """The largest certified |brightness| at a log-gain; all smaller ones are."""
        most = 40.0 * self.sigma_b
        return _end(lambda bs: self.required(k, bs) < self.p_lower, most)

    def sizes(self) -> dict[str, float]:
        """From 1 down and up, and brightness in either direction."""
        return {
            "gain down": self.furthest("gain", -1),
            "gain up": self.furthest("gain"),
            "brightness": self.furthest("brightness"),
        }

    def changes(self) -> tuple[Perturbation, ...]:
        """The ends of both terms, each alone."""
        found: list[Perturbation] = []
        for sign in self.signs:
            if size := self.furthest("gain", sign):
                found.append({"gain": 1.0 + sign * inside(size), "brightness": 0.0})
        if size := self.furthest("brightness"):
            found += [{"gain": 1.0, "brightness": sign * inside(size)} for sign in self.signs]
        return tuple(found)

    def budget(self, change: Perturbation) -> Budget:
        """The one pair."""
        return Budget(moves=change)

    def edge(self) -> list[tuple[float, float]]:
        """The largest brightness over the certified gains."""
        gains = np.linspace(1.0 - self.furthest("gain", -1), 1.0 + self.furthest("gain"), _CORNERS)
        low, high = np.zeros(_CORNERS), np.full(_CORNERS, self.furthest("brightness") * 1.001)
        for _ in range(_HALVES):
            middle = (low + high) / 2
            held = self.required(np.log(gains), middle) < self.p_lower
            low, high = np.where(held, middle, low), np.where(held, high, middle)
        line = list(zip(gains.tolist(), low.tolist(), strict=True))
        return [(line[0][0], 0.0), *line, (line[-1][0], 0.0)]

    def clause(self, subject: str) -> str:
        """Both terms alone, and where pairs are."""
        low, high, shift = self._ends()
        return (
            f"no gain between {low} and {high} of this {subject} at unchanged brightness, no "
            f"brightness between -{shift} and +{shift} at gain 1, and no pair of both that "
            f"requires a p_lower below {round_down(self.p_lower, 6)} (brightness in [0,1], added "
            "before the gain)"
        )

    def headline(self) -> str:
        """Each term alone, towards no change."""
        low, high, shift = self._ends()
        return f"gain {low} to {high}, brightness up to {shift}"

    def note(self) -> str:
        """What the numbers are."""
        return "each alone; brightness in [0,1] either way, added before the gain"

    def describe(self, change: Perturbation) -> str:
        """``gain 0.800, brightness +0.100``."""
        return f"gain {change['gain']:.{_DIGITS}f}, brightness {change['brightness']:+.{_DIGITS}f}"

    def required_map(self, scheme: Certifier, ceiling: float) -> ParameterMap:
        """p* over cells of the plane, each proved whole."""
        low, high = self.furthest("gain", -1), self.furthest("gain")
        return ParameterMap.over(
            scheme, ceiling, self, (1.0 - low, 1.0 + high), self.furthest("brightness")
        )

    def _holds(self, k: float, b: float) -> bool:
        return bool(self.required(k, b) < self.p_lower)

    def required(self, k: Floats | float, b: Floats | float) -> Floats:
        """p* of log-gains and brightnesses under this noise."""
        from engine.certificates.gain_brightness import required  # deferred: SciPy

        return required(np.asarray(k), np.asarray(b), self.sigma_k, self.sigma_b)

    def _ends(self) -> tuple[str, str, str]:
        """All are claims, so each loses what it is rounded by."""
        low = round_up(1.0 - self.furthest("gain", -1), _DIGITS)
        high = round_down(1.0 + self.furthest("gain"), _DIGITS)
        return low, high, round_down(self.furthest("brightness"), _DIGITS)


@functools.lru_cache(maxsize=64)
def _gain_end(region: GainBrightness, sign: int) -> float:
    """How far from 1 the gain may be; a live picture asks for it many times."""
    end = _end(lambda ks: region.required(sign * ks, 0.0) < region.p_lower, _FURTHEST)
    return abs(math.expm1(sign * end)) * (1.0 - 1e-12)


@functools.lru_cache(maxsize=64)
def _brightness_end(region: GainBrightness) -> float:
    """How large the brightness may be at gain 1."""
    return region.reach(0.0)


def _end(holds: Callable[[Floats], Flags], most: float) -> float:
    """The largest size found that holds, where all smaller ones do; 0 where none is found."""
    low, high = 0.0, most
    for _ in range(_ROUNDS):
        sizes = np.linspace(low, high, _PARTS)[1:]
        count = int(np.logical_and.accumulate(holds(sizes)).sum())
        if count == len(sizes):
            return float(sizes[-1])
        low, high = (float(sizes[count - 1]) if count else low), float(sizes[count])
    return low
