import threading

import numpy as np
import pytest

from engine.evidence.settings import CertifySettings
from engine.explain.directions import SliceAxes
from engine.explain.slices import explore
from engine.figures.images import SliceFigure
from engine.regions import Ball
from tests.factories import make_settings
from tests.fakes import HalfSpace, finish, fitted


def ball(norm: str) -> Ball:
    return Ball(norm=norm, radius=0.25, unit="pixels in [0,1]")


def figure(kind: str, threshold: float = 0.3, **changes) -> SliceFigure:
    values = {"region": ball("l2"), "center_class": 0, "budget_seconds": 60.0, **changes}
    towards = fitted(1.0) if kind == "towards" else None
    axes = SliceAxes(kind=kind, towards=towards)
    return finish(explore(HalfSpace(threshold), fitted(), CertifySettings(), axes=axes, **values))


def test_the_adversarial_slice_shows_the_half_space_where_it_is():
    """Along the normal the boundary of f (and, by symmetry, of g) is the line u = 0.3."""
    found = figure("adversarial")
    assert found.axes == ("adversarial direction", "random direction")
    side = found.base.shape[0]
    u = (np.arange(side) + 0.5) * 2 * found.extent / side - found.extent
    clear = np.abs(u - 0.3) > 0.03
    expected = np.broadcast_to((u > 0.3)[clear], (side, int(clear.sum())))
    assert (found.base[:, clear] == expected).mean() > 0.98
    coarse = found.smoothed
    cells = (np.arange(coarse.shape[0]) + 0.5) * 2 * found.extent / coarse.shape[0] - found.extent
    assert (coarse[:, cells < 0.1] == 0).mean() > 0.95
    assert (coarse[:, cells > 0.5] == 1).all()


def test_the_disc_fits_into_the_image():
    assert figure("random").extent >= 1.8 * 0.25


def test_towards_another_input_reaches_it():
    found = figure("towards")
    assert found.axes[0] == "towards flat"
    assert found.extent >= 8.0


def test_refines_progressively_and_obeys_a_stop():
    stop = threading.Event()
    running = explore(
        HalfSpace(0.3), fitted(), CertifySettings(), region=None, center_class=None, stop=stop
    )
    first = next(running)
    assert first.base.shape == (1, 1) and first.radius is None
    second = next(running)
    assert second.base.shape == (9, 9)
    stop.set()
    assert finish(running).base.shape == (9, 9)


def test_dots_are_projections_of_the_noise():
    dots = figure("random").samples
    assert dots.shape == (120, 2)
    assert dots.std() == pytest.approx(0.25, rel=0.2)


@pytest.mark.parametrize(("norm", "order"), [("l1", 1), ("linf", np.inf)])
def test_in_the_plane_of_two_pixels_balls_are_a_diamond_and_a_square(norm, order):
    found = figure("pixels", region=ball(norm))
    assert np.linalg.norm(found.outline, ord=order, axis=1) == pytest.approx(0.25, rel=1e-5)
    assert found.axes == ("one number of the image", "another")
    u, v = found.samples.T
    assert np.hypot(u, v).std() > 0 and abs(np.corrcoef(u, v)[0, 1]) < 0.4


@pytest.mark.parametrize(("norm", "order"), [("l1", 1), ("linf", np.inf)])
def test_a_ball_of_another_norm_has_its_own_outline(norm, order):
    """Along the first axis, which is a pixel's, both norms are the distance itself."""
    found = figure("adversarial", region=ball(norm))
    assert found.norm == norm and found.radius == 0.25
    u, v = found.outline[0]
    assert abs(u) == pytest.approx(0.25, rel=1e-3) and v == pytest.approx(0.0, abs=1e-6)
    assert found.extent > np.abs(found.outline).max()
    lengths = np.hypot(*found.outline.T)
    assert (lengths <= 0.25 + 1e-6).all() if norm == "l1" else (lengths >= 0.25 - 1e-6).all()
    assert figure("random").outline.size == 0


@pytest.mark.parametrize("values", [{"scheme": {"key": "dssn-l1"}}, {"noise": "exact", "seed": 1}])
def test_an_image_off_the_grid_is_mapped_as_it_is_certified(values):
    """0.1004 is no multiple of 1/255; a run certifies the rounded image, and so does its map."""
    settings = make_settings(values)
    ball = Ball(norm="l1", radius=0.2, unit="pixels in [0,1]")
    found = finish(
        explore(
            HalfSpace(0.3),
            fitted(0.1004),
            settings,
            region=ball,
            center_class=0,
            budget_seconds=60.0,
        )  # fmt: skip
    )
    assert found.base.shape == (65, 65) and found.radius == 0.2
    counted = settings.law.samples is not None
    assert found.samples.shape == ((0, 2) if counted else (120, 2))
    assert (found.smoothed_votes == 0) == counted
