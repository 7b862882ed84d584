import numpy as np
import pytest

from engine.core.errors import UserError
from engine.demos.data import cifar10
from engine.demos.data.cifar10 import CLASSES, COUNT, load_images
from engine.inputs import expand, load_input


def test_eight_images_of_eight_classes_open_by_number():
    images = load_images()
    assert images.levels.shape == (COUNT, 3, 32, 32) and len(set(images.labels)) == COUNT
    found = [load_input(spec) for spec in expand("cifar10")]
    assert len(found) == COUNT
    for image, levels, name in zip(found, images.levels, images.names, strict=True):
        assert np.array_equal(np.rint(image.pixels * 255), levels)
        assert image.label_name == CLASSES[image.label] == name.partition("/")[0]
        assert image.notes == (f"a JPEG copy of {name} of the test set of CIFAR-10",)


def test_a_damaged_file_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar10, "assets", lambda: tmp_path)
    with pytest.raises(UserError, match="cannot be read; install Certiscope again"):
        load_images.__wrapped__()
