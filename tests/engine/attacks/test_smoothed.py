"""Votes and slopes of a smoothed half space, whose shares are known."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from scipy.stats import norm

from engine.attacks.smoothed import Smoothed
from engine.noise.gaussian import NoiseStream
from engine.noise.streams import Stream
from engine.schemes import Gaussian
from tests.fakes import SHAPE, HalfSpace, fitted

SIGMA = 0.25
STOP = threading.Event()


class Closed(HalfSpace):
    """The same without gradients."""

    differentiable = False


def smoothed(model: HalfSpace, samples: int = 2000) -> Smoothed:
    cpu = torch.device("cpu")
    source = NoiseStream(7, int(Stream.ATTACK), cpu)
    law = Gaussian(sigma=SIGMA).noise()
    return Smoothed(model, law, source, shape=SHAPE, device=cpu, samples=samples, stop=STOP)


def test_the_lead_is_that_of_the_shares_and_the_noise_is_fixed() -> None:
    one = smoothed(HalfSpace(0.5))
    x = fitted(0.3).arrays
    true = 2 * norm.cdf(0.2 / SIGMA) - 1
    assert one.lead(x, 0) == pytest.approx(true, abs=0.06)  # four deviations of 2,000 votes
    assert one.lead(x, 0) == one.lead(x, 0) == -one.lead(x, 1)
    assert one.looks == 8000


@pytest.mark.parametrize("model", [HalfSpace(0.5), Closed(0.5)])
def test_the_slope_points_across_the_boundary(model: HalfSpace) -> None:
    slope = smoothed(model).slope(fitted(0.45).arrays, 0)
    assert slope is not None
    first = slope.flat[0] / np.linalg.norm(slope)
    assert first > (0.999 if model.differentiable else 0.85)


def test_nothing_is_known_where_no_vote_is_lost_or_the_model_reads_more_than_the_image() -> None:
    far = smoothed(Closed(9.0), samples=100)
    assert far.slope(fitted(0.0).arrays, 0) is None
    told = smoothed(HalfSpace(0.5))
    told.shape = (2, 8, 8)
    assert told.slope(fitted(0.0).arrays, 0) is None
