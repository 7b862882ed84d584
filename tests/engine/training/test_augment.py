import torch

from engine.training import augment
from engine.training.augment import PADDING, cropped, moved
from engine.training.digits import part


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_moving_keeps_shape_and_range_and_nothing_moves_without_amounts(monkeypatch):
    pixels, _ = part("test")
    turned = moved(pixels[:5], generator())
    assert turned.shape == (5, 1, 8, 8) and turned.min() >= 0 and turned.max() <= 1 + 1e-5
    assert not torch.allclose(turned, pixels[:5], atol=1e-3)
    for amount in ("ROTATION", "SHIFT", "SCALE"):
        monkeypatch.setattr(augment, amount, 0.0)
    assert torch.allclose(moved(pixels[:5], generator()), pixels[:5], atol=1e-5)


def test_crops_are_shifted_images_or_their_mirror_images():
    """Against every shift and both directions, by brute force."""
    pixels = torch.rand(12, 3, 6, 6)
    found = cropped(pixels, generator())
    seen = set()
    for image, crop in zip(pixels, found, strict=True):
        padded = torch.nn.functional.pad(image, (PADDING,) * 4)
        matches = [
            (top, left, mirrored)
            for top in range(2 * PADDING + 1)
            for left in range(2 * PADDING + 1)
            for mirrored in (False, True)
            for window in [padded[:, top : top + 6, left : left + 6]]
            if torch.equal(window.flip(2) if mirrored else window, crop)
        ]
        assert len(matches) == 1
        seen.add(matches[0])
    assert len(seen) > 8 and {mirrored for _, _, mirrored in seen} == {False, True}
