"""Attacks on every scheme of light and geometry: none succeeds inside what is certified.

The classifiers are linear, so that searches find losses where there are any; three images and
classifiers each. Each of the 48 certificates may be wrong with alpha 0.01, so that one failure in
two whole runs would be no surprise; the seeds are fixed.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.attacks.attack import attacked
from engine.attacks.plan import AttackPlan, refusal
from engine.evidence.settings import ExactSettings, Execution, declared
from engine.procedures.beginning import begin
from engine.procedures.certify import certify
from engine.schemes import (
    SCHEMES,
    Blur,
    Brightness,
    ContrastBrightness,
    IndividualRotation,
    IndividualTranslation,
    NestedRotation,
    NestedTranslation,
    Rotation,
    Scaling,
    Translation,
    TranslationBlack,
)
from engine.schemes.heuristic import Heuristic
from engine.schemes.nested import Nested
from engine.schemes.translation_black import displacements
from engine.verify.attacks import check_attack
from tests.fakes import HalfSpace, finish, fitted

CPU = Execution(device="cpu", batch=500)
PLAN = AttackPlan(samples=400, n=1000)
FAMILY = (
    Brightness(sigma_b=0.3),
    ContrastBrightness(sigma_k=0.3, sigma_b=0.2),
    Blur(law="exponential", lam=1.0),
    Blur(law="uniform", a=4.0),
    Blur(law="folded-normal", s=1.0),
    Translation(sigma=0.7),
    NestedRotation(sigma_gamma=10.0, sigma=0.5, error=1.0, reach=2.0, rho=0.0),
    NestedTranslation(sigma_gamma=1.0, sigma=1.0, error=0.2),
    IndividualRotation(sigma_gamma=10.0, sigma=1.0, error=0.3, reach=0.5, rho=0.0),
    IndividualTranslation(sigma_gamma=1.0, sigma=1.0, error=0.2, low_pass=1.5),
    Rotation(sigma=0.3, degrees=30),
    Scaling(sigma=0.3, scale=0.2, with_brightness=0.02),
)
"""Rotation and scaling beside what is known exactly of every angle: ``test_ranges``."""

RANKED = (
    Brightness(sigma_b=0.3, top_k=2),
    ContrastBrightness(sigma_k=0.3, sigma_b=0.2, top_k=2),
    Blur(law="exponential", lam=1.0, top_k=2),
    Translation(sigma=0.7, top_k=2),
)

_SLACK = dict.fromkeys((one.key for one in FAMILY if isinstance(one, Nested)), 2.5)
"""How far the threshold lies above what the image itself has."""


class Linear(HalfSpace):
    """Class 0 iff a weighted sum of the pixels is below the threshold."""

    def __init__(self, weights: np.ndarray, threshold: float) -> None:
        super().__init__(threshold)
        self.weights = torch.from_numpy(weights.astype(np.float32))

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        margin = self.threshold - torch.einsum("nchw,chw->n", batch, self.weights)
        return torch.stack((margin, -margin), dim=1)


def smooth(rng: np.random.Generator) -> np.ndarray:
    """Few waves, so that interpolating it twice changes little."""
    down, right = np.mgrid[0:8, 0:8] * np.pi / 4
    shift = rng.uniform(0, 6, 2)
    return (0.5 + 0.2 * np.sin(right + shift[0]) + 0.2 * np.cos(down + shift[1]))[None]


def test_every_scheme_of_the_family_is_attacked():
    """But those that certify nothing, and the one that has tried every change itself."""
    known = {one.key for one in SCHEMES if one.family == "semantic"}
    left = {one.key for one in SCHEMES if issubclass(one, Heuristic)} | {TranslationBlack.key}
    assert {one.key for one in FAMILY} == known - left


@pytest.mark.statistics
@pytest.mark.parametrize("scheme", FAMILY, ids=lambda one: one.key)
def test_no_attack_succeeds_inside_what_is_certified(scheme):
    certified = 0
    for seed in range(3):
        rng = np.random.default_rng(seed)
        given = fitted()
        given.arrays[0][...] = smooth(rng)
        weights = rng.normal(size=(1, 8, 8)) / 8
        at = float((weights * given.arrays[0]).sum())
        model = Linear(weights, at + _SLACK.get(scheme.key, 0.8))
        run = {"n0": 50, "n": 2000, "alpha": 0.01, "seed": seed}
        settings = declared("certify", scheme, run)
        evidence = finish(begin(model, given, settings, execution=CPU))
        again = attacked(evidence, model, given, PLAN, execution=CPU)
        if evidence.region is None:
            continue
        certified += 1
        assert again.attack is not None and again.attack.outcome != "not tried"
        assert not again.contradicted and check_attack(again, evidence.region) == []
    assert certified


def test_every_shift_over_black_that_is_certified_keeps_the_class():
    """Nothing is to be searched: the certificate itself has tried every shift."""
    scheme, rng = TranslationBlack(reach=2), np.random.default_rng(0)
    kept = 0
    for seed in range(6):
        given = fitted()
        given.arrays[0][...] = rng.random((1, 8, 8))
        model = Linear(rng.normal(size=(1, 8, 8)) / 8, 0.1 * seed)
        evidence = finish(certify(model, given, ExactSettings(scheme=scheme), execution=CPU))
        assert "tried every shift" in refusal(evidence) or evidence.predicted_class is None
        x, answers = given.arrays[0], set()
        for down, right in displacements(2):
            moved = np.zeros_like(x)
            for i in range(8):
                for j in range(8):
                    if 0 <= i - down < 8 and 0 <= j - right < 8:
                        moved[0, i, j] = x[0, i - down, j - right]
            answers.add(int(model.scores(torch.from_numpy(moved)[None]).argmax()))
        assert (evidence.region is not None) == (len(answers) == 1)
        kept += evidence.region is not None
    assert 0 < kept < 6


class Three(Linear):
    """Class 0 below the threshold, as before; above it two others, by another sum of pixels."""

    def __init__(self, weights: np.ndarray, threshold: float, others: np.ndarray) -> None:
        super().__init__(weights, threshold)
        self.identity = self.identity.model_copy(update={"class_names": ("a", "b", "c")})
        self.others = torch.from_numpy(others.astype(np.float32))

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        margin = super().scores(batch)[:, 0]
        side = torch.einsum("nchw,chw->n", batch, self.others)
        return torch.stack((margin, -margin + side, -margin - side), dim=1)


@pytest.mark.statistics
@pytest.mark.parametrize("scheme", RANKED, ids=lambda one: one.key)
def test_no_attack_takes_a_certified_place_among_the_first_two(scheme):
    for seed in range(3):
        rng = np.random.default_rng(seed)
        given = fitted()
        given.arrays[0][...] = smooth(rng)
        weights, others = rng.normal(size=(2, 1, 8, 8)) / 8
        model = Three(weights, float((weights * given.arrays[0]).sum()) + 0.3, others)
        settings = declared("certify", scheme, {"n0": 50, "n": 2000, "alpha": 0.01, "seed": seed})
        evidence = finish(begin(model, given, settings, execution=CPU))
        assert evidence.region is not None
        again = attacked(evidence, model, given, PLAN, execution=CPU)
        assert again.attack is not None and again.attack.outcome != "not tried"
        assert not again.contradicted and check_attack(again, evidence.region) == []
