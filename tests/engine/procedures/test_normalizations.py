from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from engine.core.errors import UserError
from engine.inputs import expand, fit, load_input
from engine.models import ModelRequest, load_model
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


def test_one_that_is_clearly_not_the_best_is_warned_about(classifier, folder):
    found = compare(classifier, expand(folder))
    assert found.odd(classifier.identity) == (
        "The normalisation none (stored in the file) gets 4 of 12 labelled images right without "
        f"noise, and {found.rows[0].name} gets 12: choose it with --normalize {found.rows[0].name}."
    )
    right = make_model(normalization="half: (x - 0.5) / 0.5")
    assert found.odd(right) == "" and found.odd(make_model(normalization="stored: x")) == ""
    assert f"{found.rows[0].name} 12, " in found.listed and "none 4" in found.listed


def test_a_damaged_image_costs_itself(classifier, folder):
    Path(folder, "dark", "0.png").write_bytes(b"no image")
    assert compare(classifier, expand(folder)).images == 11


def test_pixels_of_0_to_255(folder):
    cases = Path(__file__).parents[2] / "cases" / "field"
    path, specs = str(cases / "onnx" / "range255.onnx"), expand(f"{folder}?labels=order")
    found = compare(load_model(ModelRequest(path)), specs)
    scaled = load_model(ModelRequest(path, normalize="scale=255"))
    given = [fit(load_input(spec), scaled.identity) for spec in specs]
    answers = scaled.classify(torch.from_numpy(np.stack([one.pixels for one in given])))
    right = sum(a == one.identity.label for a, one in zip(answers.tolist(), given, strict=True))
    assert found.images == 12 and found.right("scale=255") == right
