from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.figures.examples import Example
from engine.figures.media import GraphMedium, ImageMedium, NodeTouch
from gui.plots.example_boxes import Boxes
from gui.style import theme as themes
from gui.widgets.image import to_image
from tests.factories import (
    make_graph_examples,
    make_image_examples,
    make_pixel_examples,
    make_text_examples,
)


@pytest.fixture
def show(qtbot):
    """Shows a figure in boxes of a size, with the change in the middle."""

    def show(figure, width: int = 420, height: int = 420, boxes: Boxes | None = None) -> Boxes:
        if boxes is None:
            boxes = Boxes()
            qtbot.addWidget(boxes)
        boxes.resize(width, height)
        boxes.show()
        boxes.show_examples(figure.original, figure.samples)
        boxes.show_changed(figure.middle())
        QApplication.processEvents()
        return boxes

    return show


def all_of(boxes: Boxes):
    return (boxes.original, *boxes.noisy, boxes.perturbed)


def test_images_and_captions(show) -> None:
    figure = make_image_examples()
    boxes = show(figure)
    shown = [figure.original, *figure.samples, figure.middle()]
    for box, example in zip(all_of(boxes), shown, strict=True):
        (view,) = box.views
        assert view.image == to_image(example.media[0].pixels)
        assert box.caption == view.caption == example.caption
        assert view.toolTip().endswith(example.note)


def test_an_abstention_has_no_changed_image(show) -> None:
    boxes = show(make_image_examples(region=None, changes=()))
    assert not boxes.perturbed.isVisible() and boxes.changed is None
    assert boxes.original.isVisible() and all(box.isVisible() for box in boxes.noisy)
    assert show(make_image_examples(), boxes=boxes).perturbed.isVisible()


def test_one_row_when_wide_two_when_square_three_when_high(show) -> None:
    boxes = show(make_image_examples(), 900, 220)
    assert len({box.y() for box in all_of(boxes)}) == 1
    show(make_image_examples(), 300, 330, boxes)
    assert boxes.original.y() == boxes.perturbed.y() < boxes.noisy[0].y()
    assert len({box.y() for box in boxes.noisy}) == 1
    show(make_image_examples(), 240, 500, boxes)
    assert boxes.original.y() < boxes.noisy[0].y() < boxes.perturbed.y()
    assert all(boxes.rect().contains(box.geometry()) for box in all_of(boxes))


def test_fewer_samples_leave_no_old_image(show) -> None:
    figure = make_image_examples()
    boxes = show(figure)
    show(make_image_examples(samples=figure.samples[:1]), boxes=boxes)
    assert [box.isVisible() for box in boxes.noisy] == [True, False, False]


def test_what_was_touched_is_pointed_out(show) -> None:
    theme, places = themes.current(), np.eye(8, dtype=bool)
    grey = np.full((1, 8, 8), 0.5, dtype=np.float32)
    for touch, color in (("noised", theme.accent), ("taken away", theme.muted)):
        media = (ImageMedium.of(grey, places, touch),)
        boxes = show(make_image_examples(samples=(Example.noisy(1, media, "7"),)))
        (view,) = boxes.noisy[0].views
        assert view.mark.color == color and view.mark.hatched == (touch == "taken away")
        assert f"pixels were {touch}" in view.toolTip()
    boxes = show(make_pixel_examples("count"))
    assert boxes.noisy[0].views[0].mark is None
    assert boxes.perturbed.views[0].mark.color == theme.runner_up


def test_a_pair_has_its_image_beside_every_line(show) -> None:
    boxes = show(make_text_examples(imaged=True), 360, 340)
    for box in all_of(boxes):
        image, words = box.views
        assert image.isVisible() and image.image is not None
        assert image.geometry().right() < words.geometry().left()
        assert boxes.rect().contains(box.geometry())
    assert len({box.x() for box in all_of(boxes)}) == 1
    assert boxes.noisy[0].views[1].caption == "noisy: safe (1 masked)"
    assert boxes.perturbed.views[1].ink == "runner_up"
    show(make_text_examples(), 360, 340, boxes)
    assert [len(box.views) for box in all_of(boxes)] == [1] * 5


