"""Rotation by nested smoothing: random rotations outside, Gaussian noise on the pixels inside."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.core.rounding import round_down
from engine.noise.law import PROBED, Arrays, Numbers, Probe
from engine.noise.normals import normals
from engine.regions import Interval, Perturbation, Region, Term
from engine.schemes.nested import MovedThenNoised, Nested
from engine.transforms import ROTATION, warped
from engine.transforms.composed import QUARTER, composed
from engine.transforms.low_pass import low_pass

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

UNIT = "degrees"
TURN = 1
"""Lane of the rotation."""
LEAST_SIDE, MOST_SIDE = 3, 64
_DIGITS = 3
_RAMP = 2
"""Half the side of an image that grows from left to right, and is read around its middle."""
_FAR = 1e-4
"""Of such an image: more than single precision loses in it."""
_UP = 1.0 + 1e-9


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
        low, high = round_down(abs(self.lower), _DIGITS), round_down(self.upper, _DIGITS)
        return (
            f"no rotation of this {subject} between -{low} and +{high} {self.unit}, with bilinear "
            "interpolation on the inscribed disc,"
        )


class NestedRotation(Nested):
    """Rotations of the clean image, all of them below an angle (:class:`Nested`).

    T_t turns the image about its centre by t degrees, by bilinear interpolation on the inscribed
    disc. Its error is bounded for cells of outer angles that cover the circle
    (``engine.transforms.composed``), and rho is the probability of those left out: nothing is
    sampled, and no error probability is spent on it.
    """

    key: ClassVar[str] = "nested-rotation"
    title: ClassVar[str] = "Rotation, by nested smoothing"
    attacker: ClassVar[str] = "rotate the clean image about its centre by any angle below R"
    region_type: ClassVar[type[Region]] = Rotations
    terms: ClassVar[Mapping[str, Term]] = {
        "rotation": Term("counter-clockwise rotation", UNIT, signed=True)
    }
    limits: ClassVar[tuple[str, ...]] = (
        "It is about rotations of this clean image, whose interpolation error is bounded: of an "
        "image that was received already rotated it says nothing.",
        "The rotation is bilinear, on the inscribed disc, and not rounded to 8 bits: it says "
        "nothing about other interpolation, nor about the corners of the image.",
        "Random rotation and low-pass filter are part of the smoothed classifier.",
    )

    sigma_gamma: float = Field(
        default=20.0,
        ge=0.1,
        le=40,
        title="sigma of the rotation",
        description="standard deviation of the random rotation",
        json_schema_extra={"unit": UNIT, "step": 1.0, "slider": [1.0, 40.0, 1.0]},
    )
    reach: float = Field(
        default=30.0,
        ge=1,
        le=180,
        title="reach",
        description="largest rotation for which the error is bounded; none beyond is certified",
        json_schema_extra={"unit": UNIT, "step": 5.0, "noise": False},
    )
    rho: float = Field(
        default=0.001,
        ge=0,
        le=0.4,
        title="rho",
        description="probability, over the random rotation, that the error may be larger",
        json_schema_extra={"step": 0.001, "advanced": True, "noise": False},
    )

    @property
    def outer(self) -> float:
        """In degrees."""
        return self.sigma_gamma

    @property
    def furthest(self) -> float:
        """The reach."""
        return self.reach

    @property
    def rarely(self) -> float:
        """The share of outer angles left out."""
        return self.rho

    def noise(self) -> TurnedThenNoised:
        """One angle for the whole image, then every pixel."""
        return TurnedThenNoised(self.sigma_gamma, self.sigma, self.low_pass)

    def check_input(self, given: InputIdentity) -> None:
        """Refuse what cannot be turned into itself, or would take hours to bound."""
        height, width = given.shape[-2:]
        size = f"this one has {width} by {height} pixels"
        if height != width:
            raise UserError(
                f"{self.key} takes square images, which a quarter turn maps to themselves; {size}."
            )
        if not LEAST_SIDE <= height <= MOST_SIDE:
            raise UserError(
                f"{self.key} takes images of {LEAST_SIDE} to {MOST_SIDE} pixels a side, since the "
                f"error of larger ones would take hours to bound; {size}."
            )

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """The image turned, black outside of the disc."""
        return np.asarray(warped(x, ROTATION, moves["rotation"]), dtype=np.float32)

    def bounded(self, image: npt.NDArray[Any]) -> float:
        """The error that all outer angles but a share of rho keep to."""
        pixels = np.ascontiguousarray(image, dtype=np.float32)
        known = self.sigma_gamma, self.reach, self.low_pass, self.error, self.rho
        return _bounded(pixels.tobytes(), pixels.shape, *known)

    def within(self, reach: float) -> Rotations:
        """Either way."""
        return Rotations(term="rotation", lower=-reach, upper=reach, unit=UNIT)

    def size(self, perturbation: Perturbation) -> float:
        """Either way."""
        return abs(perturbation["rotation"])


@functools.lru_cache(maxsize=16)
def _bounded(
    pixels: bytes,
    shape: tuple[int, ...],
    sigma: float,
    reach: float,
    spread: float,
    enough: float,
    rho: float,
) -> float:
    """A run, its picture and its verification ask for the same bound."""
    image = np.frombuffer(pixels, dtype=np.float32).reshape(shape)
    matrix = low_pass(shape[-1], spread)
    left = rho
    for cell in sorted(composed(image, reach, (matrix, matrix), enough), key=lambda c: -c.error):
        left -= _share(cell.low, cell.high, sigma)
        if left < 0:
            return cell.error
    return 0.0


def _share(low: float, high: float, sigma: float) -> float:
    """The probability that N(0, sigma^2) lies in an interval, or in one by quarter turns away."""
    from scipy.special import ndtr  # deferred: the window lists schemes before scipy loads

    turns = QUARTER * np.arange(-8, 9)
    found = float((ndtr((high + turns) / sigma) - ndtr((low + turns) / sigma)).sum())
    return found * _UP + 1e-12
