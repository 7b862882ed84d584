from __future__ import annotations

from engine.figures.bounds import bounds_figure
from engine.figures.votes import votes_figure
from engine.report.plots import drawing
from tests.factories import (
    DIGITS,
    make_evidence,
    make_image_examples,
    make_region_figure,
    make_slice_figure,
)


def test_each_figure_finds_its_way() -> None:
    evidence = make_evidence()
    figures = (
        votes_figure(evidence, DIGITS),
        bounds_figure(evidence, DIGITS),
        make_slice_figure(),
        make_image_examples(),
        *(make_region_figure(kind) for kind in ("staircase", "cells", "count")),
    )
    kinds = ["votes", "bounds", "region", "examples", "map", "map", "counts"]
    assert [drawing(f).kind for f in figures] == kinds
    assert all(drawing(figure).alt for figure in figures)
