from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from engine.core.errors import UserError
from engine.inputs import expand
from engine.models.normalize import named
from engine.models.torch_classifier import TorchClassifier
from engine.procedures.normalizations import compare
from tests.factories import make_model


class BrightOrDark(nn.Module):
    """Class 1 where the normalised mean is positive: right only behind a centring layer."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.mean(dim=(1, 2, 3))
        return torch.stack([-mean, mean], dim=1)


@pytest.fixture
def classifier():
    identity = make_model(class_names=("dark", "light"), input_shape=(3, 4, 4))
    return TorchClassifier(BrightOrDark(), named("none", origin="default"), identity)


@pytest.fixture
def folder(tmp_path):
    """Eight dark images and four light ones, in a folder each."""
    for name, level, count in (("dark", 40, 8), ("light", 220, 4)):
        (tmp_path / name).mkdir()
        for number in range(count):
            image = np.full((4, 4, 3), level + number, dtype=np.uint8)
            Image.fromarray(image).save(tmp_path / name / f"{number}.png")
    return str(tmp_path)


def test_the_layer_that_fits_comes_first(classifier, folder):
    found = compare(classifier, expand(folder))
    assert found.images == 12
    assert found.rows[0].accuracy == 1.0
    assert found.right("half") == 12
    assert found.right("none") == 4
    assert found.right("no such") is None


def test_few_images_are_taken_from_everywhere(classifier, folder):
    found = compare(classifier, expand(folder), most=3)
    assert (found.images, found.right("none")) == (3, 1)


def test_images_without_a_label_are_refused(classifier, folder):
    with pytest.raises(UserError, match="None of these images has a label"):
        compare(classifier, expand(f"{folder}/dark"))


def test_a_model_with_its_own_normalisation_is_refused(folder):
    class Other:
        identity = make_model()

    with pytest.raises(UserError, match="normalisation built in"):
        compare(Other(), expand(folder))
