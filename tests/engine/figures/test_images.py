import numpy as np
import pytest

from engine.evidence.settings import CertifySettings
from engine.figures.images import bare_slice, has_slice
from engine.regions import Ball
from engine.schemes import parse_scheme
from tests.factories import make_evidence, make_input, make_slice_figure


def test_a_slice_is_for_balls_around_images():
    assert has_slice(make_evidence())
    assert not has_slice(make_evidence(input=make_input(kind="table")))
    hierarchical = CertifySettings(scheme=parse_scheme({"key": "hierarchical-gaussian"}))
    assert not has_slice(make_evidence(settings=hierarchical))


def test_a_slice_is_a_disc_unless_told_otherwise():
    figure = make_slice_figure()
    assert figure.norm == "l2" and figure.outline.shape == (0, 2)


def ball(norm: str, radius: float = 0.25) -> Ball:
    return Ball(norm=norm, radius=radius, unit="pixels in [0,1]")


@pytest.mark.parametrize(("norm", "order"), [("l1", 1), ("linf", np.inf)])
def test_a_ball_alone_has_its_shape_in_the_plane_of_two_coordinates(norm, order):
    """Every corner lies on the ball itself, by the definition of its norm."""
    figure = bare_slice(make_evidence(region=ball(norm)), ("a",) * 10, 0.5)
    assert np.linalg.norm(figure.outline, ord=order, axis=1) == pytest.approx(0.25)
    assert figure.extent >= 1.8 * 0.5 and (figure.base == -2).all()
    grown = figure.growing_to(ball(norm, 0.4))
    assert np.linalg.norm(grown.outline, ord=order, axis=1) == pytest.approx(0.4)
    assert grown.radius == 0.4 and grown.extent == figure.extent


def test_a_ball_whose_shape_on_the_plane_is_not_known_is_not_drawn_as_a_disc():
    figure = make_slice_figure()
    assert figure.growing_to(ball("l1")).radius is None
    assert figure.growing_to(None).radius is None
    assert figure.growing_to(ball("l2")).radius == 0.25
