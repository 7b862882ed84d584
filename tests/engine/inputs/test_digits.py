import hashlib

import numpy as np
import pytest
from sklearn.datasets import load_digits as original

from engine.core.errors import UserError
from engine.inputs import digits


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


def test_a_digit_knows_its_label():
    image, source = digits.load("digits:1204"), original()
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
    assert digits.load(f"digits:{index}").notes == note


def test_changing_one_loaded_digit_leaves_the_next_alone():
    digits.load("digits:3").pixels[:] = 9
    assert digits.load("digits:3").pixels.max() <= 1


@pytest.mark.parametrize("text", ["1797", "-1", "7.5", "seven", "²", "9" * 5000])
def test_there_are_only_so_many(text):
    with pytest.raises(UserError) as refused:
        digits.load(f"digits:{text}")
    assert str(refused.value) == (
        f"There is no digit '{text}'; give digits:N with N from 0 to 1796, e.g. digits:0."
    )


@pytest.mark.parametrize("spec", ["digits", "digits:"])
def test_the_whole_set_is_no_single_digit(spec):
    with pytest.raises(UserError) as refused:
        digits.load(spec)
    assert str(refused.value) == f"{spec} stands for 400 scans; name one, e.g. digits:0."


def test_the_gallery_shows_every_class_and_nothing_trained_on():
    specs = digits.gallery()
    assert len(specs) == len(set(specs)) == 12
    images = [digits.load(spec) for spec in specs]
    assert [image.label for image in images[:10]] == list(range(10))
    assert not any(image.notes for image in images)
    assert set(specs) <= set(digits.held_out())


def test_the_set_stands_for_the_held_out_scans():
    assert digits.expand("digits") == digits.held_out() and len(digits.held_out()) == 400
    assert digits.expand("digits:7") == ["digits:7"]
    assert digits.claims("digits") and digits.claims("digits:7")
    assert not digits.claims("digits.png")
