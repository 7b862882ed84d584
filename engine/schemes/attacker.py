"""An attacker whom every image scheme can answer in its own terms."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pydantic import Field

from engine.core.records import Record
from engine.core.rounding import exact
from engine.regions import Norm, Perturbation
from engine.schemes import Scheme

ORDER: dict[Norm, float] = {"l1": 1.0, "l2": 0.5, "linf": 0.0}
"""1 / p of each norm."""
_CHANNELS = 3
ANY = 10**6
"""So many pixels are all pixels of any image."""


class Attacker(Record):
    """Changes at most ``entities`` pixels, together by a norm of at most ``epsilon``.

    Attributes:
        entities: pixels; all channels of a pixel count as one.
        epsilon: norm over all changed values, pixels in [0,1].
        norm: which.
    """

    entities: int = Field(
        default=1, ge=1, le=ANY, title="pixels", description="largest number changed"
    )
    epsilon: float = Field(
        default=0.5, gt=0, le=1000, title="epsilon", description="norm, pixels in [0,1]"
    )
    norm: Norm = Field(default="l2", title="norm", description="l1, l2 or linf")

    def words(self) -> str:
        """The attacker in words."""
        count = "1 pixel" if self.entities == 1 else f"{self.entities:,} pixels"
        pixels = "any pixels" if self.entities == ANY else f"up to {count}"
        return f"changes {pixels}, together by at most {exact(self.epsilon)} in {self.norm} norm"


def attack_of(
    scheme: Scheme, attacker: Attacker, shape: tuple[int, ...] = ()
) -> Perturbation | None:
    """What covers everything the attacker may do, in the scheme's own terms (:func:`covering`)."""
    return covering(
        scheme,
        entities=attacker.entities,
        epsilon=attacker.epsilon,
        norm=attacker.norm,
        shape=shape,
    )


def covering(
    scheme: Scheme,
    *,
    entities: int,
    epsilon: float,
    norm: Norm = "l2",
    shape: tuple[int, ...] = (),
) -> Perturbation | None:
    """What covers every change of at most ``entities`` pixels and that norm.

    A ball covers it by its norm, a count of pixels by their number, a staircase by both.

    Args:
        scheme: whose terms.
        entities: pixels.
        epsilon: size in ``norm``.
        norm: of the attacker.
        shape: of the images, (channels, height, width); three channels where it is not known.

    Returns:
        The perturbation; None if the scheme speaks of something else.
    """
    channels, pixels = (shape[0], math.prod(shape[1:])) if shape else (_CHANNELS, ANY)
    numbers = channels * min(entities, pixels)
    sizes = {other: bounded(epsilon, norm, other, numbers) for other in ORDER}
    return scheme.covering(entities=entities, sizes=sizes)


def bounded(size: float, norm: Norm, other: Norm, numbers: int) -> float:
    """The largest ``other`` norm of a change of so many numbers whose ``norm`` is ``size``.

    ||x||_a <= m^(1/a - 1/b) ||x||_b in m numbers for a < b, and norms fall from l1 to linf. Rounded
    up where it is not the same number.
    """
    grows = max(0.0, ORDER[other] - ORDER[norm])
    return size if not grows or numbers == 1 else size * numbers**grows * (1.0 + 1e-12)


def comparable(scheme: type[Scheme]) -> bool:
    """Whether a scheme can answer such an attacker at all."""
    return attack_of(scheme(), Attacker()) is not None


def grid(entities: Iterable[int], epsilons: Iterable[float]) -> list[Attacker]:
    """Every pair, epsilon fastest."""
    strengths = list(epsilons)
    return [Attacker(entities=r, epsilon=e) for r in entities for e in strengths]
