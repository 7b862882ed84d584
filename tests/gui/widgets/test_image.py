"""Images: the array's own pixels, crisp, in proportion, with a caption that fits."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize

from gui.widgets.image import ImageView, _fitted, to_image

CHECKS = np.indices((4, 4)).sum(axis=0)[None].astype(np.float32) % 2


def test_grey_becomes_grey_and_colours_stay() -> None:
    image = to_image(CHECKS)
    assert image.pixelColor(1, 0).getRgb()[:3] == (255, 255, 255)
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 0)
    red = np.zeros((3, 2, 5), dtype=np.float32)
    red[0] = 1.0
    image = to_image(red)
    assert (image.width(), image.height()) == (5, 2)
    assert image.pixelColor(4, 1).getRgb()[:3] == (255, 0, 0)


def test_values_outside_and_nan_are_clipped_for_display() -> None:
    image = to_image(np.array([[[-2.0, 3.0, np.nan]]], dtype=np.float32))
    assert [image.pixelColor(x, 0).red() for x in range(3)] == [0, 255, 0]


def test_four_channels_show_their_mean() -> None:
    pixels = np.stack([np.full((2, 2), value, dtype=np.float32) for value in (0, 0, 1, 1)])
    assert to_image(pixels).pixelColor(0, 0).red() == 128


def test_it_paints_the_pixels_without_blur(qtbot) -> None:
    view = ImageView()
    qtbot.addWidget(view)
    view.resize(90, 100)
    view.show_pixels(CHECKS, "")
    view.show()
    target = view.target()
    shown = view.grab().toImage()
    ratio = shown.devicePixelRatio()
    cell = target.width() / 4
    for row in range(4):
        for column in range(4):
            x = target.left() + (column + 0.5) * cell
            y = target.top() + (row + 0.5) * cell
            level = shown.pixelColor(int(x * ratio), int(y * ratio)).red()
            assert level == 255 * CHECKS[0, row, column]


def test_the_image_keeps_its_proportions_and_stays_inside(qtbot) -> None:
    view = ImageView()
    qtbot.addWidget(view)
    view.resize(100, 200)
    view.show_pixels(np.zeros((1, 10, 40), dtype=np.float32), "wide")
    target = view.target()
    assert target.width() == pytest.approx(4 * target.height(), abs=4)
    assert view.rect().contains(target)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_small_enlargements_use_whole_device_pixels(ratio: float) -> None:
    device = _fitted(QSize(32, 32), QSize(80, 80), ratio).width() * ratio
    assert abs(device - 32 * round(device / 32)) < ratio
    assert device <= 80 * ratio


def test_a_long_caption_is_shortened_and_whole_in_the_tooltip(qtbot) -> None:
    view = ImageView()
    qtbot.addWidget(view)
    view.resize(80, 100)
    caption = "noisy: great white shark, man-eater"
    view.show_pixels(CHECKS, caption, detail="One noisy sample.")
    assert view.shown_caption().endswith("…") and view.shown_caption().count("\n") == 1
    assert view.toolTip() == f"{caption}\nOne noisy sample."
    assert view.accessibleName() == caption


def test_a_caption_takes_two_lines_before_it_is_cut(qtbot) -> None:
    view = ImageView()
    qtbot.addWidget(view)
    view.resize(100, 140)
    view.show_pixels(CHECKS, "changed: 7 (4 pixels)")
    assert view.shown_caption() == "changed: 7 (4\npixels)" and not view.toolTip()
    two, image = view.drawn(), view.target()
    view.show_pixels(CHECKS, "noisy: 7")
    assert view.shown_caption() == "noisy: 7"
    assert view.drawn().height() - view.target().height() < two.height() - image.height()
    assert view.rect().contains(two)


def test_nothing_to_show_paints_nothing(qtbot) -> None:
    view = ImageView("empty")
    qtbot.addWidget(view)
    view.resize(80, 100)
    assert view.target().isEmpty()
    assert not view.grab().isNull()