def test_a_change_of_a_graph_is_drawn_over_the_input(show) -> None:
    boxes = show(make_graph_examples())
    assert not boxes.original.isVisible()
    (view,) = boxes.perturbed.views
    assert view.drawing.rings.nodes == {1} and view.drawing.legend
    (noisy,) = boxes.noisy[0].views
    assert noisy.drawing.rings.nodes == {1, 3} and not noisy.drawing.legend
    show(make_graph_examples(region=None), boxes=boxes)
    assert boxes.original.isVisible() and not boxes.perturbed.isVisible()


def test_graphs_stand_beside_each_other_when_wide_below_when_not(show) -> None:
    boxes = show(make_graph_examples(), 900, 300)
    places = [box.x() for box in (boxes.perturbed, *boxes.noisy)]
    assert places == sorted(places) and boxes.noisy[0].y() == boxes.perturbed.y()
    show(make_graph_examples(), 300, 420, boxes)
    assert boxes.perturbed.geometry().bottom() < boxes.noisy[0].y()
    assert all(boxes.rect().contains(box.geometry()) for box in boxes.noisy)


def test_nodes_that_were_taken_away_are_hollow(show) -> None:
    around = make_graph_examples().original.media[0].around
    gone = GraphMedium(around=around, touches=(NodeTouch(position=2),), touch="taken away")
    boxes = show(make_graph_examples(samples=(Example.noisy(1, (gone,), "Officer"),)))
    (view,) = boxes.noisy[0].views
    assert view.drawing.rings.hollow
    assert "1 of 4 nodes taken away" in view.accessibleDescription()


def test_a_denoised_image_stands_beside_the_noisy_one_in_the_same_size(show):
    figure = make_image_examples()
    seen = ImageMedium.of(np.zeros((1, 8, 8)), touch="denoised")
    pairs = [Example.noisy(i + 1, (*one.media, seen), "7") for i, one in enumerate(figure.samples)]
    boxes = show(figure.model_copy(update={"samples": tuple(pairs)}))
    for box in boxes.noisy[: len(pairs)]:
        noisy, denoised = box.views
        assert abs(noisy.width() - denoised.width()) <= 1
        assert box.caption == "denoised: 7"
        assert denoised.geometry().right() <= box.width()
    rows = {box.y() for box in boxes.noisy[: len(pairs)]}
    assert len(rows) >= len(pairs) / 2


def test_texts_are_as_many_as_have_room_for_a_line_of_words(show) -> None:
    figure = make_text_examples()
    figure = figure.model_copy(update={"samples": figure.samples[:1] * 6})
    boxes = show(figure, 240, 230)
    shown = [box for box in boxes.noisy if box.isVisible()]
    assert 1 <= len(shown) < 6
    assert all(box.views[0].placed() for box in (*shown, boxes.original, boxes.perturbed))
    show(figure, 240, 700, boxes)
    assert all(box.isVisible() for box in boxes.noisy)
    show(figure, 240, 230, boxes)
    assert [box for box in boxes.noisy if box.isVisible()] == shown


def test_a_sample_bears_the_colour_and_hatch_of_its_own_class(show, qtbot) -> None:
    figure, theme, boxes = make_image_examples(), themes.current(), Boxes()
    qtbot.addWidget(boxes)
    samples = tuple(
        Example.noisy(i, figure.samples[0].media, str(answered)).model_copy(
            update={"answered": answered}
        )
        for i, answered in enumerate((7, 1, -1))
    )
    boxes.show_examples(figure.original, samples, 7)
    boxes.show_changed(None)
    own, other, none = (box.stripe for box in boxes.noisy)
    assert own == (theme.accent, theme.class_pattern(7, chosen=True))
    assert other == (theme.class_color(1), theme.class_pattern(1)) and other != own
    assert none[0] == theme.muted and boxes.original.stripe is None
    boxes.show_examples(figure.original, samples, None)  # before the run has chosen a class
    assert all(box.stripe is None for box in boxes.noisy)
