import dataclasses
import hashlib
import struct

import numpy as np
import pytest

from engine.inputs.base import ImageInput, label_in, name_number, pixels_sha256


def test_an_input_does_not_change_after_loading():
    image = ImageInput(
        name="x", source="x.png", sha256="0", pixels=np.zeros((1, 2, 2), dtype=np.float32)
    )
    assert image.label is None and image.notes == ()
    with pytest.raises(dataclasses.FrozenInstanceError):
        image.name = "y"


def test_the_digest_is_of_the_shape_and_the_little_endian_floats():
    values = [0.0, 0.25, 0.5, 1.0, 0.125, 0.75]
    expected = hashlib.sha256(b"1x2x3\n" + struct.pack("<6f", *values)).hexdigest()
    pixels = np.array(values, dtype=np.float32).reshape(1, 2, 3)
    assert pixels_sha256(pixels) == expected
    assert pixels_sha256(pixels.reshape(1, 3, 2)) != expected


def test_the_digest_does_not_depend_on_how_the_numbers_lie_in_memory():
    pixels = np.random.default_rng(0).random((3, 4, 5), dtype=np.float32)
    expected = pixels_sha256(pixels)
    assert pixels_sha256(np.asfortranarray(pixels)) == expected
    assert pixels_sha256(pixels.astype(">f4")) == expected
    assert pixels_sha256(pixels.repeat(2, axis=2)[:, :, ::2]) == expected


@pytest.mark.parametrize(
    ("label", "name", "expected", "note"),
    [
        (None, None, None, ""),
        (0, "unsafe", 1, ""),
        (1, None, 1, ""),
        (1, "", 1, ""),
        (1, "worn", 1, "its label 'worn' is taken for class 1 ('unsafe') by number"),
        (2, "odd", None, "its label 'odd' (number 2) is not a class of the model"),
        (2, None, None, "its label '' (number 2) is not a class of the model"),
    ],
)
def test_by_name_then_by_number(label: int | None, name: str | None, expected: int, note: str):
    assert label_in(("safe", "unsafe"), label, name) == (expected, (note,) if note else ())


def test_a_number_in_a_name_is_the_class():
    names = tuple(f"c{number}" for number in range(11))
    for name, place, number in (("10", 2, 10), ("07", 1, 7), ("class_3", 0, 3), ("label 4", 9, 4)):
        label, said = label_in(names, place, name)
        assert label == number
        assert said == (
            f"its label '{name}' is taken for class {number} ('c{number}'), its number",
        )
    assert label_in(names, 3, "12") == (
        None,
        ("its label '12' is the number of no class of the model",),
    )
    assert label_in(names, 3, "3")[0] == 3
    assert name_number("n01440764") is None
