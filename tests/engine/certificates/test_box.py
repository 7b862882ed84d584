"""l1 radii that use the box of the pixels, against the published code and brute force."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from engine.certificates.box import box_l1_radius, box_l1_required, deciding_rooms

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "l1_box.json").read_text(encoding="utf-8")
)
"""vvoracek/L1-smoothing at 65ad810, unmodified."""
ROOMS = {"all1": [1.0] * 200, "all.5": [0.5] * 200, "ramp": np.linspace(0.5, 1, 200).tolist()}


def test_published_radii_to_nine_digits() -> None:
    for lam, lead, name, radius in GOLDEN["rows"]:
        found = box_l1_radius((1 + lead) / 2, (1 - lead) / 2, ROOMS[name], lam=lam)
        assert found == pytest.approx(radius, rel=1e-9, abs=1e-12)


def test_no_change_within_the_rooms_does_better() -> None:
    """Every way to share out a budget on a fine grid keeps the cubes' overlap."""
    rooms, lam, lead = [0.4, 0.3, 0.25], 0.8, 0.6
    radius = box_l1_radius((1 + lead) / 2, (1 - lead) / 2, rooms, lam=lam)
    assert radius > lam * lead
    grid = [np.linspace(0, room, 25) for room in rooms]
    for change in itertools.product(*grid):
        overlap = np.prod([max(0.0, 1 - d / (2 * lam)) for d in change])
        if sum(change) < radius:
            assert 1 - overlap < lead / 2


def test_nothing_and_everything() -> None:
    assert box_l1_radius(0.4, 0.6, [1.0], lam=1.0) == 0.0
    assert box_l1_radius(1.0, 0.0, [0.1], lam=1.0) == float("inf")
    assert box_l1_radius(0.9, 0.1, [], lam=1.0) == float("inf")


def test_what_a_size_requires_is_what_reaches_it() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        rooms, lam = rng.uniform(0.5, 1, 12).tolist(), float(rng.uniform(0.6, 3))
        for p_lower in (0.6, 0.8, 0.97):
            radius = box_l1_radius(p_lower, 1 - p_lower, rooms, lam=lam)
            needed = box_l1_required(min(radius, sum(rooms)), rooms, lam=lam)
            assert needed == pytest.approx(p_lower, abs=1e-12) or radius == float("inf")
    assert box_l1_required(0.4, [1.0], lam=0.5) == pytest.approx(0.9)
    assert box_l1_required(0.6, [1.0], lam=0.5) > 1


def test_other_rooms_than_the_deciding_ones_change_nothing() -> None:
    rng = np.random.default_rng(4)
    for lam in (0.6, 2.0, 6.0):
        rooms = rng.uniform(0.5, 1, 200).tolist()
        few = deciding_rooms(rooms, lam=lam, least=0.5)
        assert len(few) < 40 and few == sorted(rooms, reverse=True)[: len(few)]
        for p_lower in (0.6, 0.99, 1.0):
            one, all_ = (box_l1_radius(p_lower, 1 - p_lower, r, lam=lam) for r in (few, rooms))
            assert one == all_ < float("inf")
