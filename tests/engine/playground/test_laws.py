from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from engine.core.records import ProbabilityBounds
from engine.noise.gaussian import NoiseStream
from engine.noise.streams import Stream
from engine.playground.laws import LAWS


def bounds(p: float) -> ProbabilityBounds:
    return ProbabilityBounds(
        method="m", alpha=0.001, n=9, top=0, p_lower=p, p_upper=1 - p, valid=True, basis="b"
    )


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.title)
def test_draws_here_and_of_the_catalogue_follow_the_stated_law(law):
    here = 0.7 * law.draw(np.random.default_rng(2), 4000)
    there = torch.empty((4000, 2))
    source = NoiseStream(7, Stream.PREVIEW, torch.device("cpu"))
    law.scheme(0.7).noise().draw(torch.zeros(2), source, 0, there)
    for drawn in (here, there.numpy().astype(np.float64)):
        assert kstest(drawn.ravel() / 0.7, law.below).pvalue > 1e-4
        assert drawn.std() == pytest.approx(0.7, rel=0.05)
        assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.08


@pytest.mark.parametrize(
    ("law", "radius"),
    [
        (LAWS[0], 0.5 * 1.2815515655446004),
        (LAWS[1], -0.5 / math.sqrt(2) * math.log(0.2)),
        (LAWS[2], 2 * 0.5 * math.sqrt(3) * 0.4),
        (LAWS[4], 2 * 0.5 * math.sqrt(3) * (1 - math.sqrt(0.6))),
    ],
    ids=lambda value: getattr(value, "title", ""),
)
def test_regions_are_those_of_the_papers(law, radius):
    found = law.region(0.5, bounds(0.9))
    assert found is not None and found.norm == law.norm and found.unit == "plane"
    assert found.radius == pytest.approx(radius, rel=1e-9)
    assert law.region(0.5, bounds(0.5)) is None


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.title)
def test_no_region_goes_beyond_a_base_classifier_that_divides_the_plane(law):
    """f = class 1 right of a line that leaves p = 0.9: g turns where the line is reached."""
    turn = np.linspace(-4, 4, 400_001)
    edge = turn[np.searchsorted(law.below(turn), 0.9)] * 0.5
    found = law.region(0.5, bounds(0.9))
    assert found is not None and found.radius <= edge + 1e-4


def test_sizes_are_norms():
    change = np.array([3.0, -4.0])
    assert {law.norm: float(law.size(change)) for law in LAWS} == {
        "l2": 5.0,
        "l1": 7.0,
        "linf": 4.0,
    }
