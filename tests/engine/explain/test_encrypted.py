from __future__ import annotations

import numpy as np

from engine.explain.encrypted import SIDE, Ciphertext, look
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from tests.encrypted import image_file, serving, small


def test_both_sides_of_one_image(tmp_path):
    with serving(small()) as address:
        classifier = load_model(ModelRequest(address.spec))
        given = fitted(classifier, load_input(str(image_file(tmp_path / "x.png"))))
        sight = look(classifier, given)
        classifier.unload()
    clear = small().for_scores().scores(sight.image.reshape(1, -1).astype(np.float64))[0]
    assert np.abs(np.array(sight.numbers) - clear).max() < 1e-3
    assert sight.names == classifier.identity.class_names
    assert sight.sent.size == classifier.client.traffic.sent > sight.received.size
    # Bytes of a ciphertext are spread evenly; those of an image are not.
    assert np.abs(sight.sent.picture.mean() - 0.5) < 0.05 and sight.sent.picture.std() > 0.2


def test_what_is_drawn_are_the_bytes_themselves():
    data = bytes(range(256)) * 64
    found = Ciphertext.of(data)
    assert found.size == len(data) and found.picture.shape == (1, SIDE, SIDE)
    assert found.hexadecimal.startswith("00 01 02 03 04 05 06 07 08 09 0a 0b")
    assert Ciphertext.of(b"\xff").picture.max() == 1.0
