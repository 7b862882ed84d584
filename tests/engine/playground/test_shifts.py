from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.core.records import ProbabilityBounds
from engine.noise.gaussian import NoiseStream
from engine.noise.streams import Stream
from engine.playground.plane import Plane
from engine.playground.run import Plan, Run, exact_at
from engine.playground.shifts import SHIFTS, SIDE, nearest_shift, shifted_image
from engine.schemes.translation import Translation

PLAN = Plan(law=SHIFTS, sigma=1.0)


@pytest.fixture(scope="module")
def shifted():
    return shifted_image()


def test_a_cell_has_the_class_of_the_image_so_moved(shifted):
    """By the catalogue's own noise: the images it draws have the classes of their cells."""
    image = torch.from_numpy(shifted.image)[None]
    out = torch.empty((400, 1, SIDE, SIDE))
    stream = NoiseStream(3, Stream.PREVIEW, torch.device("cpu"))
    Translation(sigma=2.0).noise().draw(image, stream, 0, out)
    cells = {
        shifted.moved((right, up)).tobytes(): int(
            shifted.plane.classify(np.array([[right, up]], dtype=float))[0]
        )
        for right in range(-5, 6)
        for up in range(-5, 6)
    }
    drawn = [one.numpy()[0].tobytes() for one in out]
    assert len(cells) == SIDE * SIDE and set(drawn) <= cells.keys()
    assert len({cells[one] for one in drawn}) > 1
    shares = np.bincount([cells[one] for one in drawn], minlength=3) / len(drawn)
    exact = exact_at(shifted.plane, Plan(law=SHIFTS, sigma=2.0), (0.0, 0.0)).probabilities
    assert np.abs(shares - exact).max() < 0.1


def test_the_plane_is_periodic_and_its_masses_are_whole(shifted):
    plane, spots = shifted.plane, np.array([[1.0, -2.0], [1.0 + SIDE, -2.0 - 2 * SIDE]])
    assert len(set(plane.classify(spots).tolist())) == 1
    found = plane.probabilities_at(SHIFTS, 1.5, spots)
    assert found.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert found[0] == pytest.approx(found[1], abs=1e-12)


def test_the_region_is_that_of_the_scheme(shifted):
    bounds = ProbabilityBounds(
        method="m", alpha=0.001, n=9, top=0, p_lower=0.9, p_upper=0.1, valid=True, basis="b"
    )
    region, want = SHIFTS.region(1.5, bounds), Translation(sigma=1.5).region(bounds)
    assert region is not None and want is not None and region.radius == want.upper
    assert SHIFTS.region(1.5, bounds.model_copy(update={"p_lower": 0.5, "p_upper": 0.5})) is None


def test_no_certified_shift_changes_g(shifted):
    done = Run(shifted.plane, PLAN, (0.0, 0.0)).finish()
    exact = exact_at(shifted.plane, PLAN, (0.0, 0.0))
    assert done.claimed is not None and exact.region is not None and done.bounds is not None
    assert done.claimed.radius < exact.region.radius
    inside = [
        (float(right), float(up))
        for right in range(-5, 6)
        for up in range(-5, 6)
        if np.hypot(right, up) < exact.region.radius
    ]
    assert len(inside) > 4
    assert set(shifted.plane.smoothed(SHIFTS, 1.0, np.array(inside)).tolist()) == {exact.top}


def test_halves_are_rounded_as_the_cells_are(shifted):
    assert np.array_equal(shifted.moved((0.5, -0.4)), shifted.moved((1.0, 0.0)))
    brightest = np.argwhere(shifted.image == shifted.image.max())[0]
    moved = np.argwhere(shifted.moved((1.0, 2.0)) == shifted.image.max())
    assert ((brightest + np.array([-2, 1])) % SIDE).tolist() in moved.tolist()


def test_the_nearest_shift_that_turns_g_is_found_by_trying_all(shifted):
    found = nearest_shift(shifted.plane, PLAN.sigma, (0.0, 0.0))
    assert found is not None
    every = np.array([(right, up) for right in range(-5, 6) for up in range(-5, 6)], dtype=float)
    other = shifted.plane.smoothed(SHIFTS, PLAN.sigma, every) != 0
    assert np.hypot(*found) == np.hypot(*every[other].T).min()
    constant = Plane(np.zeros((3, 3), np.int16), 1.5, ("a", "b"), periodic=True)
    assert nearest_shift(constant, 1.0, (0.0, 0.0)) is None
