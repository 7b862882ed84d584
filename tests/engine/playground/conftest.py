"""One trained plane for all tests."""

from __future__ import annotations

import pytest

from engine.playground.base_classifier import train
from engine.playground.scenes import scene


@pytest.fixture(scope="session")
def moons():
    return train(scene("moons"), sigma=0.25)


@pytest.fixture(scope="session")
def ring():
    return train(scene("ring"), sigma=0.25)
