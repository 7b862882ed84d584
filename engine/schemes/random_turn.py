"""Random rotations of an image: their law, their regions, and what such schemes share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.rounding import round_down
from engine.noise.law import PROBED, Arrays, Numbers, Probe
from engine.noise.normals import normals
from engine.regions import Interval, Perturbation, Region, Term
from engine.schemes.base import Scheme
from engine.schemes.nested import MovedThenNoised
from engine.transforms import ROTATION, warped

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

UNIT = "degrees"
TURN = 1
"""Lane of the rotation."""
DIGITS = 3
_RAMP = 2
"""Half the side of an image that grows from left to right, and is read around its middle."""
_FAR = 1e-4
"""Of such an image: more than single precision loses in it."""


@dataclass(frozen=True)
class TurnedThenNoised(MovedThenNoised):
    """Turned by b ~ N(0, sigma_gamma^2) degrees, filtered, noised (:class:`MovedThenNoised`).

    b = sigma_gamma Phi^-1(u) with u from 63 bits; the rotation is bilinear, on the inscribed disc.
    """

    generator: ClassVar[str] = "philox4x32-10/turn-normal-inverse-f64, then box-muller-f32"
    movement: ClassVar[str] = "Gaussian rotation"
    unit: ClassVar[str] = UNIT
    wrapped: ClassVar[bool] = False

    def moved(self, x: torch.Tensor, source: NoiseSource, start: int, count: int) -> torch.Tensor:
        """Turned, each by its own angle."""
        from engine.transforms.batches import warped_each  # deferred: torch

        words = source.uniform63(count, 1, start=start, lane=TURN)
        return warped_each(x, ROTATION, normals(words)[:, 0].mul_(self.sigma_gamma))

    def in_words(self) -> str:
        """Both levels, and the filter between them."""
        return self.then_noised(
            f"one Gaussian rotation, sigma {self.sigma_gamma:g} ({UNIT}), of the inscribed disc"
        )

    def probes(self) -> tuple[Probe, ...]:
        """A slope, which shows how far it is turned, and a black image, which shows the noise."""
        from engine.noise.statistical_tests import Share, normal_law  # deferred: SciPy

        side = 2 * _RAMP + 1
        slope = np.tile(np.arange(-_RAMP, _RAMP + 1, dtype=np.float32), (side, 1))[None]
        turning = replace(self, sigma=0.0, low_pass=0.0)
        law = replace(normal_law(), name="rotation")
        many = PROBED * PROBED // slope.size
        return (
            Probe(turning, (slope,), slope.shape, self._turns, law, many),
            Probe(turning, (slope,), slope.shape, _bent, Share("samples that are no turn", 0.0)),
            self.of_pixels(),
        )

    def _turns(self, out: Arrays) -> Numbers:
        """The angle of the slope, in standard deviations."""
        right, below, *_ = _around(out)
        return np.asarray(np.degrees(np.arctan2(-below, right))[:, None] / self.sigma_gamma)


def _around(out: Arrays) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """What the slope shows right of its middle, below, left and above: cos b, -sin b, and so on."""
    shown = out[0][:, 0].astype(np.float64)
    return (
        shown[:, _RAMP, _RAMP + 1],
        shown[:, _RAMP + 1, _RAMP],
        shown[:, _RAMP, _RAMP - 1],
        shown[:, _RAMP - 1, _RAMP],
    )


def _bent(out: Arrays) -> Numbers:
    """1 where the slope is no more straight, or another one."""
    right, below, left, above = _around(out)
    off = np.maximum.reduce([abs(right + left), abs(below + above), abs(right**2 + below**2 - 1)])
    return np.asarray((off > _FAR)[:, None], dtype=np.float64)


class Rotations(Interval):
    """All rotations strictly between two angles."""

    kind: Literal["rotations"] = "rotations"  # type: ignore[assignment]

    def clause(self, subject: str) -> str:
        """``no rotation of this image by more than -12.3 and less than +12.3 degrees``."""
        low, high = round_down(abs(self.lower), DIGITS), round_down(self.upper, DIGITS)
        return (
            f"no rotation of this {subject} between -{low} and +{high} {self.unit}, with bilinear "
            "interpolation on the inscribed disc,"
        )


class RandomTurn(Scheme):
    """One Gaussian rotation of the whole image, then every pixel: what depends on it alone."""

    if TYPE_CHECKING:  # fields of the classes that this one is mixed into
        sigma: float = 0.25
        low_pass: float = 1.0

    region_type: ClassVar[type[Region]] = Rotations
    terms: ClassVar[Mapping[str, Term]] = {
        "rotation": Term("counter-clockwise rotation", UNIT, signed=True)
    }

    sigma_gamma: float = Field(
        default=20.0,
        ge=0.1,
        le=40,
        title="sigma of the rotation",
        description="standard deviation of the random rotation",
        json_schema_extra={"unit": UNIT, "step": 1.0, "slider": [1.0, 40.0, 1.0]},
    )

    @property
    def outer(self) -> float:
        """In degrees."""
        return self.sigma_gamma

    def noise(self) -> TurnedThenNoised:
        """One angle for the whole image, then every pixel."""
        return TurnedThenNoised(self.sigma_gamma, self.sigma, self.low_pass)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """The image turned, black outside of the disc."""
        return np.asarray(warped(x, ROTATION, moves["rotation"]), dtype=np.float32)
