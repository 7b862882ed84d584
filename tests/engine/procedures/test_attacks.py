"""Attacks on real digits inside and far outside of what is certified.

What is certified of a digit is wrong with probability at most ALPHA = 0.001, and the smoothed model
is seen through SAMPLES votes. So an attack refutes a certificate only if its votes are so far from
what the certificate says that they would fall so with probability below ALLOWED = 1e-9. With
seven certificates and fewer than a thousand comparisons a sound program fails here with probability
below 0.01, nearly all of it the alpha of the certificates; the noise is fixed, so that it fails
always or never.
"""

from __future__ import annotations

from functools import cache
from math import comb
from statistics import NormalDist
from typing import NamedTuple

import pytest
import torch
from scipy.stats import binom

from engine.core.records import Votes
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.explain.image_examples import pixel_order
from engine.explain.presenter import Ready
from engine.inputs import fit, load_input
from engine.models import ModelRequest, load_model
from engine.models.base import Classifier
from engine.models.input_layout import layout
from engine.noise.gaussian import NoiseStream
from engine.procedures.certify import certify
from engine.regions import Count, Staircase
from engine.schemes import Scheme, parse_scheme

ALPHA, ALLOWED, SAMPLES, N = 0.001, 1e-9, 2000, 5000
CPU = torch.device("cpu")
MODELS = {
    "ablation": ("demo:digits-ablation", ("digits:4", "digits:15", "digits:17", "digits:52")),
    "hierarchical": ("demo:digits-hierarchical", ("digits:12", "digits:17", "digits:38")),
}
NORMAL = NormalDist()


class Case(NamedTuple):
    """A digit, its certificate, and what attacks it."""

    classifier: Classifier
    scheme: Scheme
    x: torch.Tensor
    evidence: Evidence

    @property
    def top(self) -> int:
        assert self.evidence.predicted_class is not None
        return self.evidence.predicted_class

    def votes(self, x: torch.Tensor) -> Votes:
        """The smoothed model at ``x``, with noise that no certificate has seen."""
        identity = self.classifier.identity
        shape = layout(self.scheme, identity, self.evidence.input)
        out = torch.empty((SAMPLES, *shape))
        self.scheme.noise().draw(x, NoiseStream(0xA77AC4, 77), 0, out)
        with torch.inference_mode():
            answers = self.classifier.classify(out)
        return Votes.from_sequence(torch.bincount(answers, minlength=10).tolist())


@cache
def cases(kind: str) -> tuple[Case, ...]:
    model, specs = MODELS[kind]
    classifier = load_model(ModelRequest(model))
    assert classifier.identity.training_scheme is not None
    scheme = parse_scheme(classifier.identity.training_scheme)
    settings = CertifySettings(scheme=scheme, n0=100, n=N, alpha=ALPHA, bound="two-class")
    return tuple(_case(classifier, settings, spec) for spec in specs)


def _case(classifier: Classifier, settings: CertifySettings, spec: str) -> Case:
    fitted = fit(load_input(spec), classifier.identity)
    running = certify(classifier, fitted, settings)
    while True:
        try:
            next(running)
        except StopIteration as end:
            return Case(classifier, settings.scheme, torch.from_numpy(fitted.pixels), end.value)


def check(case: Case, attacked: torch.Tensor, floor: float) -> None:
    """The answer stands, and so does the probability that the certificate promises for it."""
    votes = case.votes(attacked)
    top = votes.counts[case.top]
    for other in range(10):
        if other != case.top:
            both = top + votes.counts[other]
            assert binom.sf(votes.counts[other] - 1, both, 0.5) > ALLOWED
    assert binom.cdf(top, SAMPLES, max(floor, 0.0)) > ALLOWED


