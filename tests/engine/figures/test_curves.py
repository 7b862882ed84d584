import pytest
from pydantic import ValidationError

from engine.figures.curves import Curve, CurveFigure


def test_a_figure_of_curves_needs_names_for_both_axes():
    curve = Curve(name="each row", points=((0.0, 1.0), (1.0, 0.0)))
    figure = CurveFigure(title="t", x_name="radius", y_name="share", curves=(curve,))
    assert not figure.log_x and figure.mark is None and not curve.dashed
    with pytest.raises(ValidationError, match="y_name"):
        CurveFigure(title="t", x_name="radius", curves=(curve,))


def test_no_point_is_infinite():
    with pytest.raises(ValidationError):
        Curve(name="c", points=((0.0, float("inf")),))


def test_the_value_at_a_place_is_that_before_a_fall_there():
    curve = Curve(name="c", points=((0.0, 1.0), (0.5, 1.0), (0.5, 0.4), (1.0, 0.4), (2.0, 0.0)))
    assert [curve.at(x) for x in (0.0, 0.25, 0.5, 0.75, 1.5, 2.0)] == [1, 1, 1, 0.4, 0.2, 0]
    assert curve.at(-0.1) is curve.at(2.1) is Curve(name="none", points=()).at(0.0) is None
