"""Transformations of images whose turning points can be worked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.attacks.attack import attacked
from engine.attacks.parameters import (
    _ray,
    _scale,
    directions,
    nearest_parameters,
)
from engine.attacks.plan import AttackPlan, transforms
from engine.attacks.search import Goal
from engine.evidence.settings import CertifySettings, Execution
from engine.procedures.certify import certify
from engine.schemes import Blur, ContrastBrightness, Gaussian, Scheme, Translation
from engine.verify.attacks import check_attack
from tests.fakes import HalfSpace, finish, fitted

CPU = Execution(device="cpu", batch=500)
PLAN = AttackPlan(samples=400, n=2000)


def found(scheme: Scheme, given: Any) -> dict[str, float]:
    """The change that an attack finds beside a certificate, which lies outside of that."""
    model = HalfSpace(0.5)
    settings = CertifySettings(scheme=scheme, n0=50, n=2000, seed=1)
    evidence = finish(certify(model, given, settings, execution=CPU))
    again = attacked(evidence, model, given, PLAN, execution=CPU)
    assert evidence.region is not None and again.attack is not None
    assert again.attack.outcome == "found" and again.attack.perturbation is not None
    assert not again.contradicted and check_attack(again) == []
    return again.attack.perturbation


def spot() -> Any:
    """An image that is black but for its first pixel."""
    given = fitted(0.9)
    given.arrays[0][...] = 0.0
    given.arrays[0].flat[0] = 0.9
    return given


def test_a_gain_or_a_brightness_takes_the_lead() -> None:
    """The first number is 0.1, and 0.5 the border: a gain of 5, or 0.4 more, or some of both."""
    change = found(ContrastBrightness(sigma_k=0.3, sigma_b=0.2), fitted(0.1))
    assert change["gain"] * (0.1 + change["brightness"]) == pytest.approx(0.5, rel=0.15)


def test_a_blur_takes_a_spot_away() -> None:
    change = found(Blur(law="exponential", lam=0.3), spot())
    assert 0 < change["blur"] < 3


def test_the_shortest_shift_takes_a_spot_away() -> None:
    assert found(Translation(sigma=0.3), spot()) == {"shift": 1.0}


def test_rays_go_out_from_no_change_by_levels_of_the_noise() -> None:
    scheme = ContrastBrightness(sigma_k=0.3, sigma_b=0.2)
    assert transforms(scheme) and not transforms(Gaussian())
    scale = _scale(scheme, [0.3, 0.2])
    rays = [_ray(scheme, scale, direction) for direction in directions(scheme)]
    moves = [ray(1.0) for ray in rays]
    assert len(moves) == 8  # four alone, four pairs
    assert moves[0] in ({"gain": np.exp(0.3), "brightness": 0.0}, {"gain": 1.0, "brightness": 0.2})
    assert all(ray(0.0) == {"gain": 1.0, "brightness": 0.0} for ray in rays)
    assert [_ray(Blur(lam=0.5), _scale(Blur(), [0.5]), one)(2.0) for one in directions(Blur())] == [
        {"blur": 1.0}
    ]


def test_slopes_find_a_nearer_pair_than_the_eight_directions() -> None:
    """Lost is what lies behind a line at a slant: nearest to it is its foot, 0.5 away."""
    normal = np.array([np.cos(0.4), np.sin(0.4)])

    class Slanted:
        """Sees log-gain and shift in levels of the noise, from the image of 1 and of 0."""

        def lead(self, arrays: Any, top: int) -> float:
            shifted, black = arrays[0].astype(float).ravel()
            place = np.array([np.log(shifted - black) / 0.3, black / (shifted - black) / 0.2])
            return float(0.5 - normal @ place)

        def slope(self, arrays: Any, top: int) -> Any:
            x, h = arrays[0].astype(float), 1e-6
            steps = h * np.eye(2).reshape(2, *x.shape)
            return np.array([-(self.lead((x + s,), 0) - self.lead((x - s,), 0)) / (2 * h)
                             for s in steps]).reshape(x.shape)  # fmt: skip

    class Euclid(ContrastBrightness):
        """Nearest is what is nearest in levels of the noise."""

        def required_probability(self, perturbation: Any, facts: Any = None) -> float:
            return float(np.hypot(np.log(perturbation["gain"]) / 0.3,
                                  perturbation["brightness"] / 0.2))  # fmt: skip

    image = np.array([1.0, 0.0], dtype=np.float32).reshape(1, 1, 2)
    goal: Any = Goal(Slanted(), (image,), 0, 0.0, lambda x: x, 0)  # type: ignore[arg-type]
    found = nearest_parameters(goal, Euclid(sigma_k=0.3, sigma_b=0.2), [0.3, 0.2], {})
    assert found is not None and found.moves is not None and "slopes" in found.how
    assert Euclid().required_probability(found.moves(0)) == pytest.approx(0.5, rel=0.02)
