from __future__ import annotations

import numpy as np
import pytest

from engine.figures.examples import Example
from engine.figures.media import CellsMedium, GraphMedium, ImageMedium, NodeTouch, WordsMedium
from engine.inputs.coding import Column
from tests.factories import COLUMNS, make_graph_examples

GREY = np.full((1, 2, 2), 0.5, dtype=np.float32)


def test_what_lies_outside_is_clipped_for_the_eye() -> None:
    assert not ImageMedium.of(GREY).clipped
    shown = ImageMedium.of(GREY * np.array([[3.0, -1.0], [1.0, 1.0]]))
    assert shown.clipped and shown.pixels.ravel().tolist() == [1.0, 0.0, 0.5, 0.5]
    assert shown.pixels.dtype == np.float32


def test_an_image_that_a_screen_shows_as_plain_says_why() -> None:
    pixels = np.linspace(0.0, 0.5, 9, dtype=np.float32).reshape(1, 3, 3)
    for moved, why in ((pixels - 1.2, "dark"), (pixels + 1.2, "bright")):
        assert ImageMedium.of(moved).unseen == f"too {why} to show"
        seen = Example.noisy(1, (ImageMedium.of(moved),), "7")
        assert seen.caption == f"noisy: 7; too {why} to show"
    for seen in (pixels, pixels + 0.7, np.full((1, 3, 3), -1.0), np.zeros((1, 3, 3))):
        assert ImageMedium.of(seen).unseen == ""


def test_an_image_that_a_screen_shows_as_a_plain_colour_says_why() -> None:
    pixels = np.linspace(0.0, 0.5, 27, dtype=np.float32).reshape(3, 3, 3)
    moved = pixels + np.array([1.2, -1.2, -1.2], dtype=np.float32)[:, None, None]
    assert ImageMedium.of(moved).unseen == "too bright or too dark to show"
    assert ImageMedium.of(moved + np.array([0.0, 0.9, 0.0])[:, None, None]).unseen == ""
    flat = np.array([1.5, -0.5, 0.2])[:, None, None] * np.ones((3, 2, 2))
    assert ImageMedium.of(flat).unseen == ""  # nothing of it is hidden


def test_an_images_marks_in_words() -> None:
    places = np.ones((2, 2), dtype=bool)
    for touch, words in (
        ("noised", "outlined pixels were noised"),
        ("taken away", "hatched pixels were taken away"),
        ("changed", ""),
    ):
        assert ImageMedium.of(GREY, places, touch).told() == words
    assert ImageMedium.of(GREY, None, "noised").told() == ""


def test_words_and_marks_in_words() -> None:
    one = WordsMedium(words=("wash", "▯", "cup"), marks=("replaced", "masked", ""))
    assert one.text() == "wash ▯ cup"
    assert one.told() == "1 replaced, 1 masked"
    assert WordsMedium(words=("wash",), marks=("",)).told() == ""


def test_cells_are_in_the_tables_own_words_and_units_and_marked_one_by_one() -> None:
    clean = ((1.0, 0.0), (1, 0))
    for row, shown, told in (
        (clean, ["4000", "dark", "quiet", "5.00"], ""),
        (
            ((1.5, -0.2), (1, 2)),
            ["▲ 4500", "dark", "whistle", "▼ 4.90"],
            "2 numbers moved, 1 field replaced",
        ),
        (((0.0, 0.0), (1, 0)), ["▼ 3000", "dark", "quiet", "5.00"], "1 number moved"),
    ):
        medium = CellsMedium.of(COLUMNS, row, clean)
        assert [cell.shown() for cell in medium.cells] == shown
        assert medium.told() == told
    cells = CellsMedium.of(COLUMNS, ((1.5, -0.2), (1, 2)), clean).cells
    assert [cell.mark for cell in cells] == ["raised", "", "replaced", "lowered"]
    assert [cell.told() for cell in cells] == ["4500 (+500)", "dark", "whistle", "4.90 (-0.10)"]


@pytest.mark.parametrize(
    ("scale", "text"), [(1824.0, "5063"), (8.8, "5063.4"), (0.81, "5063.37"), (0.01, "5063.370")]
)
def test_numbers_are_as_fine_as_a_tenth_of_their_deviation(scale: float, text: str) -> None:
    column = Column("x", mean=5063.37, scale=scale)
    (cell,) = CellsMedium.of([column], ((0.0,), ()), ((0.0,), ())).cells
    assert cell.text == text and cell.value == 5063.37


def test_a_touch_in_words() -> None:
    for added, removed, words in (
        (2, 1, "+2 features, -1"),
        (1, 3, "+1 feature, -3"),
        (1, 0, "+1 feature"),
        (0, 1, "-1 feature"),
        (0, 5, "-5 features"),
        (0, 0, "no feature"),
    ):
        assert NodeTouch(position=0, added=added, removed=removed).words() == words


def test_noised_nodes_are_counted_and_changed_ones_listed() -> None:
    figure = make_graph_examples()
    (noised,), (clean,) = figure.samples[0].media, figure.original.media
    assert isinstance(noised, GraphMedium)
    assert clean.told() == ""
    assert noised.told() == "2 of 4 nodes noised: +1 features, -2"
    gone = noised.model_copy(update={"touch": "taken away"})
    assert gone.told() == "2 of 4 nodes taken away"
    changed = noised.model_copy(update={"touch": "changed"})
    assert changed.told() == "node 3: +1 feature, -2; node 8: no feature"
    assert changed.told(1) == "node 3: +1 feature, -2; 1 more"
    nothing = changed.model_copy(update={"touches": ()})
    assert nothing.told() == "no flip within these limits helps the attack"
