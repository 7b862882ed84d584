"""Frames are painted where they lie in the image, and dots where the answer is."""

from __future__ import annotations

import numpy as np

from engine.figures.places import Place
from gui.style import theme as themes
from gui.widgets.image import ImageView


def ink(view: ImageView, x: float, y: float) -> str:
    """The colour at a place of the image, in its own pixels."""
    target = view.target()
    across, down = (target.width() / view.image.width(), target.height() / view.image.height())
    at = (round(target.left() + x * across), round(target.top() + y * down))
    return view.grab().toImage().pixelColor(*at).name()


def test_a_frame_and_a_dot_for_a_keypoint_and_frames_for_boxes(qtbot) -> None:
    view, theme = ImageView(), themes.current()
    qtbot.addWidget(view)
    view.resize(240, 240)
    places = [
        Place(name="nose", outer=(2, 2, 6, 6), at=(4, 4, 4, 4)),
        Place(name="car", outer=(9, 9, 40, 14), at=(10, 10, 12, 12)),
    ]
    view.show_pixels(np.zeros((1, 16, 16), dtype=np.float32), "", frames=places)
    assert ink(view, 4, 4) == ink(view, 2, 4) == theme.accent.lower()
    assert ink(view, 9, 12) == ink(view, 11, 10) == theme.runner_up.lower()
    assert ink(view, 3, 3) == ink(view, 1, 8) == "#000000"
    view.show_pixels(np.zeros((1, 16, 16), dtype=np.float32), "")
    assert ink(view, 4, 4) == "#000000"
