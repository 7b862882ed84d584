from __future__ import annotations

import numpy as np
import pytest

from engine.regions import Count
from tests.factories import (
    make_graph_examples,
    make_image_examples,
    make_pixel_examples,
    make_row_examples,
    make_text_examples,
)

EVERY = [
    make_image_examples,
    make_graph_examples,
    make_text_examples,
    lambda **facts: make_text_examples(imaged=True, **facts),
    make_row_examples,
]
COUNT = Count(term="words", most=2, unit="words")


@pytest.mark.parametrize("make", EVERY)
def test_every_certified_change_is_shown_with_its_answer(make) -> None:
    figure = make()
    assert figure.changes
    for change, answer in zip(figure.changes, figure.answers, strict=True):
        changed = figure.changed(change)
        assert changed.answer == answer and changed.caption.startswith(f"changed: {answer} (")
        assert figure.attack.how in changed.note
    middle = figure.changes[len(figure.changes) // 2]
    assert figure.middle().caption == figure.changed(middle).caption


@pytest.mark.parametrize("make", EVERY)
def test_without_an_attack_or_a_region_nothing_is_changed(make) -> None:
    change = make().changes[0]
    for missing in ({"attack": None}, {"region": None}):
        assert make(**missing).changed(change) is None
    assert make(changes=()).middle() is None


def test_captions_say_whether_a_change_is_certified() -> None:
    figure = make_text_examples(region=COUNT, answers=("safe",))
    for words, caption in (
        (1.0, "changed: safe (1 word)"),
        (2.0, "changed: 2 words"),
        (3.0, "not certified: 3 words"),
    ):
        assert figure.changed({"words": words}).caption == caption


def test_the_size_of_a_balls_change_is_rounded_down() -> None:
    figure = make_image_examples(changes=({"radius": 0.4999999},), answers=())
    assert figure.middle().caption == "changed: l2 norm 0.499"
    assert figure.middle().note.endswith("adversarial direction; shown clipped to [0, 1]")


def test_a_text_and_its_image_change_together() -> None:
    figure = make_text_examples(imaged=True)
    image, words = figure.changed({"words": 2.0, "epsilon": 0.3}).media
    assert words.words == ("burn", "the", "house", "now")
    assert words.marks == ("replaced", "", "replaced", "")
    moved = image.pixels - figure.original.media[0].pixels
    assert np.linalg.norm(moved) == pytest.approx(0.3, abs=1e-5) and not image.clipped
    assert "clipped" in figure.changed({"words": 0.0, "epsilon": 90.0}).note


def test_notes_tell_what_happened_and_to_which_sample() -> None:
    notes = [one.note for one in make_row_examples().samples]
    assert notes == [
        "sample 1; 2 numbers moved, 1 field replaced",
        "sample 2; 2 numbers moved",
        "sample 3",
    ]
    change = {"entities": 2.0, "additions": 2.0, "deletions": 1.0}
    changed = make_graph_examples().changed(change)
    assert changed.note == "node 12: +1 feature; node 3: +1 feature, -1; greedy"
    assert changed.listed(1) == "node 12: +1 feature; 1 more"
    assert make_text_examples().original.spoken() == "The text 'wash the cup now'"
    assert make_row_examples().original.spoken() == "The input"


def test_everything_is_in_the_order_it_is_told() -> None:
    names = [one.name for one in make_row_examples().everything()]
    assert names[:2] == ["input", "noisy sample 1"]
    assert names[-2:] == ["changed: 0 fields, l2 norm 0.999", "changed: 1 field, l2 norm 0.499"]


@pytest.mark.parametrize("kind", ["staircase", "count", "cells"])
def test_pixels_are_marked_where_a_change_touches_them(kind: str) -> None:
    figure = make_pixel_examples(kind)
    assert figure.changes == figure.region.changes()
    touched = [figure.changed(change).media[0].places.sum() for change in figure.changes]
    assert len(set(touched)) > 1
