"""Figures as files and in a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.api import Plot
from engine.core.errors import UserError
from engine.figures.curves import Curve, CurveFigure


def test_it_is_shown_and_saved(tmp_path: Path) -> None:
    curve = Curve(name="a", points=((0.0, 1.0), (1.0, 0.5)))
    drawn = Plot(CurveFigure(title="Shares", x_name="x", y_name="y", curves=(curve,)))
    assert drawn._repr_svg_() == drawn.svg() and drawn.svg().startswith("<svg")
    for ending, first in (("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("csv", b"")):
        data = drawn.save(tmp_path / f"p.{ending}").read_bytes()
        assert data and data.startswith(first)
    with pytest.raises(UserError, match="ending"):
        drawn.save("p.gif")
