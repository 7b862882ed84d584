import numpy as np
import pytest

from engine.figures import Wording
from engine.regions import Ball
from tests.factories import make_words_figure


def test_words_and_marks_in_words():
    one = Wording(words=("wash", "▯", "cup"), marks=("replaced", "masked", ""))
    assert one.text() == "wash ▯ cup"
    assert one.told() == "1 replaced, 1 masked"
    assert Wording(words=("wash",), marks=("",)).told() == ""


def test_an_attack_replaces_the_first_words_and_moves_the_image_by_its_size():
    figure = make_words_figure(imaged=True)
    changed = figure.changed({"words": 2.0, "epsilon": 0.3})
    assert changed.words == ("burn", "the", "house", "now")
    assert changed.marks == ("replaced", "", "replaced", "")
    assert np.linalg.norm(changed.image - figure.original.image) == pytest.approx(0.3, abs=1e-5)
    assert not changed.clipped
    assert figure.changed({"words": 0.0, "epsilon": 90.0}).clipped


def test_a_text_alone_has_no_image_and_answers_belong_to_their_change():
    figure = make_words_figure()
    changed = figure.changed({"words": 1.0})
    assert changed.image is None and changed.marks.count("replaced") == 1
    assert changed.answer == "safe"
    assert figure.changed({"words": 2.0}).answer == "unsafe"
    assert figure.changed({"words": 3.0}).answer == ""


def test_terms_of_other_regions_say_nothing_about_words():
    figure = make_words_figure()
    ball = Ball(norm="l2", radius=1.0, unit="x")
    assert figure.model_copy(update={"region": ball}).changed({"radius": 0.5}) is None
    assert figure.model_copy(update={"attack": None}).changed({"words": 1.0}) is None
