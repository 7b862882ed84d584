"""One trained plane for all tests."""

from __future__ import annotations

import pytest

from engine.playground.base_classifier import trained


@pytest.fixture(scope="session")
def moons():
    return trained("moons", 0.25)[1]


@pytest.fixture(scope="session")
def ring():
    return trained("ring", 0.25)[1]
