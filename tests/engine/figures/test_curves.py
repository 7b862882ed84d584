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
