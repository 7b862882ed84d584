from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs import ImageInput, fit
from engine.models.image_settings import (
    Preprocessing,
    check_followed,
    image_processor,
    understood,
)


def read(folder: Path, config: dict[str, Any] | None = None, **preprocessor: Any) -> Preprocessing:
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor))
    return understood(folder, config or {"image_size": 16, "id2label": {"0": "cat", "1": "dog"}})


def test_size_normalisation_and_names(tmp_path: Path):
    found = read(tmp_path, image_mean=[0.5, 0.4, 0.3], image_std=[0.2] * 3)
    assert found.shape == (3, 16, 16) and found.labels == ("cat", "dog")
    assert found.normalization is not None and found.normalization.mean == (0.5, 0.4, 0.3)
    sizes = (32, [32, 48], {"height": 32, "width": 48}, {"shortest_edge": 32})
    shapes = [read(tmp_path, {"num_channels": 1}, size=size).shape for size in sizes]
    assert shapes == [(1, 32, 32), (1, 32, 48), (1, 32, 48), (1, 32, 32)]


def test_pixel_factors_of_the_file_are_for_0_to_255(tmp_path: Path):
    found = read(
        tmp_path, rescale_factor=1 / 127.5, rescale_offset=True, image_mean=[0.0], image_std=[1.0]
    )
    x = torch.tensor([0.0, 0.5, 1.0]).view(1, 1, 3, 1).expand(1, 3, 3, 1)
    assert found.normalization is not None
    layer = found.normalization.layer(3, "plain")
    torch.testing.assert_close(layer(x)[0, 0].flatten(), torch.tensor([-1.0, 0.0, 1.0]))


def test_numbers_that_cannot_be_are_refused(tmp_path: Path):
    for preprocessor in (
        {"image_mean": [0.5] * 3, "image_std": [0.0] * 3},
        {"rescale_factor": 10**400},
    ):
        with pytest.raises(UserError, match="is not understood"):
            read(tmp_path, **preprocessor)
    with pytest.raises(UserError, match=r"is not understood \(1000000 classes\)"):
        read(tmp_path, {"num_labels": 10**6})
    with pytest.raises(UserError, match=r"is not understood \(images of "):
        read(tmp_path, {"image_size": 10**6})


IDENTITY = ModelIdentity(
    name="m",
    source="m",
    format="huggingface",
    sha256="",
    architecture="",
    class_names=("a", "b"),
    input_shape=(3, 64, 64),
)
SMALL = {"height": 64, "width": 64}


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("MobileViT", {"size": {"shortest_edge": 64}, "crop_size": SMALL}),
        ("MobileViT", {"size": {"shortest_edge": 72}, "crop_size": SMALL, "do_normalize": None}),
        ("ViT", {"size": SMALL, "resample": 3, "image_mean": [0.4, 0.5, 0.6]}),
        ("ViT", {"size": SMALL, "do_rescale": False}),
        ("CLIP", {"size": {"shortest_edge": 80}, "crop_size": SMALL}),
        ("ConvNext", {"size": {"shortest_edge": 64}, "crop_pct": 0.875}),
        ("EfficientNet", {"size": SMALL, "include_top": True, "do_center_crop": False}),
        ("EfficientNet", {"size": SMALL, "do_center_crop": False, "rescale_offset": True}),
    ],
)
@pytest.mark.parametrize("size", [(64, 64), (96, 150), (200, 90)])
def test_what_the_library_makes_of_an_image_is_made_here(tmp_path, kind, settings, size):
    facts = {"image_processor_type": f"{kind}ImageProcessor", **settings}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(facts))
    processor = image_processor(tmp_path)
    found = understood(tmp_path, {"image_size": 64}, processor)
    assert found.normalization is not None
    layer = found.normalization.layer(3)
    check_followed(tmp_path, processor, layer, (3, 64, 64))
    # Smooth, so that eight bits between two steps of the library cost little.
    x, y = np.meshgrid(np.linspace(0, 3, size[1]), np.linspace(0, 2, size[0]))
    levels = np.stack([127 + 120 * np.sin(x + c) * np.cos(y) for c in range(3)], 2).astype(np.uint8)
    pixels = levels.transpose(2, 0, 1).astype(np.float32) / 255
    identity = IDENTITY.model_copy(update={"resize": found.normalization.resize})
    fitted = fit(ImageInput("i", "i", "", pixels), identity)
    ours = layer(torch.from_numpy(fitted.pixels)[None])[0].numpy()
    if size == (64, 64):  # taken as it is, where the library would enlarge it first
        return
    theirs = processor(images=Image.fromarray(levels), return_tensors="np")["pixel_values"][0]
    spread = theirs.max() - theirs.min()
    assert np.abs(ours - theirs).max() < 0.04 * spread


def test_a_processor_that_does_more_is_refused_by_the_names_of_its_settings(tmp_path):
    facts = {"image_processor_type": "ViTImageProcessor", "size": SMALL, "do_sharpen": True}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(facts))
    processor = image_processor(tmp_path)
    with pytest.raises(UserError, match=r"makes other numbers .*\(do_sharpen\)"):
        check_followed(tmp_path, processor, torch.nn.Identity(), (3, 64, 64))
    facts["auto_map"] = {"AutoImageProcessor": "code.Processor"}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(facts))
    with pytest.raises(UserError, match="asks for its own Python code"):
        image_processor(tmp_path)


def test_names_that_are_numbered_from_1(tmp_path):
    names = {str(number): name for number, name in enumerate(("cat", "dog"), start=1)}
    found = read(tmp_path, {"image_size": 16, "id2label": names})
    assert found.labels == ("cat", "dog")
    assert found.notes == ("Its class names are numbered from 1; the first is taken for output 0.",)
    found = read(tmp_path, {"image_size": 16, "id2label": {"0": "cat", "2": "dog"}})
    assert found.labels == () and "leave out numbers" in found.notes[0]
