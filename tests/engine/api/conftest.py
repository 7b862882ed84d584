from __future__ import annotations

import pytest

from engine.api import Smoothed, smooth
from engine.schemes import Gaussian
from tests.networks import Linear


@pytest.fixture
def model() -> Smoothed:
    """A module in memory under Gaussian noise."""
    return smooth(Linear(), Gaussian(sigma=0.25), device="cpu")
