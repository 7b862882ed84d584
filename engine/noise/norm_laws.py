"""Laws of noise for l1, l2 and linf: every number by itself, or a length times a point of a sphere.

Drawn in float64 and added in float32. The exact grid exists for Gaussian and uniform noise alone:
under these laws a claim is about exact real numbers, which floating point approximates.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from engine.core.gamma_ratio import log_gamma_ratio
from engine.noise.law import (
    PROBED,
    Arithmetic,
    Arrays,
    Level,
    NoiseLaw,
    Numbers,
    Probe,
    flat,
    zeros,
)

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

Sphere = Literal["l1", "l2", "linf"]
UNIT = "pixels in [0,1]"
NUMBERS, FACE, SIGNS = 1, 2, 3
"""Lanes of the draws of single numbers, of faces or angles, and of signs or one length."""
FIRST, SECOND = 8, 128
"""First lanes of the two Gamma draws."""
_ATTEMPTS = 40
"""Of a Gamma draw: each fails with probability below 0.05."""


class Shape(ABC):
    """A law at scale 1 in d dimensions."""

    @abstractmethod
    def deviation(self, d: int) -> float:
        """sqrt(E ||e||_2^2 / d); infinite where the variance is."""

    @abstractmethod
    def draw(self, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
        """(samples, d) float64, sample ``start + i`` in row i."""

    @abstractmethod
    def shares(self, e: Numbers) -> Numbers:
        """Of numbers e (samples, d): independent uniform ones in (-1/2, 1/2), if e follows it."""

    def probed(self) -> int:
        """In how many dimensions it is tested."""
        return PROBED


class Radial(Shape):
    """A length times a point of the unit sphere of one norm, uniform by its cone measure."""

    sphere: Sphere

    @abstractmethod
    def square(self, d: int) -> float:
        """E of the squared length."""

    @abstractmethod
    def length(self, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
        """(samples, 1) lengths."""

    @abstractmethod
    def below(self, lengths: Numbers, d: int) -> Numbers:
        """The CDF of the length."""

    def deviation(self, d: int) -> float:
        """The mean square of a point of the sphere's is 1/d, 2 / (d (d + 1)) or (d + 2) / (3 d)."""
        mean = {"l2": 1.0 / d, "l1": 2.0 / (d * (d + 1)), "linf": (d + 2) / (3 * d)}
        return math.sqrt(mean[self.sphere] * self.square(d))

    def draw(self, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
        """Length times point."""
        points = _points(self.sphere, source, samples, d, start)
        return points.mul_(self.length(source, samples, d, start))

    def shares(self, e: Numbers) -> Numbers:
        """Points that keep their direction and take the length that independent numbers have.

        Normal numbers for l2, Laplace for l1, uniform ones in the cube for linf.
        """
        from scipy.special import gammaincinv, ndtr  # deferred: SciPy is slow to load

        d = e.shape[1]
        order = {"l1": 1, "l2": 2, "linf": np.inf}[self.sphere]
        lengths = np.linalg.norm(e, ord=order, axis=1, keepdims=True)
        below = np.clip(self.below(lengths, d), 1e-300, 1.0 - 2.0**-53)
        points = e / np.maximum(lengths, np.finfo(np.float64).tiny)
        if self.sphere == "l2":
            return np.asarray(ndtr(points * np.sqrt(2.0 * gammaincinv(d / 2, below))) - 0.5)
        if self.sphere == "l1":
            numbers = points * gammaincinv(float(d), below)
            return np.asarray(-np.sign(numbers) * np.expm1(-np.abs(numbers)) / 2)
        return np.asarray(points * below ** (1.0 / d) / 2)


@dataclass(frozen=True)
class GammaLength(Radial):
    """R^k ~ Gamma((d - j) / k): density |x|^-j exp(-|x|^k)."""

    sphere: Sphere
    k: float
    j: float = 0.0

    def square(self, d: int) -> float:
        """G((d + 2 - j) / k) / G((d - j) / k)."""
        return math.exp(log_gamma_ratio((d - self.j) / self.k, 2.0 / self.k))

    def length(self, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
        """The root of a Gamma number."""
        shape = (d - self.j) / self.k
        return gamma(source, samples, 1, shape, start=start, lane=FIRST, power=1.0 / self.k)

    def below(self, lengths: Numbers, d: int) -> Numbers:
        """P(R <= r)."""
        from scipy.special import gammainc  # deferred as above

        return np.asarray(gammainc((d - self.j) / self.k, lengths**self.k))

    def probed(self) -> int:
        """More than j + 1."""
        return max(PROBED, math.ceil(self.j) + 8)


@dataclass(frozen=True)
class PowerLength(Radial):
    """R^k ~ BetaPrime(d / k, a - d / k): density (1 + |x|^k)^-a.

    Attributes:
        a: the exponent; None for ``beyond`` more than d / k.
    """

    sphere: Sphere
    k: float
    a: float | None
    beyond: float

    def shapes(self, d: int) -> tuple[float, float]:
        """Both shapes."""
        first = d / self.k
        return first, self.beyond if self.a is None else self.a - first

    def square(self, d: int) -> float:
        """G(s + 2 / k) G(t - 2 / k) / (G(s) G(t)); infinite where t <= 2 / k."""
        s, t, two = *self.shapes(d), 2.0 / self.k
        if t <= two:
            return math.inf
        return math.exp(log_gamma_ratio(s, two) + log_gamma_ratio(t, -two))

    def length(self, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
        """The root of a quotient of Gamma numbers."""
        s, t = self.shapes(d)
        above = gamma(source, samples, 1, s, start=start, lane=FIRST)
        return above.div_(gamma(source, samples, 1, t, start=start, lane=SECOND)).pow_(1 / self.k)

    def below(self, lengths: Numbers, d: int) -> Numbers:
        """P(R <= r)."""
        from scipy.special import betainc  # deferred as above

        power = lengths**self.k
        return np.asarray(betainc(*self.shapes(d), power / (1.0 + power)))

    def probed(self) -> int:
        """So few that the variance is finite."""
        if self.a is None:
            return PROBED
        return max(2, min(PROBED, math.ceil(self.k * self.a) - 4))


@dataclass(frozen=True)
class BallLength(Radial):
    """R = U^(1/d): uniform in the ball."""

    sphere: Sphere = "l2"

    def square(self, d: int) -> float:
        """d / (d + 2)."""
        return d / (d + 2)

    def length(self, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
        """A root of a uniform number."""
        return _open(source.uniform63(samples, 1, start=start, lane=SIGNS)).pow_(1.0 / d)

    def below(self, lengths: Numbers, d: int) -> Numbers:
        """r^d."""
        return np.asarray(np.minimum(lengths, 1.0) ** d)


@dataclass(frozen=True)
class Cube(Shape):
    """U[-1, 1] in every number."""

    def deviation(self, d: int) -> float:
        """3^(-1/2)."""
        return math.sqrt(1.0 / 3.0)

    def draw(self, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
        """From 63 bits."""
        words = source.uniform63(samples, d, start=start, lane=NUMBERS)
        return _open(words).mul_(2.0).sub_(1.0)

    def shares(self, e: Numbers) -> Numbers:
        """Half of it."""
        return np.asarray(e / 2)


@dataclass(frozen=True)
class Pareto(Shape):
    """(1 + |e|)^-(a + 1) in every number."""

    a: float

    def deviation(self, d: int) -> float:
        """((a - 1) (a - 2) / 2)^(-1/2)."""
        return math.inf if self.a <= 2 else math.sqrt(2.0 / ((self.a - 1) * (self.a - 2)))

    def draw(self, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
        """s (u^(-1/a) - 1) with a sign s."""
        words = source.uniform63(samples, d, start=start, lane=NUMBERS)
        signs = (words & 1) * 2 - 1
        return _open(words >> 1, 62).log_().mul_(-1.0 / self.a).expm1_().mul_(signs)

    def shares(self, e: Numbers) -> Numbers:
        """F - 1/2."""
        return np.asarray(-np.sign(e) * np.expm1(-self.a * np.log1p(np.abs(e))) / 2)


@dataclass(frozen=True)
class Power(Shape):
    """exp(-|e|^p) in every number: |e|^p ~ Gamma(1 / p)."""

    p: float

    def deviation(self, d: int) -> float:
        """(G(3 / p) / G(1 / p))^(1/2)."""
        return math.exp(0.5 * (math.lgamma(3 / self.p) - math.lgamma(1 / self.p)))

    def draw(self, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
        """The root of a Gamma number with a sign."""
        signs = (source.uniform63(samples, d, start=start, lane=SIGNS) & 1) * 2 - 1
        power = 1 / self.p
        return gamma(source, samples, d, power, start=start, lane=FIRST, power=power).mul_(signs)

    def shares(self, e: Numbers) -> Numbers:
        """F - 1/2."""
        from scipy.special import gammainc  # deferred as above

        return np.asarray(np.sign(e) * gammainc(1 / self.p, np.abs(e) ** self.p) / 2)


@dataclass(frozen=True)
class NormNoise(NoiseLaw):
    """x + e, e a law at scale ``lam``, or at the scale at which its deviation is ``sigma``.

    Attributes:
        name: of the law with its shape, e.g. ``exp-inf, k 1, j 0``.
        shape: the law at scale 1.
        sigma: sqrt(E ||e||_2^2 / d), where ``lam`` is None.
        lam: the scale.
    """

    name: str
    shape: Shape
    sigma: float
    lam: float | None = None

    additive: ClassVar[bool] = True
    arithmetic: ClassVar[Arithmetic] = "float"

    @property
    def generator(self) -> str:
        """Names the law too: each has its own map from bits to numbers."""
        return f"philox4x32-10/{self.name.partition(',')[0]}-f64"

    @property
    def levels(self) -> tuple[Level, ...]:
        """Its deviation, or its scale."""
        if self.lam is None:
            return (Level(f"{self.name}, deviation", self.sigma, UNIT),)
        return (Level(f"{self.name}, scale", self.lam, UNIT),)

    def scale(self, d: int) -> float:
        """lam in d dimensions."""
        return self.sigma / self.shape.deviation(d) if self.lam is None else self.lam

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x + e."""
        d = x.numel()
        found = self.shape.draw(source, out.shape[0], d, start).mul_(self.scale(d))
        out.copy_(found.view(out.shape)).add_(x)

    def in_words(self) -> str:
        """The law and its level."""
        if self.lam is None:
            return f"{self.name}, standard deviation {self.sigma:g} ({UNIT})"
        return f"{self.name}, scale {self.lam:g} ({UNIT})"

    def probes(self) -> tuple[Probe, ...]:
        """A black image, its noise turned into independent uniform numbers."""
        from engine.noise.statistical_tests import uniform_law  # deferred: SciPy is slow to load

        size = self.shape.probed()
        blank, many = zeros(size), max(64, PROBED * PROBED // size)
        return (Probe(self, (blank,), blank.shape, self._shares, uniform_law(self.name), many),)

    def _shares(self, out: Arrays) -> Numbers:
        noise = flat(out)
        return self.shape.shares(noise / self.scale(noise.shape[1]))


def _open(words: torch.Tensor, bits: int = 63) -> torch.Tensor:
    """Uniform numbers in (0, 1) from integers of so many bits, float64."""
    import torch  # deferred: the window lists schemes before torch loads

    return (words.to(torch.float64) + 0.5).mul_(2.0**-bits).clamp_(max=1.0 - 2.0**-53)


def _points(sphere: Sphere, source: NoiseSource, samples: int, d: int, start: int) -> torch.Tensor:
    """(samples, d) points of the unit sphere."""
    import torch  # deferred as above

    if sphere == "linf":
        face = source.integers(samples, 1, 2 * d, start=start, lane=FACE)
        found = _open(source.uniform63(samples, d, start=start, lane=NUMBERS)).mul_(2.0).sub_(1.0)
        return found.scatter_(1, face % d, (face // d * 2 - 1).to(torch.float64))
    if sphere == "l1":
        words = source.uniform63(samples, d, start=start, lane=NUMBERS)
        signs = (words & 1) * 2 - 1
        found = _open(words >> 1, 62).log_()
        return found.div_(found.sum(dim=1, keepdim=True)).mul_(signs)
    half = -(-d // 2)
    size, angle = (
        _open(source.uniform63(samples, half, start=start, lane=lane)) for lane in (NUMBERS, FACE)
    )
    size.log_().mul_(-2.0).sqrt_()
    angle.mul_(2.0 * math.pi)
    found = torch.cat((size * angle.cos(), size * angle.sin()), dim=1)[:, :d]
    return found.div_(found.norm(dim=1, keepdim=True))


def gamma(
    source: NoiseSource,
    samples: int,
    elements: int,
    shape: float,
    *,
    start: int,
    lane: int,
    power: float = 1.0,
) -> torch.Tensor:
    """Powers of Gamma numbers of rate 1, (samples, elements) float64 (Marsaglia & Tsang, 2000).

    By rejection; attempt i takes three lanes from ``lane`` + 1 + 3 i on, so that a number depends
    on its own index alone. Shapes below 1 are those of one more, times u^(1 / shape), from
    ``lane``; a small u has no such power in float64, but has that of ``power / shape``.

    Raises:
        RuntimeError: no attempt was accepted, which a working generator does not show.
    """
    import torch  # deferred as above

    if shape < 1:
        words = source.uniform63(samples, elements, start=start, lane=lane)
        one = gamma(source, samples, elements, shape + 1, start=start, lane=lane, power=power)
        return one.mul_(_open(words).log_().mul_(power / shape).exp_())
    less = shape - 1.0 / 3.0
    found = torch.empty(0)
    for attempt in range(0, 3 * _ATTEMPTS - 3, 3):
        u, angle, test = (
            _open(source.uniform63(samples, elements, start=start, lane=lane + 1 + attempt + i))
            for i in range(3)
        )
        normal = u.log_().mul_(-2.0).sqrt_().mul_(angle.mul_(2.0 * math.pi).cos_())
        v = normal.div(math.sqrt(9.0 * less)).add_(1.0).clamp_(min=0.0).pow_(3)
        limit = normal.square().div_(2.0).add_(less * (1.0 - v + v.log()))
        fits = (v > 0) & (test.log_() < limit)
        value = torch.where(fits, v * less, -1.0)
        found = value if not attempt else torch.where(found < 0, value, found)
        if bool((found >= 0).all()):
            return found.pow_(power)
    raise RuntimeError("the generator accepted no attempt of a Gamma draw")
