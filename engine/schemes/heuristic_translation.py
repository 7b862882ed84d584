"""Translation, heuristic: random shifts, then Gaussian noise, and no bound on the error."""

from __future__ import annotations

from typing import ClassVar

from engine.schemes.heuristic import Heuristic
from engine.schemes.random_shift import RandomShift


class HeuristicTranslation(RandomShift, Heuristic):
    """Shifts by any fraction of a pixel, without a guarantee (:class:`Heuristic`)."""

    key: ClassVar[str] = "heuristic-translation"
    title: ClassVar[str] = "Translation by fractions, heuristic (certifies nothing)"
    attacker: ClassVar[str] = (
        "shift the image by any fraction of a pixel, of which nothing is certified"
    )
