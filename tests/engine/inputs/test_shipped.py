from __future__ import annotations

import hashlib

import numpy as np
import pytest
from sklearn.datasets import load_digits as original

from engine.core.errors import UserError
from engine.demos.data import aircraft, digits, letters, signs
from engine.inputs import expand, load_input
from engine.inputs.base import PairInput
from engine.inputs.shipped import SETS, claims, gallery, load


def test_a_digit_knows_its_label():
    image, source = load("digits:1204"), original()
    assert (image.name, image.source) == ("digit 1204", "digits:1204")
    assert image.label == source.target[1204] and image.label_name == str(image.label)
    assert np.array_equal(image.pixels[0] * 16, source.images[1204])


@pytest.mark.parametrize(
    ("part", "note"),
    [
        ("train", ("the shipped models were trained on this scan",)),
        ("validation", ("this scan helped to choose the shipped models",)),
        ("test", ()),
    ],
)
def test_a_scan_says_whether_the_shipped_models_have_seen_it(part, note):
    index = digits.split()[part][0]
    assert digits.part_of(index) == part
    assert load(f"digits:{index}").notes == note


def test_changing_one_loaded_digit_leaves_the_next_alone():
    load("digits:3").pixels[:] = 9
    assert load("digits:3").pixels.max() <= 1


def test_sets_stand_for_what_no_shipped_model_was_trained_on():
    counts = {
        "digits": 400,
        "commands": 200,
        "letters": 200,
        "filter": 160,
        "aircraft": 200,
    }
    for name, count in counts.items():
        specs = expand(name)
        assert len(specs) == count and expand(f"{name}:") == specs
        assert not load(specs[-1]).notes and load(specs[-1]).source == specs[-1]
        assert expand(f"{name}:7") == [f"{name}:7"]
        assert claims(name) and claims(f"{name}:7") and not claims(f"{name}.png")
    for name, room in (("commands", signs), ("letters", letters), ("aircraft", aircraft)):
        assert load(f"{name}:{room.TRAINED_FROM}").notes
    assert [load(spec).label for spec in gallery()[:10]] == list(range(10))


def test_there_are_only_so_many():
    said = {
        "digits": ("digit", "1,796", "digits:0"),
        "digits16": ("digit", "1,796", "digits16:0"),
        "cifar10": ("image", "7", "cifar10:0"),
        "commands": ("image", "99,999", "commands:5"),
        "aircraft": ("image", "99,999", "aircraft:0"),
        "letters": ("letter", "99,999", "letters:5"),
        "filter": ("pair", "159", "filter:12"),
    }
    assert said.keys() == SETS.keys()
    for name, (one, last, example) in said.items():
        for text in (str(SETS[name].size()), "-1", "7.5", "seven", "²", "9" * 5000):
            with pytest.raises(UserError) as refused:
                load_input(f"{name}:{text}")
            assert str(refused.value) == (
                f"There is no {one} '{text[:40]}'; give {name}:N with N from 0 to {last}, "
                f"e.g. {example}."
            )


def test_a_whole_set_is_no_single_input():
    for name, said in {
        "digits": "400 scans; name one, e.g. digits:0.",
        "commands": "200 images; name one, e.g. commands:5.",
        "letters": "200 letters; name one, e.g. letters:5.",
        "filter": "160 pairs; name one, e.g. filter:12.",
    }.items():
        for spec in (name, f"{name}:"):
            with pytest.raises(UserError) as refused:
                load(spec)
            assert str(refused.value) == f"{spec} stands for {said}"


def test_the_drawings_do_not_change():
    assert load("commands:5").sha256.startswith("531c4269")
    assert load("aircraft:5").sha256.startswith("79d36666")


def test_a_sign_follows_from_its_number():
    first = load("commands:5")
    assert first.label_name == "turn right" and first.sha256 != load("commands:9").sha256
    assert first.pixels.shape == (1, 16, 16) and first.pixels.dtype == np.float32
    assert 0 <= first.pixels.min() < first.pixels.max() <= 1


def test_a_letter_is_a_text():
    given = load("letters:5")
    assert given.kind == "text" and given.label == 1 and given.label_name == "damage"
    assert given.text == letters.letter(5).text and given.name.startswith("letter 5: '")
    assert given.sha256 == hashlib.sha256(given.text.encode()).hexdigest()


def test_a_shipped_pair():
    pair = load_input("filter:3")
    assert isinstance(pair, PairInput)
    assert pair.image.pixels.shape == (3, 32, 32) and pair.image.pixels.dtype == np.float32
    levels = pair.image.pixels * 255
    assert np.allclose(levels, np.rint(levels), atol=1e-4)
    assert pair.label_name == ("safe", "unsafe")[pair.label or 0]


def test_the_two_images_differ_in_three_pixels_and_lie_on_the_grid() -> None:
    lit, dimmed = (load_input(spec).pixels for spec in expand("lattice:"))
    moved = (lit - dimmed)[0]
    assert sorted(zip(*np.nonzero(moved), strict=True)) == [(0, 4), (0, 5), (1, 5)]
    assert np.linalg.norm(moved) == pytest.approx(3**0.5 * (1 - 117 / 255))
    for pixels in (lit, dimmed):
        assert np.array_equal(np.rint(pixels * 255) / np.float32(255), pixels)


def test_they_are_named_and_labelled() -> None:
    image = load_input("lattice:dimmed")
    assert (image.name, image.source) == ("digit 52, dimmed", "lattice:dimmed")
    assert (image.label, image.label_name) == (0, "dimmed")


def test_there_is_no_third() -> None:
    with pytest.raises(UserError) as caught:
        load_input("lattice:dark")
    assert str(caught.value) == (
        "There is no image lattice:dark; give lattice:lit or lattice:dimmed."
    )
