"""Laws of noise in the plane, each with the scheme of the catalogue that certifies under it.

Drawn with NumPy, since the playground opens before torch is loaded; tests hold the draws against
the laws of the catalogue. All are independent in both numbers, of standard deviation sigma in each.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.core.records import ProbabilityBounds
from engine.playground.scenes import Numbers
from engine.regions import Ball, Norm
from engine.schemes.base import Scheme
from engine.schemes.gaussian import Gaussian
from engine.schemes.laplace import Laplace
from engine.schemes.uniform import Uniform

_ROOT_2, _ROOT_3 = math.sqrt(2.0), math.sqrt(3.0)
_FACTS = {"dimension": 2.0}
UNIT = "plane"
"""What distances are measured in: the units of the two axes."""


@dataclass(frozen=True)
class PlaneLaw(ABC):
    """Noise whose two numbers are independent, at sigma = 1, and the norm that is certified.

    Attributes:
        norm: of the change.
    """

    norm: Norm
    key: ClassVar[str]

    @property
    def title(self) -> str:
        """Noise and shape of the certified region."""
        shape = {"l1": "diamond", "l2": "disc", "linf": "square"}[self.norm]
        return f"{self.key}, {self.norm} {shape}"

    @abstractmethod
    def scheme(self, sigma: float) -> Scheme:
        """The scheme of the catalogue, at a standard deviation."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, count: int) -> Numbers:
        """(count, 2) noise of deviation 1."""

    @abstractmethod
    def below(self, z: Numbers) -> Numbers:
        """The CDF of one number."""

    def region(self, sigma: float, bounds: ProbabilityBounds) -> Ball | None:
        """What the scheme certifies in two dimensions; None for nothing."""
        scheme = self.scheme(sigma)
        found = scheme.region(bounds, {} if isinstance(scheme, Gaussian) else _FACTS)
        return found.model_copy(update={"unit": UNIT}) if isinstance(found, Ball) else None

    def size(self, change: Numbers) -> Numbers:
        """The norm of changes (..., 2)."""
        order = {"l1": 1, "l2": 2, "linf": np.inf}[self.norm]
        return np.asarray(np.linalg.norm(change, ord=order, axis=-1))


class GaussianPlane(PlaneLaw):
    """N(0, 1) in each number."""

    key: ClassVar[str] = "Gaussian"

    def scheme(self, sigma: float) -> Scheme:
        """Cohen et al., ICML 2019."""
        return Gaussian(sigma=sigma)

    def draw(self, rng: np.random.Generator, count: int) -> Numbers:
        """NumPy's normal numbers."""
        return rng.standard_normal((count, 2))

    def below(self, z: Numbers) -> Numbers:
        """Phi."""
        from scipy.special import ndtr  # deferred: SciPy is slow to load

        return np.asarray(ndtr(z))


class LaplacePlane(PlaneLaw):
    """Density exp(-sqrt(2) |e|) / sqrt(2) in each number."""

    key: ClassVar[str] = "Laplace"

    def scheme(self, sigma: float) -> Scheme:
        """At lam = sigma / sqrt(2)."""
        return Laplace(norm=self.norm).at_deviation(sigma)

    def draw(self, rng: np.random.Generator, count: int) -> Numbers:
        """NumPy's Laplace numbers."""
        return rng.laplace(0.0, 1.0 / _ROOT_2, (count, 2))

    def below(self, z: Numbers) -> Numbers:
        """exp(sqrt(2) z) / 2 for z < 0, and its mirror image."""
        half = 0.5 * np.exp(-_ROOT_2 * np.abs(z))
        return np.where(z < 0, half, 1.0 - half)


class UniformPlane(PlaneLaw):
    """Uniform in (-sqrt(3), sqrt(3)) in each number."""

    key: ClassVar[str] = "uniform"

    def scheme(self, sigma: float) -> Scheme:
        """Of that deviation."""
        return Uniform(norm=self.norm).at_deviation(sigma)

    def draw(self, rng: np.random.Generator, count: int) -> Numbers:
        """NumPy's uniform numbers."""
        return rng.uniform(-_ROOT_3, _ROOT_3, (count, 2))

    def below(self, z: Numbers) -> Numbers:
        """A ramp."""
        return np.clip((z / _ROOT_3 + 1.0) / 2.0, 0.0, 1.0)


LAWS: tuple[PlaneLaw, ...] = (
    GaussianPlane("l2"),
    LaplacePlane("l1"),
    UniformPlane("l1"),
    LaplacePlane("linf"),
    UniformPlane("linf"),
)
"""What can be shown: a disc, two diamonds, two squares."""
