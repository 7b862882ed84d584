from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.core.errors import UserError
from engine.models.image_settings import Preprocessing, understood


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
