"""The gain of a conversion, against Pillow's own resizing and against changes drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from engine.core.records import Fitting
from engine.inputs.base import ImageInput
from engine.inputs.fitting import fit
from engine.regions import Ball, CellMap, Count, Staircase
from engine.regions.conversion import bilinear, conversion, crop
from tests.factories import make_model

CASES = [
    ((1, 4, 4), (1, 8, 8)),
    ((1, 5, 7), (3, 8, 8)),
    ((3, 9, 6), (1, 4, 4)),
    ((3, 16, 12), (3, 6, 6)),
    ((1, 8, 8), (3, 8, 8)),
    ((3, 8, 10), (3, 8, 8)),
]


def fitted(pixels, shape):
    image = ImageInput("i", "i", "00" * 32, pixels.astype(np.float32))
    return fit(image, make_model(input_shape=shape))


def known(source, shape, levels=0):
    found = conversion(Fitting(steps=("x",), source=source, levels=levels), shape)
    assert found is not None
    return found


@pytest.mark.parametrize(("old", "new"), [(4, 8), (8, 4), (7, 5), (5, 7), (1, 6), (6, 1), (3, 3)])
def test_the_weights_are_pillows(old, new):
    unit = np.eye(old, dtype=np.float32)
    theirs = np.asarray(Image.fromarray(unit).resize((old, new), Image.Resampling.BILINEAR))
    assert np.abs(theirs - bilinear(old, new)).max() < 1e-6


@pytest.mark.parametrize(("source", "shape"), CASES)
def test_no_change_grows_by_more_and_no_pixel_reaches_further(source, shape):
    rng = np.random.default_rng(5)
    found = known(source, shape)
    for _ in range(100):
        clean = rng.random(source, dtype=np.float32)
        pixel = rng.integers(source[1]), rng.integers(source[2])
        change = np.zeros(source, dtype=np.float32)
        change[:, *pixel] = 1.0 - 2.0 * clean[:, *pixel]
        if rng.random() < 0.5:  # everywhere instead, and of one sign half of the time
            change = (0.5 - clean) * rng.random() if rng.random() < 0.5 else (1 - clean) * 0.9
        before, after = fitted(clean, shape).pixels, fitted(clean + change, shape).pixels
        moved = after.astype(np.float64) - before
        for norm, order in (("l1", 1), ("l2", 2), ("linf", np.inf)):
            size = np.linalg.norm(change.ravel().astype(np.float64), order)
            most = found.gain[norm] * size + found.slack[norm]
            assert np.linalg.norm(moved.ravel(), order) <= most
        if np.count_nonzero(change.any(axis=0)) == 1:
            assert np.count_nonzero(moved.any(axis=0)) <= found.spread


def test_the_gain_is_reached_where_it_is_known_in_closed_form():
    for source, shape, norm, gain in (
        ((1, 8, 8), (3, 8, 8), "l2", 3**0.5),
        ((1, 8, 8), (3, 8, 8), "l1", 3.0),
        ((3, 8, 8), (1, 8, 8), "l2", (0.299**2 + 0.587**2 + 0.114**2) ** 0.5),
        ((1, 8, 10), (1, 8, 8), "l2", 1.0),
        ((1, 4, 4), (1, 8, 8), "l2", 2.0),  # a step everywhere: four times the pixels
    ):
        assert known(source, shape).gain[norm] == pytest.approx(gain, rel=1e-8)
    assert known((1, 4, 4), (1, 8, 8)).spread == 16


def test_only_what_keeps_8_bits_keeps_them():
    for source, shape, levels, kept in (
        ((1, 8, 8), (3, 8, 8), 255, True),
        ((1, 8, 10), (1, 8, 8), 255, True),
        ((1, 8, 8), (3, 8, 8), 65535, False),
        ((3, 8, 8), (1, 8, 8), 255, False),
        ((1, 4, 4), (1, 8, 8), 255, False),
    ):
        assert known(source, shape, levels).grid is kept


def test_nothing_is_known_of_what_was_converted_or_is_no_image():
    assert conversion(Fitting(steps=("converted",)), (1, 8, 8)) is None
    assert conversion(Fitting(source=(1, 8, 8)), (12,)) is None


def test_the_crop_is_the_largest_with_the_models_proportions():
    assert [crop(8, 12, 8, 8), crop(12, 8, 4, 4), crop(5, 9, 2, 1)] == [(8, 8), (8, 8), (5, 2)]


def test_what_regions_say_of_the_file():
    enlarged = known((1, 4, 4), (1, 8, 8))
    ball = Ball(norm="l2", radius=0.315, unit="pixels in [0,1]")
    assert 0.1574 < ball.before(enlarged).radius < 0.1575
    assert Ball(norm="l2", radius=1e-9, unit="").before(enlarged).radius == 0.0

    def most(unit, count):
        return Count(term="entities", most=count, unit=unit).before(enlarged)

    # two changed pixels of the file are up to 32 of the model's
    assert (most("pixels", 31).most, most("pixels or nodes", 32).most) == (1, 2)
    assert most("words", 3) is None
    steps = Staircase(
        count_term="entities",
        first=1,
        strength_term="epsilon",
        reach=tuple(1.0 - 0.01 * r for r in range(1, 40)),
        norm="l2",
        unit="",
        things="pixels",
    )
    found = steps.before(enlarged)
    assert len(found.reach) == 2  # 16 and 32 of 39
    assert found.strength(2) == pytest.approx((1.0 - 0.32) / 2, abs=1e-5)
    words = steps.model_copy(update={"first": 0, "things": "words"})
    assert len(words.before(enlarged).reach) == 39
    assert steps.model_copy(update={"sigmas": (0.1, 0.2)}).before(enlarged) is None
    cells = CellMap(row_term="additions", column_term="deletions", layers=(((0.0,),),))
    assert cells.before(enlarged) is None
