import torch

from engine.training.data import floats
from engine.training.digits import digits


def test_bytes_become_pixels_and_pixels_stay():
    levels = torch.tensor([0, 51, 255], dtype=torch.uint8)
    assert floats(levels).tolist() == torch.tensor([0.0, 0.2, 1.0]).tolist()
    pixels = torch.rand(3)
    assert floats(pixels) is pixels


def test_the_shape_is_that_of_an_image():
    assert digits().shape == (1, 8, 8)
