"""l1 radii that use the box of the pixels, against the published code and brute force."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from engine.certificates.box import box_l1_radius

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
