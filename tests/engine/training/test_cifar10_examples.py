import io
import sys

import numpy as np
import pytest
from PIL import Image

from engine.demos.data.cifar10 import CLASSES
from engine.training import cifar10_examples
from engine.training.cifar10_examples import archive


def test_eight_images_of_eight_classes_are_chosen_by_names_alone(tmp_path, monkeypatch, capsys):
    levels = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)
    for index, image in enumerate(levels):
        folder = tmp_path / "test" / CLASSES[index % 10]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{index // 10:04}.png")
    with np.load(io.BytesIO(archive(tmp_path))) as found:
        assert len(set(found["labels"])) == len(found["names"]) == 8
        for pixels, label, name in zip(*(found[key] for key in found.files), strict=True):
            kind, _, number = str(name).partition("/")
            assert CLASSES[label] == kind
            original = levels[CLASSES.index(kind) + 10 * int(number)]
            assert np.array_equal(pixels, original.transpose(2, 0, 1))
    out = tmp_path / "made.npz"
    monkeypatch.setattr(sys, "argv", ["examples", str(tmp_path), "--out", str(out)])
    cifar10_examples.main()
    assert out.read_bytes() and f"Wrote {out}." in capsys.readouterr().out


def test_a_root_without_images_is_said(tmp_path, monkeypatch):
    (tmp_path / "test").mkdir()
    monkeypatch.setattr(sys, "argv", ["examples", str(tmp_path)])
    with pytest.raises(SystemExit, match="There is no image in the folder"):
        cifar10_examples.main()
