from __future__ import annotations

import numpy as np
import pytest

from engine.core.outputs import OutputInterval, Outputs
from engine.evidence.settings import MeasureSettings
from engine.figures.places import claimed, places_figure
from engine.schemes import Gaussian
from tests.factories import make_evidence

PIXELS = np.zeros((1, 32, 16), dtype=np.float32)


def between(name: str, low: float | None, middle: float | None, high: float | None):
    return OutputInterval(name=name, lower=low, median=middle, upper=high)


def test_a_cell_is_drawn_where_it_lies_on_the_image() -> None:
    """Heatmaps of 8 rows and 4 columns on 32 by 16 pixels: a cell has 4 by 4 pixels."""
    outputs = Outputs(kind="keypoints", names=("nose",), unit="cells", grid=(8, 4))
    intervals = [between("nose x", 1, 2, 2), between("nose y", 3, 3, 4)]
    figure = places_figure(outputs, intervals, "claim", PIXELS)
    (place,) = figure.places
    assert place.outer == (4.0, 12.0, 12.0, 20.0)
    assert place.at == (10.0, 14.0, 10.0, 14.0)
    assert figure.bounded == "2 of 2 outputs bounded"


def test_a_box_stays_between_the_least_corner_and_the_greatest() -> None:
    outputs = Outputs(kind="boxes", names=("car",), unit="pixels")
    intervals = [
        between("left", 1, 2, 3),
        between("top", 4, 5, 6),
        between("right", 7, 8, 9),
        between("bottom", 10, 11, 12),
    ]
    (place,) = places_figure(outputs, intervals, "claim", PIXELS).places
    assert place.outer == (1.0, 4.0, 9.0, 12.0) and place.at == (2.0, 5.0, 8.0, 11.0)


def test_an_interval_without_an_end_has_no_frame() -> None:
    outputs = Outputs(kind="keypoints", names=("nose",), unit="pixels")
    intervals = [between("nose x", None, 2, None), between("nose y", 3, None, 4)]
    (place,) = places_figure(outputs, intervals, "claim", PIXELS).places
    assert place.outer is None and place.at is None


@pytest.mark.parametrize("pixels", [None, PIXELS])
def test_plain_numbers_have_no_place(pixels: np.ndarray | None) -> None:
    figure = places_figure(Outputs(kind="numbers", names=("age",)), [], "claim", pixels)
    assert figure.places == ()


def test_a_figure_is_like_another_that_shows_the_same() -> None:
    outputs = Outputs(kind="numbers", names=("age",))
    one = places_figure(outputs, [between("age", 1, 2, 3)], "claim", PIXELS)
    assert one.like(places_figure(outputs, [between("age", 1, 2, 3)], "claim", PIXELS))
    assert not one.like(places_figure(outputs, [between("age", 1, 2, 4)], "claim", PIXELS))
    assert not one.like(None)


def test_the_claim_names_the_size_of_the_change() -> None:
    settings = MeasureSettings(scheme=Gaussian(sigma=0.5), epsilon=0.25)
    assert claimed(settings) == "medians under every change of l2 norm at most 0.25"
    assert claimed(make_evidence().settings) == ""
    assert claimed(settings.model_copy(update={"epsilon": 0.12345678})).endswith(" 0.12345678")
