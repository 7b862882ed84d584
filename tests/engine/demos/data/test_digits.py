import hashlib

import numpy as np
import pytest
from sklearn.datasets import load_digits as original

from engine.core.errors import UserError
from engine.demos.data import digits


def test_the_shipped_scans_are_those_of_scikit_learn():
    shipped, source = digits.load_digits(), original()
    assert shipped.pixels.dtype == np.float32 and shipped.pixels.shape == (1797, 1, 8, 8)
    assert np.array_equal(shipped.pixels[:, 0], (source.images / 16).astype(np.float32))
    assert np.array_equal(shipped.labels, source.target)


def test_a_damaged_installation_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "digits.npz").write_bytes(b"no archive")
    monkeypatch.setattr(digits, "assets", lambda: tmp_path)
    with pytest.raises(UserError, match="cannot be read; install Certiscope again"):
        digits.load_digits.__wrapped__()


def test_the_parts_are_apart_and_can_be_worked_out_again():
    parts = digits.split()
    assert {name: len(indices) for name, indices in parts.items()} == {
        "train": 1197,
        "validation": 200,
        "test": 400,
    }
    assert sorted(sum(parts.values(), ())) == list(range(1797))
    digest = {n: hashlib.sha256(b"digit %d" % n).hexdigest() for n in range(1797)}
    last_held_out = max(digest[n] for n in parts["test"])
    assert all(digest[n] > last_held_out for n in (*parts["train"], *parts["validation"]))


def test_the_gallery_shows_every_class_and_nothing_trained_on():
    chosen, labels = digits.gallery(), digits.load_digits().labels
    assert len(chosen) == len(set(chosen)) == 12
    assert [int(labels[index]) for index in chosen[:10]] == list(range(10))
    assert set(chosen) <= set(digits.split()["test"])


def test_a_rendering_is_bilinear_between_the_middles_of_pixels():
    """Against interpolation along each side in float64, edges kept."""
    scan = digits.load_digits().pixels[52]
    places = np.clip((np.arange(16) + 0.5) / 2 - 0.5, 0, 7)
    rows = np.stack([np.interp(places, np.arange(8), row) for row in scan[0].astype(float)])
    both = np.stack([np.interp(places, np.arange(8), column) for column in rows.T], axis=1)
    found = digits.enlarged(scan)
    assert found.shape == (1, 16, 16) and found.dtype == np.float32
    assert np.array_equal(found[0], both)
