"""How far a run's noise can be relied on, in few words."""

from __future__ import annotations

from dataclasses import dataclass

from engine.evidence.settings import RunSettings
from engine.figures.bounds import NOISE_WORDS
from engine.noise.law import Arithmetic


@dataclass(frozen=True)
class Badge:
    """What is said of a run's noise.

    Attributes:
        tip: why.
        sound: it holds in floating point too.
    """

    text: str
    tip: str
    sound: bool

    @property
    def role(self) -> str:
        """Of the style sheet."""
        return "badge-sound" if self.sound else "badge"


_BADGES: dict[Arithmetic, Badge] = {
    "float": Badge(
        NOISE_WORDS["float"].capitalize(),
        "Fast noise made in floating point: not sound to the last bit.",
        sound=False,
    ),
    "exact grid": Badge(
        NOISE_WORDS["exact grid"].capitalize(),
        "Integer noise on the 8-bit grid: the claim holds in floating point too, for images "
        "with 8 bits per channel.",
        sound=True,
    ),
    "exact integers": Badge(
        "Integer noise",
        "The noise is made of integers throughout: the claim holds in floating point too.",
        sound=True,
    ),
    "enumerated": Badge(
        "All noise counted",
        "Every noise sample is counted once: nothing is random, nothing is estimated.",
        sound=True,
    ),
    "computed": Badge(
        "Computed",
        "The probability is computed from the model itself; votes beside it only show it.",
        sound=True,
    ),
}


def badge_of(settings: RunSettings) -> Badge:
    """The badge of a run."""
    return _BADGES[settings.law.arithmetic]