def changed(x: torch.Tensor, pixels: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """``x`` with other values in some pixels."""
    flat = x.flatten(1).clone()
    flat[:, pixels] = values
    return flat.view_as(x)


def greedy(case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixels by falling effect on the answer, and the direction that hurts it, (1, 64)."""
    shape = layout(case.scheme, case.classifier.identity, case.evidence.input)
    settings = CertifySettings(scheme=case.scheme)
    found = pixel_order(Ready(case.classifier, case.x, settings, shape, 5), case.top)
    assert found.how.startswith("greedy")
    return torch.from_numpy(found.order.copy()), torch.from_numpy(found.direction).flatten(1)


def ablation_attacks(case: Case, count: int) -> list[torch.Tensor]:
    """Random pixels of random values, inside and outside of [0, 1], and greedy extremes."""
    generator = torch.Generator().manual_seed(count)
    found = []
    for spread in (1.0, 20.0):
        pixels = torch.randperm(64, generator=generator)[:count]
        found.append(changed(case.x, pixels, spread * torch.rand(1, count, generator=generator)))
    order, direction = greedy(case)
    pixels = order[:count]
    for size in (1.0, 20.0):
        extreme = torch.where(direction[:, pixels] > 0, size, 1 - size)
        found.append(changed(case.x, pixels, extreme))
    return found


def strong_attacks(case: Case, count: int, epsilon: float) -> list[torch.Tensor]:
    """A change of l2 norm ``epsilon`` of random pixels, and of those with the largest effect."""
    generator = torch.Generator().manual_seed(count)
    order, direction = greedy(case)
    found = []
    for pixels, step in (
        (torch.randperm(64, generator=generator)[:count], torch.randn(1, 64, generator=generator)),
        (order[:count], direction),
    ):
        part = step[:, pixels]
        found.append(
            changed(case.x, pixels, case.x.flatten(1)[:, pixels] + epsilon * part / part.norm())
        )
    return found


@pytest.mark.thorough
def test_no_attack_on_as_many_pixels_as_ablation_certifies_changes_the_answer() -> None:
    reached = 0
    for case in cases("ablation"):
        region, bounds = case.evidence.region, case.evidence.bounds
        assert isinstance(region, Count) and bounds is not None
        keep = case.scheme.model_dump()["keep"]
        for count in range(1, region.most + 1):
            delta = 1 - comb(64 - count, keep) / comb(64, keep)
            for attacked in ablation_attacks(case, count):
                assert int((attacked != case.x).sum()) <= count
                check(case, attacked, bounds.p_lower - delta)
        reached += region.most
    assert reached >= 6


@pytest.mark.thorough
def test_no_attack_below_the_staircase_changes_the_answer() -> None:
    reached = 0
    for case in cases("hierarchical"):
        region, bounds = case.evidence.region, case.evidence.bounds
        assert isinstance(region, Staircase) and bounds is not None
        law = case.scheme.model_dump()
        for count, reach in enumerate(region.reach, 1):
            epsilon = 0.999 * reach
            keep = law["p"] ** count
            left = NORMAL.inv_cdf((bounds.p_lower - (1 - keep)) / keep)
            floor = keep * NORMAL.cdf(left - epsilon / law["sigma"])
            assert region.contains({"entities": count, "epsilon": epsilon})
            for attacked in strong_attacks(case, count, epsilon):
                change = attacked - case.x
                assert int((change != 0).sum()) <= count
                assert float(change.double().norm()) < reach
                check(case, attacked, floor)
        reached += len(region.reach)
    assert reached >= 15


@pytest.mark.parametrize("kind", MODELS)
def test_far_outside_the_same_attacks_do_change_it(kind: str) -> None:
    """The attacks above are no paper tigers."""
    fallen = 0
    for case in cases(kind):
        assert case.evidence.region is not None
        if kind == "ablation":
            assert not case.evidence.region.contains({"entities": 24})
            found = ablation_attacks(case, 24)
        else:
            assert not case.evidence.region.contains({"entities": 24, "epsilon": 4.0})
            found = strong_attacks(case, 24, 4.0)
        fallen += any(case.votes(attacked).top != case.top for attacked in found)
    assert fallen >= len(cases(kind)) - 1
