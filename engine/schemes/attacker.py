"""An attacker whom every image scheme can answer in its own terms."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from engine.core.records import Record
from engine.regions import Perturbation
from engine.schemes import Scheme


class Attacker(Record):
    """Changes at most ``entities`` pixels, together by an l2 norm of at most ``epsilon``.

    Attributes:
        entities: pixels; all channels of a pixel count as one.
        epsilon: l2 norm over all changed values, pixels in [0,1].
    """

    entities: int = Field(
        default=1, ge=1, le=10**6, title="pixels", description="largest number changed"
    )
    epsilon: float = Field(
        default=0.5, gt=0, le=1000, title="epsilon", description="l2 norm, pixels in [0,1]"
    )

    def words(self) -> str:
        """The attacker in words."""
        pixels = "1 pixel" if self.entities == 1 else f"{self.entities:,} pixels"
        return f"changes up to {pixels}, together by at most {self.epsilon:g} in l2 norm"


def attack_of(scheme: Scheme, attacker: Attacker) -> Perturbation | None:
    """What covers everything the attacker may do, in the scheme's own terms.

    A ball in l2 covers it by its norm, a count of pixels by their number, a staircase by both.

    Returns:
        The perturbation; None if the scheme speaks of something else.
    """
    return scheme.covering(entities=attacker.entities, epsilon=attacker.epsilon)


def comparable(scheme: type[Scheme]) -> bool:
    """Whether a scheme can answer such an attacker at all."""
    return attack_of(scheme(), Attacker()) is not None


def grid(entities: Iterable[int], epsilons: Iterable[float]) -> list[Attacker]:
    """Every pair, epsilon fastest."""
    strengths = list(epsilons)
    return [Attacker(entities=r, epsilon=e) for r in entities for e in strengths]
