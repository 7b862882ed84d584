import dataclasses
import hashlib
import struct

import numpy as np
import pytest

from engine.inputs.base import ImageInput, pixels_sha256


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
