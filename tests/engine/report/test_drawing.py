from __future__ import annotations

import io

import numpy as np
import pypdf
import pytest
from PIL import Image

from engine.figures.bounds import BoundsFigure, bounds_figure
from engine.figures.examples import Example
from engine.figures.media import ImageMedium
from engine.figures.votes import votes_figure
from engine.report.drawing import render_figure
from engine.report.plots import Figure
from engine.schemes import parse_scheme
from tests.factories import (
    DIGITS,
    make_evidence,
    make_image,
    make_image_examples,
    make_region_figure,
    make_slice_figure,
    make_snapshot,
)

LONG = tuple(f"{'w' * 80} {i} 日本" for i in range(1000))


def many_classes() -> Figure:
    estimation = list(range(1000))
    evidence = make_evidence(
        class_names=LONG, selection=[0] * 999 + [100], estimation=estimation, failures=7
    )
    return votes_figure(evidence, LONG)


FIGURES: dict[str, Figure] = {
    "votes": votes_figure(make_evidence(), DIGITS),
    "votes, running": votes_figure(make_snapshot(), DIGITS),
    "votes, none yet": votes_figure(make_evidence(estimation=[1] + [0] * 9), DIGITS),
    "votes, 1000 classes": many_classes(),
    "bounds": bounds_figure(make_evidence(), DIGITS),
    "bounds, provisional": bounds_figure(
        make_snapshot(bound="clopper-pearson", n_plan=1_000_000), DIGITS
    ),
    "bounds, none yet": BoundsFigure(points=(), n_plan=1, method="live", top_name=""),
    "bounds, one vote": bounds_figure(
        make_evidence(estimation=[0] * 7 + [1, 0, 0], n_plan=1), DIGITS
    ),
    "region": make_slice_figure(),
    "region, not computed": make_slice_figure(
        base=np.full((1, 1), -2, np.int16), smoothed=np.full((1, 1), -2, np.int16)
    ),
    "region, nothing certified": make_slice_figure(
        radius=None, center_class=None, samples=np.zeros((0, 2), np.float32)
    ),
    "region, disc beyond the frame": make_slice_figure(radius=5.0, class_names=LONG),
    "staircase": make_region_figure("staircase"),
    "staircase, nothing certified": make_region_figure("staircase", share=0.4),
    "count": make_region_figure("count"),
    "count, provisional": make_region_figure("count", bound="clopper-pearson"),
    "cells": make_region_figure("cells", n=10_000),
    "cells, by layers": make_region_figure(
        "cells", scheme=parse_scheme({"key": "hierarchical-sparse", "p": 0.81})
    ),
    "examples": make_image_examples(),
    "examples, nothing certified": make_image_examples(region=None, changes=()),
    "examples, colour": make_image_examples(
        original=Example.clean((ImageMedium.of(make_image(3, 32)),)), samples=(), changes=()
    ),
}


@pytest.mark.walk
@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("dark", [False, True])
def test_every_figure_in_every_format(name: str, dark: bool) -> None:
    figure = FIGURES[name]
    with Image.open(io.BytesIO(render_figure(figure, "png", dark=dark))) as image:
        assert image.width > 900
        corner = image.convert("RGB").getpixel((3, 3))
    assert isinstance(corner, tuple)
    assert (sum(corner) < 200) == dark
    svg = render_figure(figure, "svg", dark=dark)
    assert svg.startswith(b"<svg")
    pdf = render_figure(figure, "pdf", dark=dark)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    assert render_figure(figure, "pdf", dark=dark) == pdf


@pytest.mark.walk
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_drawn_outside_the_margin(name: str) -> None:
    with Image.open(io.BytesIO(render_figure(FIGURES[name], "png"))) as image:
        ink = np.asarray(image.convert("L")) < 250
    margin = 25  # of the 43 pixels that five millimetres have
    assert ink.any()
    assert not ink[:margin].any()
    assert not ink[-margin:].any()
    assert not ink[:, :margin].any()
    assert not ink[:, -margin:].any()


def test_a_bar_is_as_long_as_its_share() -> None:
    """Pixels of two bars, counted on the image."""
    half = make_evidence(estimation=[0] * 7 + [60_000, 40_000, 0])
    with Image.open(io.BytesIO(render_figure(votes_figure(half, DIGITS), "png"))) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    lengths = []
    for colour in ((0x1F, 0x5F, 0xD6), (0x8B, 0x97, 0xA8)):
        solid = (np.abs(pixels - colour) < 3).all(axis=2)
        rows = solid.sum(axis=1)
        lengths.append(np.median(rows[rows > 100]))  # most rows with much of it are the bar
    assert lengths[0] / lengths[1] == pytest.approx(60 / 40, rel=0.02)
