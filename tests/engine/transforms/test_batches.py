import numpy as np
import pytest
import torch

from engine.transforms import ROTATION, SCALING, warped
from engine.transforms.batches import warped_each


@pytest.mark.parametrize("warp", [ROTATION, SCALING])
@pytest.mark.parametrize("shape", [(1, 6, 6), (3, 5, 8)])
def test_a_batch_holds_what_single_images_are(warp, shape):
    images = torch.rand(5, *shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    parameters = torch.tensor([0.4, 0.9, 1.0, 1.3, 2.5], dtype=torch.float64)
    found = warped_each(images, warp, parameters)
    for image, parameter, one in zip(images, parameters, found, strict=True):
        assert one.numpy() == pytest.approx(
            warped(image.numpy(), warp, float(parameter)), abs=1e-12
        )


def test_one_image_under_many_angles_in_single_precision(monkeypatch):
    monkeypatch.setattr("engine.transforms.batches._NUMBERS", 60)  # several parts
    image = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(2))
    angles = torch.linspace(-50, 50, 7)
    found = warped_each(image, ROTATION, angles)
    assert found.dtype == torch.float32 and found.shape == (7, 3, 6, 6)
    for angle, one in zip(angles, found, strict=True):
        alone = warped(image[0].numpy(), ROTATION, float(angle))
        assert np.abs(one.numpy() - alone).max() < 2.0**-23
