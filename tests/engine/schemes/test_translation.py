from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.special import ndtr, ndtri

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.schemes.translation import Translation, displacement
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SCHEME = Translation(sigma=1.5)


def wrapped_law(sigma: float, side: int) -> np.ndarray:
    """(side, side) law of the rounded normal shift on a torus."""
    steps = np.arange(-20 * side, 20 * side + 1)
    single = ndtr((steps + 0.5) / sigma) - ndtr((steps - 0.5) / sigma)
    line = np.bincount(steps % side, weights=single, minlength=side)
    return np.outer(line, line)


def least(law: np.ndarray, other: np.ndarray, p: float) -> float:
    """The least that ``other`` gives a set of at least p under ``law``; the last cell in part."""
    order = np.argsort((other / law).ravel())
    held, moved = law.ravel()[order], other.ravel()[order]
    before = np.cumsum(held) - held
    return float((moved * np.clip((p - before) / held, 0, 1)).sum())


def test_no_set_of_shifts_falls_below_one_half_inside_the_radius():
    """Neyman-Pearson by hand over all sets of places of a torus, wrapped attacks among them."""
    for sigma, side in ((0.7, 5), (1.5, 7), (4.0, 8), (2.0, 18)):
        law = wrapped_law(sigma, side)
        for v in itertools.product(range(side), repeat=2):
            if not any(v):
                continue
            short = math.hypot(*(min(step, side - step) for step in v))
            required = Translation(sigma=sigma).required_probability({"shift": short})
            assert required == pytest.approx(ndtr(short / sigma))
            moved = np.roll(law, v, axis=(0, 1))
            assert least(law, moved, required) >= 0.5 - 1e-9
            if side == 18 and short < 6:  # and it is not far from the truth
                assert least(law, moved, required - 0.12) < 0.5


def test_the_radius_is_that_of_the_formula_and_rounded_down(bounds):
    for p in (0.500001, 0.8, 1 - 1e-9):
        region = SCHEME.region(bounds(p))
        exact = 1.5 * ndtri(p)
        assert 0 < region.upper < exact and region.upper == pytest.approx(exact, rel=1e-9)
    both = SCHEME.region(bounds(0.8, 0.1)).upper
    assert both == pytest.approx(0.75 * (ndtri(0.8) - ndtri(0.1)))
    assert SCHEME.region(bounds(0.5)) is None
    assert "no shift of this image below 1.262 (l2 norm in pixels, whole in each direction, wr" in (
        SCHEME.region(bounds(0.8)).clause("image")
    )


def test_pixels_are_moved_and_come_in_again(draw):
    x = torch.arange(12.0).view(1, 3, 4)
    out = draw(SCHEME, x, 400)
    assert torch.equal(out, draw(SCHEME, x, 400, batch=77))
    places = out.flatten(1).argmax(1)
    for sample, place in zip(out[:50], places[:50], strict=True):
        down, right = int(place) // 4 - 2, int(place) % 4 - 3
        assert torch.equal(sample, torch.roll(x, (down, right), dims=(1, 2)))
    assert len(set(places.tolist())) == 12
    colours = draw(SCHEME, torch.stack((x[0], -x[0])), 5)
    assert torch.equal(colours[:, 0], -colours[:, 1])


def test_noise_on_a_shifted_image_is_noise_that_is_moved(draw):
    x = torch.rand(2, 6, 5)
    attacked = torch.from_numpy(SCHEME.transformed(x.numpy(), {"shift": 3.2}))
    assert displacement(3.2) == (1, 3) and torch.equal(attacked, torch.roll(x, (1, 3), (1, 2)))
    moved = torch.roll(draw(SCHEME, x, 20), (1, 3), dims=(2, 3))
    assert torch.equal(draw(SCHEME, attacked, 20), moved)


def test_displacements_are_within_their_norm():
    for size in (0.0, 0.9, 1.0, 1.5, 5.0, 7.3, 1000.0):
        assert math.hypot(*displacement(size)) <= size


@pytest.mark.parametrize("given", [{"sigma": 0.0}, {"sigma": 1000}])
def test_a_sigma_out_of_range_is_refused(given):
    with pytest.raises(UserError, match="sigma must be"):
        Translation(**given)


def test_a_run_has_true_evidence():
    settings = CertifySettings(scheme=SCHEME, n0=10, n=400)
    found = finish(certify(HalfSpace(0.2), fitted(), settings, at=("shift=1", "shift=90")))
    assert found.certified_at == {"shift=1": True, "shift=90": False}
    assert found.noise.arithmetic == "exact integers" and found.noise.table_sha256
    assert all(one.verdict == "holds" for one in check_counts(recount_of(found)))
