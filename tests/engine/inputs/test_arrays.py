"""Images in .npy and .npz files, as NumPy itself writes and reads them."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs import expand, load_input
from engine.inputs.arrays import claims
from engine.inputs.base import ImageInput
from engine.inputs.graph import KARATE

LEVELS = np.random.default_rng(0).integers(0, 256, (5, 6, 4, 3), dtype=np.uint8)
CHANNELS_FIRST = LEVELS.transpose(0, 3, 1, 2)


def image(spec: str) -> ImageInput:
    found = load_input(spec)
    assert isinstance(found, ImageInput)
    return found


def test_either_layout_and_every_range_gives_the_same_pixels(tmp_path: Path) -> None:
    expected = CHANNELS_FIRST[3].astype(np.float64) / 255
    rounded = expected.astype(np.float32)
    for name, array, notes in (
        ("last", LEVELS, ("read as (N, H, W, C) of 5 x 6 x 4 x 3", "were divided by 255")),
        ("first", CHANNELS_FIRST, ("read as (N, C, H, W) of 5 x 3 x 6 x 4", "divided by 255")),
        ("floats", LEVELS / 255, ("read as (N, H, W, C)", "its values are 0 to 1")),
        ("whole", LEVELS.astype(np.float32), ("read as", "are whole numbers of 0 to 255 and were")),
        ("ints", LEVELS.astype(np.int64), ("read as", "were divided by 255")),
        ("fortran", np.asfortranarray(LEVELS), ("read as (N, H, W, C)", "divided by 255")),
    ):
        np.save(tmp_path / f"{name}.npy", array)
        found = image(f"{tmp_path / name}.npy:3")
        assert np.array_equal(found.pixels, rounded), name
        assert all(any(note in one for one in found.notes) for note in notes), found.notes
        assert found.label is None and found.name == f"{name}.npy, image 3"
    assert image(f"{tmp_path / 'last'}.npy:3").levels == 255
    assert expand(f"{tmp_path / 'last'}.npy") == [f"{tmp_path / 'last'}.npy:{n}" for n in range(5)]


def test_one_image_and_grey_ones(tmp_path: Path) -> None:
    for array, count, shape in (
        (LEVELS[0], 1, (3, 6, 4)),
        (CHANNELS_FIRST[0], 1, (3, 6, 4)),
        (LEVELS[0, :, :, 0], 1, (1, 6, 4)),
        (LEVELS[..., 0], 5, (1, 6, 4)),
        (LEVELS[..., :1], 5, (1, 6, 4)),
        (LEVELS[:, :, :1], 5, (3, 6, 1)),
        ((LEVELS.astype(np.uint16) * 257)[..., 0], 5, (1, 6, 4)),
        (LEVELS[..., 0] > 100, 5, (1, 6, 4)),
    ):
        np.save(tmp_path / "a.npy", array)
        specs = expand(f"{tmp_path}/a.npy")
        assert len(specs) == count and image(specs[-1]).pixels.shape == shape
        assert image(specs[0]).pixels.min() >= 0 and image(specs[0]).pixels.max() <= 1
        (tmp_path / "a.npy").unlink()


def test_labels_are_beside_or_inside(tmp_path: Path) -> None:
    labels = np.array([3, 1, 4, 1, 5])
    np.save(tmp_path / "fog.npy", LEVELS)
    np.save(tmp_path / "labels.npy", labels)
    assert image(f"{tmp_path}/fog.npy:2").label == 4
    assert "its label is from labels.npy" in image(f"{tmp_path}/fog.npy:2").notes
    archive = f"{tmp_path}/a.npz"
    np.savez(archive, x_train=LEVELS[:2], y_train=labels[:2], x_test=LEVELS, y_test=labels[:, None])
    with pytest.raises(UserError) as error:
        expand(archive)
    assert str(error.value) == (
        f"{archive} has several arrays of images (x_train, x_test); choose one, e.g. "
        f"{archive}?array=x_train."
    )
    specs = expand(f"{archive}?array=x_test")
    assert specs[4] == f"{archive}:4?array=x_test"
    found = image(specs[4])
    assert (found.label, found.label_name, found.label_names) == (5, "5", ("1", "3", "4", "5"))
    assert "its label is from the array 'y_test'" in found.notes
    one_hot = np.eye(6, dtype=np.float32)[labels]
    for key, kind in (("labels", labels.astype(float)), ("y", one_hot), ("arr_1", labels)):
        np.savez_compressed(archive, arr_0=LEVELS, **{key: kind})
        assert [image(f"{archive}:{n}").label for n in range(5)] == labels.tolist()
    for kind in (labels - 2, labels + 0.5, one_hot * 2):
        np.savez_compressed(archive, arr_0=LEVELS, y=kind)
        assert image(f"{archive}:0").label is None
    np.savez_compressed(archive, images=LEVELS, labels=labels[:3])  # of another length
    assert image(f"{archive}:0").label is None


def test_graphs_stay_graphs(tmp_path: Path) -> None:
    archive = tmp_path / "g.npz"
    np.savez(archive, A=np.array([[0, 1], [1, 2]]), X=np.array([[0, 1], [0, 0]]), y=[0, 1, 1])
    assert not claims(str(archive)) and not claims(f"{archive}:1") and not claims(KARATE)
    assert load_input(f"{archive}:1").kind == "graph"


def test_what_cannot_be_told_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "a.npy"
    for array, sentence in (
        (LEVELS / 127.5 - 1, "cannot be told; save it as uint8, or as floats in [0, 1] before any"),
        (LEVELS / 2.0, "holds float64 numbers from 0 to 127.5, and which of them"),
        (LEVELS // 200, "holds uint8 numbers from 0 to 1, and whether 1 is white or 1/255"),
        (np.full((2, 4, 4, 3), np.nan), "holds numbers that are not finite"),
        (LEVELS[:, :, :, [0, 1, 2, 0]], "which has no axis of 1 or 3 channels"),
        (LEVELS[:, :3, :3], "which may have its channels first or last"),
        (LEVELS[None], "images are (N, H, W, C), (N, C, H, W) or (N, H, W)."),
        (np.array(["a"]), "which are no images"),
        (LEVELS.reshape(5, -1), "has the shape 5 x 72, which are rows and no image; save each"),
        (np.zeros((0, 4, 4, 3)), "which are no images"),
    ):
        np.save(file, array)
        with pytest.raises(UserError, match="^[^\n]*\\.$") as error:
            load_input(f"{file}:0")
        assert sentence in str(error.value), str(error.value)
        file.unlink()
    np.save(file, LEVELS)
    for spec, sentence in (
        (f"{file}:5", "has no image 5; its images are 0 to 4."),
        (str(file), "is an array of 5 images; name one by its number"),
        (f"{tmp_path}/b.npy", "There is no array"),
    ):
        with pytest.raises(UserError, match="^[^\n]*\\.$") as error:
            load_input(spec)
        assert sentence in str(error.value)


class Harm:
    """Unpickled, it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    file, mark = tmp_path / "a.npy", tmp_path / "ran"
    np.save(file, np.array([Harm(mark)], dtype=object), allow_pickle=True)
    with pytest.raises(UserError, match="Python objects, which could run code when opened"):
        load_input(f"{file}:0")
    file.write_bytes(pickle.dumps(Harm(mark)))
    with pytest.raises(UserError, match="never opened|damaged"):
        load_input(f"{file}:0")
    data = (np.lib.format.MAGIC_PREFIX + b"\x01\x00\x10\x00", b"\x93NUMPY", b"")
    for head in data:
        file.write_bytes(head)
        with pytest.raises(UserError, match="damaged or truncated"):
            load_input(f"{file}:0")
    np.savez(tmp_path / "b.npz", x=LEVELS)
    (tmp_path / "b.npz").rename(file)
    with pytest.raises(UserError, match="damaged or truncated"):
        load_input(f"{file}:0")
    assert not mark.exists()
