from __future__ import annotations

import io

import numpy as np
from PIL import Image

from engine.report import palette
from engine.report.drawing import render_figure
from engine.report.plots.base import hex_rgb
from engine.report.plots.slices import draw
from tests.factories import make_slice_figure


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def test_up_is_up() -> None:
    base = np.array([[7, 7], [2, 2]], dtype=np.int16)  # first row: v low
    ready = draw(make_slice_figure(base=base, smoothed=base))
    raster = pixels(ready.files["base.png"])
    assert tuple(raster[-1, 0]) == hex_rgb(palette.map_colour(0, dark=False))
    assert tuple(raster[0, 0]) == hex_rgb(palette.map_colour(1, dark=False))


def test_the_centres_class_has_the_first_colour_on_both_maps() -> None:
    legend = draw(make_slice_figure()).data["legend"]
    assert legend[0] == {"colour": palette.map_colour(0, dark=False), "text": "7"}


def test_disc_is_drawn_to_scale_and_labelled_rounded_down() -> None:
    data = draw(make_slice_figure(radius=0.2999999, extent=1.2)).data
    assert data["radius"] == 0.2999999 / 1.2 / 2
    assert data["claim"] == "certified: R = 0.299"


def test_a_disc_beyond_the_frame_is_said_to_be() -> None:
    data = draw(make_slice_figure(radius=2.0, extent=1.2)).data
    assert data["claim"] == "certified: R = 2.000, beyond the frame"
    for panel in data["panels"]:
        for label in panel["labels"]:
            assert abs(label["x"] - 0.5) > 0.2 or abs(label["y"] - 0.5) > 0.1


def test_a_map_without_votes_says_so() -> None:
    data = draw(make_slice_figure(smoothed_votes=0)).data
    assert [panel["title"] for panel in data["panels"]] == ["base classifier f"]
    assert data["note"] == "the smoothed classifier is not mapped"
    assert draw(make_slice_figure()).data["note"] == ""


def test_no_claim_no_disc() -> None:
    data = draw(make_slice_figure(radius=None)).data
    assert data["radius"] is None
    assert data["claim"] == "nothing is certified"
    assert data["title"].startswith("Decision maps")


def test_names_stand_inside_their_class_and_clear_of_the_disc() -> None:
    figure = make_slice_figure()
    for panel, cells in zip(
        draw(figure).data["panels"], (figure.base, figure.smoothed), strict=True
    ):
        assert {label["text"] for label in panel["labels"]} == {"7", "2", "5"}
        for label in panel["labels"]:
            row = int(label["y"] * cells.shape[0])
            column = int(label["x"] * cells.shape[1])
            assert figure.class_names[cells[row, column]] == label["text"]
            assert np.hypot(label["x"] - 0.5, label["y"] - 0.5) > 0.512 / 1.2 / 2


def test_more_classes_than_colours_share_the_last() -> None:
    base = np.arange(100, dtype=np.int16).reshape(10, 10)
    names = tuple(f"c{i}" for i in range(100))
    legend = draw(make_slice_figure(base=base, smoothed=base, class_names=names)).data["legend"]
    assert len(legend) == palette.ranks_with_colour() + 1
    assert legend[-1]["text"] == f"{100 - palette.ranks_with_colour()} other classes"


def test_marks_of_a_map_are_in_the_legend() -> None:
    base = np.array([[-1, -2], [7, 7]], dtype=np.int16)
    texts = [entry["text"] for entry in draw(make_slice_figure(base=base)).data["legend"]]
    assert texts[-2:] == ["no class", "not computed"]


def test_dots_outside_the_frame_are_left_out() -> None:
    samples = np.array([[0.0, 0.0], [9.0, 0.0]], dtype=np.float32)
    assert draw(make_slice_figure(samples=samples)).data["dots"] == [[0.5, 0.5]]


def test_a_ball_of_another_norm_has_its_own_outline() -> None:
    corners = np.array([[0.6, 0.0], [0.0, 0.3], [-0.6, 0.0], [0.0, -0.3]], dtype=np.float32)
    ready = draw(make_slice_figure(norm="l1", outline=corners, radius=0.3, extent=1.2))
    assert ready.data["outline"][0] == [0.75, 0.5] and ready.data["outline"][1] == [0.5, 0.625]
    assert ready.data["claim"] == "certified: R = 0.299 (l1)"
    assert draw(make_slice_figure()).data["outline"] == []
    svg = render_figure(make_slice_figure(norm="l1", outline=corners, radius=0.3), "svg")
    assert svg.startswith(b"<svg")


def test_a_slice_is_measured_in_the_unit_of_its_ball() -> None:
    assert draw(make_slice_figure()).data["subtitle"] == "l2 distance, pixels in [0,1]"
    unit = "standard deviations of their columns"
    assert draw(make_slice_figure(unit=unit)).data["subtitle"] == f"l2 distance, {unit}"
