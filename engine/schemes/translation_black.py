"""Translation over a black ground: every shift by whole pixels is tried, and nothing is sampled."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.records import ProbabilityBounds
from engine.noise.law import Arithmetic, NoiseLaw, Probe
from engine.noise.streams import ENUMERATION
from engine.regions import Amount, Perturbation, Region, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family, Scheme
from engine.schemes.translation import UNIT, displacement

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource


_OVER_BLACK = "l2 norm in pixels, whole in each direction, over black"


@dataclass(frozen=True)
class EveryShift(NoiseLaw):
    """x shifted by every whole vector of l2 norm at most ``reach``, black where nothing was."""

    reach: int

    arithmetic: ClassVar[Arithmetic] = "enumerated"
    generator: ClassVar[str] = ENUMERATION

    @property
    def samples(self) -> int:
        """How many whole vectors lie in the disc."""
        return len(displacements(self.reach))

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """The shifts start, start + 1, ... by rising norm; ``source`` is not used."""
        for image, (down, right) in zip(out, displacements(self.reach)[start:], strict=False):
            _shift(x, down, right, image)

    def in_words(self) -> str:
        """The law and its reach."""
        return (
            f"all {self.samples:,} shifts by whole pixels of l2 norm at most {self.reach}, black "
            "where nothing was"
        )

    def probes(self) -> tuple[Probe, ...]:
        """None: nothing is drawn."""
        return ()


@functools.lru_cache(maxsize=8)
def displacements(reach: int) -> tuple[tuple[int, int], ...]:
    """All whole (down, right) of norm at most ``reach``, the shortest first, always in one order.

    >>> displacements(1)
    ((0, 0), (-1, 0), (0, -1), (0, 1), (1, 0))
    """
    side = range(-reach, reach + 1)
    every = [(down, right) for down in side for right in side]
    inside = [one for one in every if one[0] ** 2 + one[1] ** 2 <= reach**2]
    return tuple(sorted(inside, key=lambda one: (one[0] ** 2 + one[1] ** 2, one)))


def _shift(x: torch.Tensor, down: int, right: int, out: torch.Tensor) -> None:
    """``out`` (C, H, W) is x moved down and to the right, 0 where nothing was."""
    height, width = x.shape[-2:]
    out.zero_()
    if abs(down) >= height or abs(right) >= width:
        return
    to = (
        ...,
        slice(max(down, 0), height + min(down, 0)),
        slice(max(right, 0), width + min(right, 0)),
    )
    of = (
        ...,
        slice(max(-down, 0), height - max(down, 0)),
        slice(max(-right, 0), width - max(right, 0)),
    )
    out[to] = x[of]


class TranslationBlack(Scheme):
    """f(shift_v(x)) = A for every whole v of l2 norm at most the reach, by trying each of them.

    Shifts over black lose what leaves the image, so that they do not compose, and there is nothing
    to smooth: the base model f is asked about every shifted image, and certified if it gives all of
    them the class A.
    """

    key: ClassVar[str] = "translation-black"
    title: ClassVar[str] = "Translation over black, every shift tried"
    citation: ClassVar[str] = (
        "Li et al., TSS: Transformation-Specific Smoothing for Robustness Certification, CCS 2021"
    )
    family: ClassVar[Family] = "semantic"
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    randomness: ClassVar[Literal["probabilistic", "deterministic"]] = "deterministic"
    attacker: ClassVar[str] = (
        "shift the image by whole pixels, l2 norm at most R, so that what leaves is lost and black "
        "comes in"
    )
    region_type: ClassVar[type[Region]] = Amount
    terms: ClassVar[Mapping[str, Term]] = {
        "shift": Term("l2 norm of the shift, which is whole in each direction", UNIT)
    }
    limits: ClassVar[tuple[str, ...]] = (
        "What comes in is black (0 in every channel, as the model takes the image): it says "
        "nothing about a shift that brings in other parts of the scene.",
        "It says nothing about shifts by fractions of a pixel, nor about a shift followed by any "
        "other change.",
        "All shifts up to the reach count together: if one of them turns the class, nothing is "
        "certified, and a smaller reach may be.",
        "It holds for a base model that answers the same image alike every time.",
    )

    reach: int = Field(
        default=3,
        ge=1,
        le=100,
        title="reach",
        description="largest l2 norm of a shift that is tried",
        json_schema_extra={"unit": UNIT, "step": 1},
    )

    def noise(self) -> EveryShift:
        """All shifts."""
        return EveryShift(self.reach)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """The image shifted to the right, and down by what is left of the norm."""
        import torch  # deferred: the window lists schemes before torch loads

        out = torch.empty(x.shape)
        _shift(torch.from_numpy(x), *displacement(moves["shift"]), out)
        return np.asarray(out.numpy())

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Amount | None:
        """All shifts up to the reach if every one of them kept the class; else None."""
        samples = self.noise().samples
        if not bounds.alpha and bounds.n != samples:
            return None
        if bounds.p_lower <= self._all_but_one():
            return None
        return Amount(term="shift", upper=self._end(), unit=_OVER_BLACK)

    def _all_but_one(self) -> float:
        """A share of the shifts that only all of them exceed."""
        return 1.0 - 1.0 / self.noise().samples

    def _end(self) -> float:
        """The least norm beyond the reach that a whole shift can have."""
        return math.sqrt(self.reach**2 + 1)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """The share of all shifts but one, for all shifts up to the reach."""
        return self._all_but_one() if perturbation["shift"] < self._end() else IMPOSSIBLE

    def unchanged(self, class_name: str) -> str:
        """Of the base model."""
        return f"the model's prediction is '{class_name}'"

    def effect(self, class_name: str) -> str:
        """Of the base model."""
        return f"changes the model's prediction '{class_name}'"

    def shortfall_in_words(self, facts: Facts = NO_FACTS) -> str:
        """One shift that turns the class is enough."""
        del facts
        return "so a shift changes the model's prediction. A smaller reach may be certified."

    def about_in_words(self) -> str:
        """The base model."""
        return "It is about the model itself, which is asked about every shifted image."

    def rule_in_words(self) -> str:
        """All shifts."""
        return "The statement is made only if every shifted image is given the class."
