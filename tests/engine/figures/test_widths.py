"""The share of inputs over the width rises by one input at a time."""

from __future__ import annotations

from engine.figures.widths import widths_figure


def test_a_rising_staircase() -> None:
    figure = widths_figure((2.0, 1.0), 4, claim="medians", unit="cells")
    (curve,) = figure.curves
    assert curve.points == ((0.0, 0.0), (1.0, 0.0), (1.0, 0.25), (2.0, 0.25), (2.0, 0.5))
    assert curve.name == "2 of 4 inputs bounded" and figure.x_name == "width (cells)"
    assert figure.x_range == (0.0, 2.0) and figure.subtitle == "medians"


def test_no_input_is_bounded() -> None:
    figure = widths_figure((), 3, claim="medians", unit="")
    assert figure.curves[0].points == ((0.0, 0.0),) and figure.x_name == "width"
