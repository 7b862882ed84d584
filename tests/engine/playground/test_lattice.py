from __future__ import annotations

import threading

import pytest

from engine.playground import lattice
from engine.playground.lattice import LatticeSide, lattice_sides


@pytest.mark.statistics
def test_float_noise_makes_a_false_claim_and_exact_noise_none():
    stop, found = threading.Event(), []
    for side in lattice_sides(stop):
        found.append((side.noise, side.false))
        assert side.distance == pytest.approx(3**0.5 * (1 - 117 / 255), rel=1e-6)
    assert found == [("float", True), ("exact", False)]


def test_the_first_side_is_told_as_soon_as_it_is_there():
    side = next(lattice_sides(threading.Event()))
    assert side.noise == "float" and side.false
    assert side.in_words().endswith("they are 0.938 apart: one of these claims is false.")


def test_it_ends_when_it_is_stopped(monkeypatch):
    stop = threading.Event()
    stop.set()
    assert list(lattice_sides(stop)) == []


@pytest.mark.parametrize(
    ("predictions", "radii", "false"),
    [
        (("lit", "dimmed"), (0.8, 0.1), False),
        (("lit", "dimmed"), (0.8, 0.2), True),
        (("lit", "dimmed"), (0.95, 0.0), False),
        (("lit", "lit"), (2.0, 2.0), False),
        (("lit", ""), (2.0, 0.0), False),
    ],
)
def test_claims_contradict_where_a_ball_holds_the_other_image(predictions, radii, false):
    side = LatticeSide("float", predictions, radii, 0.937)
    assert side.false is false
    assert ("false" in side.in_words()) is false
    assert lattice.N < 20_000
