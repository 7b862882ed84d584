from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.core.errors import UserError
from engine.inputs import load_input
from engine.training.image_folder import by_lot, image_folder


def put(folder: Path, number: int, side: int = 8, level: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(number):
        pixels = np.full((side, side, 3), level + place, np.uint8)
        Image.fromarray(pixels).save(folder / f"{place:03}.png")


def test_a_folder_alone_is_split_by_lot_and_no_image_stands_twice(tmp_path):
    put(tmp_path / "cats", 20)
    put(tmp_path / "dogs", 20, level=100)
    data = image_folder(tmp_path)
    parts = [part[0][:, 0, 0, 0].tolist() for part in (data.train, data.validation, data.test)]
    assert [len(part) for part in parts] == [29, 3, 8]
    assert sorted(sum(parts, [])) == [*range(20), *range(100, 120)]
    for spec, level, label in zip(data.specs, parts[2], data.test[1], strict=True):
        found = load_input(spec)
        assert round(found.pixels[0, 0, 0] * 255) == level
        assert found.label == int(label) == (level >= 100)
    assert data.class_names == ("cats", "dogs") and data.shape == (3, 8, 8)
    assert by_lot(40) == by_lot(40) != list(range(40))


def test_train_and_test_are_taken_as_they_are(tmp_path):
    for part, number in (("train", 30), ("test", 5)):
        put(tmp_path / part / "a", number)
        put(tmp_path / part / "b", number, level=100)
    data = image_folder(tmp_path)
    counts = [len(part[1]) for part in (data.train, data.validation, data.test)]
    assert counts == [54, 6, 10]


def test_what_cannot_train_is_said(tmp_path):
    with pytest.raises(UserError, match=r"There is no folder .*nowhere; --data takes digits"):
        image_folder(tmp_path / "nowhere")
    put(tmp_path / "plain", 3)
    with pytest.raises(UserError, match="lie in no folders that name their classes; put each"):
        image_folder(tmp_path / "plain")
    put(tmp_path / "one" / "cats", 30)
    with pytest.raises(UserError, match="has one class, cats: there is nothing to tell apart. Put"):
        image_folder(tmp_path / "one")
    put(tmp_path / "few" / "a", 5)
    put(tmp_path / "few" / "b", 5)
    with pytest.raises(UserError, match="has 10 images to learn from; a training needs 20"):
        image_folder(tmp_path / "few")
    put(tmp_path / "sizes" / "a", 20)
    put(tmp_path / "sizes" / "b", 20, side=9)
    with pytest.raises(
        UserError, match="000.png is no colour image of 8 by 8 pixels, as the others"
    ):
        image_folder(tmp_path / "sizes")


def test_other_classes_to_test_are_refused(tmp_path):
    for part, second in (("train", "b"), ("test", "c")):
        put(tmp_path / part / "a", 20)
        put(tmp_path / part / second, 20)
    with pytest.raises(UserError, match="has the classes a, b to learn, and a, c to test; both"):
        image_folder(tmp_path)
    (tmp_path / "train" / "c").mkdir()
    put(tmp_path / "test" / "b", 1)
    with pytest.raises(UserError, match=r"The class c of .* has no image to learn from"):
        image_folder(tmp_path)
